/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stage.h - a vipin node that streams one frame at a time, and checks of its frames
 */
#ifndef STAGE_H
#define STAGE_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/videodev2.h>

#include "common/macros.h"
#include "common/page.h"
#include "scenario-options.h"

/**
 * struct stage - the node that a scenario uses
 * @path:	of the node
 * @fd:		the open node
 * @type:	its direction
 * @contiguous:	it has no IOMMU, so frames must be contiguous
 * @size:	of a frame in bytes: whole pages
 * @sequence:	number of the next frame to send
 * @good:	output: the node's count of good frames before the frame
 * @bad:	the same for bad frames
 * @why:	why a scenario ended as it did
 */
struct stage {
	const char *path;
	int fd;
	enum v4l2_buf_type type;
	bool contiguous;
	size_t size;
	unsigned int sequence;
	long long good;
	long long bad;
	char why[SCENARIO_WHY];
};

void __printf(2, 3) __noreturn die(const char *path, const char *format, ...);
bool is_output(const struct stage *s);
void stage_open(struct stage *s, const char *path);
void stage_begin(struct stage *s, unsigned int pages);
void stage_end(struct stage *s);
void stage_fill(struct stage *s, void *frame);
struct v4l2_buffer stage_buffer(const struct stage *s, void *frame);
int stage_queue(struct stage *s, void *frame);
int stage_queue_at(struct stage *s, struct v4l2_buffer *buf);
void stage_dequeue(struct stage *s);
bool stage_arrived(struct stage *s, const void *frame);
bool stage_verdict_has(const struct stage *s, const char *reason);
enum outcome stage_expect_verdict(struct stage *s, const char *reason);

#endif
