// SPDX-License-Identifier: GPL-2.0-only
/*
 * page-frame.c - where in physical memory a page lies
 */
#include <fcntl.h>
#include <linux/types.h>
#include <stdint.h>
#include <unistd.h>

#include "frame-memory.h"

/* Documentation/admin-guide/mm/pagemap.rst */
#define PAGEMAP_PRESENT	0x8000000000000000ULL
#define PAGEMAP_PFN	0x007fffffffffffffULL

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
	uintptr_t page = (uintptr_t)address / sysconf(_SC_PAGESIZE);
	__u64 entry;
	ssize_t got;
	int fd;

	fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	got = pread(fd, &entry, sizeof(entry), page * sizeof(entry));
	close(fd);
	if (got != sizeof(entry) || !(entry & PAGEMAP_PRESENT))
		return -1;
	*pfn = entry & PAGEMAP_PFN;
	return *pfn ? 0 : -1;
}
