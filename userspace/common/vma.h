/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vma.h - what the kernel says of this process's own mappings
 */
#ifndef VMA_H
#define VMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct vma - one mapping of this process, as /proc/self/smaps shows it
 * @start:	first address
 * @end:	first address behind it
 * @read:	the process may read it
 * @write:	the process may write it
 * @io:		VM_IO
 * @pfnmap:	VM_PFNMAP
 * @mixed:	VM_MIXEDMAP
 * @shared:	MAP_SHARED
 * @userfault:	registered with userfaultfd: who handles it is asked for pages
 * @aio:	it is named as the ring of io_setup() is
 * @inode:	number of the file behind it, 0 where there is none
 * @offset:	where in that file it starts, in bytes
 * @whole:	its name in /proc/self/map_files: what it is before it is cut
 * @huge:	bytes of it that lie in transparent huge pages
 * @key:	protection key, 0 is none
 */
struct vma {
	uintptr_t start;
	uintptr_t end;
	bool read;
	bool write;
	bool io;
	bool pfnmap;
	bool mixed;
	bool shared;
	bool userfault;
	bool aio;
	unsigned long inode;
	unsigned long offset;
	char whole[40];
	size_t huge;
	int key;
};

int vma_list(const void *start, size_t size, struct vma *list, int max);
int vma_outline(const void *start, size_t size, struct vma *list, int max);

#endif
