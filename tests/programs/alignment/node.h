/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * node.h - a vipin node that gets one frame after the other
 */
#ifndef NODE_H
#define NODE_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/videodev2.h>

#include "layout.h"
#include "scenario-options.h"

/**
 * struct node - a vipin node
 * @path:	of the node
 * @fd:		its open file
 * @type:	type of its buffers
 * @output:	the device reads
 * @translated:	an IOMMU translates, so that any memory is accepted
 * @alignment:	of start and length of a buffer, in bytes
 * @frame:	bytes of a frame
 * @good:	output: frames that the device has found to be right
 * @bad:	output: all others
 * @accepted:	frames that were accepted, complete and in their place
 * @refused:	aligned frames that were refused, since they were not contiguous
 * @why:	what was wrong, or ""
 */
struct node {
	const char *path;
	int fd;
	enum v4l2_buf_type type;
	bool output;
	bool translated;
	size_t alignment;
	size_t frame;
	long long good;
	long long bad;
	unsigned long accepted;
	unsigned long refused;
	char why[SCENARIO_WHY];
};

/**
 * struct place - where a buffer lies
 * @start:	its first byte
 * @length:	its bytes
 * @payload:	output: bytes of it that the device reads
 */
struct place {
	unsigned char *start;
	size_t length;
	size_t payload;
};

void node_open(struct node *n, const char *path);
bool node_set_lines(struct node *n, unsigned int lines, unsigned int bytes_per_line);
void node_stop(struct node *n);
void node_close(struct node *n);
bool node_find_alignment(struct node *n);
bool node_try(struct node *n, const struct layout *l, const struct place *at);

#endif
