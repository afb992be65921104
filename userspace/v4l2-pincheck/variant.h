/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * variant.h - size of a frame, and its place in the memory
 */
#ifndef VARIANT_H
#define VARIANT_H

#include "device.h"
#include "memory/memory.h"

/**
 * struct variant - one way to place a frame in memory of any kind
 * @suffix:	follows the name of the kind of memory in the name of a row
 * @sentence:	what such rows prove
 * @one_page:	a frame of one page; others have the size and format that the user chose
 * @offset:	offset of the frame in its page, if it would start at the page
 * @past:	only the last byte of the frame is after the contiguous part of the memory
 * @frames:	number of frames that vipin streams
 */
struct variant {
	const char *suffix;
	const char *sentence;
	bool one_page;
	size_t offset;
	bool past;
	unsigned int frames;
};

extern const struct variant variants[];

struct frame_size variant_size(const struct variant *v, const struct frame_size *chosen);
bool variant_suits(const struct variant *v, const struct memory_kind *kind);
int variant_map(struct memory *m, const struct variant *v,
		const struct memory_kind *kind, const struct device *d);

#endif
