// SPDX-License-Identifier: GPL-2.0-only
/*
 * frame-sync - does each captured frame have an event with its number?
 *
 * An event is there when its buffer is returned, since it is sent before the frame is written.
 */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/macros.h"
#include "common/video-node.h"
#include "scenario-options.h"
#include "time-limit.h"

#define BUFFERS	3
#define FRAMES	12
/* Several frames would be captured in this time. */
#define PAUSE	300000	/* us */

static const char usage[] =
"Usage: frame-sync -d DEVICE [SCENARIO]...\n"
"Capture from a vipin node that has frames, and compare V4L2_EVENT_FRAME_SYNC with each buffer.\n"
"Runs all scenarios, or the named ones.\n"
"\n"
"  -d, --device DEVICE  the node\n"
"  -l, --list           list the scenarios and what each proves\n"
"  -h, --help           print this text\n"
"\n"
"Prints a line for each: \"right\" or \"wrong\", the scenario's name, and what was wrong.\n"
"Exit status: 0 none is wrong, 1 some are wrong, 2 could not run.\n";

/**
 * struct stage - a node that captures
 * @path:	of the node
 * @fd:		its open file; each scenario opens it anew
 * @other:	another open file of it
 * @type:	type of its buffers
 * @why:	what was wrong
 */
struct stage {
	const char *path;
	int fd;
	int other;
	enum v4l2_buf_type type;
	char why[SCENARIO_WHY];
};

static bool wrong(struct stage *s, const char *call)
{
	ended(s, WRONG, "%s: %s", call, strerror(errno));
	return false;
}

static bool subscribe(struct stage *s, int fd, bool on)
{
	struct v4l2_event_subscription subscription = { .type = V4L2_EVENT_FRAME_SYNC };

	if (on)
		return !ioctl(fd, VIDIOC_SUBSCRIBE_EVENT, &subscription) ||
		       wrong(s, "VIDIOC_SUBSCRIBE_EVENT");
	return !ioctl(fd, VIDIOC_UNSUBSCRIBE_EVENT, &subscription) ||
	       wrong(s, "VIDIOC_UNSUBSCRIBE_EVENT");
}

static bool has_event(int fd)
{
	struct pollfd ready = { .fd = fd, .events = POLLPRI };

	return poll(&ready, 1, 0) > 0 && ready.revents & POLLPRI;
}

static bool has_no_event(struct stage *s, int fd)
{
	if (!has_event(fd))
		return true;
	ended(s, WRONG, "an event comes without a subscription");
	return false;
}

/* The oldest event is about the frame with this number. */
static bool gets_event(struct stage *s, int fd, __u32 sequence)
{
	struct v4l2_event event = { };

	if (!has_event(fd)) {
		ended(s, WRONG, "frame %u has no event", sequence);
		return false;
	}
	if (ioctl(fd, VIDIOC_DQEVENT, &event))
		return wrong(s, "VIDIOC_DQEVENT");
	if (event.type == V4L2_EVENT_FRAME_SYNC && !event.id &&
	    event.u.frame_sync.frame_sequence == sequence)
		return true;
	ended(s, WRONG, "frame %u has an event of type %u about frame %u", sequence, event.type,
	      event.u.frame_sync.frame_sequence);
	return false;
}

static bool transfer(struct stage *s, unsigned long request, struct v4l2_buffer *buf)
{
	struct v4l2_plane planes[VIDEO_MAX_PLANES] = { };

	buf->type = s->type;
	buf->memory = V4L2_MEMORY_MMAP;
	if (V4L2_TYPE_IS_MULTIPLANAR(s->type)) {
		buf->m.planes = planes;
		buf->length = ARRAY_SIZE(planes);
	}
	return !ioctl(s->fd, request, buf) ||
	       wrong(s, request == VIDIOC_QBUF ? "VIDIOC_QBUF" : "VIDIOC_DQBUF");
}

static bool stream_on(struct stage *s, unsigned int buffers)
{
	unsigned int i;

	if (video_node_request(s->fd, s->type, V4L2_MEMORY_MMAP, buffers) < 0)
		return wrong(s, "VIDIOC_REQBUFS");
	for (i = 0; i < buffers; i++) {
		struct v4l2_buffer buf = { .index = i };

		if (!transfer(s, VIDIOC_QBUF, &buf))
			return false;
	}
	return !video_node_stream(s->fd, s->type, true) || wrong(s, "VIDIOC_STREAMON");
}

static bool stream_off(struct stage *s)
{
	return !video_node_stream(s->fd, s->type, false) || wrong(s, "VIDIOC_STREAMOFF");
}

static enum outcome each(struct stage *s)
{
	unsigned int i;

	if (!subscribe(s, s->fd, true) || !subscribe(s, s->other, true) || !stream_on(s, BUFFERS))
		return WRONG;
	for (i = 0; i < FRAMES; i++) {
		struct v4l2_buffer buf = { };

		if (!transfer(s, VIDIOC_DQBUF, &buf) || !gets_event(s, s->fd, buf.sequence) ||
		    !gets_event(s, s->other, buf.sequence) || !transfer(s, VIDIOC_QBUF, &buf))
			return WRONG;
	}
	return stream_off(s) ? RIGHT : WRONG;
}

static enum outcome gaps(struct stage *s)
{
	__u32 frames = 0;
	unsigned int i;

	if (!subscribe(s, s->fd, true) || !stream_on(s, 1))
		return WRONG;
	for (i = 0; i < BUFFERS; i++) {
		struct v4l2_buffer buf = { };

		if (!transfer(s, VIDIOC_DQBUF, &buf))
			return WRONG;
		usleep(PAUSE);
		if (!gets_event(s, s->fd, buf.sequence) || !has_no_event(s, s->fd) ||
		    !transfer(s, VIDIOC_QBUF, &buf))
			return WRONG;
		frames = buf.sequence + 1;
	}
	if (frames == BUFFERS)
		return ended(s, CANNOT_RUN, "no frame was lost");
	return stream_off(s) ? RIGHT : WRONG;
}

static enum outcome ends(struct stage *s)
{
	unsigned int i;

	if (!subscribe(s, s->fd, true) || !subscribe(s, s->fd, false) ||
	    !subscribe(s, s->other, true) || !stream_on(s, BUFFERS))
		return WRONG;
	for (i = 0; i < FRAMES; i++) {
		struct v4l2_buffer buf = { };

		if (!transfer(s, VIDIOC_DQBUF, &buf) || !has_no_event(s, s->fd) ||
		    !gets_event(s, s->other, buf.sequence) || !transfer(s, VIDIOC_QBUF, &buf))
			return WRONG;
	}
	return stream_off(s) ? RIGHT : WRONG;
}

static enum outcome other_numbers(struct stage *s)
{
	struct v4l2_event_subscription subscription = { .type = V4L2_EVENT_FRAME_SYNC, .id = 1 };

	if (ioctl(s->fd, VIDIOC_SUBSCRIBE_EVENT, &subscription) && errno == EINVAL)
		return RIGHT;
	return ended(s, WRONG, "the event of an object that does not exist is not refused");
}

static const struct scenario {
	const char *name;
	const char *sentence;
	enum outcome (*run)(struct stage *s);
} scenarios[] = {
	{
		.name = "each",
		.sentence = "each file that has subscribed gets an event for each frame",
		.run = each,
	}, {
		.name = "gaps",
		.sentence = "a frame for which no buffer is queued has no event",
		.run = gaps,
	}, {
		.name = "ends",
		.sentence = "a file gets no event after it has unsubscribed, and others do",
		.run = ends,
	}, {
		.name = "other-numbers",
		.sentence = "the number of the event is 0",
		.run = other_numbers,
	}, { }
};

static const char *name_at(unsigned int n, const char **sentence)
{
	*sentence = scenarios[n].sentence;
	return scenarios[n].name;
}

static enum outcome run(unsigned int index, void *context)
{
	struct stage *s = context;
	enum outcome outcome = CANNOT_RUN;

	*s->why = 0;
	alarm(TIME_LIMIT);
	s->fd = video_node_open(s->path, &s->type);
	s->other = video_node_open(s->path, &s->type);
	if (s->fd < 0 || s->other < 0)
		ended(s, CANNOT_RUN, "%s: %s", s->path, strerror(errno));
	else
		outcome = scenarios[index].run(s);
	close(s->fd);
	close(s->other);
	alarm(0);
	return outcome;
}

int main(int argc, char **argv)
{
	struct scenario_options options = { .usage = usage, .name = name_at };
	struct stage s = { };

	scenario_options_parse(&options, argc, argv);
	s.path = options.device;
	return scenario_run_chosen(&options, run, &s, s.why);
}
