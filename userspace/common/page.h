/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * page.h - sizes of pages, which the architecture and the kernel's configuration decide
 */
#ifndef PAGE_H
#define PAGE_H

#include <stddef.h>
#include <sys/cdefs.h>

#define PAGE		page_size()
/* For static buffers: the largest page that an architecture here can have. */
#define PAGE_MAX	(64UL << 10)
/* Of hugetlbfs, with MAP_HUGE_2MB. arm64 has it too, whatever the size of other pages is. */
#define HUGE_PAGE	(2UL << 20)
#define THP		thp_size()

size_t __attribute_const__ page_size(void);
size_t __attribute_const__ thp_size(void);
unsigned int __attribute_const__ page_side(void);
void *huge_page_map(void);

#endif
