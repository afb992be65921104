// SPDX-License-Identifier: GPL-2.0-only
/*
 * fields - is each line of a TV frame where the field order of the buffer says?
 *
 * The program captures in each field order, into user pointers in huge pages, which each bus
 * accepts. It compares each line with that of a frame whose lines are interlaced. Dots move over
 * the picture by 8 bytes from buffer to buffer, so of three buffers, two have the same byte at each
 * place.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/macros.h"
#include "common/page.h"
#include "common/pins.h"
#include "common/stamp.h"
#include "common/video-node.h"
#include "memory/memory.h"
#include "scenario-options.h"
#include "time-limit.h"

#define BUFFERS	4
#define FILL	0xa5
#define TAKES	3	/* buffers of each field, from which a picture is made */

static const char usage[] =
"Usage: fields -d DEVICE [SCENARIO]...\n"
"Capture from the TV input of a vipin node in each field order and with two standards, and check\n"
"the place of each line, the field and the number of each buffer, and its time.\n"
"Runs all scenarios, or the named ones. Root only.\n"
"\n"
"  -d, --device DEVICE  the node; its current input is TV\n"
"  -l, --list           list the scenarios and what each proves\n"
"  -h, --help           print this text\n"
"\n"
"Prints a line for each: \"right\" or \"wrong\", the scenario's name, and what was wrong.\n"
"Exit status: 0 none is wrong, 1 some are wrong, 2 could not run.\n";

/**
 * struct standard - a TV standard
 * @std:	of V4L2
 * @lines:	of a frame
 * @period:	nanoseconds per frame
 * @first:	the field that comes first
 */
static const struct standard {
	v4l2_std_id std;
	unsigned int lines;
	long long period;
	enum v4l2_field first;
} standards[] = {
	{ V4L2_STD_PAL, 576, 40000000, V4L2_FIELD_TOP },
	{ V4L2_STD_NTSC, 480, 33366667, V4L2_FIELD_BOTTOM },
};

/**
 * struct pattern - a test pattern whose lines are not all the same
 * @item:	of the menu Test Pattern
 * @lines:	neighbours that are the same, at most; 0: an eighth of the frame
 */
static const struct pattern {
	int item;
	unsigned int lines;
} patterns[] = {
	{ 15, 1 },	/* Alternating Hor Lines */
	{ 11, 2 },	/* 2x2 Checkers */
	{ 10, 16 },	/* 16x16 Checkers */
	{ 3, 0 },	/* Horizontal 100% Colorbar */
};

static const __u32 formats[] = { V4L2_PIX_FMT_YUYV, V4L2_PIX_FMT_NV12 };

/**
 * struct stage - a node that captures from its TV input
 * @path:	of the node
 * @fd:		its open file; each scenario opens it anew
 * @frames:	the memory of each buffer
 * @pix:	the format
 * @why:	what was wrong
 */
struct stage {
	const char *path;
	int fd;
	unsigned char *frames[BUFFERS];
	struct v4l2_pix_format pix;
	char why[SCENARIO_WHY];
};

static bool wrong(struct stage *s, const char *call)
{
	ended(s, WRONG, "%s: %s", call, strerror(errno));
	return false;
}

/* Set the standard, and a field order. The height must be that of a frame, or of a field. */
static bool set(struct stage *s, const struct standard *standard, __u32 format, __u32 field)
{
	struct v4l2_format f = {
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.fmt.pix = { .pixelformat = format, .field = field, .width = 16, .height = 16 },
	};
	v4l2_std_id std = standard->std;
	unsigned int lines = standard->lines;

	if (ioctl(s->fd, VIDIOC_S_STD, &std))
		return wrong(s, "VIDIOC_S_STD");
	if (ioctl(s->fd, VIDIOC_S_FMT, &f))
		return wrong(s, "VIDIOC_S_FMT");
	s->pix = f.fmt.pix;
	if (V4L2_FIELD_HAS_T_OR_B(field))
		lines /= 2;
	if (s->pix.field == field && s->pix.width == 720 && s->pix.height == lines)
		return true;
	ended(s, WRONG, "the format has %u by %u pixels and field order %u, not 720 by %u and %u",
	      s->pix.width, s->pix.height, s->pix.field, lines, field);
	return false;
}

static bool queue(struct stage *s, unsigned int index)
{
	struct v4l2_buffer buf = {
		.index = index,
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.memory = V4L2_MEMORY_USERPTR,
		.m.userptr = (unsigned long)s->frames[index],
		.length = s->pix.sizeimage,
	};

	memset(s->frames[index], FILL, HUGE_PAGE);
	return !ioctl(s->fd, VIDIOC_QBUF, &buf) || wrong(s, "VIDIOC_QBUF");
}

static enum v4l2_field field_of(const struct stage *s, const struct standard *standard,
				unsigned int number)
{
	if (s->pix.field != V4L2_FIELD_ALTERNATE)
		return s->pix.field;
	return number % 2 ? V4L2_FIELD_TOP + V4L2_FIELD_BOTTOM - standard->first : standard->first;
}

/* Is the buffer complete, and nothing written after it? */
static bool is_whole(struct stage *s, const struct v4l2_buffer *buf)
{
	const unsigned char *frame = s->frames[buf->index];
	struct vipin_stamp stamp;
	char why[128];

	if (!stamp_agrees(frame, s->pix.sizeimage, &stamp, why, sizeof(why))) {
		ended(s, WRONG, "buffer %u: %s", buf->sequence, why);
		return false;
	}
	if (stamp.sequence != buf->sequence) {
		ended(s, WRONG, "the stamp of buffer %u has %u", buf->sequence, stamp.sequence);
		return false;
	}
	if (!memory_is_filled(frame + s->pix.sizeimage, HUGE_PAGE - s->pix.sizeimage, FILL)) {
		ended(s, WRONG, "a byte after a buffer was written");
		return false;
	}
	return true;
}

static long long time_of(const struct v4l2_buffer *buf)
{
	return buf->timestamp.tv_sec * 1000000LL + buf->timestamp.tv_usec;
}

/*
 * Check number, field and time of a buffer. A busy machine may have lost some before it. @number is
 * that of the buffer before, and becomes that of this one; each counts the buffers.
 */
static bool is_next(struct stage *s, const struct standard *standard,
		    const struct v4l2_buffer *buf, long *number, long long *start)
{
	unsigned int per_frame = s->pix.field == V4L2_FIELD_ALTERNATE ? 2 : 1;
	long now = (long)buf->sequence * per_frame;
	long long due;

	if (per_frame > 1)
		now += buf->field != standard->first;
	if (now <= *number || buf->field != field_of(s, standard, now)) {
		ended(s, WRONG, "buffer %u has field %u after buffer %ld", buf->sequence,
		      buf->field, *number);
		return false;
	}
	if (*number < 0)
		*start = time_of(buf) - now * standard->period / per_frame / 1000;
	*number = now;
	due = *start + now * standard->period / per_frame / 1000;
	if (time_of(buf) >= due - 2 && time_of(buf) <= due + 2)
		return true;
	ended(s, WRONG, "buffer %ld comes %lld us too late", now, time_of(buf) - due);
	return false;
}

/* Let each byte be that of two of three takes, which differ in their dots. */
static void merge(unsigned char takes[TAKES][HUGE_PAGE], size_t length, unsigned char *picture)
{
	size_t at;

	for (at = 0; at < length; at++)
		picture[at] = takes[takes[0][at] == takes[1][at] ? 0 : 2][at];
}

static bool stream_on(struct stage *s)
{
	int err = video_node_request(s->fd, V4L2_BUF_TYPE_VIDEO_CAPTURE, V4L2_MEMORY_USERPTR,
				     BUFFERS);
	unsigned int i;

	for (i = 0; err >= 0 && i < BUFFERS; i++)
		if (!queue(s, i))
			return false;
	err = err < 0 ? err : video_node_stream(s->fd, V4L2_BUF_TYPE_VIDEO_CAPTURE, true);
	if (err >= 0)
		return true;
	ended(s, WRONG, "the stream does not start: %s", strerror(-err));
	return false;
}

static bool stream_off(struct stage *s)
{
	return !video_node_stream(s->fd, V4L2_BUF_TYPE_VIDEO_CAPTURE, false) &&
	       !video_node_request(s->fd, V4L2_BUF_TYPE_VIDEO_CAPTURE, V4L2_MEMORY_USERPTR, 0);
}

/* Capture some buffers, and make a picture of those with one field. */
static bool take(struct stage *s, const struct standard *standard, enum v4l2_field field,
		 unsigned char *picture)
{
	static unsigned char takes[TAKES][HUGE_PAGE];
	unsigned int taken = 0;
	long number = -1;
	long long start = 0;

	if (!stream_on(s))
		return false;
	while (taken < TAKES) {
		struct v4l2_buffer buf = {
			.type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_USERPTR,
		};

		if (ioctl(s->fd, VIDIOC_DQBUF, &buf))
			return wrong(s, "VIDIOC_DQBUF");
		if (!is_whole(s, &buf) || !is_next(s, standard, &buf, &number, &start))
			return false;
		if (buf.field == field)
			memcpy(takes[taken++], s->frames[buf.index], s->pix.sizeimage);
		if (!queue(s, buf.index))
			return false;
	}
	merge(takes, s->pix.sizeimage, picture);
	return stream_off(s) || wrong(s, "the stream does not stop");
}

/* Which line of a frame is at a line of a buffer? */
static unsigned int line_at(enum v4l2_field field, unsigned int line, unsigned int height)
{
	switch (field) {
	case V4L2_FIELD_TOP:
		return 2 * line;
	case V4L2_FIELD_BOTTOM:
		return 2 * line + 1;
	case V4L2_FIELD_SEQ_TB:
		return line < height / 2 ? 2 * line : 2 * (line - height / 2) + 1;
	case V4L2_FIELD_SEQ_BT:
		return line < height / 2 ? 2 * line + 1 : 2 * (line - height / 2);
	default:
		return line;
	}
}

/* Do two lines differ, apart from a stamp? */
static bool differs(const struct stage *s, const unsigned char *a, const unsigned char *b)
{
	size_t skipped = sizeof(struct vipin_stamp);

	return memcmp(a + skipped, b + skipped, s->pix.bytesperline - skipped) != 0;
}

static bool compare(struct stage *s, enum v4l2_field field, const unsigned char *picture,
		    const unsigned char *frame)
{
	size_t bytes = s->pix.bytesperline;
	unsigned int line, from;

	for (line = 0; line < s->pix.height; line++) {
		from = line_at(field, line, s->pix.height);
		if (!differs(s, picture + line * bytes, frame + from * bytes))
			continue;
		ended(s, WRONG, "field %u: line %u of the buffer is not line %u of the frame",
		      field, line, from);
		return false;
	}
	return true;
}

/* The lines of an interlaced frame change where the pattern does, and only there. */
static bool is_interlaced(struct stage *s, const unsigned char *frame,
			  const struct pattern *pattern)
{
	unsigned int same = pattern->lines ? pattern->lines : s->pix.height / 8, line;
	size_t bytes = s->pix.bytesperline;

	for (line = 1; line < s->pix.height; line++) {
		if (differs(s, frame + line * bytes, frame + (line - 1) * bytes) == !(line % same))
			continue;
		ended(s, WRONG, "pattern %d: a wrong line %u", pattern->item, line);
		return false;
	}
	return true;
}

/*
 * Return the picture of an interlaced frame, or NULL if something is wrong. All field orders are
 * compared with it, and it takes long on an emulated machine, so it is captured once.
 */
static const unsigned char *interlaced(struct stage *s, unsigned int std, unsigned int format,
				       unsigned int pattern)
{
	static unsigned char *
		pictures[ARRAY_SIZE(standards)][ARRAY_SIZE(formats)][ARRAY_SIZE(patterns)];
	unsigned char **picture = &pictures[std][format][pattern];

	if (*picture)
		return *picture;
	if (!set(s, &standards[std], formats[format], V4L2_FIELD_INTERLACED))
		return NULL;
	*picture = malloc(s->pix.sizeimage);
	if (!*picture) {
		ended(s, CANNOT_RUN, "no memory");
		return NULL;
	}
	if (take(s, &standards[std], V4L2_FIELD_INTERLACED, *picture) &&
	    is_interlaced(s, *picture, &patterns[pattern]))
		return *picture;
	free(*picture);
	*picture = NULL;
	return NULL;
}

/* Capture a frame in a field order, and compare it with the interlaced frame. */
static bool has_lines(struct stage *s, unsigned int std, unsigned int format,
		      unsigned int pattern, __u32 order)
{
	static unsigned char picture[HUGE_PAGE];
	const struct standard *standard = &standards[std];
	bool alternate = order == V4L2_FIELD_ALTERNATE;
	enum v4l2_field field = alternate ? V4L2_FIELD_TOP : order;
	const unsigned char *frame;

	if (video_node_set_control(s->fd, V4L2_CID_TEST_PATTERN, patterns[pattern].item)) {
		ended(s, CANNOT_RUN, "no control Test Pattern");
		return false;
	}
	frame = interlaced(s, std, format, pattern);
	if (!frame || !set(s, standard, formats[format], order) ||
	    !take(s, standard, field, picture) || !compare(s, field, picture, frame))
		return false;
	return !alternate || (take(s, standard, V4L2_FIELD_BOTTOM, picture) &&
			      compare(s, V4L2_FIELD_BOTTOM, picture, frame));
}

static const struct scenario {
	const char *name;
	const char *sentence;
	enum v4l2_field order;
} scenarios[] = {
	{
		.name = "interlaced",
		.sentence = "the lines of both fields alternate",
		.order = V4L2_FIELD_INTERLACED,
	}, {
		.name = "interlaced-tb",
		.sentence = "the same, and the top field is older",
		.order = V4L2_FIELD_INTERLACED_TB,
	}, {
		.name = "interlaced-bt",
		.sentence = "the same, and the bottom field is older",
		.order = V4L2_FIELD_INTERLACED_BT,
	}, {
		.name = "seq-tb",
		.sentence = "the top field comes before the bottom field",
		.order = V4L2_FIELD_SEQ_TB,
	}, {
		.name = "seq-bt",
		.sentence = "the bottom field comes before the top field",
		.order = V4L2_FIELD_SEQ_BT,
	}, {
		.name = "top",
		.sentence = "each buffer has the top field only",
		.order = V4L2_FIELD_TOP,
	}, {
		.name = "bottom",
		.sentence = "each buffer has the bottom field only",
		.order = V4L2_FIELD_BOTTOM,
	}, {
		.name = "alternate",
		.sentence = "buffers have the top and the bottom field in turn, twice as many",
		.order = V4L2_FIELD_ALTERNATE,
	}, { }
};

static const char *name_at(unsigned int n, const char **sentence)
{
	*sentence = scenarios[n].sentence;
	return scenarios[n].name;
}

static enum outcome with_all(struct stage *s, __u32 order)
{
	unsigned int std, format, pattern;

	for (std = 0; std < ARRAY_SIZE(standards); std++)
		for (format = 0; format < ARRAY_SIZE(formats); format++)
			for (pattern = 0; pattern < ARRAY_SIZE(patterns); pattern++)
				if (!has_lines(s, std, format, pattern, order))
					return WRONG;
	return RIGHT;
}

static bool map_frames(struct stage *s)
{
	unsigned int i;

	for (i = 0; i < BUFFERS; i++) {
		s->frames[i] = huge_page_map();
		if (s->frames[i] == MAP_FAILED)
			return wrong(s, "a huge page");
	}
	return true;
}

static enum outcome run(unsigned int index, void *context)
{
	enum v4l2_buf_type type;
	struct stage *s = context;
	enum outcome outcome = CANNOT_RUN;

	*s->why = 0;
	alarm(TIME_LIMIT);
	s->fd = video_node_open(s->path, &type);
	if (s->fd < 0) {
		outcome = ended(s, CANNOT_RUN, "%s: %s", s->path, strerror(errno));
	} else {
		outcome = with_all(s, scenarios[index].order);
		stream_off(s);
		video_node_set_control(s->fd, V4L2_CID_TEST_PATTERN, 0);
		set(s, &standards[0], V4L2_PIX_FMT_YUYV, V4L2_FIELD_INTERLACED);
		close(s->fd);
	}
	alarm(0);
	return outcome;
}

int main(int argc, char **argv)
{
	struct scenario_options options = { .usage = usage, .name = name_at };
	struct stage s = { };

	scenario_options_parse(&options, argc, argv);
	s.path = options.device;
	if (!map_frames(&s)) {
		fprintf(stderr, "fields: %s\n", s.why);
		return CANNOT_RUN;
	}
	return scenario_run_chosen(&options, run, &s, s.why);
}
