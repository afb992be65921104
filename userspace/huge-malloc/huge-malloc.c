// SPDX-License-Identifier: GPL-2.0-only
/*
 * huge-malloc - a malloc() that takes large blocks from huge pages
 *
 * Use it with a C library that cannot do this itself: glibc before 2.35.
 *
 *	LD_PRELOAD=libhuge-malloc.so v4l2-ctl --stream-user ...
 *
 * A block that fits into one huge page is physically contiguous. A device without an IOMMU
 * needs such memory for its frames. Newer C libraries have the tunable
 * glibc.malloc.hugetlb=2.
 */
#include <errno.h>
#include <linux/mman.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "glibc.h"

#define HUGE_PAGE	(2UL << 20)
#define LARGE		(4UL << 10)
/* The largest dma_get_cache_alignment() of an architecture here. */
#define DMA_ALIGNMENT	128

/**
 * struct head - the header of a block in huge pages
 * @magic:	MAGIC combined with the address of the header, to recognize it
 * @size:	size of the mapping, in bytes
 * @used:	requested size, in bytes
 */
struct head {
	alignas(DMA_ALIGNMENT) uintptr_t magic;
	size_t size;
	size_t used;
};

#define MAGIC	0x68756765706167ULL

static struct head *head_of(void *block)
{
	struct head *head = (struct head *)block - 1;

	if ((uintptr_t)head % HUGE_PAGE || head->magic != (MAGIC ^ (uintptr_t)head))
		return NULL;
	return head;
}

/* Allocate a block in huge pages. Return NULL if it is small or no huge page is free. */
static void *take_huge(size_t used)
{
	size_t size = (used + sizeof(struct head) + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
	int before = errno;
	struct head *head;

	if (used < LARGE || size < used)
		return NULL;
	head = mmap(NULL, size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_2MB, -1, 0);
	if (head == MAP_FAILED) {
		errno = before;
		return NULL;
	}
	*head = (struct head) {
		.magic = MAGIC ^ (uintptr_t)head, .size = size, .used = used,
	};
	return head + 1;
}

void *malloc(size_t size)
{
	return take_huge(size) ?: __libc_malloc(size);
}

void *calloc(size_t nr, size_t size)
{
	size_t bytes;

	/* New huge pages are zero. */
	return (__builtin_mul_overflow(nr, size, &bytes) ? NULL : take_huge(bytes)) ?:
	       __libc_calloc(nr, size);
}

void free(void *block)
{
	struct head *head = block ? head_of(block) : NULL;

	if (head)
		munmap(head, head->size);
	else
		__libc_free(block);
}

void *realloc(void *block, size_t size)
{
	struct head *head = block ? head_of(block) : NULL;
	void *grown;

	if (!head)
		return __libc_realloc(block, size);
	if (!size) {
		free(block);
		return NULL;
	}
	grown = malloc(size);
	if (grown) {
		memcpy(grown, block, size < head->used ? size : head->used);
		free(block);
	}
	return grown;
}
