/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * huge-run.h - a frame in several adjacent huge pages
 */
#ifndef HUGE_RUN_H
#define HUGE_RUN_H

#include "frame.h"

/* Size of a buffer for the part of a sentence that says which huge pages are missing. */
#define LACK_SIZE	128

int huge_run_alloc(size_t page_size, size_t size, struct frame_memory *frame, char *lack);

#endif
