// SPDX-License-Identifier: GPL-2.0-only
/*
 * node.c - a vipin node that gets one frame after the other
 */
#include <endian.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "buffer-alignment.h"
#include "common/page.h"
#include "common/stamp.h"
#include "common/video-node.h"
#include "common/vipin-node.h"
#include "node.h"
#include "scenario-options.h"

static void die(const char *what)
{
	fprintf(stderr, "alignment: %s: %s\n", what, strerror(errno));
	exit(CANNOT_RUN);
}

/**
 * node_open() - open a node, and let it make a frame as soon as a buffer is queued
 * @n:		filled in
 * @path:	of the node
 *
 * Ends the program if the node cannot be used.
 */
void node_open(struct node *n, const char *path)
{
	*n = (struct node) { .path = path };
	n->fd = video_node_open(path, &n->type);
	if (n->fd < 0)
		die(path);
	n->output = V4L2_TYPE_IS_OUTPUT(n->type);
	n->translated = video_node_is_translated(path);
	errno = ENOTSUP;
	if (V4L2_TYPE_IS_MULTIPLANAR(n->type))
		die("the multi-planar API");
	errno = -video_node_set_control(n->fd, VIPIN_CID_FREE_RUN, 1);
	if (errno)
		die("no vipin: its control Free Run");
}

/**
 * node_close() - close a node, after it got its frame clock back
 * @n:	the node
 */
void node_close(struct node *n)
{
	video_node_set_control(n->fd, VIPIN_CID_FREE_RUN, 0);
	close(n->fd);
}

/**
 * node_stop() - stop streaming, and forget all pointers
 * @n:	the node
 */
void node_stop(struct node *n)
{
	video_node_stream(n->fd, n->type, false);
	video_node_request(n->fd, n->type, V4L2_MEMORY_USERPTR, 0);
}

static void count_frames(struct node *n)
{
	if (n->output && vipin_node_count_frames(n->fd, &n->good, &n->bad))
		die("VIDIOC_G_EXT_CTRLS");
}

/**
 * node_set_lines() - set the size of a frame, and start to stream with one buffer
 * @n:			the node; its frame size is set
 * @lines:		lines of a frame
 * @bytes_per_line:	bytes of a line
 *
 * Return: true on success; if not, @n->why is set.
 */
bool node_set_lines(struct node *n, unsigned int lines, unsigned int bytes_per_line)
{
	struct v4l2_format format = {
		.type = n->type,
		.fmt.pix = {
			.width = 16, .height = lines, .bytesperline = bytes_per_line,
			.pixelformat = V4L2_PIX_FMT_GREY,
		},
	};

	n->frame = lines * bytes_per_line;
	node_stop(n);
	errno = ENOTSUP;
	if (ioctl(n->fd, VIDIOC_S_FMT, &format) || format.fmt.pix.sizeimage != n->frame ||
	    video_node_request(n->fd, n->type, V4L2_MEMORY_USERPTR, 1) < 1 ||
	    video_node_stream(n->fd, n->type, true)) {
		snprintf(n->why, sizeof(n->why), "no frames of %zu bytes: %s", n->frame,
			 strerror(errno));
		return false;
	}
	count_frames(n);
	return true;
}

/**
 * node_find_alignment() - find out the alignment that a node requires for a buffer
 * @n:	the node; its @alignment is set
 *
 * Return: true on success; if not, @n->why is set.
 */
bool node_find_alignment(struct node *n)
{
	int alignment;

	if (!node_set_lines(n, 16, 16))
		return false;
	node_stop(n);
	alignment = buffer_alignment(n->fd, n->type, n->output ? n->frame : 0);
	if (alignment < 0) {
		snprintf(n->why, sizeof(n->why), "no alignment of a pointer is right: %s",
			 strerror(-alignment));
		return false;
	}
	n->alignment = alignment;
	return true;
}

static bool wrong(struct node *n, const struct place *at, const char *what)
{
	snprintf(n->why, sizeof(n->why), "frame of %zu bytes at 0x%03zx, buffer of %zu: %s",
		 at->payload, (size_t)((uintptr_t)at->start % PAGE), at->length, what);
	return false;
}

/* Make a frame that differs in every byte from the same frame with another start. */
static void paint(unsigned char *to, size_t length, unsigned int sequence)
{
	size_t i;

	for (i = 0; i < length; i++)
		to[i] = i * 7 + sequence;
	stamp_put(to, length, sequence);
}

/* Check one page or more before and after the bytes of a frame. */
static bool guards_are_filled(const struct layout *l, const struct place *at)
{
	const unsigned char *from = at->start - PAGE, *to = at->start + at->length + PAGE;

	if (from < l->base)
		from = l->base;
	if (to > l->base + l->size)
		to = l->base + l->size;
	return is_filled(from, at->start) && is_filled(at->start + at->payload, to);
}

static bool captured(struct node *n, const struct place *at, const struct v4l2_buffer *buf)
{
	struct vipin_stamp stamp;
	char why[100];

	if (buf->bytesused != n->frame)
		return wrong(n, at, "the payload is not a frame");
	if (!stamp_agrees(at->start, at->payload, &stamp, why, sizeof(why)))
		return wrong(n, at, why);
	if (le32toh(stamp.sequence) != buf->sequence)
		return wrong(n, at, "it is another frame");
	return true;
}

static bool sent(struct node *n, const struct place *at, const unsigned char *painted)
{
	long long good = n->good, bad = n->bad;

	count_frames(n);
	if (memcmp(at->start, painted, at->payload))
		return wrong(n, at, "the device has written to it");
	if (n->good != good + 1 || n->bad != bad)
		return wrong(n, at, "the device has read something else");
	return true;
}

/**
 * node_try() - give a buffer to a node
 * @n:	the node
 * @l:	the memory; it has its fill before and after
 * @at:	where the buffer lies
 *
 * A capture device must write the frame and no other byte. An output device must read exactly
 * the frame. Memory that is not contiguous must be refused, unless an IOMMU translates. So must
 * a start or a length that is not aligned.
 *
 * Return: true if that happened; if not, @n->why is set.
 */
bool node_try(struct node *n, const struct layout *l, const struct place *at)
{
	struct v4l2_buffer buf = {
		.type = n->type, .memory = V4L2_MEMORY_USERPTR,
		.m.userptr = (unsigned long)at->start, .length = at->length,
		.bytesused = n->output ? at->payload : 0,
	};
	bool aligned = ((uintptr_t)at->start | at->length) % n->alignment == 0;
	bool fits = n->translated || layout_is_contiguous(at->start, at->length);
	static unsigned char painted[4 * PAGE_MAX];
	static unsigned int sequence;
	int refused;

	if (n->output) {
		paint(painted, at->payload, sequence++);
		memcpy(at->start, painted, at->payload);
	}
	refused = ioctl(n->fd, VIDIOC_QBUF, &buf) ? errno : 0;
	if (refused) {
		if (!n->output && !is_filled(at->start, at->start + at->length))
			return wrong(n, at, "written, although it was refused");
		memset(at->start, FILL, at->payload);
		if (aligned ? fits || refused != EFAULT : refused != EINVAL)
			return wrong(n, at, strerror(refused));
		n->refused += aligned;
		return guards_are_filled(l, at) ||
		       wrong(n, at, "written around it, although it was refused");
	}

	if (ioctl(n->fd, VIDIOC_DQBUF, &buf))
		return wrong(n, at, strerror(errno));
	if (!aligned)
		return wrong(n, at, "accepted, but it is not aligned");
	if (!fits)
		return wrong(n, at, "accepted, but it is not contiguous");
	if (buf.flags & V4L2_BUF_FLAG_ERROR)
		return wrong(n, at, "the frame is lost to a DMA fault");
	if (!(n->output ? sent(n, at, painted) : captured(n, at, &buf)))
		return false;
	if (!guards_are_filled(l, at))
		return wrong(n, at, "bytes before or after it have changed");
	memset(at->start, FILL, at->payload);
	n->accepted++;
	return true;
}
