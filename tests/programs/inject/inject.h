/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * inject.h - the functions that the scenarios of inject share; requests uses the stage, too
 */
#ifndef INJECT_H
#define INJECT_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/videodev2.h>

#include "common/macros.h"
#include "common/page.h"
#include "scenario-options.h"

#define BUFFERS	4
#define PLANES	2
#define WIDTH	128
#define HEIGHT	64
#define LUMA	(WIDTH * HEIGHT)
#define FRAME	(LUMA + LUMA / 2)

/**
 * struct stage - a vipin node, and frames in one huge page
 * @path:	of the node
 * @fd:		its open file; each scenario opens it anew
 * @type:	type of its buffers
 * @frames:	the memory of each buffer; the planes of a frame follow one another
 * @sent:	output: number of frames that were filled
 * @held:	pages that were pinned before the scenario
 * @request:	file descriptor of the media request that buffers are put into, or 0
 * @gone:	the scenario has removed the device
 * @why:	what was wrong
 */
struct stage {
	const char *path;
	int fd;
	enum v4l2_buf_type type;
	unsigned char *frames[BUFFERS];
	unsigned int sent;
	long held;
	int request;
	bool gone;
	char why[SCENARIO_WHY];
};

/**
 * struct scenario - a row of the table of a program
 * @name:	of the scenario
 * @sentence:	what it proves
 * @run:	runs it
 */
struct scenario {
	const char *name;
	const char *sentence;
	enum outcome (*run)(struct stage *s);
};

/**
 * struct play - a program that runs scenarios on a stage
 * @usage:	the text of --help
 * @scenarios:	its scenarios, and an empty one after them
 * @open:	prepares the stage for a scenario; returns false if that is not possible
 * @close:	cleans up, and checks what is left; returns the outcome of the scenario, or WRONG
 */
struct play {
	const char *usage;
	const struct scenario *scenarios;
	bool (*open)(struct stage *s);
	enum outcome (*close)(struct stage *s, enum outcome outcome);
};

/* play.c */
int play_run(const struct play *play, int argc, char **argv);

/* stage.c */
bool stage_open(struct stage *s);
enum outcome stage_close(struct stage *s, enum outcome outcome);
long long stage_count_good(struct stage *s);
int stage_control(struct stage *s, __u32 id);
int stage_queue(struct stage *s, unsigned int index, unsigned long call);
int stage_dequeue(struct stage *s, struct v4l2_buffer *buf);
int stage_start(struct stage *s, unsigned int buffers);
void stage_stop(struct stage *s);
bool stage_frame_is_good(struct stage *s, const struct v4l2_buffer *buf);
bool stage_next_is_good(struct stage *s);
bool stage_is_pinned(struct stage *s, long pages);
bool stage_verdict_is(struct stage *s, int error);

/* Press a button, or set another control. */
#define arm(s, id, value)	video_node_set_control((s)->fd, id, value)

/* calls.c */
enum outcome calls_reqbufs(struct stage *s);
enum outcome calls_qbuf(struct stage *s);
enum outcome calls_qbuf_pinned(struct stage *s);
enum outcome calls_streamon(struct stage *s);
enum outcome calls_pin(struct stage *s);
enum outcome calls_pin_disarmed(struct stage *s);
enum outcome calls_fatal(struct stage *s);
enum outcome calls_fatal_while_stopped(struct stage *s);
enum outcome calls_disconnect(struct stage *s);

/* frames.c */
enum outcome frames_error_flag(struct stage *s);
enum outcome frames_fault_while_stopped(struct stage *s);
enum outcome frames_fault_at(struct stage *s);
enum outcome frames_fault_beyond(struct stage *s);
enum outcome frames_dropped(struct stage *s);
enum outcome frames_half_dropped(struct stage *s);
enum outcome frames_late(struct stage *s);
enum outcome frames_late_and_stopped(struct stage *s);
enum outcome frames_torn(struct stage *s);
enum outcome frames_sequence(struct stage *s);
enum outcome frames_time(struct stage *s);

#endif
