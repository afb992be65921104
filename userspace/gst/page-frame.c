// SPDX-License-Identifier: GPL-2.0-only
/*
 * page-frame.c - where in physical memory a page lies
 */
#include "common/pagemap.h"
#include "frame-memory.h"

/**
 * page_frame_number() - look up a page in /proc/self/pagemap
 * @address:	an address in the page, which is there: written, or populated
 * @pfn:	filled in
 *
 * Return: 0, or -1 if the kernel does not tell, as to a process without
 * CAP_SYS_ADMIN.
 */
int page_frame_number(const void *address, unsigned long long *pfn)
{
	__u64 frame;

	if (pagemap_read(address, 1, &frame) || frame == PFN_UNKNOWN)
		return -1;
	*pfn = frame;
	return 0;
}
