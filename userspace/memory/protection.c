// SPDX-License-Identifier: GPL-2.0-only
/*
 * protection.c - memory that the process may not use in whole
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

const struct memory_kind memory_read_only = {
	.name = "read-only",
	.sentence = "what the process may not write, a device may not write for it",
	.map = protected_map,
	.unmap = memory_unmap_plain,
	.variant = PROT_READ,
};

const struct memory_kind memory_no_access = {
	.name = "no-access",
	.sentence = "PROT_NONE: pages are there, but neither process nor device may use them",
	.map = protected_map,
	.unmap = memory_unmap_plain,
	.variant = PROT_NONE,
};

/* Take away what lies between two points of the frame. */
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

const struct memory_kind memory_hole = {
	.name = "hole",
	.sentence = "one page in the middle is not mapped: all of it is pinned, or nothing",
	.map = hole_map,
	.unmap = memory_unmap_plain,
};

static int hole_first_map(struct memory *m)
{
	return map_without(m, 0, PAGE);
}

const struct memory_kind memory_hole_first = {
	.name = "hole-first",
	.sentence = "the first page is not mapped",
	.map = hole_first_map,
	.unmap = memory_unmap_plain,
};

static int hole_last_map(struct memory *m)
{
	size_t end = memory_round_up(m->length, PAGE);

	return map_without(m, end - PAGE, end);
}

const struct memory_kind memory_hole_last = {
	.name = "hole-last",
	.sentence = "the last page is not mapped: all pages before it are let go again",
	.map = hole_last_map,
	.unmap = memory_unmap_plain,
};

static int half_mapped_map(struct memory *m)
{
	size_t end = memory_round_up(m->length, PAGE);

	if (end == PAGE)
		return memory_lacks(m, "the frame has only one page");
	return map_without(m, memory_round_up(m->length / 2, PAGE), end);
}

const struct memory_kind memory_half_mapped = {
	.name = "half-mapped",
	.sentence = "a buffer that was made for half of the frame",
	.map = half_mapped_map,
	.unmap = memory_unmap_plain,
};

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

const struct memory_kind memory_read_only_end = {
	.name = "read-only-end",
	.sentence = "the last page alone may not be written: that is enough to refuse it all",
	.map = read_only_end_map,
	.unmap = memory_unmap_plain,
};
