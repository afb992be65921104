/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pagemap.h - the page frames of a range of addresses
 */
#ifndef PAGEMAP_H
#define PAGEMAP_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "page.h"
#include "vma.h"

#define PFN_UNKNOWN	(~0ULL)

int pagemap_read(const void *start, size_t nr_pages, __u64 *pfns);
__u64 pagemap_pfn(const void *address);
__u64 pagemap_flags(__u64 pfn);
size_t pagemap_own(const struct vma *vma);
size_t pagemap_first_without_struct_page(const struct vma *vma);
bool pagemap_guarded(const void *start, size_t nr_pages);
size_t pagemap_swapped(const void *start, size_t nr_pages);

#endif
