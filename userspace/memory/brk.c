// SPDX-License-Identifier: GPL-2.0-only
/*
 * brk.c - memory from brk(), where malloc has its small pieces
 */
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "provider.h"

/* From where on glibc maps each piece on its own, unless told otherwise. */
#define MMAP_THRESHOLD	(128 << 10)

static int brk_map(struct memory *m)
{
	m->size = m->length + 2 * PAGE;
	mallopt(M_MMAP_THRESHOLD, m->size + PAGE);
	m->base = malloc(m->size);
	mallopt(M_MMAP_THRESHOLD, MMAP_THRESHOLD);
	if (!m->base)
		return memory_lacks(m, "malloc: %s", strerror(errno));
	if (m->base > (unsigned char *)sbrk(0))
		return memory_lacks(m, "malloc does not take it from brk()");
	m->frame = m->base + PAGE;
	return 0;
}

static void brk_unmap(struct memory *m)
{
	free(m->base);
	malloc_trim(0);
}

const struct memory_kind memory_brk = {
	.name = "brk",
	.sentence = "memory from brk(), with other pieces of the program right beside it",
	.map = brk_map,
	.unmap = brk_unmap,
};
