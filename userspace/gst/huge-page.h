/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * huge-page.h - frames that share a huge page
 */
#ifndef HUGE_PAGE_H
#define HUGE_PAGE_H

#include "frame.h"

/**
 * struct huge_pages - huge pages of one size that frames share
 * @size:	of a page in bytes; 0 if the machine has none
 * @flags:	MFD_HUGE_* for that size; 0 for the default size
 * @first:	list of the pages that have frames now
 */
struct huge_pages {
	size_t size;
	unsigned int flags;
	struct huge_page *first;
};

int huge_page_alloc(struct huge_pages *pages, size_t size, struct frame_memory *frame);
void huge_page_free(struct frame_memory *frame);

#endif
