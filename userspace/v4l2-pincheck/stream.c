// SPDX-License-Identifier: GPL-2.0-only
/*
 * stream.c - frames through memory that was accepted, each of them proven
 *
 * Capture: each frame has arrived in the memory, seen through its own mapping.
 * Output: each frame that was put there has arrived in the device. Its memory is
 * pinned meanwhile, so what the process writes there must be what the device reads.
 */
#include <errno.h>
#include <string.h>

#include "frame.h"
#include "row.h"

/**
 * memory_type() - what V4L2 calls it
 * @m:	the memory
 *
 * Return: what the buffers of the queue must be.
 */
enum v4l2_memory memory_type(const struct memory *m)
{
	return m->kind->by_fd ? V4L2_MEMORY_DMABUF : V4L2_MEMORY_USERPTR;
}

/**
 * stream_queue() - hand memory to a device
 * @d:		the device
 * @index:	of the buffer
 * @m:		the memory
 *
 * Return: 0, or a negative errno.
 */
int stream_queue(struct device *d, unsigned int index, const struct memory *m)
{
	return m->kind->by_fd ? device_queue_dmabuf(d, index, m->dmabuf) :
				device_queue_pointer(d, index, m->frame, m->queued_length);
}

/* A frame was captured: verify it. The first one into a user pointer may be shown. */
static bool prove_captured(struct row *row, struct run *run, const struct memory *m,
			   const struct v4l2_buffer *buf)
{
	const struct device *d = row->device;
	char why[FAULT_SIZE - 32];

	if (!frame_verify(d, m, buf, why, sizeof(why))) {
		row_fault(row, "frame %u: %s", buf->sequence, why);
		return false;
	}
	if (run->png && !m->kind->by_fd) {
		run->png_error = frame_write_png(d, m, run->png);
		run->png = NULL;
	}
	return true;
}

/*
 * A frame was put out: a vipin has found it good if it was painted, and bad if
 * not. @count is what it had found before, and is brought up to date.
 */
static bool prove_put_out(struct row *row, struct device *d,
			  struct frame_count *count, bool painted)
{
	struct frame_count before = *count;
	int ret = device_count_frames(d, count);

	if (ret) {
		row_fault(row, "the device does not count its frames: %s", row_error_name(ret));
		return false;
	}
	if (!d->vipin || (count->good == before.good + painted &&
			  count->bad == before.bad + !painted))
		return true;
	row_fault(row, "of one frame %s a stamp, the device found %lld good and %lld bad",
		  painted ? "with" : "without", count->good - before.good,
		  count->bad - before.bad);
	return false;
}

/* Buffers beside it that a driver may need before it starts, then start. */
static int start(struct row *row, struct run *run, struct device *d)
{
	int ret = 0;

	for (unsigned int i = 1; i < d->depth && !ret; i++)
		ret = stream_queue(d, i, &run->spare);
	if (ret) {
		row_fault(row, "a good buffer beside it is refused: %s", row_error_name(ret));
		return -1;
	}
	ret = device_stream(d, true);
	if (ret)
		row_fault(row, "STREAMON: %s", row_error_name(ret));
	return ret;
}

static bool prove_dequeued(struct row *row, struct run *run, struct device *d,
			   struct memory *m, const struct v4l2_buffer *buf,
			   struct frame_count *count, bool painted)
{
	if (buf->flags & V4L2_BUF_FLAG_ERROR) {
		row_fault(row, "frame %u: the device says that it is spoilt", buf->sequence);
		return false;
	}
	if (d->direction == OUTPUT)
		return prove_put_out(row, d, count, painted);
	return prove_captured(row, run, m, buf);
}

/**
 * stream_frames() - stream until enough frames went through some memory
 * @row:	faults are noted there
 * @run:	what all rows share
 * @d:		the device; buffer 0 is the memory, and queued
 * @m:		the memory
 * @painted:	output: there is a frame with a stamp in it; brought up to date
 * @nr:		how many frames
 *
 * Return: how many were proven.
 */
unsigned int stream_frames(struct row *row, struct run *run, struct device *d,
			   struct memory *m, bool *painted, unsigned int nr)
{
	bool clear = d->direction == CAPTURE && frame_may_be_cleared(m);
	struct frame_count count;
	unsigned int frames = 0;
	struct v4l2_buffer buf;
	__s64 newest = -1;
	int ret;

	if (device_count_frames(d, &count) || start(row, run, d))
		return 0;

	while (frames < nr && !run->stop) {
		ret = device_dequeue(d, &buf, memory_type(m), FRAME_TIMEOUT);
		if (ret) {
			if (ret != -EINTR)
				row_fault(row, "after %u frames: %s", frames,
					  row_error_name(ret));
			break;
		}
		/* vivid at its fastest gives a number twice. */
		if (buf.sequence < newest || (d->vipin && buf.sequence == newest))
			row_fault(row, "frame %u after frame %lld", buf.sequence, newest);
		newest = buf.sequence;
		if (!buf.index) {
			if (!prove_dequeued(row, run, d, m, &buf, &count, *painted))
				break;
			frames++;
			if (frames == 1 && m->kind->check_while_pinned && !row_pins_in_place(row) &&
			    m->kind->check_while_pinned(m))
				row_fault(row, "%s", m->why);
			if (frames == nr)
				break;
			if (d->direction == OUTPUT)
				*painted = frame_paint(m, frames);
			else if (clear)
				frame_clear(m);
		}
		ret = stream_queue(d, buf.index, buf.index ? &run->spare : m);
		if (ret == -EFAULT && row->by_luck && !buf.index)
			break;
		if (ret) {
			row_fault(row, "frame %u: QBUF again: %s", buf.sequence,
				  row_error_name(ret));
			break;
		}
	}

	ret = device_stream(d, false);
	if (ret)
		row_fault(row, "STREAMOFF: %s", row_error_name(ret));
	return frames;
}
