// SPDX-License-Identifier: GPL-2.0-only
/*
 * place.c - memory that all processes of the fuzzer share
 *
 * A program hands over pointers whose frames end beyond their memory, so a device may write to
 * what lies next to it. So this memory lies far from all other mappings.
 */
#include <sys/mman.h>
#include <sys/shm.h>

#include "place.h"

#if __SIZEOF_POINTER__ == 8
#define FIRST	0x100000000000UL
#define APART	0x10000000000UL
#else /* compiled only */
#define FIRST	0x20000000UL
#define APART	0x1000000UL
#endif

static void *next_place(void)
{
	static unsigned long n;

	return (void *)(FIRST + n++ * APART);
}

/**
 * place_shared() - map shared memory
 * @size:	in bytes
 * @fd:		the file to map, or -1
 *
 * Return: the memory, or NULL.
 */
void *place_shared(size_t size, int fd)
{
	void *at = mmap(next_place(), size, PROT_READ | PROT_WRITE,
			MAP_SHARED | (fd < 0 ? MAP_ANONYMOUS : 0), fd, 0);

	return at == MAP_FAILED ? NULL : at;
}

/**
 * place_segment() - attach a System V shared memory segment
 * @id:	of the segment
 *
 * Return: the memory, or NULL.
 */
void *place_segment(int id)
{
	void *at = shmat(id, next_place(), 0);

	return at == (void *)-1 ? NULL : at;
}
