/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * variant.h - how large a frame is, and where in its memory it lies
 */
#ifndef VARIANT_H
#define VARIANT_H

#include "device.h"
#include "memory/memory.h"

/**
 * struct variant - one way to lay a frame into memory of any kind
 * @suffix:	what its rows are called, behind the name of the memory
 * @sentence:	what it proves
 * @size:	what a frame is; width 0 for the size that the user chose
 * @bytes:	what sizeimage must be then, or 0 for whatever it is
 * @offset:	how far into its page the frame starts, if it would start with it
 * @past:	the frame's last byte lies behind where the memory is contiguous
 * @frames:	how many a vipin is to stream
 */
struct variant {
	const char *suffix;
	const char *sentence;
	struct frame_size size;
	size_t bytes;
	size_t offset;
	bool past;
	unsigned int frames;
};

extern const struct variant variants[];

bool variant_suits(const struct variant *v, const struct memory_kind *kind);
int variant_map(struct memory *m, const struct variant *v,
		const struct memory_kind *kind, const struct device *d);

#endif
