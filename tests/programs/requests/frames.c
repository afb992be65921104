// SPDX-License-Identifier: GPL-2.0-only
/*
 * frames.c - scenarios: frames of requests, their controls, and requests that are refused
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/media.h>

#include "common/video-node.h"
#include "requests.h"

/**
 * frames_complete() - a request has one good frame, again after MEDIA_REQUEST_IOC_REINIT
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome frames_complete(struct stage *s)
{
	int request = scene_allocate(s);
	unsigned int i;

	if (request < 0 || !scene_begin(s))
		return WRONG;
	for (i = 0; i < 2 * BUFFERS; i++)
		/* VIDIOC_QBUF pins nothing. */
		if (!scene_put(s, request, i % BUFFERS) ||
		    !stage_is_pinned(s, (i < BUFFERS ? i : BUFFERS) * FRAME_PAGES) ||
		    !scene_plays(s, request, i % BUFFERS) || !scene_reinit(s, request))
			return WRONG;
	return RIGHT;
}

/* Number of the test pattern "100% White", whose Y' depends on the brightness. */
#define WHITE	6

/* Compute the mean Y' of the lower half of a frame. Moving dots change it by less than 8. */
static int luma(struct stage *s, unsigned int index)
{
	const unsigned char *frame = s->frames[index];
	unsigned int i, sum = 0;

	for (i = LUMA / 2; i < LUMA; i++)
		sum += frame[i];
	return sum / (LUMA / 2);
}

static bool have_controls(struct stage *s)
{
	return luma(s, 1) - luma(s, 0) > 50 && abs(luma(s, 2) - luma(s, 1)) < 8 &&
	       abs(luma(s, 3) - luma(s, 0)) < 8;
}

/* Set the brightness in a request, unless the value is negative. */
static bool set_brightness(struct stage *s, int request, int value)
{
	return value < 0 ||
	       scene_expect(s, "VIDIOC_S_EXT_CTRLS", 0,
			    scene_set_control(s, request, V4L2_CID_BRIGHTNESS, value));
}

/**
 * frames_controls() - each frame has the controls of its request, and keeps those of others
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome frames_controls(struct stage *s)
{
	static const int brightness[BUFFERS] = { 10, 240, -1, 10 };
	int requests[BUFFERS];
	unsigned int i;

	if (V4L2_TYPE_IS_OUTPUT(s->type))
		return ended(s, SKIPPED, "an output node has no control of the picture");
	if (!scene_buffers(s) || video_node_set_control(s->fd, V4L2_CID_TEST_PATTERN, WHITE))
		return ended(s, CANNOT_RUN, "the test pattern cannot be set");
	for (i = 0; i < BUFFERS; i++) {
		requests[i] = scene_allocate(s);
		if (requests[i] < 0 || !set_brightness(s, requests[i], brightness[i]) ||
		    !scene_put(s, requests[i], i) ||
		    !scene_expect(s, "MEDIA_REQUEST_IOC_QUEUE", 0, scene_queue(requests[i])))
			return WRONG;
	}
	if (!scene_expect(s, "VIDIOC_STREAMON", 0, video_node_stream(s->fd, s->type, true)))
		return WRONG;
	for (i = 0; i < BUFFERS; i++)
		if (!scene_frame(s, requests[i], i, 0))
			return WRONG;
	video_node_set_control(s->fd, V4L2_CID_BRIGHTNESS, 128);
	video_node_set_control(s->fd, V4L2_CID_TEST_PATTERN, 0);
	return have_controls(s) ? RIGHT :
	       ended(s, WRONG, "the frames have the luma %d, %d, %d, %d", luma(s, 0), luma(s, 1),
		     luma(s, 2), luma(s, 3));
}

/**
 * frames_restart() - a request that waits for VIDIOC_STREAMON has the first frame
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome frames_restart(struct stage *s)
{
	long long good = stage_count_good(s);
	int requests[2];

	return scene_buffers(s) && scene_waiting(s, requests, 2) &&
	       scene_expect(s, "VIDIOC_STREAMON", 0, video_node_stream(s->fd, s->type, true)) &&
	       scene_completes(s, requests[1]) && scene_frame(s, requests[0], 0, good + 1) ?
	       RIGHT : WRONG;
}

/**
 * frames_mixed() - after a request, VIDIOC_QBUF without one is refused, without a verdict
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome frames_mixed(struct stage *s)
{
	int request = scene_allocate(s);
	bool right;

	if (request < 0 || !scene_begin(s) || !scene_put(s, request, 0) ||
	    !scene_plays(s, request, 0))
		return WRONG;
	s->request = 0;
	right = scene_expect(s, "VIDIOC_QBUF", -EBUSY, stage_queue(s, 1, VIDIOC_QBUF));
	return right && stage_is_pinned(s, FRAME_PAGES) ? RIGHT : WRONG;
}

static bool queue_fails(struct stage *s, int request, int error)
{
	return scene_expect(s, "MEDIA_REQUEST_IOC_QUEUE", -error, scene_queue(request)) &&
	       scene_reinit(s, request);
}

/**
 * frames_refused() - refuse requests that no single frame can fulfil
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome frames_refused(struct stage *s)
{
	int request = scene_allocate(s);

	if (request < 0 || !queue_fails(s, request, ENOENT))
		return WRONG;
	/* Without a buffer, the controls would wait for ever. */
	if (scene_set_control(s, request, VIPIN_CID_FREE_RUN, 0) ||
	    !queue_fails(s, request, ENOENT))
		return WRONG;
	/* The policy is constant while there are buffers. */
	if (scene_set_control(s, request, VIPIN_CID_POLICY, VIPIN_POLICY_STRICT) ||
	    !scene_begin(s) || !scene_put(s, request, 0) || !queue_fails(s, request, EBUSY))
		return WRONG;
	if (!scene_put(s, request, 0) || !scene_put(s, request, 1) ||
	    !queue_fails(s, request, EINVAL))
		return WRONG;
	return stage_is_pinned(s, 0) && scene_put(s, request, 1) && scene_plays(s, request, 1) ?
	       RIGHT : WRONG;
}

/**
 * frames_required() - a device that requires requests refuses buffers without one
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome frames_required(struct stage *s)
{
	int request = scene_allocate(s);

	/* Without a request, no frame is possible afterwards. */
	s->gone = true;
	if (request < 0 || !scene_begin(s) ||
	    !scene_expect(s, "VIDIOC_QBUF", -EBADR, stage_queue(s, 0, VIDIOC_QBUF)) ||
	    !scene_put(s, request, 0) || !scene_plays(s, request, 0))
		return WRONG;
	stage_stop(s);
	return stage_is_pinned(s, 0) ? RIGHT : WRONG;
}
