// SPDX-License-Identifier: GPL-2.0-only
/*
 * length.c - good memory, and a length that is wrong
 */
#include <sys/mman.h>

#include "provider.h"

static int map_given(struct memory *m, size_t given)
{
	m->queued_length = given;
	return memory_map_plain(m, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

static int length_0_map(struct memory *m)
{
	return map_given(m, 0);
}

const struct memory_kind memory_length_0 = {
	.name = "length-0",
	.sentence = "a length of 0 is refused before anybody asks for the memory",
	.map = length_0_map,
	.unmap = memory_unmap_plain,
};

static int length_short_map(struct memory *m)
{
	return map_given(m, m->length - 1);
}

const struct memory_kind memory_length_short = {
	.name = "length-short",
	.sentence = "one byte less than a frame: the device would write beyond what it was given",
	.map = length_short_map,
	.unmap = memory_unmap_plain,
};
