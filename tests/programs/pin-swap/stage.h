/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stage.h - a vipin node that streams one frame at a time, and what arrived
 */
#ifndef STAGE_H
#define STAGE_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/videodev2.h>

#include "common/macros.h"

#define PAGE	4096UL

/**
 * enum outcome - what became of a scenario; the values are exit statuses
 * @RIGHT:	the driver did what it must
 * @WRONG:	it did not
 * @CANNOT:	the scenario could not be played
 * @SKIPPED:	this kernel or this device has no such case
 */
enum outcome {
	RIGHT = 0,
	WRONG = 1,
	CANNOT = 2,
	SKIPPED = 4,
};

/**
 * struct stage - the node that a scenario is played on
 * @path:	of the node
 * @fd:		the open node
 * @type:	its direction
 * @contiguous:	nothing translates its addresses: frames must be contiguous
 * @size:	of a frame in bytes: whole pages
 * @sequence:	of the next frame to send
 * @good:	output: what the node has counted before the frame
 * @bad:	likewise
 * @said:	why a scenario ended as it did
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
	char said[256];
};

void __printf(2, 3) __noreturn die(const char *path, const char *format, ...);
enum outcome __printf(3, 4) tell(struct stage *s, enum outcome how, const char *format, ...);
bool is_output(const struct stage *s);
void stage_open(struct stage *s, const char *path);
void stage_begin(struct stage *s, unsigned int pages);
void stage_end(struct stage *s);
void stage_fill(struct stage *s, void *frame);
int stage_queue(struct stage *s, void *frame);
void stage_dequeue(struct stage *s);
bool stage_arrived(struct stage *s, const void *frame);
bool stage_verdict_is(const struct stage *s, const char *decider);

#endif
