// SPDX-License-Identifier: GPL-2.0-only
/*
 * memory.c - scenarios: the memory at a pointer changes before its request is queued
 *
 * A frame must arrive in the memory that its pointer points to when MEDIA_REQUEST_IOC_QUEUE is
 * called, for the process that calls it.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/media.h>

#include "common/counters.h"
#include "common/video-node.h"
#include "common/vipin-node.h"
#include "requests.h"

static bool start(struct stage *s, int *request)
{
	*request = scene_allocate(s);
	return *request >= 0 && scene_begin(s);
}

/**
 * memory_replaced() - other memory comes between VIDIOC_QBUF and MEDIA_REQUEST_IOC_QUEUE
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome memory_replaced(struct stage *s)
{
	int request;

	return start(s, &request) && scene_put(s, request, 0) && scene_replace(s, 0) &&
	       scene_plays(s, request, 0) ? RIGHT : WRONG;
}

/**
 * memory_stale() - the same, for a buffer that is pinned since its last frame
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome memory_stale(struct stage *s)
{
	int request;

	return start(s, &request) && scene_put(s, request, 0) && scene_plays(s, request, 0) &&
	       scene_reinit(s, request) && scene_put(s, request, 0) && scene_replace(s, 0) &&
	       scene_plays(s, request, 0) && stage_is_pinned(s, FRAME_PAGES) ? RIGHT : WRONG;
}

/**
 * memory_prepared() - the same, for a buffer that was prepared before it is put into a request
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome memory_prepared(struct stage *s)
{
	int request;

	return start(s, &request) &&
	       scene_expect(s, "VIDIOC_PREPARE_BUF", 0, stage_queue(s, 0, VIDIOC_PREPARE_BUF)) &&
	       scene_put(s, request, 0) && stage_is_pinned(s, FRAME_PAGES) &&
	       scene_replace(s, 0) && scene_plays(s, request, 0) &&
	       stage_is_pinned(s, FRAME_PAGES) ? RIGHT : WRONG;
}

static long pinned_by(pid_t pid)
{
	static const char * const labels[] = { "VmPin:" };
	char path[32];
	long kilobytes = -1;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	counters_read(path, labels, 1, &kilobytes);
	return kilobytes;
}

/* In another process: map other memory, queue the request, and verify the frame there. */
static int play_in_child(struct stage *s, int request)
{
	if (!scene_replace(s, 0) || !scene_plays(s, request, 0))
		return 1;
	return pinned_by(getpid()) == (long)FRAME / 1024 ? 0 : 2;
}

static enum outcome other_process(struct stage *s, int request)
{
	int status = -1;
	pid_t child;

	if (!V4L2_TYPE_IS_OUTPUT(s->type))
		memset(s->frames[0], 0, FRAME);
	child = fork();
	if (!child)
		_exit(play_in_child(s, request));
	waitpid(child, &status, 0);
	if (status)
		return ended(s, WRONG, "%s", WIFEXITED(status) && WEXITSTATUS(status) == 2 ?
			     "the pages do not count for the process that queued the request" :
			     "the frame is not in the memory of the one that queued the request");
	if (!V4L2_TYPE_IS_OUTPUT(s->type) && !memcmp(s->frames[0], "VPIN", 4))
		return ended(s, WRONG, "a frame is in the memory of the wrong process");
	return RIGHT;
}

/**
 * memory_other_process() - another process queues the request
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome memory_other_process(struct stage *s)
{
	int request;

	/* There is a pin of this process, from the first frame. */
	return start(s, &request) && scene_put(s, request, 0) && scene_plays(s, request, 0) &&
	       scene_reinit(s, request) && scene_put(s, request, 0) ?
	       other_process(s, request) : WRONG;
}

/**
 * memory_prepared_by_other() - one process prepares the buffer, and another one queues its request
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome memory_prepared_by_other(struct stage *s)
{
	int request;

	return start(s, &request) &&
	       scene_expect(s, "VIDIOC_PREPARE_BUF", 0, stage_queue(s, 0, VIDIOC_PREPARE_BUF)) &&
	       scene_put(s, request, 0) ? other_process(s, request) : WRONG;
}

static bool verdict_says(struct stage *s, const char *words)
{
	char line[512];

	if (vipin_node_verdict(s->path, line, sizeof(line)) > 0 && strstr(line, words))
		return true;
	ended(s, WRONG, "the verdict is \"%.180s\"", line);
	return false;
}

/*
 * A request is refused at its plane number @plane, nothing is pinned, and it is used again with a
 * good pointer.
 */
static bool refuses(struct stage *s, int request, long plane, int error, const char *words)
{
	long before, after;
	char line[512];

	before = vipin_node_verdict(s->path, line, sizeof(line));
	if (!scene_expect(s, "MEDIA_REQUEST_IOC_QUEUE", -error, scene_queue(request)))
		return false;
	after = vipin_node_verdict(s->path, line, sizeof(line));
	/* The planes before it were accepted. */
	if (after != before + plane + 1) {
		ended(s, WRONG, "%ld verdicts were recorded, not %ld", after - before, plane + 1);
		return false;
	}
	return verdict_says(s, words) && stage_is_pinned(s, 0) && scene_reinit(s, request) &&
	       scene_put(s, request, 1) && scene_plays(s, request, 1) &&
	       stage_is_pinned(s, FRAME_PAGES);
}

/**
 * memory_unmapped() - nothing is mapped at the pointer any more
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome memory_unmapped(struct stage *s)
{
	unsigned char *frame = s->frames[0], *hole;
	enum outcome outcome;
	int request;

	hole = mmap(NULL, HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (hole == MAP_FAILED || !start(s, &request))
		return CANNOT_RUN;
	s->frames[0] = hole;
	if (!scene_put(s, request, 0))
		return WRONG;
	munmap(hole, HUGE_PAGE);
	outcome = refuses(s, request, 0, EFAULT, "reason=not-mapped") ? RIGHT : WRONG;
	s->frames[0] = frame;
	return outcome;
}

/* Put a buffer of the other node into a request, with a pointer to nothing. */
static bool put_bad(struct stage *s, int request, int fd, enum v4l2_buf_type type)
{
	struct v4l2_buffer buf = {
		.type = type,
		.memory = V4L2_MEMORY_USERPTR,
		.flags = V4L2_BUF_FLAG_REQUEST_FD,
		.request_fd = request,
		.m.userptr = PAGE,
	};
	struct v4l2_format format = { .type = type };

	if (!scene_expect(s, "VIDIOC_G_FMT", 0, ioctl(fd, VIDIOC_G_FMT, &format) ? -errno : 0) ||
	    !scene_expect(s, "VIDIOC_REQBUFS", -1,
			  -video_node_request(fd, type, V4L2_MEMORY_USERPTR, 1)))
		return false;
	buf.length = format.fmt.pix.sizeimage;
	buf.bytesused = buf.length;
	return scene_expect(s, "VIDIOC_QBUF of the other node", 0,
			    ioctl(fd, VIDIOC_QBUF, &buf) ? -errno : 0);
}

/* Give the memory of buffer 0 to buffer 1, and the other way round. */
static void swap_frames(struct stage *s)
{
	unsigned char *frame = s->frames[0];

	s->frames[0] = s->frames[1];
	s->frames[1] = frame;
}

/**
 * memory_beside_refused() - a request is refused because of its second buffer; then the first one
 * gets another pointer
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome memory_beside_refused(struct stage *s)
{
	enum v4l2_buf_type type;
	int request, other;
	bool right;

	if (V4L2_TYPE_IS_MULTIPLANAR(s->type))
		return ended(s, SKIPPED, "the number of planes does not matter");
	other = scene_open_other(s, &type);
	if (other < 0)
		return CANNOT_RUN;
	right = start(s, &request) && scene_put(s, request, 0) &&
		put_bad(s, request, other, type) &&
		scene_expect(s, "MEDIA_REQUEST_IOC_QUEUE", -EFAULT, scene_queue(request)) &&
		scene_reinit(s, request);
	close(other);
	if (!right)
		return WRONG;
	memset(s->frames[0], 0, FRAME);
	swap_frames(s);
	right = scene_put(s, request, 0) && scene_plays(s, request, 0);
	swap_frames(s);
	return right ? RIGHT : WRONG;
}

/* Put buffer 0 into a request, with a last plane that is too short. */
static bool put_short(struct stage *s, int request)
{
	struct v4l2_buffer buf = {
		.type = s->type,
		.memory = V4L2_MEMORY_USERPTR,
		.flags = V4L2_BUF_FLAG_REQUEST_FD,
		.request_fd = request,
	};
	struct v4l2_plane planes[PLANES] = {
		{ .length = LUMA, .bytesused = LUMA },
		{ .length = PAGE / 2, .bytesused = PAGE / 2 },
	};

	if (V4L2_TYPE_IS_MULTIPLANAR(s->type)) {
		planes[0].m.userptr = (unsigned long)s->frames[0];
		planes[1].m.userptr = (unsigned long)s->frames[0] + LUMA;
		buf.m.planes = planes;
		buf.length = PLANES;
	} else {
		buf.m.userptr = (unsigned long)s->frames[0];
		buf.length = FRAME / 2;
		buf.bytesused = FRAME / 2;
	}
	return scene_expect(s, "VIDIOC_QBUF into a request", 0,
			    ioctl(s->fd, VIDIOC_QBUF, &buf) ? -errno : 0);
}

/**
 * memory_too_short() - the length of a plane is too short; videobuf2 refuses it without a pin
 * @s:		the stage
 *
 * Return: the outcome.
 */
enum outcome memory_too_short(struct stage *s)
{
	int request;

	return start(s, &request) && put_short(s, request) &&
	       refuses(s, request, V4L2_TYPE_IS_MULTIPLANAR(s->type), EINVAL, "reason=too-short") ?
	       RIGHT : WRONG;
}

/* A thread that prepares buffer 1, with a pointer to nothing, until it is to stop. */
struct preparer {
	pthread_t thread;
	int fd;
	enum v4l2_buf_type type;
	atomic_bool stop;
	long refused;
	int other_error;
};

static void *prepare_bad(void *context)
{
	struct preparer *p = context;
	struct v4l2_buffer buf = {
		.index = 1,
		.type = p->type,
		.memory = V4L2_MEMORY_USERPTR,
		.m.userptr = PAGE,
		.length = FRAME,
		.bytesused = FRAME,
	};

	while (!p->stop) {
		if (ioctl(p->fd, VIDIOC_PREPARE_BUF, &buf) && errno == EFAULT)
			p->refused++;
		else
			p->other_error = errno;
	}
	return NULL;
}

/* In a virtual machine whose CPUs take turns, three of them meet the other task. */
#define TRIES	10000

/**
 * memory_refused_twice() - two tasks hand over buffers that are refused, one in requests
 * @s:		the stage
 *
 * Return: the outcome: each refusal must have one verdict.
 */
enum outcome memory_refused_twice(struct stage *s)
{
	struct preparer preparer = { .fd = s->fd, .type = s->type };
	long before, verdicts, tries;
	bool right = true;
	char line[512];
	int request;

	if (V4L2_TYPE_IS_MULTIPLANAR(s->type))
		return ended(s, SKIPPED, "the number of planes does not matter");
	if (!start(s, &request))
		return WRONG;
	before = vipin_node_verdict(s->path, line, sizeof(line));
	if (pthread_create(&preparer.thread, NULL, prepare_bad, &preparer))
		return CANNOT_RUN;
	for (tries = 0; tries < TRIES && right; tries++)
		right = put_short(s, request) &&
			scene_expect(s, "MEDIA_REQUEST_IOC_QUEUE", -EINVAL, scene_queue(request)) &&
			scene_reinit(s, request);
	preparer.stop = true;
	pthread_join(preparer.thread, NULL);
	verdicts = vipin_node_verdict(s->path, line, sizeof(line)) - before;
	if (right && preparer.other_error)
		return ended(s, WRONG, "VIDIOC_PREPARE_BUF: %s", strerror(preparer.other_error));
	if (right && verdicts != tries + preparer.refused)
		return ended(s, WRONG, "%ld verdicts on %ld requests and %ld prepared buffers",
			     verdicts, tries, preparer.refused);
	return right ? RIGHT : WRONG;
}
