/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * provider.h - functions and declarations for the providers of memory
 */
#ifndef PROVIDER_H
#define PROVIDER_H

#include "memory.h"

/**
 * struct memory_provider - a source file that makes one or several kinds of memory
 * @kinds:	array of the kinds
 * @nr_kinds:	number of the kinds
 * @prepare:	called once, before the first memory of any kind is mapped, or NULL
 */
struct memory_provider {
	const struct memory_kind *kinds;
	size_t nr_kinds;
	void (*prepare)(void);
};

__printf(2, 3)
int memory_lacks(struct memory *m, const char *format, ...);
int memory_mmap(struct memory *m, int prot, int flags, int fd, off_t offset);
int memory_map_plain(struct memory *m, int prot, int flags, int fd);
int memory_map_memfd(struct memory *m, unsigned int flags);
int memory_map_huge(struct memory *m, int flags, int fd);
int memory_map_aligned(struct memory *m, size_t align);
int memory_map_shared(struct memory *m, int fd, off_t offset);
void memory_unmap_plain(struct memory *m);
int memory_hold(struct memory *m);

#endif
