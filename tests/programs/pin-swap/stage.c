// SPDX-License-Identifier: GPL-2.0-only
/*
 * stage.c - a vipin node that streams one frame at a time, and what arrived
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
#include "stage.h"
#include "vipin/vipin-uapi.h"

#define WIDTH	64U	/* so that 64 lines of bytes are a page */

/**
 * die() - end the program, as it cannot run
 * @path:	what it is about
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
	exit(CANNOT);
}

/**
 * tell() - end a scenario
 * @s:		the stage
 * @how:	what became of it
 * @format:	why, as for printf()
 *
 * Return: @how.
 */
enum outcome tell(struct stage *s, enum outcome how, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(s->said, sizeof(s->said), format, args);
	va_end(args);
	return how;
}

/**
 * is_output() - does the device read from memory?
 * @s:	the stage
 *
 * Return: whether it does.
 */
bool is_output(const struct stage *s)
{
	return s->type == V4L2_BUF_TYPE_VIDEO_OUTPUT;
}

static void control(struct stage *s, unsigned int id, int value)
{
	struct v4l2_control c = { .id = id, .value = value };

	if (ioctl(s->fd, VIDIOC_S_CTRL, &c))
		die(s->path, "VIDIOC_S_CTRL: %s", strerror(errno));
}

static void count(const struct stage *s, long long *good, long long *bad)
{
	struct v4l2_ext_control c[] = {
		{ .id = VIPIN_CID_GOOD_FRAMES }, { .id = VIPIN_CID_BAD_FRAMES },
	};
	struct v4l2_ext_controls controls = { .count = ARRAY_SIZE(c), .controls = c };

	if (ioctl(s->fd, VIDIOC_G_EXT_CTRLS, &controls))
		die(s->path, "VIDIOC_G_EXT_CTRLS: %s", strerror(errno));
	*good = c[0].value64;
	*bad = c[1].value64;
}

/**
 * stage_open() - open a node of vipin's
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

static void request_buffers(struct stage *s, unsigned int nr)
{
	struct v4l2_requestbuffers request = {
		.count = nr, .type = s->type, .memory = V4L2_MEMORY_USERPTR,
	};

	if (ioctl(s->fd, VIDIOC_REQBUFS, &request))
		die(s->path, "VIDIOC_REQBUFS: %s", strerror(errno));
}

/**
 * stage_begin() - stream with one buffer; a frame comes as soon as it is queued
 * @s:		the stage
 * @pages:	size of a frame
 */
void stage_begin(struct stage *s, unsigned int pages)
{
	struct v4l2_format format = {
		.type = s->type,
		.fmt.pix = { .width = WIDTH, .height = pages * PAGE / WIDTH,
			     .pixelformat = V4L2_PIX_FMT_GREY },
	};
	int type = s->type;

	s->size = pages * PAGE;
	if (ioctl(s->fd, VIDIOC_S_FMT, &format))
		die(s->path, "VIDIOC_S_FMT: %s", strerror(errno));
	if (format.fmt.pix.sizeimage != s->size)
		die(s->path, "has no frames of %zu bytes", s->size);
	control(s, VIPIN_CID_FREE_RUN, true);
	request_buffers(s, 1);
	if (ioctl(s->fd, VIDIOC_STREAMON, &type))
		die(s->path, "VIDIOC_STREAMON: %s", strerror(errno));
}

/**
 * stage_end() - the end of stage_begin()
 * @s:	the stage
 */
void stage_end(struct stage *s)
{
	int type = s->type;

	if (ioctl(s->fd, VIDIOC_STREAMOFF, &type))
		die(s->path, "VIDIOC_STREAMOFF: %s", strerror(errno));
	request_buffers(s, 0);
	control(s, VIPIN_CID_FREE_RUN, false);
}

/**
 * stage_fill() - prepare the memory of a frame
 * @s:		the stage
 * @frame:	the frame: one to send, or for capture what is none
 */
void stage_fill(struct stage *s, void *frame)
{
	s->sequence++;
	memset(frame, s->sequence * 3 + 1, s->size);
	if (is_output(s))
		stamp_put(frame, s->size, s->sequence);
}

/**
 * stage_queue() - hand a frame over
 * @s:		the stage
 * @frame:	the frame
 *
 * Return: 0, or the errno of QBUF.
 */
int stage_queue(struct stage *s, void *frame)
{
	struct v4l2_buffer buf = {
		.type = s->type,
		.memory = V4L2_MEMORY_USERPTR,
		.m.userptr = (unsigned long)frame,
		.length = s->size,
		.bytesused = s->size,
	};

	if (is_output(s))
		count(s, &s->good, &s->bad);
	return ioctl(s->fd, VIDIOC_QBUF, &buf) ? errno : 0;
}

/**
 * stage_dequeue() - wait until the frame went through
 * @s:	the stage
 */
void stage_dequeue(struct stage *s)
{
	struct v4l2_buffer buf = { .type = s->type, .memory = V4L2_MEMORY_USERPTR };

	if (ioctl(s->fd, VIDIOC_DQBUF, &buf))
		die(s->path, "VIDIOC_DQBUF: %s", strerror(errno));
}

/**
 * stage_arrived() - did the frame arrive, every byte of it?
 * @s:		the stage; why not is in @said
 * @frame:	capture: where it must be; output: what must have been sent
 *
 * Return: whether it did. What an output device must have been sent may be no frame.
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
			tell(s, WRONG, "the frame did not arrive in the process's memory: %s", why);
		return whole;
	}
	count(s, &good, &bad);
	if (good - s->good == whole && bad - s->bad == !whole)
		return true;
	tell(s, WRONG, "the device read something else than the process sees there");
	return false;
}

/**
 * stage_verdict_is() - check what decided the node's last verdict
 * @s:		the stage
 * @decider:	name of an enum vipin_decider
 *
 * Return: whether it was this one.
 */
bool stage_verdict_is(const struct stage *s, const char *decider)
{
	char file[128], line[512], last[512] = "", word[64], *end;
	FILE *f;

	snprintf(file, sizeof(file), "/sys/kernel/debug/vipin/%.32s/verdicts",
		 strrchr(s->path, '/') + 1);
	f = fopen(file, "re");
	if (!f)
		die(file, "%s", strerror(errno));
	while (fgets(line, sizeof(line), f))
		memcpy(last, line, sizeof(last));
	fclose(f);
	snprintf(word, sizeof(word), " by=%s", decider);
	last[strcspn(last, ":")] = 0;
	end = strstr(last, word);
	return end && (!end[strlen(word)] || end[strlen(word)] == ' ');
}
