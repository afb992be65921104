// SPDX-License-Identifier: GPL-2.0-only
/*
 * device-m2m.c - memory-to-memory devices, and the queue that is not under test
 *
 * A job reads a buffer of the output queue and writes one of the capture queue. The memory under
 * test is on one of them. The other one, its partner, has the driver's own buffers, so that jobs
 * can run. Both queues belong to one open file, and so do their formats. A device that is checked
 * in both directions is opened twice.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "device.h"
#include "frame.h"

/* What a capture buffer of the partner has before a job, and memory under test has not. */
#define PARTNER_FILL	((unsigned char)~MEMORY_FILL)

static __u32 output_type(const struct device *d)
{
	return d->direction == OUTPUT ? device_buffer_type(d) : device_partner_type(d);
}

/* Is the format of the output queue a compressed one? */
static bool takes_coded(const struct device *d)
{
	struct v4l2_fmtdesc known = { .type = output_type(d) };
	struct v4l2_format format = { .type = known.type };

	if (DEVICE_IOCTL(d, VIDIOC_G_FMT, &format))
		return false;
	/* The first three members are the same in the multi-planar API. */
	for (; known.index < MAX_FORMATS && !DEVICE_IOCTL(d, VIDIOC_ENUM_FMT, &known);
	     known.index++)
		if (known.pixelformat == format.fmt.pix.pixelformat)
			return known.flags & V4L2_FMT_FLAG_COMPRESSED;
	return false;
}

/* Does the coded queue of a decoder take buffers in requests? */
static bool is_stateless(const struct device *d)
{
	struct v4l2_requestbuffers none = { .type = output_type(d), .memory = V4L2_MEMORY_MMAP };

	return !DEVICE_IOCTL(d, VIDIOC_REQBUFS, &none) &&
	       none.capabilities & V4L2_BUF_CAP_SUPPORTS_REQUESTS;
}

/**
 * m2m_check() - find out whether jobs can run with any frame
 * @d:	a memory-to-memory device; for a decoder, &device.no_frames is set
 *
 * A decoder needs a coded stream, and a stateless one also requests with its parameters. Both take
 * memory before that, so only the answer to each pointer can be judged. But the output queue of a
 * stateless decoder takes buffers in requests only.
 *
 * Return: 0, or -1 for the output queue of a stateless decoder.
 */
int m2m_check(struct device *d)
{
	bool stateless;

	if (!takes_coded(d))
		return 0;
	stateless = is_stateless(d);
	if (stateless && d->direction == OUTPUT)
		return -1;
	snprintf(d->no_frames, sizeof(d->no_frames), stateless ? "it needs requests" :
		 "it needs a coded stream");
	return 0;
}

/**
 * m2m_save_format() - read the format of the other queue
 * @d:	a memory-to-memory device; &partner.format is set
 *
 * Return: 0, or a negative errno.
 */
int m2m_save_format(struct device *d)
{
	d->partner.format = (struct v4l2_format) { .type = device_partner_type(d) };
	return DEVICE_IOCTL(d, VIDIOC_G_FMT, &d->partner.format) ? -errno : 0;
}

/**
 * m2m_set_format() - set the format of the other queue
 * @d:		a memory-to-memory device, without buffers
 * @size:	as for the queue under test, NULL for the format from before
 *
 * A codec or a converter may not have this format here. What the driver makes of it will do.
 */
void m2m_set_format(struct device *d, const struct frame_size *size)
{
	struct v4l2_format format = d->partner.format;

	if (size) {
		device_want_format(d, size, &format);
		format.type = device_partner_type(d);
	}
	DEVICE_IOCTL(d, VIDIOC_S_FMT, &format);
}

static struct v4l2_buffer buffer(const struct device *d, unsigned int index,
				 struct v4l2_plane *planes)
{
	struct v4l2_buffer buf = {
		.index = index, .type = device_partner_type(d), .memory = V4L2_MEMORY_MMAP,
	};

	if (d->multiplanar) {
		buf.m.planes = planes;
		buf.length = VIDEO_MAX_PLANES;
	}
	return buf;
}

/* The piece of a frame that belongs to the plane under test. */
static unsigned int piece(const struct device *d)
{
	return d->plane < d->partner.nr_planes ? d->plane : 0;
}

static int request(const struct device *d, unsigned int nr)
{
	struct v4l2_requestbuffers request = {
		.count = nr, .type = device_partner_type(d), .memory = V4L2_MEMORY_MMAP,
	};

	if (DEVICE_IOCTL(d, VIDIOC_REQBUFS, &request))
		return -errno;
	return request.count < VIDEO_MAX_FRAME ? request.count : VIDEO_MAX_FRAME;
}

static int map(struct device *d, unsigned int index)
{
	struct v4l2_plane planes[VIDEO_MAX_PLANES] = {};
	struct v4l2_buffer buf = buffer(d, index, planes);
	struct partner *p = &d->partner;
	unsigned char *frame;

	if (DEVICE_IOCTL(d, VIDIOC_QUERYBUF, &buf))
		return -errno;
	if (!d->multiplanar) {
		planes[0].length = buf.length;
		planes[0].m.mem_offset = buf.m.offset;
		buf.length = 1;
	}
	p->nr_planes = buf.length;
	for (unsigned int i = 0; i < p->nr_planes; i++)
		p->sizes[i] = planes[i].length;
	p->length = p->sizes[piece(d)];
	frame = mmap(NULL, p->length, PROT_READ | PROT_WRITE, MAP_SHARED, d->fd,
		     planes[piece(d)].m.mem_offset);
	if (frame == MAP_FAILED)
		return -errno;
	p->frames[index] = frame;
	return 0;
}

/* Give a buffer its contents for the next job, and queue it. */
static int fill_and_queue(struct device *d, unsigned int index)
{
	struct v4l2_plane planes[VIDEO_MAX_PLANES] = {};
	struct v4l2_buffer buf = buffer(d, index, planes);
	struct partner *p = &d->partner;

	if (d->direction == OUTPUT) {
		memset(p->frames[index], PARTNER_FILL, p->length);
	} else {
		frame_paint_bytes(p->frames[index], p->length, p->number++);
		for (unsigned int i = 0; i < p->nr_planes; i++)
			planes[i].bytesused = p->sizes[i];
		buf.bytesused = p->sizes[0];
	}
	return DEVICE_IOCTL(d, VIDIOC_QBUF, &buf) ? -errno : 0;
}

/**
 * m2m_start() - let the other queue stream, with as many buffers as the queue under test
 * @d:	a memory-to-memory device
 *
 * Return: 0, or a negative errno.
 */
int m2m_start(struct device *d)
{
	int ret = request(d, d->depth ? d->depth : 1);
	struct partner *p = &d->partner;

	p->number = 0;
	p->nr = ret > 0 ? ret : 0;
	ret = ret < 0 ? ret : 0;
	for (unsigned int i = 0; i < p->nr && !ret; i++)
		ret = map(d, i);
	for (unsigned int i = 0; i < p->nr && !ret; i++)
		ret = fill_and_queue(d, i);
	return ret ? ret : device_stream_queue(d, device_partner_type(d), true);
}

/**
 * m2m_take() - dequeue the buffer of the other queue that a job has used
 * @d:		a memory-to-memory device, streaming
 * @timeout:	in ms
 *
 * Return: 0, or a negative errno: ETIMEDOUT if there was no job, ERANGE if there is no such buffer.
 */
int m2m_take(struct device *d, int timeout)
{
	struct v4l2_plane planes[VIDEO_MAX_PLANES] = {};
	struct v4l2_buffer buf = buffer(d, 0, planes);
	int ret = device_wait(d, d->direction == OUTPUT ? CAPTURE : OUTPUT, timeout);

	if (ret)
		return ret;
	if (DEVICE_IOCTL(d, VIDIOC_DQBUF, &buf))
		return -errno;
	if (buf.index >= d->partner.nr)
		return -ERANGE;
	d->partner.taken = buf.index;
	d->partner.bytesused = d->multiplanar ? planes[piece(d)].bytesused : buf.bytesused;
	return 0;
}

/**
 * m2m_has_arrived() - check that a job has written to the capture buffer of the other queue
 * @d:	a memory-to-memory device; the buffer was dequeued
 *
 * Return: true if at least one byte of the payload differs from what was there before.
 */
bool m2m_has_arrived(const struct device *d)
{
	const struct partner *p = &d->partner;

	if (p->bytesused > p->length)
		return false;
	for (size_t i = 0; i < p->bytesused; i++)
		if (p->frames[p->taken][i] != PARTNER_FILL)
			return true;
	return false;
}

/**
 * m2m_next() - give the buffer that was dequeued to the next job
 * @d:	a memory-to-memory device, streaming
 *
 * Return: 0, or a negative errno.
 */
int m2m_next(struct device *d)
{
	return fill_and_queue(d, d->partner.taken);
}

/**
 * m2m_stop() - stop the other queue, and free its buffers
 * @d:	a memory-to-memory device; another process may have started it
 */
void m2m_stop(struct device *d)
{
	device_stream_queue(d, device_partner_type(d), false);
	for (unsigned int i = 0; i < d->partner.nr; i++) {
		if (d->partner.frames[i])
			munmap(d->partner.frames[i], d->partner.length);
		d->partner.frames[i] = NULL;
	}
	d->partner.nr = 0;
	request(d, 0);
}
