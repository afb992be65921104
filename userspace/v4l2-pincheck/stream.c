// SPDX-License-Identifier: GPL-2.0-only
/*
 * stream.c - stream frames through memory, and verify each of them
 *
 * Capture: each frame must have arrived in the memory, as its own mapping shows. Output:
 * the device must have found each frame good. Memory-to-memory: each frame must have arrived in
 * the other queue's buffer, or from it. The memory stays pinned meanwhile, so the device must read
 * what the process writes there.
 */
#include <errno.h>
#include <string.h>

#include "frame.h"
#include "job.h"
#include "stream.h"

/*
 * A camera may mark frames as erroneous, for example the first ones. So many of them are captured
 * again for one row.
 */
#define MAX_ERRORS	16

/**
 * memory_type() - get the V4L2 memory type for some memory
 * @m:	the memory
 *
 * Return: V4L2_MEMORY_DMABUF or V4L2_MEMORY_USERPTR.
 */
enum v4l2_memory memory_type(const struct memory *m)
{
	return m->kind->by_fd ? V4L2_MEMORY_DMABUF : V4L2_MEMORY_USERPTR;
}

/**
 * stream_queue() - hand memory to a device
 * @d:		the device
 * @index:	index of the buffer
 * @m:		the memory
 *
 * Return: 0, or a negative errno.
 */
int stream_queue(struct device *d, unsigned int index, const struct memory *m)
{
	return m->kind->by_fd ? device_queue_dmabuf(d, index, m->dmabuf) :
				device_queue_pointer(d, index, m->frame, m->queued_length);
}

/*
 * Verify a frame that was captured, or that a job has read or written. Write the first captured one
 * in a user pointer as PNG, if asked to.
 */
static bool prove_arrived(struct row *row, struct run *run, const struct memory *m,
			  const struct v4l2_buffer *buf)
{
	const struct device *d = row->device;
	char why[FAULT_SIZE - 32];

	if (!(d->m2m ? job_verify : frame_verify)(d, m, buf, why, sizeof(why))) {
		row_fault(row, "frame %u: %s", buf->sequence, why);
		return false;
	}
	if (run->png && d->direction == CAPTURE && !m->kind->by_fd) {
		run->png_error = frame_write_png(d, m, run->png);
		run->png = NULL;
	}
	return true;
}

/*
 * Verify a frame that was output: vipin must have counted it as good if it was painted, and
 * as bad if not. @count holds the counts from before, and is updated.
 */
static bool prove_output(struct row *row, struct device *d,
			 struct frame_count *count, bool painted)
{
	struct frame_count before = *count;
	int ret = device_count_frames(d, count);

	if (ret) {
		row_fault(row, "the device does not count its frames: %s", error_name(ret));
		return false;
	}
	if (!d->vipin || (count->good == before.good + painted &&
			  count->bad == before.bad + !painted))
		return true;
	row_fault(row, "for one frame %s a stamp, the device counted %lld good and %lld bad",
		  painted ? "with" : "without", count->good - before.good,
		  count->bad - before.bad);
	return false;
}

/* Queue the other buffers that a driver may need before it starts, then start. */
static int start(struct row *row, struct run *run, struct device *d)
{
	int ret = 0;

	for (unsigned int i = 1; i < d->depth && !ret; i++)
		ret = stream_queue(d, i, &run->spare);
	if (ret) {
		row_fault(row, "another, good buffer is refused: %s", error_name(ret));
		return -1;
	}
	ret = device_stream(d, true);
	if (ret)
		row_fault(row, "STREAMON: %s", error_name(ret));
	return ret;
}

static bool prove_dequeued(struct row *row, struct run *run, struct device *d,
			   struct memory *m, const struct v4l2_buffer *buf,
			   struct frame_count *count, bool painted)
{
	if (d->direction == OUTPUT && !d->m2m)
		return prove_output(row, d, count, painted);
	return prove_arrived(row, run, m, buf);
}

/* Is a frame of no use? A camera may have no metadata for a frame. */
static bool is_erroneous(const struct device *d, const struct v4l2_buffer *buf)
{
	return buf->flags & V4L2_BUF_FLAG_ERROR ||
	       (d->content && d->direction == CAPTURE && !buf->bytesused);
}

/*
 * May an erroneous frame be captured again? vipin marks a frame only if its DMA has failed. @errors
 * counts the erroneous frames of the row.
 */
static bool may_retry(struct row *row, const struct v4l2_buffer *buf, unsigned int *errors)
{
	if (!row->device->vipin && ++*errors <= MAX_ERRORS)
		return true;
	row_fault(row, "frame %u: the device marked it as erroneous, or it is empty",
		  buf->sequence);
	return false;
}

/**
 * stream_frames() - stream frames through some memory
 * @row:	gets the faults
 * @run:	what all rows share
 * @d:		the device; buffer 0 is the memory, and is queued
 * @m:		the memory
 * @painted:	for output: the memory has a frame with a stamp; updated
 * @nr:		number of frames
 *
 * Return: number of frames that were verified.
 */
unsigned int stream_frames(struct row *row, struct run *run, struct device *d,
			   struct memory *m, bool *painted, unsigned int nr)
{
	bool clear = d->direction == CAPTURE && frame_may_be_cleared(m);
	struct frame_count count;
	unsigned int frames = 0, errors = 0;
	struct v4l2_buffer buf;
	bool erroneous;
	__s64 newest = -1;
	int ret;

	if (*d->no_frames || device_count_frames(d, &count) || start(row, run, d))
		return 0;

	while (frames < nr && !run->stop) {
		ret = device_dequeue(d, &buf, memory_type(m), FRAME_TIMEOUT);
		if (ret) {
			if (ret != -EINTR)
				row_fault(row, "after %u frames: %s", frames,
					  error_name(ret));
			break;
		}
		/* vivid at its highest rate gives two frames the same number. */
		if (buf.sequence < newest || (d->vipin && buf.sequence == newest))
			row_fault(row, "frame %u after frame %lld", buf.sequence, newest);
		newest = buf.sequence;
		erroneous = !buf.index && is_erroneous(d, &buf);
		if (erroneous && !may_retry(row, &buf, &errors))
			break;
		if (erroneous && clear)
			frame_clear(m);
		if (!buf.index && !erroneous) {
			if (!prove_dequeued(row, run, d, m, &buf, &count, *painted))
				break;
			frames++;
			if (frames == 1 && m->kind->check_while_pinned &&
			    !row_may_pin_in_place(row) && m->kind->check_while_pinned(m))
				row_fault(row, "%s", m->why);
			if (frames == nr)
				break;
			if (d->direction == OUTPUT)
				*painted = frame_paint(m, frames);
			else if (clear)
				frame_clear(m);
		}
		ret = d->m2m ? m2m_next(d) : 0;
		if (!ret)
			ret = stream_queue(d, buf.index, buf.index ? &run->spare : m);
		if (ret == -EFAULT && row->contiguous_by_luck && !buf.index)
			break;
		if (ret) {
			row_fault(row, "frame %u: QBUF again: %s", buf.sequence,
				  error_name(ret));
			break;
		}
	}

	ret = device_stream(d, false);
	if (ret)
		row_fault(row, "STREAMOFF: %s", error_name(ret));
	return frames;
}
