/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * layout.h - where the pixels of a frame are, by V4L2's documentation of each format
 */
#ifndef LAYOUT_H
#define LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/types.h>

#define LAYOUT_PLANES	3

/**
 * struct layout - the layout of a format
 * @fourccs:	the formats, four characters each and a space between them, without the bit for
 *		big-endian
 * @bits:	for each colour plane: bits of a pixel of the frame, in a line
 * @vdiv:	for each colour plane: lines of the frame that share a line
 * @separate:	each colour plane is in a piece of memory of its own
 */
struct layout {
	const char *fourccs;
	unsigned int bits[LAYOUT_PLANES];
	unsigned int vdiv[LAYOUT_PLANES];
	bool separate;
};

/**
 * struct shape - the sizes of a frame
 * @planes:	number of colour planes
 * @pieces:	number of pieces of memory
 * @line:	for each colour plane: bytes in a line
 * @lines:	for each colour plane: number of lines
 * @size:	for each piece of memory: its size in bytes
 * @total:	their sum
 */
struct shape {
	unsigned int planes;
	unsigned int pieces;
	size_t line[LAYOUT_PLANES];
	size_t lines[LAYOUT_PLANES];
	size_t size[LAYOUT_PLANES];
	size_t total;
};

const struct layout *layout_of(__u32 fourcc);
struct shape layout_shape(const struct layout *layout, unsigned int width, unsigned int height,
			  unsigned int padding);

#endif
