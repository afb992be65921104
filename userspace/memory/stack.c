// SPDX-License-Identifier: GPL-2.0-only
/*
 * stack.c - memory that grows downwards
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "provider.h"

/* Deeper than any call of this program reaches. */
#define DEPTH	(1024 * 1024UL)

static int stack_map(struct memory *m)
{
	struct rlimit limit;
	size_t used = 0;

	m->size = memory_round_up(m->length, PAGE) + 2 * PAGE;
	if (!getrlimit(RLIMIT_STACK, &limit) &&
	    limit.rlim_cur < 2 * DEPTH + m->size)
		return memory_lacks(m, "the stack may not grow that far (ulimit -s)");

	/* It grows to where it is touched. */
	m->base = (unsigned char *)(((uintptr_t)&used & ~(PAGE - 1)) - DEPTH - m->size);
	m->frame = m->base + PAGE;
	memset(m->base, m->fill, m->size);
	return 0;
}

static void stack_unmap(struct memory *m)
{
	if (m->base)
		madvise(m->base, m->size, MADV_DONTNEED);
}

const struct memory_kind memory_stack = {
	.name = "stack",
	.sentence = "a frame on the stack is memory like any other",
	.map = stack_map,
	.unmap = stack_unmap,
};

static int growsdown_map(struct memory *m)
{
	return memory_map_plain(m, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN, -1);
}

const struct memory_kind memory_growsdown = {
	.name = "growsdown",
	.sentence = "MAP_GROWSDOWN changes nothing where memory is mapped",
	.map = growsdown_map,
	.unmap = memory_unmap_plain,
};

/*
 * More than the 64 KiB within which the kernel still tells, once an hour, that a
 * pin once made a stack grow (gup_vma_lookup() in mm/gup.c).
 */
#define NOT_GROWN	(128 * 1024UL)

static int growsdown_below_map(struct memory *m)
{
	if (m->length <= NOT_GROWN)
		return memory_lacks(m, "the frame is too small to reach beyond a stack's end");
	if (growsdown_map(m))
		return -1;

	/* What is looked at and given back is only the part that there is. */
	if (munmap(m->base, PAGE + NOT_GROWN))
		return memory_lacks(m, "munmap: %s", strerror(errno));
	m->base += PAGE + NOT_GROWN;
	m->size -= PAGE + NOT_GROWN;
	return 0;
}

const struct memory_kind memory_growsdown_below = {
	.name = "growsdown-below",
	.sentence = "the process itself would make a stack grow there, a pin does not",
	.map = growsdown_below_map,
	.unmap = memory_unmap_plain,
};
