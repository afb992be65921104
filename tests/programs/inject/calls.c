// SPDX-License-Identifier: GPL-2.0-only
/*
 * calls.c - errors of ioctls
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "common/video-node.h"
#include "inject.h"

/* Check what a call returned. */
static bool returned(struct stage *s, const char *call, int wanted, int err)
{
	if (err == wanted)
		return true;
	ended(s, WRONG, "%s: %s, not %s", call, err ? strerror(-err) : "no error",
	      wanted ? strerror(-wanted) : "no error");
	return false;
}

static bool queue_returns(struct stage *s, unsigned long call, int wanted)
{
	return returned(s, call == VIDIOC_QBUF ? "VIDIOC_QBUF" : "VIDIOC_PREPARE_BUF", wanted,
			stage_queue(s, 0, call));
}

static bool request_returns(struct stage *s, int wanted)
{
	return returned(s, "VIDIOC_REQBUFS", wanted,
			video_node_request(s->fd, s->type, V4L2_MEMORY_USERPTR, BUFFERS));
}

/**
 * calls_reqbufs() - VIDIOC_REQBUFS fails once
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome calls_reqbufs(struct stage *s)
{
	arm(s, VIPIN_CID_INJECT_REQBUFS, 1);
	return request_returns(s, -EINVAL) && request_returns(s, BUFFERS) ? RIGHT : WRONG;
}

/* A call that takes a pointer fails once, and leaves nothing pinned. */
static bool fails_once(struct stage *s, unsigned long call, int error)
{
	return queue_returns(s, call, -error) && stage_verdict_is(s, error) &&
	       stage_is_pinned(s, 0) && queue_returns(s, call, 0) &&
	       stage_is_pinned(s, FRAME / PAGE);
}

/**
 * calls_qbuf() - VIDIOC_QBUF or VIDIOC_PREPARE_BUF of a new pointer fails once
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome calls_qbuf(struct stage *s)
{
	if (!request_returns(s, BUFFERS))
		return WRONG;
	arm(s, VIPIN_CID_INJECT_QBUF, 1);
	if (!fails_once(s, VIDIOC_QBUF, EINVAL))
		return WRONG;
	stage_stop(s);
	if (!request_returns(s, BUFFERS))
		return WRONG;
	arm(s, VIPIN_CID_INJECT_QBUF, 1);
	return fails_once(s, VIDIOC_PREPARE_BUF, EINVAL) ? RIGHT : WRONG;
}

/**
 * calls_qbuf_pinned() - VIDIOC_QBUF of a pointer that is pinned fails once, and unpins it
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome calls_qbuf_pinned(struct stage *s)
{
	if (!returned(s, "the start", 0, stage_start(s, 1)) || !stage_next_is_good(s) ||
	    !stage_is_pinned(s, FRAME / PAGE))
		return WRONG;
	arm(s, VIPIN_CID_INJECT_QBUF, 1);
	return fails_once(s, VIDIOC_QBUF, EINVAL) && stage_next_is_good(s) ? RIGHT : WRONG;
}

/**
 * calls_streamon() - VIDIOC_STREAMON fails once, and its buffers stay queued
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome calls_streamon(struct stage *s)
{
	arm(s, VIPIN_CID_INJECT_STREAMON, 1);
	return returned(s, "VIDIOC_STREAMON", -EINVAL, stage_start(s, 2)) &&
	       returned(s, "VIDIOC_STREAMON", 0, video_node_stream(s->fd, s->type, true)) &&
	       stage_next_is_good(s) && stage_next_is_good(s) ? RIGHT : WRONG;
}

/**
 * calls_pin() - a new pointer is refused once, with any errno
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome calls_pin(struct stage *s)
{
	static const int errors[] = { EFAULT, ENOMEM, EINTR, EOPNOTSUPP, 1, EHWPOISON };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		if (!request_returns(s, BUFFERS))
			return WRONG;
		arm(s, VIPIN_CID_INJECT_PIN_ERROR, errors[i]);
		if (stage_control(s, VIPIN_CID_INJECT_PIN_ERROR) != errors[i])
			return ended(s, WRONG, "the control does not keep its value");
		if (!fails_once(s, i % 2 ? VIDIOC_PREPARE_BUF : VIDIOC_QBUF, errors[i]))
			return WRONG;
		if (stage_control(s, VIPIN_CID_INJECT_PIN_ERROR))
			return ended(s, WRONG, "the control does not return to 0");
		stage_stop(s);
	}
	return RIGHT;
}

/**
 * calls_pin_disarmed() - a pinned pointer is not refused, and 0 disarms the control
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome calls_pin_disarmed(struct stage *s)
{
	if (!returned(s, "the start", 0, stage_start(s, 1)) || !stage_next_is_good(s))
		return WRONG;
	arm(s, VIPIN_CID_INJECT_PIN_ERROR, EFAULT);
	if (!queue_returns(s, VIDIOC_QBUF, 0) || !stage_next_is_good(s))
		return WRONG;
	arm(s, VIPIN_CID_INJECT_PIN_ERROR, 0);
	return returned(s, "another pointer", 0, stage_queue(s, 1, VIDIOC_QBUF)) ? RIGHT : WRONG;
}

static bool poll_returns(struct stage *s, short wanted)
{
	struct pollfd p = { .fd = s->fd, .events = POLLIN | POLLOUT | POLLPRI };

	if (poll(&p, 1, 10000) == 1 && p.revents & wanted)
		return true;
	ended(s, WRONG, "poll() returns %#x, without %#x", p.revents, wanted);
	return false;
}

/**
 * calls_fatal() - the stream ends with an error, until VIDIOC_STREAMOFF
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome calls_fatal(struct stage *s)
{
	struct v4l2_buffer buf;
	unsigned int i;

	if (!returned(s, "the start", 0, stage_start(s, 3)) || !stage_next_is_good(s))
		return WRONG;
	arm(s, VIPIN_CID_INJECT_FATAL, 1);
	for (i = 0; i < 2; i++)
		if (!poll_returns(s, POLLERR) ||
		    !returned(s, "VIDIOC_DQBUF", -EIO, stage_dequeue(s, &buf)) ||
		    !returned(s, "VIDIOC_QBUF", -EIO, stage_queue(s, 3, VIDIOC_QBUF)))
			return WRONG;
	return RIGHT;
}

/**
 * calls_fatal_while_stopped() - nothing happens, also later
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome calls_fatal_while_stopped(struct stage *s)
{
	arm(s, VIPIN_CID_INJECT_FATAL, 1);
	return returned(s, "the start", 0, stage_start(s, 2)) && stage_next_is_good(s) &&
	       stage_next_is_good(s) ? RIGHT : WRONG;
}

/**
 * calls_disconnect() - the node vanishes while it streams, and its open file is dead
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome calls_disconnect(struct stage *s)
{
	struct v4l2_buffer buf;
	unsigned int tries;
	int err;

	if (!returned(s, "the start", 0, stage_start(s, 3)) || !stage_next_is_good(s))
		return WRONG;
	s->gone = true;
	arm(s, VIPIN_CID_DISCONNECT, 1);
	/* Frames that were done before can still be dequeued. */
	for (tries = 0; tries < BUFFERS; tries++) {
		err = stage_dequeue(s, &buf);
		if (err)
			break;
	}
	if (!returned(s, "VIDIOC_DQBUF", -ENODEV, err) || !poll_returns(s, POLLERR) ||
	    !returned(s, "VIDIOC_QBUF", -ENODEV, stage_queue(s, 3, VIDIOC_QBUF)) ||
	    !stage_is_pinned(s, 0))
		return WRONG;
	for (tries = 0; tries < 100 && !access(s->path, F_OK); tries++)
		usleep(100000);
	return tries < 100 ? RIGHT : ended(s, WRONG, "%s is still there", s->path);
}
