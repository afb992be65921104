// SPDX-License-Identifier: GPL-2.0-only
/*
 * buffer.c - one buffer of a vipin node, which a program and the device use in turn
 */
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "buffer.h"
#include "common/page.h"
#include "common/video-node.h"
#include "common/vipin-node.h"

/* A multiple of MAX_LINE. */
#define BUFFER_OFFSET	1024

static void describe(const struct buffer *b, struct v4l2_buffer *buf, __u32 hints)
{
	*buf = (struct v4l2_buffer) {
		.type = b->type, .memory = b->s->memory, .flags = hints, .length = b->length,
		.bytesused = b->s->output ? FRAME_SIZE : 0,
	};
	if (b->s->memory == V4L2_MEMORY_USERPTR)
		buf->m.userptr = (uintptr_t)b->start;
}

/* Map a buffer that the driver has allocated. */
static enum outcome map_buffer(struct buffer *b)
{
	struct v4l2_buffer buf = { .type = b->type, .memory = V4L2_MEMORY_MMAP };

	if (ioctl(b->fd, VIDIOC_QUERYBUF, &buf))
		return ended(b, CANNOT_RUN, "VIDIOC_QUERYBUF: %s", strerror(errno));
	b->size = buf.length;
	b->length = b->size;
	b->page = mmap(NULL, b->size, PROT_READ | PROT_WRITE, MAP_SHARED, b->fd, buf.m.offset);
	if (b->page == MAP_FAILED)
		return ended(b, CANNOT_RUN, "mmap: %s", strerror(errno));
	b->start = b->page;
	return RIGHT;
}

/* Place a buffer into a page of the program, with a lead and a tail in its cache lines. */
static enum outcome place_buffer(struct buffer *b)
{
	b->size = PAGE;
	b->page = mmap(NULL, b->size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (b->page == MAP_FAILED)
		return ended(b, CANNOT_RUN, "mmap: %s", strerror(errno));
	b->start = b->page + BUFFER_OFFSET + b->s->lead;
	b->length = FRAME_SIZE + MAX_LINE - b->s->lead - b->s->tail;
	return RIGHT;
}

/* Have the driver create one buffer. The field "flags" is new in Linux 5.16. */
static enum outcome request(struct buffer *b)
{
	struct v4l2_requestbuffers request = {
		.count = 1, .type = b->type, .memory = b->s->memory,
	};
	__u8 *flags = (__u8 *)&request.capabilities + sizeof(request.capabilities);

	*flags = b->s->non_coherent ? V4L2_MEMORY_FLAG_NON_COHERENT : 0;
	if (ioctl(b->fd, VIDIOC_REQBUFS, &request))
		return ended(b, CANNOT_RUN, "VIDIOC_REQBUFS: %s", strerror(errno));
	if (!(request.capabilities & V4L2_BUF_CAP_SUPPORTS_MMAP_CACHE_HINTS))
		return ended(b, CANNOT_RUN, "the device has no cache hints");
	if (b->s->non_coherent && !(*flags & V4L2_MEMORY_FLAG_NON_COHERENT))
		return ended(b, SKIPPED, "all MMAP buffers of this kernel are coherent (< 5.16)");
	return b->s->memory == V4L2_MEMORY_MMAP ? map_buffer(b) : place_buffer(b);
}

/**
 * buffer_set_format() - have a node transfer frames of FRAME_SIZE bytes
 * @fd:		the open node
 * @type:	type of its buffers
 *
 * Return: true on success.
 */
bool buffer_set_format(int fd, enum v4l2_buf_type type)
{
	struct v4l2_format format = video_node_format(type, FRAME_SIDE, FRAME_SIDE,
						      V4L2_PIX_FMT_GREY);

	return !ioctl(fd, VIDIOC_S_FMT, &format) && format.fmt.pix.sizeimage == FRAME_SIZE;
}

/**
 * buffer_open() - get the buffer of a scenario, and start to stream
 * @b:	@fd, @path and @type are set; the rest is filled in
 * @s:	the scenario
 *
 * Return: %RIGHT, or another outcome; then @b->why is set.
 */
enum outcome buffer_open(struct buffer *b, const struct scenario *s)
{
	enum outcome outcome;

	b->s = s;
	b->page = MAP_FAILED;
	*b->why = 0;
	if (!buffer_set_format(b->fd, b->type))
		return ended(b, CANNOT_RUN, "the format was not set");
	outcome = request(b);
	if (outcome != RIGHT)
		return outcome;
	if (video_node_stream(b->fd, b->type, true))
		return ended(b, CANNOT_RUN, "VIDIOC_STREAMON failed");
	if (s->output && vipin_node_count_frames(b->fd, &b->good, &b->bad))
		return ended(b, CANNOT_RUN, "the frames are not counted");
	return RIGHT;
}

/**
 * buffer_prepare() - call VIDIOC_PREPARE_BUF, which synchronises the cache for the device
 * @b:		the buffer
 * @hints:	V4L2_BUF_FLAG_NO_CACHE_*
 *
 * Return: true on success; if not, errno is set.
 */
bool buffer_prepare(struct buffer *b, __u32 hints)
{
	struct v4l2_buffer buf;

	describe(b, &buf, hints);
	return !ioctl(b->fd, VIDIOC_PREPARE_BUF, &buf);
}

/**
 * buffer_transfer() - queue a prepared buffer, and wait until the device returns it
 * @b:	the buffer; its @sequence is set
 *
 * Return: true on success; if not, errno is set.
 */
bool buffer_transfer(struct buffer *b)
{
	struct v4l2_buffer buf;

	describe(b, &buf, 0);
	if (ioctl(b->fd, VIDIOC_QBUF, &buf) || ioctl(b->fd, VIDIOC_DQBUF, &buf))
		return false;
	b->sequence = buf.sequence;
	errno = EIO;
	return !(buf.flags & V4L2_BUF_FLAG_ERROR);
}

/**
 * buffer_close() - stop streaming, and free the buffer
 * @b:	the buffer
 */
void buffer_close(struct buffer *b)
{
	video_node_stream(b->fd, b->type, false);
	if (b->page != MAP_FAILED)
		munmap(b->page, b->size);
	video_node_request(b->fd, b->type, b->s->memory, 0);
}
