// SPDX-License-Identifier: GPL-2.0-only
/*
 * queue.c - a vipin node with one buffer, which is queued and returned without a stream
 *
 * Without a stream, a buffer stays queued until STREAMOFF, which returns it but keeps the
 * pin. The next QBUF with another pointer unpins it. So each QBUF of a new pointer makes
 * one pin and one unpin.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/video-node.h"
#include "pins.h"

#define MAX_NODES	64

const char * const policies[] = {
	[VIPIN_POLICY_KERNEL] = "kernel",
	[VIPIN_POLICY_STRICT] = "strict",
};

static bool is_wanted(int fd, const char *bus, enum v4l2_buf_type type)
{
	__u32 direction = type == V4L2_BUF_TYPE_VIDEO_OUTPUT ?
			  V4L2_CAP_VIDEO_OUTPUT : V4L2_CAP_VIDEO_CAPTURE;
	struct v4l2_capability cap;

	return !ioctl(fd, VIDIOC_QUERYCAP, &cap) && !strcmp((char *)cap.driver, "vipin") &&
	       !strncmp((char *)cap.bus_info, bus, strlen(bus)) &&
	       cap.device_caps & direction;
}

/**
 * queue_open() - find and open a node
 * @q:		filled in
 * @bus:	the start of its bus_info
 * @type:	its direction
 *
 * Return: true if there is one.
 */
bool queue_open(struct queue *q, const char *bus, enum v4l2_buf_type type)
{
	char path[32];

	for (int i = 0; i < MAX_NODES; i++) {
		snprintf(path, sizeof(path), "/dev/video%d", i);
		q->fd = open(path, O_RDWR | O_CLOEXEC);
		if (q->fd < 0)
			continue;
		if (is_wanted(q->fd, bus, type)) {
			q->type = type;
			return true;
		}
		close(q->fd);
	}
	return false;
}

static void set_policy(const struct queue *q, int policy)
{
	errno = -video_node_set_control(q->fd, VIPIN_CID_POLICY, policy);
	if (errno)
		err(1, "policy");
}

/* An MMAP buffer is as large as a frame. A user pointer may have a larger length. */
static void set_frame(const struct queue *q, size_t size)
{
	struct v4l2_format format = { .type = q->type };

	format.fmt.pix.pixelformat = V4L2_PIX_FMT_GREY;
	format.fmt.pix.width = size < MIB ? 16 : 2048;
	format.fmt.pix.height = size / format.fmt.pix.width;
	if (ioctl(q->fd, VIDIOC_S_FMT, &format))
		err(1, "VIDIOC_S_FMT");
}

static void request(const struct queue *q, unsigned int count)
{
	int got = video_node_request(q->fd, q->type, q->memory, count);

	errno = got < 0 ? -got : 0;
	if (errno)
		err(1, "VIDIOC_REQBUFS");
}

/**
 * queue_begin() - request one buffer
 * @q:		an open queue
 * @memory:	V4L2_MEMORY_USERPTR or V4L2_MEMORY_MMAP
 * @policy:	an enum vipin_policy
 * @frame:	size of a frame in bytes
 */
void queue_begin(struct queue *q, enum v4l2_memory memory, int policy, size_t frame)
{
	q->memory = memory;
	set_policy(q, policy);
	set_frame(q, frame);
	request(q, 1);
}

/**
 * queue_buffer() - call QBUF
 * @q:		the queue
 * @start:	the user pointer; NULL for an MMAP buffer
 * @length:	its length in bytes
 *
 * An undisturbed QBUF never sleeps, so the wall clock shows its CPU time. Reading the CPU
 * clock would be a system call that costs as much as a pin.
 *
 * Return: the time of the call, in nanoseconds.
 */
__u64 queue_buffer(const struct queue *q, const void *start, size_t length)
{
	struct v4l2_buffer buf = {
		.type = q->type, .memory = q->memory, .length = length,
		.m.userptr = (uintptr_t)start,
	};
	__u64 begin;

	if (q->type == V4L2_BUF_TYPE_VIDEO_OUTPUT)
		buf.bytesused = 256;
	begin = clock_ns();
	if (ioctl(q->fd, VIDIOC_QBUF, &buf))
		err(1, "VIDIOC_QBUF");
	return clock_ns() - begin;
}

/**
 * queue_stream() - call STREAMON
 * @q:		the queue
 */
void queue_stream(const struct queue *q)
{
	errno = -video_node_stream(q->fd, q->type, true);
	if (errno)
		err(1, "VIDIOC_STREAMON");
}

/**
 * queue_wait() - call DQBUF
 * @q:		the queue, streaming
 */
void queue_wait(const struct queue *q)
{
	struct v4l2_buffer buf = { .type = q->type, .memory = q->memory };

	if (ioctl(q->fd, VIDIOC_DQBUF, &buf))
		err(1, "VIDIOC_DQBUF");
}

/**
 * queue_take_back() - call STREAMOFF, which returns the buffer
 * @q:		the queue
 */
void queue_take_back(const struct queue *q)
{
	errno = -video_node_stream(q->fd, q->type, false);
	if (errno)
		err(1, "VIDIOC_STREAMOFF");
}

/**
 * queue_end() - free the buffer
 * @q:		the queue
 */
void queue_end(const struct queue *q)
{
	queue_take_back(q);
	request(q, 0);
}

/**
 * queue_close() - set the default policy again, and close the node
 * @q:		the queue
 */
void queue_close(struct queue *q)
{
	set_policy(q, VIPIN_POLICY_STRICT);
	close(q->fd);
}
