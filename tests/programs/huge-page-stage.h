/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * huge-page-stage.h - a node that streams frames in one huge page
 */
#ifndef HUGE_PAGE_STAGE_H
#define HUGE_PAGE_STAGE_H

#include <stdbool.h>

#include <linux/videodev2.h>

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

#endif
