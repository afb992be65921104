// SPDX-License-Identifier: GPL-2.0-only
/*
 * sight-page.c - what the kernel says of a page frame
 */
#include <fcntl.h>
#include <unistd.h>

#include "sight.h"

/* Documentation/admin-guide/mm/pagemap.rst, COMPOUND_HEAD and COMPOUND_TAIL */
#define KPF_COMPOUND	0x18000ULL

/**
 * page_is_compound() - whether a page is part of a larger folio
 * @pfn:	page frame number
 *
 * Return: true if it is; false, too, if the kernel does not tell.
 */
bool page_is_compound(__u64 pfn)
{
	static int fd = -1;
	__u64 flags;

	if (fd < 0)
		fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
	return fd >= 0 &&
	       pread(fd, &flags, sizeof(flags), pfn * sizeof(flags)) == sizeof(flags) &&
	       (flags & KPF_COMPOUND);
}
