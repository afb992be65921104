/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stream.h - stream frames through memory, and verify each of them
 */
#ifndef STREAM_H
#define STREAM_H

#include "result.h"
#include "run.h"

enum v4l2_memory memory_type(const struct memory *m);
int stream_queue(struct device *d, unsigned int index, const struct memory *m);
unsigned int stream_frames(struct row *row, struct run *run, struct device *d,
			   struct memory *m, bool *painted, unsigned int nr);

#endif
