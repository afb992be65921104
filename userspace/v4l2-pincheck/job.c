// SPDX-License-Identifier: GPL-2.0-only
/*
 * job.c - what a job of a memory-to-memory device has done
 *
 * If the device copies frames, each byte in the capture buffer must be that of the output buffer.
 * Other devices convert, scale or encode them: something must have arrived.
 */
#include <stdio.h>
#include <string.h>

#include "frame.h"
#include "job.h"

static bool is_copy(const unsigned char *copy, const unsigned char *original, size_t length,
		    char *why, size_t size)
{
	size_t at = 0;

	if (!memcmp(copy, original, length))
		return true;
	while (copy[at] == original[at])
		at++;
	snprintf(why, size, "byte %zu of %zu was captured as %#x, and output as %#x", at, length,
		 copy[at], original[at]);
	return false;
}

/* The payload of the capture buffer of the job. */
static __u32 payload(const struct device *d, const struct v4l2_buffer *buf)
{
	return d->direction == CAPTURE ? buf->bytesused : d->partner.bytesused;
}

/**
 * job_copied() - check that a job has copied all of a frame
 * @d:		the device; its partner's buffer was dequeued, too
 * @m:		the memory under test
 * @buf:	its buffer, from VIDIOC_DQBUF
 * @why:	filled in if it has not
 * @size:	room in @why
 *
 * Return: true if it has.
 */
bool job_copied(const struct device *d, const struct memory *m,
		const struct v4l2_buffer *buf, char *why, size_t size)
{
	const unsigned char *partner = d->partner.frames[d->partner.taken];
	size_t length = d->pix.sizeimage;
	bool same;

	if (payload(d, buf) != length || d->partner.length < length) {
		snprintf(why, size, "%u of %zu bytes were captured", payload(d, buf), length);
		return false;
	}
	memory_begin_access(m);
	same = d->direction == CAPTURE ? is_copy(m->frame, partner, length, why, size) :
					 is_copy(partner, m->frame, length, why, size);
	memory_end_access(m);
	return same;
}

static bool has_arrived(const struct device *d, const struct memory *m, __u32 bytes)
{
	bool arrived;

	if (d->direction == OUTPUT)
		return m2m_has_arrived(d);
	memory_begin_access(m);
	arrived = bytes <= m->length && frame_arrived(m, bytes);
	memory_end_access(m);
	return arrived;
}

/**
 * job_verify() - check that the frame of a job has arrived
 * @d:		the device; its partner's buffer was dequeued, too
 * @m:		the memory under test
 * @buf:	its buffer, from VIDIOC_DQBUF
 * @why:	filled in if it has not
 * @size:	room in @why
 *
 * Return: true if it has arrived.
 */
bool job_verify(const struct device *d, const struct memory *m,
		const struct v4l2_buffer *buf, char *why, size_t size)
{
	if (d->copies)
		return job_copied(d, m, buf, why, size);
	if (has_arrived(d, m, payload(d, buf)))
		return true;
	snprintf(why, size, "nothing has arrived, the payload has %u bytes", payload(d, buf));
	return false;
}
