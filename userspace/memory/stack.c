// SPDX-License-Identifier: GPL-2.0-only
/*
 * stack.c - memory that grows downwards
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "provider.h"

/* Distance in bytes from the current stack frame. No call of this program uses more. */
#define DEPTH	(1024 * 1024UL)

static int stack_map(struct memory *m)
{
	struct rlimit limit;
	size_t used = 0;

	m->size = memory_round_up(m->length, PAGE) + 2 * PAGE;
	if (!getrlimit(RLIMIT_STACK, &limit) &&
	    limit.rlim_cur < 2 * DEPTH + m->size)
		return memory_lacks(m, "the limit of the stack size is too low (ulimit -s)");

	/* Access makes the stack grow down to the frame. */
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

static int growsdown_map(struct memory *m)
{
	return memory_map_plain(m, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN, -1);
}

/*
 * Distance in bytes of the frame's start from the mapping. Up to 64 KiB below a stack, the
 * kernel logs once an hour that a pin no longer makes it grow (gup_vma_lookup() in
 * mm/gup.c), so use more.
 */
#define NOT_GROWN	(128 * 1024UL)

static int growsdown_below_map(struct memory *m)
{
	if (m->length <= NOT_GROWN)
		return memory_lacks(m, "the frame is too small to reach below a stack");
	if (growsdown_map(m))
		return -1;

	/* Describe only the part that is still mapped. */
	if (munmap(m->base, PAGE + NOT_GROWN))
		return memory_lacks(m, "munmap: %s", strerror(errno));
	m->base += PAGE + NOT_GROWN;
	m->size -= PAGE + NOT_GROWN;
	return 0;
}

static const struct memory_kind kinds[] = {
	{
		.name = "stack",
		.sentence = "a frame on the stack is ordinary memory",
		.map = stack_map,
		.unmap = stack_unmap,
	}, {
		.name = "growsdown",
		.sentence = "MAP_GROWSDOWN makes no difference where memory is mapped",
		.map = growsdown_map,
		.unmap = memory_unmap_plain,
	}, {
		.name = "growsdown-below",
		.sentence = "a pin does not make a stack grow, unlike an access by the process",
		.map = growsdown_below_map,
		.unmap = memory_unmap_plain,
	},
};

const struct memory_provider stack_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
