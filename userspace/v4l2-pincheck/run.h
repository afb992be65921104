/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run.h - what all rows of a run share
 */
#ifndef RUN_H
#define RUN_H

#include <stdatomic.h>

#include "health.h"
#include "memory/memory.h"

/**
 * struct run - what all rows of a run share
 * @frames:	number of frames for each accepted memory; 0 for the usual number
 * @png:	file for the first captured frame, or NULL; NULL again once it is written
 * @png_error:	why it could not be written: a negative errno, or 0
 * @good:	memory that every device takes
 * @spare:	more of it, for drivers that start only with several buffers
 * @pins:	number of pages that are pinned in the whole system
 * @footprint:	memory of this process after the last row
 * @intrusive:	kinds of memory that change the machine may be mapped
 * @exclusive:	nothing else runs on the machine
 * @stop:	set by a signal handler: end the current row, and start no other
 */
struct run {
	unsigned int frames;
	const char *png;
	int png_error;
	struct memory good;
	struct memory spare;
	long pins;
	struct footprint footprint;
	bool intrusive;
	bool exclusive;
	atomic_bool stop;
};

#endif
