// SPDX-License-Identifier: GPL-2.0-only
/*
 * protection.c - memory that the process may not use, completely or in parts
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "provider.h"

/* The variant is the protection. */
static int protected_map(struct memory *m)
{
	if (memory_map_plain(m, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1))
		return -1;
	memset(m->base, m->fill, m->size);
	if (mprotect(m->base, m->size, m->kind->variant))
		return memory_lacks(m, "mprotect: %s", strerror(errno));
	return 0;
}

/* Map a frame, and unmap the bytes @from to @to of it. */
static int map_without(struct memory *m, size_t from, size_t to)
{
	if (memory_map_plain(m, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1))
		return -1;
	if (munmap(m->frame + from, to - from))
		return memory_lacks(m, "munmap: %s", strerror(errno));
	return 0;
}

static int hole_map(struct memory *m)
{
	size_t middle = memory_round_up(m->length / 2, PAGE);

	return map_without(m, middle - PAGE, middle);
}

static int hole_first_map(struct memory *m)
{
	return map_without(m, 0, PAGE);
}

static int hole_last_map(struct memory *m)
{
	size_t end = memory_round_up(m->length, PAGE);

	return map_without(m, end - PAGE, end);
}

static int half_mapped_map(struct memory *m)
{
	size_t end = memory_round_up(m->length, PAGE);

	if (end == PAGE)
		return memory_lacks(m, "the frame has only one page");
	return map_without(m, memory_round_up(m->length / 2, PAGE), end);
}

static int read_only_end_map(struct memory *m)
{
	if (memory_map_plain(m, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1))
		return -1;
	memset(m->base, m->fill, m->size);
	if (mprotect(m->base + m->size - 2 * PAGE, 2 * PAGE, PROT_READ))
		return memory_lacks(m, "mprotect: %s", strerror(errno));
	return 0;
}

static const struct memory_kind kinds[] = {
	{
		.name = "read-only",
		.sentence = "a device must not write where the process may not write",
		.map = protected_map,
		.unmap = memory_unmap_plain,
		.variant = PROT_READ,
	}, {
		.name = "read-only-end",
		.sentence = "one read-only page at the end is enough to refuse the frame",
		.map = read_only_end_map,
		.unmap = memory_unmap_plain,
	}, {
		.name = "no-access",
		.sentence = "PROT_NONE: neither the process nor a device may use the pages",
		.map = protected_map,
		.unmap = memory_unmap_plain,
		.variant = PROT_NONE,
	}, {
		.name = "write-only",
		.sentence = "a mapping without PROT_READ is for capture only",
		.map = protected_map,
		.unmap = memory_unmap_plain,
		.variant = PROT_WRITE,
	}, {
		.name = "hole",
		.sentence = "one page in the middle is not mapped: no page stays pinned",
		.map = hole_map,
		.unmap = memory_unmap_plain,
	}, {
		.name = "hole-first",
		.sentence = "the first page is not mapped",
		.map = hole_first_map,
		.unmap = memory_unmap_plain,
	}, {
		.name = "hole-last",
		.sentence = "the last page is not mapped: the pages before it are unpinned",
		.map = hole_last_map,
		.unmap = memory_unmap_plain,
	}, {
		.name = "half-mapped",
		.sentence = "the mapping has only half the size of the frame",
		.map = half_mapped_map,
		.unmap = memory_unmap_plain,
	},
};

const struct memory_provider protection_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
