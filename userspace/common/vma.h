/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vma.h - the mappings of this process, from /proc/self/smaps
 */
#ifndef VMA_H
#define VMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct vma - one mapping of this process, as /proc/self/smaps shows it
 * @start:	first address
 * @end:	first address after it
 * @read:	the process is allowed to read it
 * @write:	the process is allowed to write it
 * @io:		VM_IO
 * @pfnmap:	VM_PFNMAP
 * @mixed:	VM_MIXEDMAP
 * @shared:	MAP_SHARED
 * @userfault:	registered with userfaultfd, so that a handler provides missing pages
 * @aio:	it has the name that the ring of io_setup() has
 * @inode:	inode number of the mapped file, 0 if there is none
 * @offset:	offset in that file, in bytes
 * @whole:	its name in /proc/self/map_files, made of the addresses before the mapping was cut
 * @huge:	bytes of it in transparent huge pages
 * @key:	protection key, 0 if it has none
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
	unsigned long long inode;
	unsigned long long offset;
	char whole[40];
	size_t huge;
	int key;
};

int vma_list(const void *start, size_t size, struct vma *list, int max);
int vma_outline(const void *start, size_t size, struct vma *list, int max);

#endif
