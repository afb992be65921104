/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * frame.h - the contents of memory, seen through its own mapping
 */
#ifndef FRAME_H
#define FRAME_H

#include <stdbool.h>

#include "device.h"
#include "memory/memory.h"

void frame_fill(const struct memory *m);
void frame_read(const struct memory *m);
bool frame_may_be_cleared(const struct memory *m);
void frame_clear(const struct memory *m);
bool frame_arrived(const struct memory *m, size_t size);
bool frame_guards_intact(const struct memory *m, char *why, size_t size);
bool frame_untouched(const struct memory *m, char *why, size_t size);

/* stamp.c: frames with a stamp. */
bool frame_verify(const struct device *d, const struct memory *m,
		  const struct v4l2_buffer *buf, char *why, size_t size);
void frame_paint_bytes(unsigned char *frame, size_t length, unsigned int number);
bool frame_paint(const struct memory *m, unsigned int number);
bool frame_is_painted(const struct memory *m, char *why, size_t size);

/* png.c */
int frame_write_png(const struct device *d, const struct memory *m,
		    const char *path);

#endif
