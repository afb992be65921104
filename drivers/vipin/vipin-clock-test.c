// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-clock-test.c - KUnit tests of the frame clock
 */

#include <kunit/test.h>
#include <linux/time64.h>

#include "vipin-compat.h"
#include "vipin-test.h"
#include "vipin.h"

/* The start of the clock in nanoseconds: more than three hours after boot. */
#define VIPIN_START		(12345678901234ULL)

static const struct vipin_due_row {
	const char *name;
	struct v4l2_fract interval;
	u64 frame;
	u64 after;
} vipin_due_rows[] = {
	{ "the first, at 30 Hz", { 1, 30 }, 0, 0 },
	{ "the second, at 30 Hz", { 1, 30 }, 1, 33333333 },
	{ "after a second, at 30 Hz", { 1, 30 }, 30, NSEC_PER_SEC },
	{ "after a second and a frame, at 30 Hz", { 1, 30 }, 31, 1033333333 },
	{ "after 1001 seconds, at 30000/1001 Hz", { 1001, 30000 }, 30000,
	  1001ULL * NSEC_PER_SEC },
	{ "after a year, at 240 Hz", { 1, 240 }, 240ULL * 86400 * 365,
	  86400ULL * 365 * NSEC_PER_SEC },
	{ "after a day, at 1 Hz in large numbers", { U32_MAX, U32_MAX }, 86400,
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

/*
 * Set the next frame to @first, and call vipin_clock_skip() at @delta nanoseconds after
 * frame @first + @late is due.
 */
static u64 vipin_skip_at(struct vipin_clock *clock, u64 first, u64 late, s64 delta,
			 const struct v4l2_fract *interval)
{
	u64 now;

	*clock = (struct vipin_clock){ VIPIN_START, first + late };
	now = vipin_clock_due(clock, interval) + delta;
	clock->frame = first;
	return vipin_clock_skip(clock, now, interval);
}

/* At the nanosecond that vipin_clock_due() returns, the frame is not late. */
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

static void vipin_late_frames_are_kept_row(struct kunit *test,
					   const struct vipin_rate_row *row)
{
	struct vipin_clock clock;
	u64 late;

	for (late = 1; late <= 16; late++) {
		KUNIT_EXPECT_EQ(test, vipin_skip_at(&clock, 100, late, 1,
						    &row->interval), 0ULL);
		KUNIT_EXPECT_EQ(test, clock.frame, 100ULL);
	}
}

VIPIN_PARAM_TEST(vipin_late_frames_are_kept, vipin_rate_row);

/* The clock skips to the frame that is due now, and that frame is not late. */
static void vipin_very_late_frames_are_skipped_row(struct kunit *test,
						   const struct vipin_rate_row *row)
{
	static const u64 late[] = { 17, 18, 100, 86400 };
	struct vipin_clock clock;
	unsigned int i;
	u64 now;

	for (i = 0; i < ARRAY_SIZE(late); i++) {
		KUNIT_EXPECT_EQ(test, vipin_skip_at(&clock, 100, late[i], 1,
						    &row->interval), late[i]);
		KUNIT_EXPECT_EQ(test, clock.frame, 100 + late[i]);
		now = vipin_clock_due(&clock, &row->interval) + 1;
		KUNIT_EXPECT_EQ(test, vipin_clock_skip(&clock, now, &row->interval),
				0ULL);
	}
}

VIPIN_PARAM_TEST(vipin_very_late_frames_are_skipped, vipin_rate_row);

/* Rounding moves no frame by more than a nanosecond, and rounding errors do not add up. */
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

	/* After a multiple of the denominator, the due time is exact. */
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
	u64 frame;	/* the next frame at the time of the change */
	u64 now;	/* in nanoseconds since the start of the clock */
	u64 due;	/* likewise */
} vipin_change_rows[] = {
	{ "before the first frame", { 1, 30 }, { 1, 1 }, 0, 1000, 0 },
	{ "to slower", { 1, 10 }, { 1, 1 }, 5, 410000000, 1400000000 },
	{ "to faster", { 1, 1 }, { 1, 10 }, 1, 20000000, 100000000 },
	{ "to faster, exactly at the new due time", { 1, 1 }, { 1, 10 }, 1, 100000000, 100000000 },
	{ "to faster, after the new due time", { 1, 1 }, { 1, 10 }, 1, 900000000, 900000000 },
	{ "to the same", { 1, 4 }, { 1, 4 }, 3, 600000000, 750000000 },
};

static void vipin_change_row(struct kunit *test, const struct vipin_change_row *row)
{
	struct vipin_clock clock = { .start = VIPIN_START, .frame = row->frame };

	vipin_clock_change(&clock, &row->from, &row->to, VIPIN_START + row->now);
	KUNIT_EXPECT_EQ(test, vipin_clock_due(&clock, &row->to) - VIPIN_START, row->due);
	/* The change makes no frame late. */
	KUNIT_EXPECT_EQ(test, vipin_clock_skip(&clock, vipin_clock_due(&clock, &row->to),
					       &row->to), 0ULL);
}

VIPIN_PARAM_TEST(vipin_change, vipin_change_row);

static struct kunit_case vipin_clock_cases[] = {
	VIPIN_PARAM_CASE(vipin_due),
	VIPIN_PARAM_CASE(vipin_in_time),
	VIPIN_PARAM_CASE(vipin_late_frames_are_kept),
	VIPIN_PARAM_CASE(vipin_very_late_frames_are_skipped),
	VIPIN_PARAM_CASE(vipin_no_drift),
	VIPIN_PARAM_CASE(vipin_change),
	{}
};

struct kunit_suite vipin_clock_suite = {
	.name = "vipin_clock",
	.test_cases = vipin_clock_cases,
};
