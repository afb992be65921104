// SPDX-License-Identifier: GPL-2.0-only
/*
 * length.c - ordinary memory that is queued with a wrong length
 */
#include <sys/mman.h>

#include "provider.h"

static int map_with_length(struct memory *m, size_t queued_length)
{
	m->queued_length = queued_length;
	return memory_map_plain(m, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

static int length_0_map(struct memory *m)
{
	return map_with_length(m, 0);
}

static int length_short_map(struct memory *m)
{
	return map_with_length(m, m->length - 1);
}

static const struct memory_kind kinds[] = {
	{
		.name = "length-0",
		.sentence = "a length of 0 is refused before the memory is looked up",
		.map = length_0_map,
		.unmap = memory_unmap_plain,
	}, {
		.name = "length-short",
		.sentence = "one byte less than a frame: the device would write past the buffer",
		.map = length_short_map,
		.unmap = memory_unmap_plain,
	},
};

const struct memory_provider length_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
