// SPDX-License-Identifier: GPL-2.0-only
/*
 * source-change - what becomes of frames and pins if the source of an HDMI input changes?
 *
 * The program captures into user pointers, and is the source, too: it sets the controls that play
 * the source. The memory of all buffers is in huge pages, so each bus accepts it.
 */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/v4l2-dv-timings.h>

#include "common/macros.h"
#include "common/page.h"
#include "common/pins.h"
#include "common/stamp.h"
#include "common/video-node.h"
#include "common/vipin-node.h"
#include "scenario-options.h"
#include "time-limit.h"

#define BUFFERS	2
#define FILL	0xa5
/* Several frames would arrive in this time. */
#define SILENCE	500	/* ms */

static const char usage[] =
"Usage: source-change -d DEVICE [SCENARIO]...\n"
"Change the source of a vipin node with an HDMI input while user pointers are pinned, and check\n"
"frames, events and pins at each step.\n"
"Runs all scenarios, or the named ones. Root only.\n"
"\n"
"  -d, --device DEVICE  the node; its current input is HDMI\n"
"  -l, --list           list the scenarios and what each proves\n"
"  -h, --help           print this text\n"
"\n"
"Prints a line for each: \"right\" or \"wrong\", the scenario's name, and what was wrong.\n"
"Exit status: 0 none is wrong, 1 some are wrong, 2 could not run.\n";

static const struct v4l2_dv_timings small = V4L2_DV_BT_CEA_640X480P59_94;
static const struct v4l2_dv_timings large = V4L2_DV_BT_CEA_1280X720P50;
/* Their numbers in the menu of VIPIN_CID_DV_TIMINGS. */
enum { SMALL = 0, LARGE = 5 };

/**
 * struct stage - a node that captures from its HDMI input
 * @path:	of the node
 * @fd:		its open file; each scenario opens it anew
 * @type:	type of its buffers
 * @frames:	the memory of each buffer
 * @old:	the memory that a stream before had, or NULL
 * @size:	bytes of a frame
 * @held:	pages that were pinned before the scenario
 * @why:	what was wrong
 */
struct stage {
	const char *path;
	int fd;
	enum v4l2_buf_type type;
	unsigned char *frames[BUFFERS];
	unsigned char *old[BUFFERS];
	size_t size;
	long held;
	char why[SCENARIO_WHY];
};

/* Send a number of timings, or do what else a mode says. */
static bool source_does(struct stage *s, enum vipin_signal_mode mode, int number)
{
	int err = video_node_set_control(s->fd, VIPIN_CID_DV_TIMINGS, number) ?:
		  video_node_set_control(s->fd, VIPIN_CID_DV_TIMINGS_SIGNAL_MODE, mode);

	if (err)
		ended(s, CANNOT_RUN, "the source: %s", strerror(-err));
	return !err;
}

/* Set timings. The size of a frame must be theirs. */
static bool receives(struct stage *s, const struct v4l2_dv_timings *timings)
{
	struct v4l2_format format = { .type = s->type };
	struct v4l2_dv_timings set = *timings;

	if (ioctl(s->fd, VIDIOC_S_DV_TIMINGS, &set)) {
		ended(s, WRONG, "VIDIOC_S_DV_TIMINGS: %s", strerror(errno));
		return false;
	}
	if (ioctl(s->fd, VIDIOC_G_FMT, &format)) {
		ended(s, WRONG, "VIDIOC_G_FMT: %s", strerror(errno));
		return false;
	}
	s->size = format.fmt.pix.sizeimage;
	if (format.fmt.pix.width == timings->bt.width &&
	    format.fmt.pix.height == timings->bt.height)
		return true;
	ended(s, WRONG, "frames have %ux%u pixels with timings of %ux%u", format.fmt.pix.width,
	      format.fmt.pix.height, timings->bt.width, timings->bt.height);
	return false;
}

static bool detects(struct stage *s, int error, const struct v4l2_dv_timings *timings)
{
	struct v4l2_dv_timings seen = { };
	int err = ioctl(s->fd, VIDIOC_QUERY_DV_TIMINGS, &seen) ? errno : 0;

	if (err != error) {
		ended(s, WRONG, "VIDIOC_QUERY_DV_TIMINGS: %s", strerror(err));
		return false;
	}
	if (err || (seen.bt.width == timings->bt.width && seen.bt.height == timings->bt.height))
		return true;
	ended(s, WRONG, "the source sends %ux%u pixels", seen.bt.width, seen.bt.height);
	return false;
}

static bool map_frames(struct stage *s)
{
	unsigned int i;

	for (i = 0; i < BUFFERS; i++) {
		s->frames[i] = huge_page_map();
		if (s->frames[i] == MAP_FAILED) {
			ended(s, CANNOT_RUN, "a huge page: %s", strerror(errno));
			return false;
		}
	}
	return true;
}

/* Map other memory for the next stream. From now on, no byte of the old memory may change. */
static bool replace_frames(struct stage *s)
{
	unsigned int i;

	for (i = 0; i < BUFFERS; i++) {
		s->old[i] = s->frames[i];
		s->frames[i] = NULL;
		memset(s->old[i], FILL, HUGE_PAGE);
	}
	return map_frames(s);
}

/* No byte of some buffers has changed. */
static bool is_untouched(struct stage *s, unsigned char *const buffers[], size_t size)
{
	unsigned int i;
	size_t at;

	for (i = 0; i < BUFFERS; i++)
		for (at = 0; at < size; at++)
			if (buffers[i][at] != FILL) {
				ended(s, WRONG, "byte %zu of a buffer has changed", at);
				return false;
			}
	return true;
}

static bool queue(struct stage *s, unsigned int index)
{
	struct v4l2_buffer buf = {
		.index = index,
		.type = s->type,
		.memory = V4L2_MEMORY_USERPTR,
		.m.userptr = (unsigned long)s->frames[index],
		.length = s->size,
	};

	memset(s->frames[index], FILL, s->size);
	if (!ioctl(s->fd, VIDIOC_QBUF, &buf))
		return true;
	ended(s, WRONG, "VIDIOC_QBUF: %s", strerror(errno));
	return false;
}

/* Check the pages that the system and the node count. */
static bool are_pinned(struct stage *s, unsigned int buffers)
{
	long pages = buffers * ((s->size + PAGE - 1) / PAGE);
	long held = pins_count(s->held + pages);
	long counted = vipin_node_pinned(s->path);

	if (held == s->held + pages && counted == pages)
		return true;
	ended(s, WRONG, "%ld pages are pinned and %ld counted, and %ld must be", held - s->held,
	      counted, pages);
	return false;
}

static bool stream_on(struct stage *s)
{
	int err = video_node_request(s->fd, s->type, V4L2_MEMORY_USERPTR, BUFFERS);
	unsigned int i;

	for (i = 0; err >= 0 && i < BUFFERS; i++)
		if (!queue(s, i))
			return false;
	err = err < 0 ? err : video_node_stream(s->fd, s->type, true);
	if (err >= 0)
		return are_pinned(s, BUFFERS);
	ended(s, WRONG, "the stream does not start: %s", strerror(-err));
	return false;
}

/* VIDIOC_STREAMOFF takes the buffers back, and no page stays pinned without buffers. */
static bool stream_off(struct stage *s)
{
	int err = video_node_stream(s->fd, s->type, false) ?:
		  video_node_request(s->fd, s->type, V4L2_MEMORY_USERPTR, 0);

	if (!err)
		return are_pinned(s, 0);
	ended(s, WRONG, "the stream does not stop: %s", strerror(-err));
	return false;
}

/* Some frames come, each complete and in its own buffer. */
static bool frames_come(struct stage *s)
{
	struct vipin_stamp stamp;
	char why[128];
	int i;

	for (i = 0; i < 2 * BUFFERS; i++) {
		struct v4l2_buffer buf = { .type = s->type, .memory = V4L2_MEMORY_USERPTR };

		if (ioctl(s->fd, VIDIOC_DQBUF, &buf)) {
			ended(s, WRONG, "VIDIOC_DQBUF: %s", strerror(errno));
			return false;
		}
		if (buf.flags & V4L2_BUF_FLAG_ERROR || buf.bytesused != s->size ||
		    !stamp_agrees(s->frames[buf.index], s->size, &stamp, why, sizeof(why))) {
			ended(s, WRONG, "a frame of %u bytes is bad: %s", buf.bytesused,
			      buf.flags & V4L2_BUF_FLAG_ERROR ? "error flag" : why);
			return false;
		}
		if (!queue(s, buf.index))
			return false;
	}
	return true;
}

/* Return the buffers that were done before the source changed. */
static bool drain(struct stage *s)
{
	struct v4l2_buffer buf = { .type = s->type, .memory = V4L2_MEMORY_USERPTR };
	struct pollfd ready = { .fd = s->fd, .events = POLLIN };
	unsigned int i;

	for (i = 0; i < BUFFERS && poll(&ready, 1, SILENCE) > 0 && ready.revents & POLLIN; i++) {
		if (ioctl(s->fd, VIDIOC_DQBUF, &buf)) {
			ended(s, WRONG, "VIDIOC_DQBUF: %s", strerror(errno));
			return false;
		}
		if (!queue(s, buf.index))
			return false;
	}
	return true;
}

/* No frame comes, and no byte of the pinned memory changes. */
static bool is_silent(struct stage *s)
{
	struct pollfd ready = { .fd = s->fd, .events = POLLIN };

	/* The frame that was being written when the source changed may still come. */
	if (!drain(s))
		return false;
	if (poll(&ready, 1, SILENCE) > 0 && ready.revents & POLLIN) {
		ended(s, WRONG, "a frame comes without a signal");
		return false;
	}
	return is_untouched(s, s->frames, s->size) && are_pinned(s, BUFFERS);
}

/* Has an event come? */
static bool has_event(struct stage *s)
{
	struct pollfd ready = { .fd = s->fd, .events = POLLPRI };

	return poll(&ready, 1, 0) > 0 && ready.revents & POLLPRI;
}

/* One event says that the source has changed. */
static bool gets_event(struct stage *s)
{
	struct v4l2_event event = { };

	if (!has_event(s) || ioctl(s->fd, VIDIOC_DQEVENT, &event)) {
		ended(s, WRONG, "no event");
		return false;
	}
	if (event.type == V4L2_EVENT_SOURCE_CHANGE &&
	    event.u.src_change.changes == V4L2_EVENT_SRC_CH_RESOLUTION && !has_event(s))
		return true;
	ended(s, WRONG, "an event of type %u with changes %#x, and %u after it", event.type,
	      event.u.src_change.changes, event.pending);
	return false;
}

static bool is_busy(struct stage *s)
{
	struct v4l2_dv_timings set = large;

	if (ioctl(s->fd, VIDIOC_S_DV_TIMINGS, &set) && errno == EBUSY)
		return true;
	ended(s, WRONG, "the timings can change while there are buffers");
	return false;
}

static enum outcome larger(struct stage *s)
{
	return stream_on(s) && frames_come(s) &&
	       source_does(s, VIPIN_SIGNAL_SELECTED, LARGE) && gets_event(s) && is_silent(s) &&
	       detects(s, 0, &large) && is_busy(s) && stream_off(s) && receives(s, &large) &&
	       replace_frames(s) && stream_on(s) && frames_come(s) && stream_off(s) &&
	       is_untouched(s, s->old, HUGE_PAGE) && !has_event(s) ? RIGHT : WRONG;
}

static enum outcome lost(struct stage *s)
{
	return stream_on(s) && frames_come(s) && source_does(s, VIPIN_SIGNAL_NONE, SMALL) &&
	       gets_event(s) && detects(s, ENOLINK, NULL) && is_silent(s) &&
	       source_does(s, VIPIN_SIGNAL_SELECTED, SMALL) && gets_event(s) &&
	       frames_come(s) && are_pinned(s, BUFFERS) && stream_off(s) ? RIGHT : WRONG;
}

static enum outcome starts_without(struct stage *s)
{
	return source_does(s, VIPIN_SIGNAL_NO_LOCK, SMALL) && gets_event(s) && stream_on(s) &&
	       is_silent(s) && source_does(s, VIPIN_SIGNAL_CURRENT, SMALL) && gets_event(s) &&
	       frames_come(s) && stream_off(s) ? RIGHT : WRONG;
}

static enum outcome same_timings(struct stage *s)
{
	if (!stream_on(s) || !source_does(s, VIPIN_SIGNAL_SELECTED, SMALL))
		return WRONG;
	if (has_event(s))
		return ended(s, WRONG, "an event, although the same timings are sent");
	return frames_come(s) && stream_off(s) ? RIGHT : WRONG;
}

static enum outcome free_run(struct stage *s)
{
	enum outcome outcome;

	video_node_set_control(s->fd, VIPIN_CID_FREE_RUN, 1);
	outcome = lost(s);
	video_node_set_control(s->fd, VIPIN_CID_FREE_RUN, 0);
	return outcome;
}

static enum outcome stops_without(struct stage *s)
{
	return stream_on(s) && source_does(s, VIPIN_SIGNAL_OUT_OF_RANGE, SMALL) && gets_event(s) &&
	       detects(s, ERANGE, NULL) && is_silent(s) && stream_off(s) ? RIGHT : WRONG;
}

static const struct scenario {
	const char *name;
	const char *sentence;
	enum outcome (*run)(struct stage *s);
} scenarios[] = {
	{
		.name = "larger",
		.sentence = "larger frames come after a stop, into other pointers, and not before",
		.run = larger,
	}, {
		.name = "lost",
		.sentence = "no frame comes without a signal, and frames come when it is back",
		.run = lost,
	}, {
		.name = "lost-free-run",
		.sentence = "the same without the frame clock",
		.run = free_run,
	}, {
		.name = "starts-without",
		.sentence = "a stream that starts without a signal gets frames when there is one",
		.run = starts_without,
	}, {
		.name = "stops-without",
		.sentence = "a stream that waits for a signal can stop",
		.run = stops_without,
	}, {
		.name = "same",
		.sentence = "no event if the source sends what it sent before",
		.run = same_timings,
	}, { }
};

static const char *name_at(unsigned int n, const char **sentence)
{
	*sentence = scenarios[n].sentence;
	return scenarios[n].name;
}

/* Open the node. The source sends small frames, and the node receives them. */
static bool open_stage(struct stage *s)
{
	struct v4l2_event_subscription subscription = { .type = V4L2_EVENT_SOURCE_CHANGE };
	int input;

	s->held = pins_count(-1);
	s->fd = video_node_open(s->path, &s->type);
	if (s->fd < 0 || ioctl(s->fd, VIDIOC_G_INPUT, &input)) {
		ended(s, CANNOT_RUN, "%s: %s", s->path, strerror(errno));
		return false;
	}
	if (!source_does(s, VIPIN_SIGNAL_CURRENT, SMALL) || !receives(s, &small))
		return false;
	/* The number of the event is that of the input. */
	subscription.id = input;
	if (!ioctl(s->fd, VIDIOC_SUBSCRIBE_EVENT, &subscription))
		return map_frames(s);
	ended(s, WRONG, "VIDIOC_SUBSCRIBE_EVENT: %s", strerror(errno));
	return false;
}

static void unmap(unsigned char *buffers[])
{
	unsigned int i;

	for (i = 0; i < BUFFERS; i++) {
		if (buffers[i] && buffers[i] != MAP_FAILED)
			munmap(buffers[i], HUGE_PAGE);
		buffers[i] = NULL;
	}
}

/* Close the node. The source sends what the node receives, so that other programs get frames. */
static void close_stage(struct stage *s)
{
	if (s->fd >= 0) {
		video_node_stream(s->fd, s->type, false);
		video_node_set_control(s->fd, VIPIN_CID_DV_TIMINGS_SIGNAL_MODE,
				       VIPIN_SIGNAL_CURRENT);
		close(s->fd);
	}
	unmap(s->frames);
	unmap(s->old);
}

static enum outcome run(unsigned int index, void *context)
{
	struct stage *s = context;
	enum outcome outcome = CANNOT_RUN;

	*s->why = 0;
	alarm(TIME_LIMIT);
	if (open_stage(s))
		outcome = scenarios[index].run(s);
	close_stage(s);
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
