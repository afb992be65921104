// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-clock-test.c - KUnit: the frame clock's arithmetic
 */

#include <kunit/test.h>
#include <linux/time64.h>

#include "vipin-compat.h"
#include "vipin-test.h"
#include "vipin.h"

/* A machine that has run for a while. */
#define VIPIN_START		(12345678901234ULL)

static const struct vipin_due_row {
	const char *name;
	struct v4l2_fract interval;
	u64 frame;
	u64 after;
} vipin_due_rows[] = {
	{ "the first, at 30 Hz", { 1, 30 }, 0, 0 },
	{ "the second, at 30 Hz", { 1, 30 }, 1, 33333333 },
	{ "a second, at 30 Hz", { 1, 30 }, 30, NSEC_PER_SEC },
	{ "a frame later", { 1, 30 }, 31, 1033333333 },
	{ "1001 seconds, at 30000/1001 Hz", { 1001, 30000 }, 30000,
	  1001ULL * NSEC_PER_SEC },
	{ "a year, at 240 Hz", { 1, 240 }, 240ULL * 86400 * 365,
	  86400ULL * 365 * NSEC_PER_SEC },
	{ "a day, at 1 Hz in large numbers", { U32_MAX, U32_MAX }, 86400,
	  86400ULL * NSEC_PER_SEC },
	{ "the second, at nearly 240 Hz in large numbers", { 17895698, U32_MAX }, 1,
	  4166666 },
};

static void vipin_due_row(struct kunit *test, const struct vipin_due_row *row)
{
	const struct vipin_clock clock = { .start = VIPIN_START, .frame = row->frame };

	KUNIT_EXPECT_EQ(test, vipin_clock_due(&clock, &row->interval) - VIPIN_START,
			row->after);
}

VIPIN_PARAM_TEST(vipin_due, vipin_due_row);

static const struct vipin_rate_row {
	const char *name;
	struct v4l2_fract interval;
} vipin_rate_rows[] = {
	{ "1 Hz", { 1, 1 } },
	{ "7 Hz", { 1, 7 } },
	{ "25 Hz", { 1, 25 } },
	{ "30 Hz", { 1, 30 } },
	{ "30000/1001 Hz", { 1001, 30000 } },
	{ "240 Hz", { 1, 240 } },
	{ "1 Hz in large numbers", { U32_MAX, U32_MAX } },
	{ "nearly 240 Hz in large numbers", { 17895698, U32_MAX } },
};

/* Asks at @delta nanoseconds after frame @first + @behind is due. */
static u64 vipin_skip_at(struct vipin_clock *clock, u64 first, u64 behind, s64 delta,
			 const struct v4l2_fract *interval)
{
	u64 now;

	*clock = (struct vipin_clock){ VIPIN_START, first + behind };
	now = vipin_clock_due(clock, interval) + delta;
	clock->frame = first;
	return vipin_clock_skip(clock, now, interval);
}

/* Whoever comes in the very nanosecond is not late, however that was rounded. */
static void vipin_in_time_row(struct kunit *test, const struct vipin_rate_row *row)
{
	struct vipin_clock clock;
	u64 frame, skipped;

	for (frame = 0; frame < 2000; frame++) {
		skipped = vipin_skip_at(&clock, frame, 0, 0, &row->interval);
		KUNIT_EXPECT_EQ_MSG(test, skipped, 0ULL, "frame %llu", frame);
		KUNIT_EXPECT_EQ(test, clock.frame, frame);
		if (skipped)
			return;
	}
}

VIPIN_PARAM_TEST(vipin_in_time, vipin_rate_row);

static void vipin_late_is_made_up_for_row(struct kunit *test,
					  const struct vipin_rate_row *row)
{
	struct vipin_clock clock;
	u64 behind;

	for (behind = 1; behind <= 16; behind++) {
		KUNIT_EXPECT_EQ(test, vipin_skip_at(&clock, 100, behind, 1,
						    &row->interval), 0ULL);
		KUNIT_EXPECT_EQ(test, clock.frame, 100ULL);
	}
}

VIPIN_PARAM_TEST(vipin_late_is_made_up_for, vipin_rate_row);

/* What is skipped leads to the frame whose time it is, which then is not late. */
static void vipin_too_late_is_skipped_row(struct kunit *test,
					  const struct vipin_rate_row *row)
{
	static const u64 behind[] = { 17, 18, 100, 86400 };
	struct vipin_clock clock;
	unsigned int i;
	u64 now;

	for (i = 0; i < ARRAY_SIZE(behind); i++) {
		KUNIT_EXPECT_EQ(test, vipin_skip_at(&clock, 100, behind[i], 1,
						    &row->interval), behind[i]);
		KUNIT_EXPECT_EQ(test, clock.frame, 100 + behind[i]);
		now = vipin_clock_due(&clock, &row->interval) + 1;
		KUNIT_EXPECT_EQ(test, vipin_clock_skip(&clock, now, &row->interval),
				0ULL);
	}
}

VIPIN_PARAM_TEST(vipin_too_late_is_skipped, vipin_rate_row);

/* No frame is early or late by more than the nanosecond of rounding. */
static void vipin_no_drift_row(struct kunit *test, const struct vipin_rate_row *row)
{
	u64 nominal = div_u64((u64)NSEC_PER_SEC * row->interval.numerator,
			      row->interval.denominator);
	struct vipin_clock clock = { .start = VIPIN_START };
	u64 last = VIPIN_START;
	u64 seconds, due;

	for (clock.frame = 1; clock.frame < 2000; clock.frame++) {
		due = vipin_clock_due(&clock, &row->interval);
		KUNIT_ASSERT_GE(test, due - last, nominal);
		KUNIT_ASSERT_LE(test, due - last, nominal + 1);
		last = due;
	}

	/* After as many frames as the denominator says, all is even again. */
	for (seconds = 1; seconds <= 3; seconds++) {
		clock.frame = seconds * row->interval.denominator;
		due = vipin_clock_due(&clock, &row->interval);
		KUNIT_EXPECT_EQ(test, due - VIPIN_START,
				seconds * row->interval.numerator * NSEC_PER_SEC);
	}
}

VIPIN_PARAM_TEST(vipin_no_drift, vipin_rate_row);

static const struct vipin_change_row {
	const char *name;
	struct v4l2_fract from;
	struct v4l2_fract to;
	u64 frame;	/* the next one, before the change */
	u64 now;	/* since the start, as is @due */
	u64 due;
} vipin_change_rows[] = {
	{ "before the first frame", { 1, 30 }, { 1, 1 }, 0, 1000, 0 },
	{ "to slower", { 1, 10 }, { 1, 1 }, 5, 410000000, 1400000000 },
	{ "to faster", { 1, 1 }, { 1, 10 }, 1, 20000000, 100000000 },
	{ "to faster, at the very time", { 1, 1 }, { 1, 10 }, 1, 100000000, 100000000 },
	{ "to faster, and the time is over", { 1, 1 }, { 1, 10 }, 1, 900000000, 900000000 },
	{ "to the same", { 1, 4 }, { 1, 4 }, 3, 600000000, 750000000 },
};

static void vipin_change_row(struct kunit *test, const struct vipin_change_row *row)
{
	struct vipin_clock clock = { .start = VIPIN_START, .frame = row->frame };

	vipin_clock_change(&clock, &row->from, &row->to, VIPIN_START + row->now);
	KUNIT_EXPECT_EQ(test, vipin_clock_due(&clock, &row->to) - VIPIN_START, row->due);
	/* Nothing is late because of it. */
	KUNIT_EXPECT_EQ(test, vipin_clock_skip(&clock, vipin_clock_due(&clock, &row->to),
					       &row->to), 0ULL);
}

VIPIN_PARAM_TEST(vipin_change, vipin_change_row);

static struct kunit_case vipin_clock_cases[] = {
	VIPIN_PARAM_CASE(vipin_due),
	VIPIN_PARAM_CASE(vipin_in_time),
	VIPIN_PARAM_CASE(vipin_late_is_made_up_for),
	VIPIN_PARAM_CASE(vipin_too_late_is_skipped),
	VIPIN_PARAM_CASE(vipin_no_drift),
	VIPIN_PARAM_CASE(vipin_change),
	{}
};

struct kunit_suite vipin_clock_suite = {
	.name = "vipin_clock",
	.test_cases = vipin_clock_cases,
};
