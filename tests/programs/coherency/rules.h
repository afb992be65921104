/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rules.h - what a CPU and a device that is not coherent with it must see
 */
#ifndef RULES_H
#define RULES_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/videodev2.h>

/* Linux 5.16; linux-libc-dev of Debian 11 does not have it. */
#ifndef V4L2_MEMORY_FLAG_NON_COHERENT
#define V4L2_MEMORY_FLAG_NON_COHERENT	0x01
#endif

/**
 * struct scenario - a buffer, and what a program does with it
 * @name:	its name
 * @sentence:	what it proves
 * @output:	for an output node
 * @memory:	of the buffer
 * @non_coherent: MMAP: ask for V4L2_MEMORY_FLAG_NON_COHERENT
 * @hints:	V4L2_BUF_FLAG_NO_CACHE_*
 * @lead:	USERPTR: bytes from the start of a cache line to the buffer
 * @tail:	USERPTR: bytes from the end of the buffer to the end of a cache line
 * @writes:	the program writes to the buffer while the device owns it, and beside it
 * @pass_on:	an output device reads each frame from a dma-buf
 * @hint_ends:	look at a transfer without hints that follows one with hints
 */
struct scenario {
	const char *name;
	const char *sentence;
	bool output;
	enum v4l2_memory memory;
	bool non_coherent;
	__u32 hints;
	size_t lead;
	size_t tail;
	bool writes;
	bool pass_on;
	bool hint_ends;
};

bool rules_cached(const struct scenario *s);
bool rules_cleaned(const struct scenario *s, __u32 hints);
bool rules_invalidated(const struct scenario *s, __u32 hints);

#endif
