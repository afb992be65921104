/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * buffer.h - one buffer of a vipin node, which a program and the device use in turn
 */
#ifndef BUFFER_H
#define BUFFER_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/videodev2.h>

#include "rules.h"
#include "scenario-options.h"

/* A frame has 16 lines of 16 bytes, vipin's smallest size, so it fits into one page. */
#define FRAME_SIDE	16
#define FRAME_SIZE	(FRAME_SIDE * FRAME_SIDE)

/*
 * The longest cache line in bytes, and the largest alignment that a kernel demands of a user
 * pointer (arm64). A user pointer without lead and tail is longer than its frame by this number.
 */
#define MAX_LINE	128

/**
 * struct buffer - a vipin node with one buffer, that streams
 * @fd:		the open node
 * @path:	of the node
 * @type:	type of its buffers
 * @s:		the scenario
 * @page:	the first page that has the buffer
 * @size:	bytes that are mapped there
 * @start:	the first byte of the buffer
 * @length:	its length in bytes
 * @sequence:	of the last frame
 * @good:	output: frames that the device has found to be right
 * @bad:	output: all others
 * @why:	why the scenario ended as it did
 */
struct buffer {
	int fd;
	const char *path;
	enum v4l2_buf_type type;
	const struct scenario *s;
	unsigned char *page;
	size_t size;
	unsigned char *start;
	size_t length;
	unsigned int sequence;
	long long good;
	long long bad;
	char why[SCENARIO_WHY];
};

bool buffer_set_format(int fd, enum v4l2_buf_type type);
enum outcome buffer_open(struct buffer *b, const struct scenario *s);
bool buffer_prepare(struct buffer *b, __u32 hints);
bool buffer_transfer(struct buffer *b);
void buffer_close(struct buffer *b);

#endif
