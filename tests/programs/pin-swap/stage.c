// SPDX-License-Identifier: GPL-2.0-only
/*
 * stage.c - a vipin node that streams one frame at a time, and checks of its frames
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/stamp.h"
#include "common/video-node.h"
#include "common/vipin-node.h"
#include "stage.h"
#include "vipin/vipin-uapi.h"

#define LINES	64U	/* in a page */

/**
 * die() - end the program with CANNOT_RUN
 * @path:	the file or call that failed
 * @format:	why, as for printf()
 */
void die(const char *path, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "pin-swap: %s: ", path);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(CANNOT_RUN);
}

/**
 * is_output() - check whether the node is an output device, which reads from memory
 * @s:	the stage
 *
 * Return: true if it is.
 */
bool is_output(const struct stage *s)
{
	return s->type == V4L2_BUF_TYPE_VIDEO_OUTPUT;
}

static void control(struct stage *s, unsigned int id, int value)
{
	int err = video_node_set_control(s->fd, id, value);

	if (err)
		die(s->path, "VIDIOC_S_CTRL: %s", strerror(-err));
}

static void count(const struct stage *s, long long *good, long long *bad)
{
	int err = vipin_node_count_frames(s->fd, good, bad);

	if (err)
		die(s->path, "VIDIOC_G_EXT_CTRLS: %s", strerror(-err));
}

static void request_buffers(struct stage *s, unsigned int nr)
{
	int got = video_node_request(s->fd, s->type, V4L2_MEMORY_USERPTR, nr);

	if (got < 0)
		die(s->path, "VIDIOC_REQBUFS: %s", strerror(-got));
}

static void stream(struct stage *s, bool on)
{
	int err = video_node_stream(s->fd, s->type, on);

	if (err)
		die(s->path, "VIDIOC_STREAM%s: %s", on ? "ON" : "OFF", strerror(-err));
}

/**
 * stage_open() - open a vipin node
 * @s:		filled in
 * @path:	of the node, /dev/videoN
 */
void stage_open(struct stage *s, const char *path)
{
	*s = (struct stage) { .path = path };
	if (strncmp(path, "/dev/video", 10))
		die(path, "is not one of /dev/video*");
	s->fd = video_node_open(path, &s->type);
	if (s->fd < 0)
		die(path, "%s", strerror(errno));
	s->contiguous = !video_node_is_translated(path);
	control(s, VIPIN_CID_POLICY, VIPIN_POLICY_STRICT);
}

/**
 * stage_begin() - start to stream with one buffer
 * @s:		the stage
 * @pages:	size of a frame
 *
 * The device runs free: it handles a frame as soon as it is queued.
 */
void stage_begin(struct stage *s, unsigned int pages)
{
	struct v4l2_format format = video_node_format(s->type, PAGE / LINES, pages * LINES,
						      V4L2_PIX_FMT_GREY);

	s->size = pages * PAGE;
	if (ioctl(s->fd, VIDIOC_S_FMT, &format))
		die(s->path, "VIDIOC_S_FMT: %s", strerror(errno));
	if (format.fmt.pix.sizeimage != s->size)
		die(s->path, "has no frames of %zu bytes", s->size);
	control(s, VIPIN_CID_FREE_RUN, true);
	request_buffers(s, 1);
	stream(s, true);
}

/**
 * stage_end() - stop the stream, and free the buffer
 * @s:	the stage
 */
void stage_end(struct stage *s)
{
	stream(s, false);
	request_buffers(s, 0);
	control(s, VIPIN_CID_FREE_RUN, false);
}

/**
 * stage_fill() - prepare the memory of a frame
 * @s:		the stage
 * @frame:	the memory; for an output device it gets a valid frame, for a capture device
 *		bytes that are no frame
 */
void stage_fill(struct stage *s, void *frame)
{
	s->sequence++;
	memset(frame, s->sequence * 3 + 1, s->size);
	if (is_output(s))
		stamp_put(frame, s->size, s->sequence);
}

/**
 * stage_buffer() - describe the buffer
 * @s:		the stage
 * @frame:	the frame
 *
 * Return: the argument of QBUF.
 */
struct v4l2_buffer stage_buffer(const struct stage *s, void *frame)
{
	return (struct v4l2_buffer) {
		.type = s->type,
		.memory = V4L2_MEMORY_USERPTR,
		.m.userptr = (unsigned long)frame,
		.length = s->size,
		.bytesused = s->size,
	};
}

/**
 * stage_queue_at() - call QBUF with an argument that lies in certain memory
 * @s:		the stage
 * @buf:	the argument, which this function does not touch
 *
 * Return: 0, or the errno of QBUF.
 */
int stage_queue_at(struct stage *s, struct v4l2_buffer *buf)
{
	if (is_output(s))
		count(s, &s->good, &s->bad);
	return ioctl(s->fd, VIDIOC_QBUF, buf) ? errno : 0;
}

/**
 * stage_queue() - call QBUF
 * @s:		the stage
 * @frame:	the frame
 *
 * Return: 0, or the errno of QBUF.
 */
int stage_queue(struct stage *s, void *frame)
{
	struct v4l2_buffer buf = stage_buffer(s, frame);

	return stage_queue_at(s, &buf);
}

/**
 * stage_dequeue() - call DQBUF, which waits for the frame
 * @s:	the stage
 */
void stage_dequeue(struct stage *s)
{
	struct v4l2_buffer buf = { .type = s->type, .memory = V4L2_MEMORY_USERPTR };

	if (ioctl(s->fd, VIDIOC_DQBUF, &buf))
		die(s->path, "VIDIOC_DQBUF: %s", strerror(errno));
}

/**
 * stage_arrived() - check that every byte of the frame arrived
 * @s:		the stage; its @why is filled in if not
 * @frame:	capture: where the frame must be; output: what the device must have read, which
 *		need not be a valid frame
 *
 * Return: true if it arrived.
 */
bool stage_arrived(struct stage *s, const void *frame)
{
	struct vipin_stamp stamp;
	long long good, bad;
	bool whole;
	char why[128];

	whole = stamp_agrees(frame, s->size, &stamp, why, sizeof(why));
	if (!is_output(s)) {
		if (!whole)
			ended(s, WRONG, "the frame is not in the process's memory: %s", why);
		return whole;
	}
	count(s, &good, &bad);
	if (good - s->good == whole && bad - s->bad == !whole)
		return true;
	ended(s, WRONG, "the device read something else than the process sees there");
	return false;
}

/* Read the keys of the node's last verdict. */
static void read_verdict(const struct stage *s, char *keys, size_t size)
{
	long number = vipin_node_verdict(s->path, keys, size);

	if (number < 0)
		die(s->path, "verdicts: %s", strerror(-number));
	keys[strcspn(keys, ":")] = 0;
}

static bool has_reason(const char *keys, const char *reason)
{
	const char *end;
	char word[64];

	snprintf(word, sizeof(word), " reason=%s", reason);
	end = strstr(keys, word);
	return end && (!end[strlen(word)] || end[strlen(word)] == ' ');
}

/**
 * stage_verdict_has() - check the reason of the node's last verdict
 * @s:		the stage
 * @reason:	name of an enum vipin_reason, as "changing", or with its enum vipin_decider, as
 *		"changing by=race"
 *
 * Return: true if it is this one.
 */
bool stage_verdict_has(const struct stage *s, const char *reason)
{
	char keys[512];

	read_verdict(s, keys, sizeof(keys));
	return has_reason(keys, reason);
}

/**
 * stage_expect_verdict() - the node's last verdict must have a certain reason
 * @s:		the stage; its @why is filled in if the reason is another one
 * @reason:	as for stage_verdict_has()
 *
 * Return: RIGHT or WRONG.
 */
enum outcome stage_expect_verdict(struct stage *s, const char *reason)
{
	char keys[512];

	read_verdict(s, keys, sizeof(keys));
	if (has_reason(keys, reason))
		return RIGHT;
	return ended(s, WRONG, "the verdict is \"%s\", without \"reason=%s\"", keys, reason);
}
