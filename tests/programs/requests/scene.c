// SPDX-License-Identifier: GPL-2.0-only
/*
 * scene.c - media requests on the stage: make, fill and queue them, and wait for their frames
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/media.h>
#include <linux/mman.h>

#include "common/number-file.h"
#include "common/stamp.h"
#include "common/video-node.h"
#include "requests.h"
#include "time-limit.h"

#define MODULE_USERS	"/sys/module/vipin/refcnt"

/* The requests of a scenario, which scene_close() closes. */
static int allocated[16];
static unsigned int nr_allocated;
static int media = -1;
static long users;

/* Find another node of the device that a node belongs to, by a pattern in its folder in sysfs. */
static bool find_beside(const char *node, const char *which, char path[32])
{
	char pattern[96];
	bool other = false;
	glob_t found;
	size_t i;

	snprintf(pattern, sizeof(pattern), "/sys/class/video4linux/%.32s/device/%.32s",
		 strrchr(node, '/') + 1, which);
	if (glob(pattern, 0, NULL, &found))
		return false;
	for (i = 0; i < found.gl_pathc && !other; i++) {
		snprintf(path, 32, "/dev/%.20s", strrchr(found.gl_pathv[i], '/') + 1);
		other = strcmp(path, node);
	}
	globfree(&found);
	return other;
}

static int open_media(const char *node)
{
	char path[32];

	return find_beside(node, "media*", path) ? open(path, O_RDWR | O_CLOEXEC) : -1;
}

/**
 * scene_open_other() - open the node of the other direction
 * @s:		the stage
 * @type:	its type of buffers
 *
 * Return: its file descriptor, or -1.
 */
int scene_open_other(struct stage *s, enum v4l2_buf_type *type)
{
	char path[32];
	int fd = -1;

	if (find_beside(s->path, "video4linux/video*", path))
		fd = video_node_open(path, type);
	if (fd < 0)
		ended(s, CANNOT_RUN, "the device has no other node");
	return fd;
}

/**
 * scene_open() - open a node and its media device
 * @s:		the stage; its path is set
 *
 * Return: false if that is not possible.
 */
bool scene_open(struct stage *s)
{
	nr_allocated = 0;
	users = number_file_read(MODULE_USERS);
	media = open_media(s->path);
	if (media < 0) {
		ended(s, CANNOT_RUN, "%s has no media device: %s", s->path, strerror(errno));
		return false;
	}
	return stage_open(s);
}

/* Each request holds the module. The last reference may be dropped a moment later. */
static bool module_has_users(struct stage *s, long wanted)
{
	unsigned int tries;
	long now = 0;

	for (tries = 0; tries < 100; tries++) {
		now = number_file_read(MODULE_USERS);
		if (now == wanted)
			return true;
		usleep(100000);
	}
	ended(s, WRONG, "the module has %ld users, and %ld before the scenario", now, wanted);
	return false;
}

/**
 * scene_close() - check that the device works, and that no pin and no request is left
 * @s:		the stage
 * @outcome:	of the scenario
 *
 * Return: @outcome, or WRONG.
 */
enum outcome scene_close(struct stage *s, enum outcome outcome)
{
	s->request = 0;
	outcome = stage_close(s, outcome);
	while (nr_allocated)
		close(allocated[--nr_allocated]);
	if (media >= 0)
		close(media);
	if (outcome == RIGHT && !module_has_users(s, users))
		outcome = WRONG;
	return outcome;
}

/**
 * scene_expect() - check what a call returned
 * @s:		the stage
 * @what:	the call
 * @wanted:	what it must return: 0, or a negative errno
 * @got:	what it has returned
 *
 * Return: false if they differ.
 */
bool scene_expect(struct stage *s, const char *what, int wanted, int got)
{
	if (got == wanted)
		return true;
	ended(s, WRONG, "%s: %s, not %s", what, got ? strerror(-got) : "no error",
	      wanted ? strerror(-wanted) : "no error");
	return false;
}

/**
 * scene_buffers() - ask for buffers
 * @s:		the stage
 *
 * Return: false if there are none.
 */
bool scene_buffers(struct stage *s)
{
	return scene_expect(s, "VIDIOC_REQBUFS", -BUFFERS,
			    -video_node_request(s->fd, s->type, V4L2_MEMORY_USERPTR, BUFFERS));
}

/**
 * scene_begin() - ask for buffers, and start to stream
 * @s:		the stage
 *
 * Return: false if that failed.
 */
bool scene_begin(struct stage *s)
{
	return scene_buffers(s) &&
	       scene_expect(s, "VIDIOC_STREAMON", 0, video_node_stream(s->fd, s->type, true));
}

/**
 * scene_rate() - set the frame rate
 * @s:		the stage
 * @rate:	frames per second
 *
 * Return: false if that failed.
 */
bool scene_rate(struct stage *s, unsigned int rate)
{
	struct v4l2_streamparm parm = { .type = s->type };

	/* timeperframe is at the same place in both. */
	parm.parm.capture.timeperframe = (struct v4l2_fract){ 1, rate };
	return scene_expect(s, "VIDIOC_S_PARM", 0,
			    ioctl(s->fd, VIDIOC_S_PARM, &parm) ? -errno : 0);
}

/**
 * scene_allocate() - allocate a request
 * @s:		the stage
 *
 * Return: its file descriptor, or -1.
 */
int scene_allocate(struct stage *s)
{
	int fd = -1;

	if (nr_allocated == ARRAY_SIZE(allocated) || ioctl(media, MEDIA_IOC_REQUEST_ALLOC, &fd)) {
		ended(s, WRONG, "MEDIA_IOC_REQUEST_ALLOC: %s", strerror(errno));
		return -1;
	}
	allocated[nr_allocated++] = fd;
	return fd;
}

/**
 * scene_put() - put a buffer into a request
 * @s:		the stage; it has buffers
 * @request:	the request
 * @index:	number of the buffer
 *
 * Return: false if that failed.
 */
bool scene_put(struct stage *s, int request, unsigned int index)
{
	s->request = request;
	return scene_expect(s, "VIDIOC_QBUF into a request", 0, stage_queue(s, index, VIDIOC_QBUF));
}

/**
 * scene_queue() - call MEDIA_REQUEST_IOC_QUEUE
 * @request:	the request
 *
 * Return: 0, or a negative errno.
 */
int scene_queue(int request)
{
	return ioctl(request, MEDIA_REQUEST_IOC_QUEUE) ? -errno : 0;
}

/**
 * scene_reinit() - make a request empty, so that it can be used again
 * @s:		the stage
 * @request:	the request, which is complete or was refused
 *
 * Return: false if that failed.
 */
bool scene_reinit(struct stage *s, int request)
{
	return scene_expect(s, "MEDIA_REQUEST_IOC_REINIT", 0,
			    ioctl(request, MEDIA_REQUEST_IOC_REINIT) ? -errno : 0);
}

/**
 * scene_completes() - wait until a request is complete
 * @s:		the stage
 * @request:	the request
 *
 * Return: false if it does not complete.
 */
bool scene_completes(struct stage *s, int request)
{
	struct pollfd p = { .fd = request, .events = POLLPRI };

	if (poll(&p, 1, FRAME_TIMEOUT) == 1 && p.revents == POLLPRI)
		return true;
	ended(s, WRONG, "the request does not complete: poll() returns %#x", p.revents);
	return false;
}

/**
 * scene_frame() - wait for the frame of a request, and verify it
 * @s:		the stage, which streams
 * @request:	the request, which is queued
 * @index:	number of its buffer
 * @good:	output: number of good frames that were counted before
 *
 * Return: false if there is no good frame.
 */
bool scene_frame(struct stage *s, int request, unsigned int index, long long good)
{
	struct v4l2_buffer buf;

	if (!scene_completes(s, request) ||
	    !scene_expect(s, "VIDIOC_DQBUF", 0, stage_dequeue(s, &buf)) ||
	    !stage_frame_is_good(s, &buf))
		return false;
	if (buf.index != index) {
		ended(s, WRONG, "VIDIOC_DQBUF returns buffer %u, not %u", buf.index, index);
		return false;
	}
	if (V4L2_TYPE_IS_OUTPUT(s->type) && stage_count_good(s) != good + 1) {
		ended(s, WRONG, "the frame that was sent is not the one in the memory");
		return false;
	}
	return true;
}

/**
 * scene_plays() - queue a request, wait for its frame, and verify it
 * @s:		the stage, which streams
 * @request:	the request, which has a buffer
 * @index:	number of its buffer
 *
 * Return: false if there is no good frame.
 */
bool scene_plays(struct stage *s, int request, unsigned int index)
{
	long long good = stage_count_good(s);

	return scene_expect(s, "MEDIA_REQUEST_IOC_QUEUE", 0, scene_queue(request)) &&
	       scene_frame(s, request, index, good);
}

/**
 * scene_waiting() - queue requests, each with one buffer and one control
 * @s:		the stage; it has buffers
 * @requests:	filled in
 * @count:	how many
 *
 * Return: false if that failed.
 */
bool scene_waiting(struct stage *s, int requests[], unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		requests[i] = scene_allocate(s);
		/* The driver has to complete the control, and videobuf2 the buffer. */
		if (requests[i] < 0 || !scene_put(s, requests[i], i) ||
		    !scene_expect(s, "VIDIOC_S_EXT_CTRLS", 0,
				  scene_set_control(s, requests[i], VIPIN_CID_FREE_RUN, 0)) ||
		    !scene_expect(s, "MEDIA_REQUEST_IOC_QUEUE", 0, scene_queue(requests[i])))
			return false;
	}
	return stage_is_pinned(s, count * FRAME_PAGES);
}

/**
 * scene_all_complete() - wait until requests are complete
 * @s:		the stage
 * @requests:	the requests
 * @count:	how many
 *
 * Return: false if one does not complete.
 */
bool scene_all_complete(struct stage *s, const int requests[], unsigned int count)
{
	while (count--)
		if (!scene_completes(s, requests[count]))
			return false;
	return true;
}

/**
 * scene_set_control() - set a control in a request
 * @s:		the stage
 * @request:	the request
 * @id:		the control
 * @value:	its value
 *
 * Return: 0, or a negative errno.
 */
int scene_set_control(struct stage *s, int request, __u32 id, int value)
{
	struct v4l2_ext_control control = { .id = id, .value = value };
	struct v4l2_ext_controls controls = {
		.which = V4L2_CTRL_WHICH_REQUEST_VAL,
		.count = 1,
		.request_fd = request,
		.controls = &control,
	};

	return ioctl(s->fd, VIDIOC_S_EXT_CTRLS, &controls) ? -errno : 0;
}

/**
 * scene_replace() - map other memory at the place of all frames
 * @s:		the stage
 * @index:	number of the buffer whose frame an output node will read
 *
 * There is a good output frame in the new memory only.
 *
 * Return: false if that failed.
 */
bool scene_replace(struct stage *s, unsigned int index)
{
	unsigned char *frame = s->frames[index];

	memset(frame, 0, FRAME);
	if (mmap(s->frames[0], HUGE_PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_HUGETLB | MAP_HUGE_2MB, -1, 0) ==
	    MAP_FAILED) {
		ended(s, CANNOT_RUN, "another huge page: %s", strerror(errno));
		return false;
	}
	if (V4L2_TYPE_IS_OUTPUT(s->type)) {
		memset(frame, ++s->sent, FRAME);
		stamp_put(frame, FRAME, s->sent);
	}
	return true;
}
