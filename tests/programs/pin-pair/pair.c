// SPDX-License-Identifier: GPL-2.0-only
/*
 * pair.c - an open memory-to-memory node, and the frames that it copies
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/page.h"
#include "common/pins.h"
#include "common/stamp.h"
#include "common/video-node.h"
#include "common/vipin-node.h"
#include "pair.h"
#include "time-limit.h"

/* Time stamp of the frame with a sequence number. */
#define SECONDS(sequence)	(1000 + (sequence))
#define MICROSECONDS		7

/**
 * pair_type() - get the buffer type of a queue
 * @p:		the node
 * @dir:	of the queue
 *
 * Return: the type.
 */
enum v4l2_buf_type pair_type(const struct pair *p, enum direction dir)
{
	if (p->planes)
		return dir == OUT ? V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE :
					  V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE;
	return dir == OUT ? V4L2_BUF_TYPE_VIDEO_OUTPUT : V4L2_BUF_TYPE_VIDEO_CAPTURE;
}

/**
 * pair_set_format() - set the size of a frame of one byte per pixel
 * @p:		the node
 * @dir:	of the queue
 * @width:	in pixels
 * @height:	in lines
 * @bytes:	filled in: bytes in a frame
 *
 * Return: true if VIDIOC_S_FMT succeeds.
 */
bool pair_set_format(struct pair *p, enum direction dir, unsigned int width,
		     unsigned int height, unsigned int *bytes)
{
	struct v4l2_format format = video_node_format(pair_type(p, dir), width, height,
						      V4L2_PIX_FMT_GREY);

	if (ioctl(p->fd, VIDIOC_S_FMT, &format))
		return false;
	*bytes = p->planes ? format.fmt.pix_mp.plane_fmt[0].sizeimage :
			     format.fmt.pix.sizeimage;
	return true;
}

/**
 * pair_open() - open a node with policy strict, and frames of one page
 * @p:		filled in; its path is set
 *
 * Return: true if it is a memory-to-memory node of vipin.
 */
bool pair_open(struct pair *p)
{
	struct v4l2_capability cap;
	unsigned int bytes;

	p->page = PAGE;
	p->fd = open(p->path, O_RDWR | O_CLOEXEC);
	if (p->fd < 0 || ioctl(p->fd, VIDIOC_QUERYCAP, &cap))
		return false;
	p->planes = cap.device_caps & V4L2_CAP_VIDEO_M2M_MPLANE;
	if (!(cap.device_caps & (V4L2_CAP_VIDEO_M2M | V4L2_CAP_VIDEO_M2M_MPLANE)))
		errno = ENODEV;
	else if (!pair_set_format(p, OUT, page_side(), page_side(), &bytes) || bytes != PAGE)
		errno = EPROTO;
	else
		return !video_node_set_control(p->fd, VIPIN_CID_POLICY, VIPIN_POLICY_STRICT);
	return false;
}

/**
 * pair_close() - close a node
 * @p:		the node
 */
void pair_close(struct pair *p)
{
	close(p->fd);
}

/**
 * pair_request() - call VIDIOC_REQBUFS
 * @p:		the node
 * @dir:	of the queue
 * @memory:	of the buffers
 *
 * Return: true if there are buffers now.
 */
bool pair_request(struct pair *p, enum direction dir, enum v4l2_memory memory)
{
	return video_node_request(p->fd, pair_type(p, dir), memory, BUFFERS) == BUFFERS;
}

/* Fill in a buffer; one without a pointer is an MMAP buffer. */
static void describe(struct pair *p, struct v4l2_buffer *b, struct v4l2_plane *plane,
		     enum direction dir, unsigned int index, void *pointer)
{
	*b = (struct v4l2_buffer){
		.type = pair_type(p, dir),
		.memory = pointer ? V4L2_MEMORY_USERPTR : V4L2_MEMORY_MMAP,
		.index = index,
	};
	*plane = (struct v4l2_plane){ .length = p->page };
	if (dir == OUT)
		plane->bytesused = p->page;
	plane->m.userptr = (uintptr_t)pointer;
	if (p->planes) {
		b->m.planes = plane;
		b->length = 1;
		return;
	}
	b->length = plane->length;
	b->bytesused = plane->bytesused;
	b->m.userptr = plane->m.userptr;
}

static int hand_over(struct pair *p, unsigned long request, enum direction dir,
		     unsigned int index, void *pointer)
{
	struct v4l2_plane plane;
	struct v4l2_buffer b;

	describe(p, &b, &plane, dir, index, pointer);
	return ioctl(p->fd, request, &b) ? -errno : 0;
}

/**
 * pair_queue() - call VIDIOC_QBUF
 * @p:		the node
 * @dir:	of the queue
 * @index:	of the buffer
 * @pointer:	to a page, or NULL for an MMAP buffer
 *
 * Return: 0 or a negative errno.
 */
int pair_queue(struct pair *p, enum direction dir, unsigned int index, void *pointer)
{
	return hand_over(p, VIDIOC_QBUF, dir, index, pointer);
}

/**
 * pair_prepare() - call VIDIOC_PREPARE_BUF
 * @p:		the node
 * @dir:	of the queue
 * @index:	of the buffer
 * @pointer:	to a page
 *
 * Return: 0 or a negative errno.
 */
int pair_prepare(struct pair *p, enum direction dir, unsigned int index, void *pointer)
{
	return hand_over(p, VIDIOC_PREPARE_BUF, dir, index, pointer);
}

/**
 * pair_queue_stamped() - queue an output frame whose time stamp belongs to its number
 * @p:		the node
 * @index:	of the buffer
 * @pointer:	to a page
 * @sequence:	number of the frame
 *
 * Return: 0 or a negative errno.
 */
int pair_queue_stamped(struct pair *p, unsigned int index, void *pointer,
		       unsigned int sequence)
{
	struct v4l2_plane plane;
	struct v4l2_buffer b;

	memset(pointer, 0x40 + sequence, p->page);
	stamp_put(pointer, p->page, sequence);
	describe(p, &b, &plane, OUT, index, pointer);
	b.timestamp.tv_sec = SECONDS(sequence);
	b.timestamp.tv_usec = MICROSECONDS;
	return ioctl(p->fd, VIDIOC_QBUF, &b) ? -errno : 0;
}

/**
 * pair_stream() - start or stop a queue
 * @p:		the node
 * @dir:	of the queue
 * @on:		start it
 *
 * Return: true if it succeeds.
 */
bool pair_stream(struct pair *p, enum direction dir, bool on)
{
	return !video_node_stream(p->fd, pair_type(p, dir), on);
}

/**
 * pair_begin() - request user pointers for both queues, and start both
 * @p:		the node
 *
 * Return: true if it succeeds.
 */
bool pair_begin(struct pair *p)
{
	return pair_request(p, OUT, V4L2_MEMORY_USERPTR) &&
	       pair_request(p, CAP, V4L2_MEMORY_USERPTR) &&
	       pair_stream(p, OUT, true) && pair_stream(p, CAP, true);
}

/**
 * pair_dequeue() - wait for a buffer and dequeue it
 * @p:		the node; its member done is filled in
 * @dir:	of the queue
 *
 * Return: 0 or a negative errno: -ETIMEDOUT if no buffer is done in time.
 */
int pair_dequeue(struct pair *p, enum direction dir)
{
	struct pollfd poll_fd = {
		.fd = p->fd,
		.events = dir == OUT ? POLLOUT : POLLIN,
	};
	int ready = poll(&poll_fd, 1, FRAME_TIMEOUT);

	if (ready < 0)
		return -errno;
	if (!ready)
		return -ETIMEDOUT;
	/* VIDIOC_DQBUF needs the kind of memory that the queue has. */
	describe(p, &p->done, &p->plane, dir, 0, p);
	if (!ioctl(p->fd, VIDIOC_DQBUF, &p->done))
		return 0;
	if (errno != EINVAL)
		return -errno;
	describe(p, &p->done, &p->plane, dir, 0, NULL);
	return ioctl(p->fd, VIDIOC_DQBUF, &p->done) ? -errno : 0;
}

/**
 * pair_map() - map the first MMAP buffer of a queue
 * @p:		the node
 * @dir:	of the queue
 *
 * Return: the memory, or MAP_FAILED.
 */
void *pair_map(struct pair *p, enum direction dir)
{
	struct v4l2_plane plane;
	struct v4l2_buffer b;

	describe(p, &b, &plane, dir, 0, NULL);
	if (ioctl(p->fd, VIDIOC_QUERYBUF, &b))
		return MAP_FAILED;
	return mmap(NULL, p->page, PROT_READ | PROT_WRITE, MAP_SHARED, p->fd,
		    p->planes ? plane.m.mem_offset : b.m.offset);
}

/**
 * pair_arrived() - check a captured frame, and the buffer that was dequeued for it
 * @p:		the node; "why" is set if something is wrong
 * @frame:	the memory of the frame
 * @sequence:	number of the frame
 *
 * Return: true if stamp, contents, length and time stamp are those of the output frame.
 */
bool pair_arrived(struct pair *p, const void *frame, unsigned int sequence)
{
	const unsigned char *byte = frame;
	struct vipin_stamp stamp;
	__u32 used = p->planes ? p->plane.bytesused : p->done.bytesused;

	if (p->done.flags & V4L2_BUF_FLAG_ERROR)
		ended(p, WRONG, "frame %u has the error flag", sequence);
	else if (used != p->page)
		ended(p, WRONG, "frame %u has %u bytes", sequence, used);
	else if (!stamp_agrees(frame, p->page, &stamp, p->why, sizeof(p->why)))
		return false;
	else if (le32toh(stamp.sequence) != sequence)
		ended(p, WRONG, "frame %u arrived instead of frame %u",
		      le32toh(stamp.sequence), sequence);
	else if (byte[p->page - 1] != (unsigned char)(0x40 + sequence))
		ended(p, WRONG, "the last byte of frame %u is %#x", sequence,
		      byte[p->page - 1]);
	else if (p->done.timestamp.tv_sec != SECONDS(sequence) ||
		 p->done.timestamp.tv_usec != MICROSECONDS)
		ended(p, WRONG, "the time stamp of frame %u is %lld.%06lld", sequence,
		      (long long)p->done.timestamp.tv_sec,
		      (long long)p->done.timestamp.tv_usec);
	else if ((p->done.flags & V4L2_BUF_FLAG_TIMESTAMP_MASK) != V4L2_BUF_FLAG_TIMESTAMP_COPY)
		ended(p, WRONG, "the time stamp is not called a copy");
	else
		return true;
	return false;
}

/**
 * pair_copy() - copy one frame with the first buffer of each queue
 * @p:		the node
 * @from:	memory for the output frame
 * @to:		memory for the captured frame
 * @sequence:	number of the frame
 *
 * The buffers keep their pins.
 *
 * Return: %RIGHT, or %WRONG with the reason in @p.
 */
enum outcome pair_copy(struct pair *p, void *from, void *to, unsigned int sequence)
{
	int err = pair_queue_stamped(p, 0, from, sequence) ?: pair_queue(p, CAP, 0, to) ?:
		  pair_dequeue(p, OUT) ?: pair_dequeue(p, CAP);

	if (err)
		return ended(p, WRONG, "frame %u: %s", sequence, strerror(-err));
	return pair_arrived(p, to, sequence) ? RIGHT : WRONG;
}

/**
 * pair_begin_and_copy() - map a page for each queue, start both, and copy frame 0
 * @p:		the node
 * @from:	filled in: memory of the output frame
 * @to:		filled in: memory of the captured frame
 *
 * The buffers keep their pins.
 *
 * Return: %RIGHT, or the outcome with the reason in @p.
 */
enum outcome pair_begin_and_copy(struct pair *p, void **from, void **to)
{
	*from = page_map(p, NULL);
	*to = page_map(p, NULL);
	if (!*from || !*to || !pair_begin(p))
		return cannot(p);
	return pair_copy(p, *from, *to, 0);
}

/**
 * pair_pinned() - read how many pages the node counts as pinned
 * @p:		the node
 *
 * Return: the number of pages, or -1.
 */
long pair_pinned(const struct pair *p)
{
	return vipin_node_pinned(p->path);
}

/**
 * pair_pinned_becomes() - wait for a moment until a number of pages is pinned
 * @p:		the node
 * @pages:	the number
 *
 * Return: true if it was seen.
 */
bool pair_pinned_becomes(const struct pair *p, long pages)
{
	for (int tries = 0; tries < 500; tries++) {
		if (pair_pinned(p) == pages)
			return true;
		usleep(10000);
	}
	return false;
}

/**
 * pair_expect_counted() - check how many pages the node counts as pinned
 * @p:		the node
 * @pages:	the number
 *
 * Return: %RIGHT, or %WRONG with the reason in @p.
 */
enum outcome pair_expect_counted(struct pair *p, long pages)
{
	if (pair_pinned(p) != pages)
		return ended(p, WRONG, "%ld pages are counted", pair_pinned(p));
	return RIGHT;
}

/**
 * pair_expect_pinned() - check how many pages are pinned, by the node's count and the kernel's
 * @p:		the node
 * @held:	pages that were pinned before, by the kernel's count
 * @pages:	the number that the node has pinned
 *
 * Return: %RIGHT, or %WRONG with the reason in @p.
 */
enum outcome pair_expect_pinned(struct pair *p, long held, long pages)
{
	if (pair_pinned(p) != pages || pins_count(held + pages) != held + pages)
		return ended(p, WRONG, "%ld pages are pinned, %ld are counted",
			     pins_count(-1) - held, pair_pinned(p));
	return RIGHT;
}

/**
 * page_map() - map anonymous memory for a frame, filled with zeros that were touched
 * @p:		the node
 * @at:		address where to replace the mapping, or NULL
 *
 * Return: the memory, or NULL.
 */
void *page_map(const struct pair *p, void *at)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE | (at ? MAP_FIXED : 0);
	void *page = mmap(at, p->page, PROT_READ | PROT_WRITE, flags, -1, 0);

	if (page == MAP_FAILED)
		return NULL;
	memset(page, 0, p->page);
	return page;
}

/**
 * pages_map() - map a page for each buffer of a queue
 * @p:		the node
 * @pages:	filled in
 *
 * Return: true if it succeeds.
 */
bool pages_map(const struct pair *p, void *pages[BUFFERS])
{
	for (unsigned int i = 0; i < BUFFERS; i++) {
		pages[i] = page_map(p, NULL);
		if (!pages[i])
			return false;
	}
	return true;
}
