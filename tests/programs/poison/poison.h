/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * poison.h - the functions that the scenarios of poison share
 */
#ifndef POISON_H
#define POISON_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/videodev2.h>

#include "common/macros.h"
#include "scenario-options.h"

/* What frames' memory contains before the device writes. No painted frame has only this. */
#define POISON_FILL	0xa5

/* What free memory of the kernel contains, as far as this program can decide that. */
#define POISON_SOIL	0xd7

/**
 * struct node - a vipin node
 * @path:	of the node
 * @fd:		its open file; each scenario opens it anew
 * @type:	type of its buffers
 * @input:	number of the current input of a capture node
 * @capabilities:	of that input, V4L2_IN_CAP_*
 * @memory:	memory of the buffers of frames_and_fault() and frames_when_stopped()
 * @why:	what was wrong, or what was tested
 */
struct node {
	const char *path;
	int fd;
	enum v4l2_buf_type type;
	unsigned int input;
	__u32 capabilities;
	enum v4l2_memory memory;
	char why[SCENARIO_WHY];
};

/* soil.c */
void soil_pages(void);
void soil_objects(const struct node *n, unsigned char byte);

/* calls.c */
enum outcome calls_fill_structures(struct node *n);

/* buffers.c */
enum outcome buffers_are_new(struct node *n);
enum outcome exported_are_new(struct node *n);

/* frames.c */
enum outcome frames_padding(struct node *n);
enum outcome frames_and_fault(struct node *n);
enum outcome frames_when_stopped(struct node *n);
enum outcome frames_by_read(struct node *n);

#endif
