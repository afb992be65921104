// SPDX-License-Identifier: GPL-2.0-only
/*
 * ends.c - scenarios: a stream, a file, a process or the device ends while requests are queued
 *
 * Each request must complete, and no page may stay pinned.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/media.h>

#include "binding.h"
#include "common/video-node.h"
#include "requests.h"

static bool streams(struct stage *s, bool on)
{
	return scene_expect(s, on ? "VIDIOC_STREAMON" : "VIDIOC_STREAMOFF", 0,
			    video_node_stream(s->fd, s->type, on));
}

/* Stream slowly: one frame comes at once, and the others wait. */
static bool wait_streaming(struct stage *s, int requests[BUFFERS])
{
	return scene_buffers(s) && scene_rate(s, 1) && scene_waiting(s, requests, BUFFERS) &&
	       streams(s, true) && scene_completes(s, requests[0]);
}

static bool are_over(struct stage *s, const int requests[BUFFERS])
{
	if (!scene_all_complete(s, requests, BUFFERS))
		return false;
	stage_stop(s);
	return scene_rate(s, 25) && stage_is_pinned(s, 0);
}

/**
 * ends_streamoff() - VIDIOC_STREAMOFF while requests wait for their frames
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome ends_streamoff(struct stage *s)
{
	int requests[BUFFERS];

	return wait_streaming(s, requests) && streams(s, false) && are_over(s, requests) ?
	       RIGHT : WRONG;
}

/**
 * ends_streamoff_before() - VIDIOC_STREAMOFF while requests wait for VIDIOC_STREAMON
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome ends_streamoff_before(struct stage *s)
{
	int requests[BUFFERS];

	return scene_buffers(s) && scene_waiting(s, requests, BUFFERS) && streams(s, false) &&
	       are_over(s, requests) ? RIGHT : WRONG;
}

/* Close the node, or let the device go, and wait for the requests. */
static enum outcome close_node(struct stage *s, const int requests[BUFFERS])
{
	s->gone = true;
	close(s->fd);
	s->fd = -1;
	return scene_all_complete(s, requests, BUFFERS) && stage_is_pinned(s, 0) ? RIGHT : WRONG;
}

/**
 * ends_close() - close() of the node while requests wait for their frames
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome ends_close(struct stage *s)
{
	int requests[BUFFERS];

	return wait_streaming(s, requests) ? close_node(s, requests) : WRONG;
}

/**
 * ends_never_queued() - close a request that has a buffer and controls, and was never queued
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome ends_never_queued(struct stage *s)
{
	int request = scene_allocate(s);

	/* scene_close() closes the request, and looks for what is left of it. */
	return request >= 0 && scene_buffers(s) &&
	       scene_expect(s, "VIDIOC_S_EXT_CTRLS", 0,
			    scene_set_control(s, request, VIPIN_CID_FREE_RUN, 0)) &&
	       scene_put(s, request, 0) && stage_is_pinned(s, 0) ? RIGHT : WRONG;
}

/**
 * ends_killed() - the process that queued a request dies, and another one has its files
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome ends_killed(struct stage *s)
{
	int request = scene_allocate(s), status = -1;
	struct v4l2_buffer buf;
	pid_t child;

	if (request < 0 || !scene_buffers(s) || !scene_put(s, request, 0))
		return WRONG;
	child = fork();
	if (!child) {
		if (!scene_replace(s, 0) || scene_queue(request))
			_exit(1);
		raise(SIGKILL);
	}
	waitpid(child, &status, 0);
	if (!WIFSIGNALED(status))
		return ended(s, WRONG, "another process cannot queue the request");
	if (!stage_is_pinned(s, FRAME_PAGES) || !streams(s, true) ||
	    !scene_completes(s, request) ||
	    !scene_expect(s, "VIDIOC_DQBUF", 0, stage_dequeue(s, &buf)))
		return WRONG;
	stage_stop(s);
	return stage_is_pinned(s, 0) ? RIGHT : WRONG;
}

/**
 * ends_fault() - a DMA fault, which a control of the request injects into its own frame
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome ends_fault(struct stage *s)
{
	int request = scene_allocate(s), other = scene_allocate(s);
	struct v4l2_buffer buf;

	if (request < 0 || other < 0 || !scene_buffers(s) ||
	    !scene_expect(s, "VIDIOC_S_EXT_CTRLS", 0,
			  scene_set_control(s, other, VIPIN_CID_INJECT_DMA_FAULT_AT, PAGE)) ||
	    !scene_put(s, request, 0) || !scene_put(s, other, 1) || !streams(s, true) ||
	    !scene_plays(s, request, 0) ||
	    !scene_expect(s, "MEDIA_REQUEST_IOC_QUEUE", 0, scene_queue(other)) ||
	    !scene_completes(s, other) ||
	    !scene_expect(s, "VIDIOC_DQBUF", 0, stage_dequeue(s, &buf)))
		return WRONG;
	return buf.flags & V4L2_BUF_FLAG_ERROR ? RIGHT :
	       ended(s, WRONG, "the frame has no error flag");
}

/**
 * ends_fatal() - a fatal error; VIDIOC_STREAMOFF then makes requests possible again
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome ends_fatal(struct stage *s)
{
	int requests[BUFFERS], another = scene_allocate(s);

	if (another < 0 || !wait_streaming(s, requests))
		return WRONG;
	arm(s, VIPIN_CID_INJECT_FATAL, 1);
	return streams(s, false) && are_over(s, requests) && scene_buffers(s) &&
	       scene_put(s, another, 0) && streams(s, true) && scene_plays(s, another, 0) ?
	       RIGHT : WRONG;
}

/* The file of a request outlives the device. */
static enum outcome outlives(struct stage *s, int requests[BUFFERS])
{
	enum outcome outcome = close_node(s, requests);

	if (outcome != RIGHT)
		return outcome;
	if (!scene_expect(s, "MEDIA_REQUEST_IOC_REINIT", 0,
			  ioctl(requests[0], MEDIA_REQUEST_IOC_REINIT) ? -errno : 0) ||
	    !scene_expect(s, "MEDIA_REQUEST_IOC_QUEUE", -ENOENT, scene_queue(requests[0])))
		return WRONG;
	return RIGHT;
}

/**
 * ends_disconnect() - the nodes vanish while requests wait for their frames
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome ends_disconnect(struct stage *s)
{
	int requests[BUFFERS];

	if (!wait_streaming(s, requests))
		return WRONG;
	arm(s, VIPIN_CID_DISCONNECT, 1);
	return scene_all_complete(s, requests, BUFFERS) ? outlives(s, requests) : WRONG;
}

/**
 * ends_unbind() - the device is unbound while requests wait for their frames, and is bound again
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome ends_unbind(struct stage *s)
{
	struct binding binding;
	enum outcome outcome;
	int requests[BUFFERS];

	if (!scene_expect(s, "the device of the node", 0, binding_find(&binding, s->path)))
		return CANNOT_RUN;
	if (!wait_streaming(s, requests) ||
	    !scene_expect(s, "unbind", 0, binding_unbind(&binding)))
		return WRONG;
	outcome = scene_all_complete(s, requests, BUFFERS) ? outlives(s, requests) : WRONG;
	if (binding_bind(&binding))
		return ended(s, WRONG, "the device cannot be bound again");
	return outcome;
}
