// SPDX-License-Identifier: GPL-2.0-only
/*
 * frames.c - frames that are wrong, late or missing
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "common/clock.h"
#include "common/stamp.h"
#include "common/video-node.h"
#include "common/vipin-node.h"
#include "inject.h"

/* No painted frame has only this. */
#define FILL	0x5b

static bool starts(struct stage *s, unsigned int buffers)
{
	int err = stage_start(s, buffers);

	if (err)
		ended(s, WRONG, "the start: %s", strerror(-err));
	return !err;
}

static bool dequeues(struct stage *s, struct v4l2_buffer *buf)
{
	int err = stage_dequeue(s, buf);

	if (err)
		ended(s, WRONG, "VIDIOC_DQBUF: %s", strerror(-err));
	return !err;
}

/* Queue one buffer and wait for it. */
static bool turn(struct stage *s, unsigned int index, struct v4l2_buffer *buf)
{
	int err = stage_queue(s, index, VIDIOC_QBUF);

	if (err)
		ended(s, WRONG, "VIDIOC_QBUF: %s", strerror(-err));
	return !err && dequeues(s, buf);
}

static bool has_error_flag(struct stage *s, const struct v4l2_buffer *buf)
{
	if (buf->flags & V4L2_BUF_FLAG_ERROR)
		return true;
	ended(s, WRONG, "the frame has no error flag");
	return false;
}

static void set_rate(struct stage *s, unsigned int rate)
{
	struct v4l2_streamparm parm = { .type = s->type };

	if (V4L2_TYPE_IS_OUTPUT(s->type))
		parm.parm.output.timeperframe = (struct v4l2_fract){ 1, rate };
	else
		parm.parm.capture.timeperframe = (struct v4l2_fract){ 1, rate };
	ioctl(s->fd, VIDIOC_S_PARM, &parm);
}

/**
 * frames_error_flag() - the first frame has the error flag though all of it arrived
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome frames_error_flag(struct stage *s)
{
	struct v4l2_buffer buf;

	arm(s, VIPIN_CID_INJECT_ERROR_FLAG, 1);
	if (!starts(s, 2) || !dequeues(s, &buf) || !has_error_flag(s, &buf))
		return WRONG;
	buf.flags &= ~V4L2_BUF_FLAG_ERROR;
	return stage_frame_is_good(s, &buf) && stage_next_is_good(s) ? RIGHT : WRONG;
}

/**
 * frames_fault_while_stopped() - the button for a DMA fault is ignored
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome frames_fault_while_stopped(struct stage *s)
{
	arm(s, VIPIN_CID_INJECT_DMA_FAULT, 1);
	if (!starts(s, 1) || !stage_next_is_good(s))
		return WRONG;
	return RIGHT;
}

/* Only the moving dots differ: two of 8 bytes in each 4 KiB, each at two places. */
static bool is_picture(const unsigned char *a, const unsigned char *b, size_t bytes)
{
	size_t i, differ = 0;

	for (i = 0; i < bytes; i++)
		differ += a[i] != b[i];
	return differ <= 2 * 8 * (bytes / 2048 + 1);
}

static bool stops_at(struct stage *s, unsigned int byte)
{
	static unsigned char torso[FRAME];
	unsigned char *frame = s->frames[0];
	struct v4l2_buffer buf;
	size_t i;

	arm(s, VIPIN_CID_INJECT_DMA_FAULT_AT, byte);
	memset(frame, FILL, FRAME);
	if (!turn(s, 0, &buf) || !has_error_flag(s, &buf))
		return false;
	if (stage_control(s, VIPIN_CID_INJECT_DMA_FAULT_AT)) {
		ended(s, WRONG, "the control does not return to 0");
		return false;
	}
	if (V4L2_TYPE_IS_OUTPUT(s->type))
		return true;
	memcpy(torso, frame, FRAME);
	for (i = byte; i < FRAME; i++) {
		if (torso[i] != FILL) {
			ended(s, WRONG, "byte %zu after the fault has arrived", i);
			return false;
		}
	}
	/* A whole frame shows what the bytes before the fault are. */
	if (!turn(s, 0, &buf))
		return false;
	if (torso[byte - 1] != FILL && is_picture(torso, frame, byte))
		return true;
	ended(s, WRONG, "the %u bytes before the fault have not arrived", byte);
	return false;
}

/**
 * frames_fault_at() - the bytes before a DMA fault arrive, the others do not
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome frames_fault_at(struct stage *s)
{
	long long good = 0, bad, before;
	enum outcome outcome = WRONG;
	struct v4l2_buffer buf;

	/* The stamp is written last. Without it the bytes of all frames are alike. */
	arm(s, VIPIN_CID_FRAME_STAMP, 0);
	if (starts(s, 1) && dequeues(s, &buf)) {
		vipin_node_count_frames(s->fd, &before, &bad);
		if (stops_at(s, 5000) && stops_at(s, FRAME - 1) && stops_at(s, LUMA) &&
		    stops_at(s, LUMA + 17) && stops_at(s, 1))
			outcome = RIGHT;
		vipin_node_count_frames(s->fd, &good, &bad);
		if (outcome == RIGHT && V4L2_TYPE_IS_OUTPUT(s->type) && good != before)
			outcome = ended(s, WRONG, "a frame that was lost is counted");
	}
	arm(s, VIPIN_CID_FRAME_STAMP, 1);
	return outcome;
}

/**
 * frames_fault_beyond() - a fault after the last byte waits for a larger frame
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome frames_fault_beyond(struct stage *s)
{
	arm(s, VIPIN_CID_INJECT_DMA_FAULT_AT, FRAME);
	if (!starts(s, 1) || !stage_next_is_good(s))
		return WRONG;
	if (stage_control(s, VIPIN_CID_INJECT_DMA_FAULT_AT) != FRAME)
		return ended(s, WRONG, "the control has lost its value");
	arm(s, VIPIN_CID_INJECT_DMA_FAULT_AT, 0);
	return RIGHT;
}

static bool is_silent(struct stage *s, int milliseconds)
{
	struct pollfd p = { .fd = s->fd, .events = POLLIN | POLLOUT };

	if (!poll(&p, 1, milliseconds))
		return true;
	ended(s, WRONG, "a frame arrives, or an error: %#x", p.revents);
	return false;
}

/**
 * frames_dropped() - no frame arrives as long as all are dropped
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome frames_dropped(struct stage *s)
{
	struct v4l2_buffer buf;

	set_rate(s, 30);
	arm(s, VIPIN_CID_PERC_DROPPED, 100);
	if (!starts(s, 2) || !is_silent(s, 400))
		return WRONG;
	arm(s, VIPIN_CID_PERC_DROPPED, 0);
	if (!dequeues(s, &buf) || !stage_frame_is_good(s, &buf))
		return WRONG;
	/* 0.4 s have 12 frames. The machine may be slow to start the clock. */
	return buf.sequence > 5 ? RIGHT : ended(s, WRONG, "the first frame is %u", buf.sequence);
}

/**
 * frames_half_dropped() - some of the frames arrive, and others do not
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome frames_half_dropped(struct stage *s)
{
	struct v4l2_buffer buf;
	unsigned int i;

	set_rate(s, 60);
	arm(s, VIPIN_CID_PERC_DROPPED, 50);
	if (!starts(s, BUFFERS))
		return WRONG;
	for (i = 1; i <= 24; i++) {
		if (!dequeues(s, &buf))
			return WRONG;
		stage_queue(s, buf.index, VIDIOC_QBUF);
	}
	arm(s, VIPIN_CID_PERC_DROPPED, 0);
	/* The probability that less than 4 of 28 frames are dropped is 1 to 77,000. */
	return buf.sequence + 1 >= 28 ? RIGHT :
	       ended(s, WRONG, "the sequence number of frame 24 is %u", buf.sequence);
}

static double seconds_of(const struct timeval *time)
{
	return time->tv_sec + time->tv_usec / 1e6;
}

static double now(void)
{
	return clock_ns() / 1e9;
}

/**
 * frames_late() - the first frame comes 5 intervals after its time, and 5 frames are missing
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome frames_late(struct stage *s)
{
	struct v4l2_buffer first, second;
	double late;

	set_rate(s, 10);
	arm(s, VIPIN_CID_INJECT_LATE_FRAME, 5);
	if (!starts(s, 3) || !dequeues(s, &first))
		return WRONG;
	late = now() - seconds_of(&first.timestamp);
	if (!stage_frame_is_good(s, &first) || !dequeues(s, &second) ||
	    !stage_frame_is_good(s, &second))
		return WRONG;
	if (first.sequence || second.sequence != 6)
		return ended(s, WRONG, "the first frame is %u, the second one %u",
			     first.sequence, second.sequence);
	if (late < 0.499 || late > 0.95)
		return ended(s, WRONG, "the frame is %.2f s late", late);
	late = seconds_of(&second.timestamp) - seconds_of(&first.timestamp);
	return late > 0.599 && late < 0.601 ? RIGHT :
	       ended(s, WRONG, "the timestamps differ by %.3f s", late);
}

/**
 * frames_late_and_stopped() - VIDIOC_STREAMOFF does not wait for a late frame
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome frames_late_and_stopped(struct stage *s)
{
	double began = now();

	set_rate(s, 1);
	arm(s, VIPIN_CID_INJECT_LATE_FRAME, 1000);
	if (!starts(s, 1) || !is_silent(s, 200))
		return WRONG;
	stage_stop(s);
	set_rate(s, 30);
	return now() - began < 10 ? RIGHT : ended(s, WRONG, "it took %.1f s", now() - began);
}

static enum outcome torn_capture(struct stage *s)
{
	static unsigned char last[FRAME];
	unsigned char *frame = s->frames[0];
	struct vipin_stamp stamp;
	struct v4l2_buffer buf;
	char why[128];

	if (!starts(s, 1) || !stage_next_is_good(s))
		return WRONG;
	memcpy(last, frame, FRAME);
	memset(frame, FILL, FRAME);
	arm(s, VIPIN_CID_INJECT_TORN_FRAME, 1);
	if (!turn(s, 0, &buf))
		return WRONG;
	if (buf.flags & V4L2_BUF_FLAG_ERROR)
		return ended(s, WRONG, "the torn frame has the error flag");
	if (stamp_agrees(frame, FRAME, &stamp, why, sizeof(why)))
		return ended(s, WRONG, "the frame is whole");
	if (memcmp(frame + PAGE, last + PAGE, FRAME - PAGE))
		return ended(s, WRONG, "the end is not that of the last frame");
	if (!memcmp(frame + sizeof(stamp), last + sizeof(stamp), PAGE - sizeof(stamp)))
		return ended(s, WRONG, "the start is that of the last frame");
	if (!turn(s, 0, &buf) || !stage_frame_is_good(s, &buf))
		return WRONG;
	arm(s, VIPIN_CID_INJECT_TORN_FRAME, FRAME / PAGE);
	return turn(s, 0, &buf) && stage_frame_is_good(s, &buf) ? RIGHT : WRONG;
}

static enum outcome torn_output(struct stage *s)
{
	const unsigned int pages[] = { 1, 2, FRAME / PAGE };
	long long good, bad, good_before, bad_before;
	struct v4l2_buffer buf;
	unsigned int i;

	if (!starts(s, 1) || !dequeues(s, &buf))
		return WRONG;
	for (i = 0; i < ARRAY_SIZE(pages); i++) {
		bool whole = pages[i] == FRAME / PAGE;

		vipin_node_count_frames(s->fd, &good_before, &bad_before);
		arm(s, VIPIN_CID_INJECT_TORN_FRAME, pages[i]);
		if (!turn(s, 0, &buf) || !stage_frame_is_good(s, &buf))
			return WRONG;
		vipin_node_count_frames(s->fd, &good, &bad);
		if (good != good_before + whole || bad != bad_before + !whole)
			return ended(s, WRONG, "torn at page %u: %lld good frames, %lld bad ones",
				     pages[i], good - good_before, bad - bad_before);
	}
	return RIGHT;
}

/**
 * frames_torn() - the end of a frame is that of the last one, without the error flag
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome frames_torn(struct stage *s)
{
	return V4L2_TYPE_IS_OUTPUT(s->type) ? torn_output(s) : torn_capture(s);
}

/**
 * frames_sequence() - sequence numbers wrap after 128 frames, and not in the next stream
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome frames_sequence(struct stage *s)
{
	__u32 wanted = -128;
	struct v4l2_buffer buf;
	unsigned int i;

	arm(s, VIPIN_CID_FREE_RUN, 1);
	arm(s, VIPIN_CID_SEQ_WRAP, 1);
	if (!starts(s, BUFFERS))
		return WRONG;
	for (i = 0; i < 131; i++, wanted++) {
		if (!dequeues(s, &buf) || !stage_frame_is_good(s, &buf))
			return WRONG;
		if (buf.sequence != wanted)
			return ended(s, WRONG, "frame %u has the number %#x", i, buf.sequence);
		stage_queue(s, buf.index, VIDIOC_QBUF);
	}
	arm(s, VIPIN_CID_SEQ_WRAP, 0);
	arm(s, VIPIN_CID_FREE_RUN, 0);
	stage_stop(s);
	if (!starts(s, 1) || !dequeues(s, &buf))
		return WRONG;
	return buf.sequence ? ended(s, WRONG, "the next stream begins at %u", buf.sequence) : RIGHT;
}

/**
 * frames_time() - the first timestamp is 16 seconds before it wraps, or as usual
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome frames_time(struct stage *s)
{
	/* A timestamp has nanoseconds in the kernel, and seconds of 32 bits in old programs. */
	static const double wraps[] = { 0, 9223372036.85, 2147483648.0 };
	unsigned int i, menu[] = { 1, 2, 0 };
	struct v4l2_buffer buf;
	double left;

	for (i = 0; i < ARRAY_SIZE(menu); i++) {
		arm(s, VIPIN_CID_TIME_WRAP, menu[i]);
		if (!starts(s, 1) || !dequeues(s, &buf) || !stage_frame_is_good(s, &buf))
			return WRONG;
		left = menu[i] ? wraps[menu[i]] - seconds_of(&buf.timestamp) :
				 16 - (now() - seconds_of(&buf.timestamp));
		if (left < 14 || left > 16.02)
			return ended(s, WRONG, "%u: the first timestamp is %.3f", menu[i],
				     seconds_of(&buf.timestamp));
		stage_stop(s);
	}
	return RIGHT;
}
