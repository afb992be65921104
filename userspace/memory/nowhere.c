// SPDX-License-Identifier: GPL-2.0-only
/*
 * nowhere.c - pointers that do not point to memory of the process
 */
#include <errno.h>
#include <sys/mman.h>

#include "provider.h"

/* An address in the kernel's half. On x86-64, the direct map of RAM starts here. */
#define KERNEL_ADDRESS	0xffff888000000000ULL

/* Try to map pages there. Return 0, ENOMEM beyond user memory, or EEXIST if something is mapped. */
static int try_to_map(uintptr_t at, size_t size)
{
	void *pages = mmap((void *)at, size, PROT_NONE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE,
			   -1, 0);

	if (pages == MAP_FAILED)
		return errno;
	munmap(pages, size);
	return 0;
}

/*
 * Find the end of user memory, TASK_SIZE. It depends on the architecture, on the levels of page
 * tables, and on whether the process is a 32-bit one.
 */
static uintptr_t user_end(void)
{
	static uintptr_t end;
	uintptr_t step;

	if (end)
		return end;
	for (step = ((uintptr_t)1 << (8 * sizeof(step) - 1)); step >= PAGE; step /= 2)
		if (try_to_map(end + step - PAGE, PAGE) != ENOMEM)
			end += step;
	return end;
}

static void nothing_unmap(struct memory *m)
{
	(void)m;
}

static int null_map(struct memory *m)
{
	m->frame = NULL;
	return 0;
}

static int user_end_map(struct memory *m)
{
	m->frame = (void *)(user_end() - memory_round_up(m->length / 2, PAGE));
	return 0;
}

/* The stack starts at a random address below, and the vDSO is next to it. */
static int above_mappings_map(struct memory *m)
{
	size_t size = memory_round_up(m->length, PAGE);
	uintptr_t at = user_end() - size;

	/* In a 32-bit process, that address is random by 8 MiB only. */
	if (try_to_map(at, size))
		return memory_lacks(m, "the stack or the vDSO is in the last pages of user memory");
	m->frame = (void *)at;
	return 0;
}

static int kernel_address_map(struct memory *m)
{
	if (IS_32_BIT)
		return memory_lacks(m, "a 32-bit process cannot name an address of the kernel");
	m->frame = (void *)(uintptr_t)KERNEL_ADDRESS;
	return 0;
}

static int wrap_map(struct memory *m)
{
	m->frame = (void *)-PAGE;
	return 0;
}

static const struct memory_kind kinds[] = {
	{
		.name = "null",
		.sentence = "a NULL pointer is refused, and does not ask for a new buffer",
		.map = null_map,
		.unmap = nothing_unmap,
	}, {
		.name = "user-end",
		.sentence = "a range that crosses the end of user memory is refused",
		.map = user_end_map,
		.unmap = nothing_unmap,
	}, {
		.name = "above-mappings",
		.sentence = "the last pages of user memory: nothing is mapped there",
		.map = above_mappings_map,
		.unmap = nothing_unmap,
	}, {
		.name = "kernel-address",
		.sentence = "a device must not write to kernel memory",
		.map = kernel_address_map,
		.unmap = nothing_unmap,
	}, {
		.name = "wrap",
		.sentence = "pointer plus length overflows to a small address",
		.map = wrap_map,
		.unmap = nothing_unmap,
	},
};

const struct memory_provider nowhere_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
