/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * frame-memory.h - allocate memory for frames, as contiguous as this machine has it
 *
 * This chooses between huge-page.h and huge-run.h, and these two use frame.h.
 */
#ifndef FRAME_MEMORY_H
#define FRAME_MEMORY_H

#include "frame.h"
#include "huge-page.h"

/**
 * struct frame_store - the source of memory for frames
 * @usual:	huge pages of the default size
 * @gigantic:	huge pages of 1 GiB
 */
struct frame_store {
	struct huge_pages usual;
	struct huge_pages gigantic;
};

void frame_store_init(struct frame_store *store);
int frame_alloc_contiguous(struct frame_store *store, size_t size,
			   struct frame_memory *frame, char *why);
int frame_alloc_scattered(size_t size, struct frame_memory *frame);
void frame_free(struct frame_memory *frame);

#endif
