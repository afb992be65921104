// SPDX-License-Identifier: GPL-2.0-only
/*
 * huge-page-stage.c - open a node, stream frames in one huge page, and check that it recovers
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/pins.h"
#include "common/stamp.h"
#include "common/video-node.h"
#include "common/vipin-node.h"
#include "huge-page-stage.h"

static bool map_frames(struct stage *s)
{
	unsigned char *memory = huge_page_map();
	unsigned int i;

	if (memory == MAP_FAILED) {
		ended(s, CANNOT_RUN, "a huge page: %s", strerror(errno));
		return false;
	}
	for (i = 0; i < BUFFERS; i++)
		s->frames[i] = memory + i * FRAME;
	return true;
}

/**
 * stage_open() - open the node, and map the memory of its buffers
 * @s:		the stage; its path is set
 *
 * Return: false if that is not possible.
 */
bool stage_open(struct stage *s)
{
	struct v4l2_format format;

	s->sent = 0;
	s->gone = false;
	s->request = 0;
	s->held = pins_count(-1);
	s->fd = video_node_open(s->path, &s->type);
	if (s->fd < 0) {
		ended(s, CANNOT_RUN, "%s: %s", s->path, strerror(errno));
		return false;
	}
	format = video_node_format(s->type, WIDTH, HEIGHT, V4L2_TYPE_IS_MULTIPLANAR(s->type) ?
							   V4L2_PIX_FMT_NV12M : V4L2_PIX_FMT_NV12);
	if (ioctl(s->fd, VIDIOC_S_FMT, &format)) {
		ended(s, CANNOT_RUN, "VIDIOC_S_FMT: %s", strerror(errno));
		return false;
	}
	return map_frames(s);
}

/**
 * stage_control() - read a control
 * @s:		the stage
 * @id:		the control
 *
 * Return: its value, or a negative errno.
 */
int stage_control(struct stage *s, __u32 id)
{
	struct v4l2_control control = { .id = id };

	return ioctl(s->fd, VIDIOC_G_CTRL, &control) ? -errno : control.value;
}

static struct v4l2_buffer buffer_of(struct stage *s, struct v4l2_plane planes[PLANES])
{
	struct v4l2_buffer buf = { .type = s->type, .memory = V4L2_MEMORY_USERPTR };

	if (V4L2_TYPE_IS_MULTIPLANAR(s->type)) {
		memset(planes, 0, PLANES * sizeof(*planes));
		buf.m.planes = planes;
		buf.length = PLANES;
	}
	return buf;
}

/**
 * stage_queue() - queue or prepare a buffer, or put it into a request; an output buffer gets a
 * good frame first
 * @s:		the stage
 * @index:	number of the buffer
 * @call:	VIDIOC_QBUF or VIDIOC_PREPARE_BUF
 *
 * Return: 0, or a negative errno.
 */
int stage_queue(struct stage *s, unsigned int index, unsigned long call)
{
	struct v4l2_plane planes[PLANES];
	struct v4l2_buffer buf = buffer_of(s, planes);
	unsigned char *frame = s->frames[index];

	if (V4L2_TYPE_IS_OUTPUT(s->type)) {
		memset(frame, ++s->sent, FRAME);
		stamp_put(frame, FRAME, s->sent);
	}
	buf.index = index;
	if (s->request) {
		buf.flags = V4L2_BUF_FLAG_REQUEST_FD;
		buf.request_fd = s->request;
	}
	if (V4L2_TYPE_IS_MULTIPLANAR(s->type)) {
		planes[0].m.userptr = (unsigned long)frame;
		planes[0].bytesused = LUMA;
		planes[0].length = LUMA;
		planes[1].m.userptr = (unsigned long)(frame + LUMA);
		planes[1].bytesused = FRAME - LUMA;
		planes[1].length = FRAME - LUMA;
	} else {
		buf.m.userptr = (unsigned long)frame;
		buf.bytesused = FRAME;
		buf.length = FRAME;
	}
	return ioctl(s->fd, call, &buf) ? -errno : 0;
}

/**
 * stage_dequeue() - wait for a frame
 * @s:		the stage
 * @buf:	filled in; it has no planes
 *
 * Return: 0, or a negative errno.
 */
int stage_dequeue(struct stage *s, struct v4l2_buffer *buf)
{
	struct v4l2_plane planes[PLANES];

	*buf = buffer_of(s, planes);
	return ioctl(s->fd, VIDIOC_DQBUF, buf) ? -errno : 0;
}

/**
 * stage_start() - queue buffers and start to stream
 * @s:		the stage; it has no buffers
 * @buffers:	how many to queue
 *
 * Return: 0, or a negative errno.
 */
int stage_start(struct stage *s, unsigned int buffers)
{
	int err = video_node_request(s->fd, s->type, V4L2_MEMORY_USERPTR, BUFFERS);
	unsigned int i;

	if (err < 0)
		return err;
	for (i = 0; i < buffers; i++) {
		err = stage_queue(s, i, VIDIOC_QBUF);
		if (err)
			return err;
	}
	return video_node_stream(s->fd, s->type, true);
}

/**
 * stage_stop() - stop streaming, and free the buffers
 * @s:		the stage
 */
void stage_stop(struct stage *s)
{
	video_node_stream(s->fd, s->type, false);
	video_node_request(s->fd, s->type, V4L2_MEMORY_USERPTR, 0);
}

/**
 * stage_frame_is_good() - check a frame by its flag, and a captured one by its stamp
 * @s:		the stage
 * @buf:	the buffer
 *
 * Return: false if the frame is not good.
 */
bool stage_frame_is_good(struct stage *s, const struct v4l2_buffer *buf)
{
	struct vipin_stamp stamp;
	char why[128];

	if (buf->flags & V4L2_BUF_FLAG_ERROR) {
		ended(s, WRONG, "a frame has the error flag");
		return false;
	}
	if (V4L2_TYPE_IS_OUTPUT(s->type) ||
	    stamp_agrees(s->frames[buf->index], FRAME, &stamp, why, sizeof(why)))
		return true;
	ended(s, WRONG, "a frame is bad: %s", why);
	return false;
}

/**
 * stage_next_is_good() - check that the next frame is good
 * @s:		the stage, which streams
 *
 * Return: false if it is not.
 */
bool stage_next_is_good(struct stage *s)
{
	struct v4l2_buffer buf;
	int err = stage_dequeue(s, &buf);

	if (err) {
		ended(s, WRONG, "VIDIOC_DQBUF: %s", strerror(-err));
		return false;
	}
	return stage_frame_is_good(s, &buf);
}

/**
 * stage_is_pinned() - check how many pages are pinned
 * @s:		the stage
 * @pages:	pages of frames that must be
 *
 * Return: false if there are others.
 */
bool stage_is_pinned(struct stage *s, long pages)
{
	long held = pins_count(s->held + pages);

	if (held == s->held + pages)
		return true;
	ended(s, WRONG, "%ld pages are pinned, and %ld must be", held - s->held, pages);
	return false;
}

/**
 * stage_verdict_is() - check that the last verdict is one of injection
 * @s:		the stage
 * @error:	the errno that it must have
 *
 * Return: false if it is another one.
 */
bool stage_verdict_is(struct stage *s, int error)
{
	char line[512], wanted[64];

	snprintf(wanted, sizeof(wanted), " errno=-%d reason=injected by=injection: ", error);
	if (vipin_node_verdict(s->path, line, sizeof(line)) > 0 && strstr(line, wanted))
		return true;
	ended(s, WRONG, "the verdict is \"%.180s\"", line);
	return false;
}

/**
 * stage_count_good() - read how many good frames an output node has counted
 * @s:		the stage
 *
 * Return: the number, 0 for a capture node.
 */
long long stage_count_good(struct stage *s)
{
	long long good = 0, bad;

	vipin_node_count_frames(s->fd, &good, &bad);
	return good;
}

/* After an error, the device is as good as before. */
static bool recovers(struct stage *s)
{
	long long good = stage_count_good(s);
	int err;

	stage_stop(s);
	err = stage_start(s, 1);
	if (err) {
		ended(s, WRONG, "afterwards the node does not stream: %s", strerror(-err));
		return false;
	}
	if (!stage_next_is_good(s))
		return false;
	if (V4L2_TYPE_IS_OUTPUT(s->type) && stage_count_good(s) != good + 1) {
		ended(s, WRONG, "afterwards a good frame is not counted as one");
		return false;
	}
	stage_stop(s);
	return stage_is_pinned(s, 0);
}

/**
 * stage_close() - check that the device works, nothing is pinned, and close the node
 * @s:		the stage
 * @outcome:	of the scenario
 *
 * Return: @outcome, or WRONG.
 */
enum outcome stage_close(struct stage *s, enum outcome outcome)
{
	if (outcome == RIGHT && !s->gone && !recovers(s))
		outcome = WRONG;
	if (s->fd >= 0)
		close(s->fd);
	if (s->frames[0])
		munmap(s->frames[0], HUGE_PAGE);
	s->frames[0] = NULL;
	if (outcome == RIGHT && !stage_is_pinned(s, 0))
		outcome = WRONG;
	return outcome;
}
