// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-clock.c - the frame clock: compute when a frame is due, and which frames are
 * too late
 */

#include <linux/math64.h>
#include <linux/time64.h>

#include "vipin.h"

/**
 * vipin_clock_due() - compute when the next frame is due
 * @clock:	the clock
 * @interval:	time per frame in seconds
 *
 * Return: the time in nanoseconds, CLOCK_MONOTONIC.
 */
u64 vipin_clock_due(const struct vipin_clock *clock,
		    const struct v4l2_fract *interval)
{
	return clock->start + mul_u64_u32_div(clock->frame * NSEC_PER_SEC,
					      interval->numerator,
					      interval->denominator);
}

/* Return the number of the frame that is current at @now. */
static u64 vipin_clock_frame_at(const struct vipin_clock *clock, u64 now,
				const struct v4l2_fract *interval)
{
	return div_u64(mul_u64_u32_div(now - clock->start, interval->denominator,
				       interval->numerator), NSEC_PER_SEC);
}

/**
 * vipin_clock_change() - continue with another time per frame
 * @clock:	the clock
 * @from:	time per frame in seconds until now
 * @to:		time per frame in seconds from now on
 * @now:	the time in nanoseconds, CLOCK_MONOTONIC
 *
 * The next frame is due @to after the last one. If that time has already passed, the
 * frame is due @now instead, so that a change of the rate makes no frame late.
 */
void vipin_clock_change(struct vipin_clock *clock, const struct v4l2_fract *from,
			const struct v4l2_fract *to, u64 now)
{
	if (!clock->frame)
		return;
	clock->frame--;
	clock->start = vipin_clock_due(clock, from);
	clock->frame = 1;
	if (vipin_clock_due(clock, to) < now)
		*clock = (struct vipin_clock){ .start = now };
}

/**
 * vipin_clock_skip() - skip frames if the frame thread is too late
 * @clock:	the clock; its next frame is due
 * @now:	the time in nanoseconds, CLOCK_MONOTONIC
 * @interval:	time per frame in seconds
 *
 * Hardware fills buffers even while the CPU is busy. So a late frame thread delivers
 * the frames it has missed, one after the other. Only if it is more than
 * %VIPIN_MAX_LATE frames late, it skips to the frame that is due now.
 *
 * Return: the number of skipped frames.
 */
u64 vipin_clock_skip(struct vipin_clock *clock, u64 now,
		     const struct v4l2_fract *interval)
{
	u64 frame = vipin_clock_frame_at(clock, now, interval);
	u64 skipped;

	/*
	 * frame may be one less than clock->frame: vipin_clock_due() rounds down to a
	 * nanosecond, and at that nanosecond the frame before may still be current.
	 */
	if (frame <= clock->frame + VIPIN_MAX_LATE)
		return 0;
	skipped = frame - clock->frame;
	clock->frame = frame;
	return skipped;
}
