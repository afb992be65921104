// SPDX-License-Identifier: GPL-2.0-only
/*
 * fsdax.c - files of a file system with DAX, whose pages are the storage itself
 */
#include <sys/mman.h>

#include "disk-file.h"

static int fsdax_map(struct memory *m)
{
	return disk_file_map(m, true);
}

static const struct memory_kind kinds[] = {
	{
		.name = "fsdax-shared",
		.sentence = "fsdax maps storage that the file system must be able to move",
		.map = fsdax_map,
		.unmap = memory_unmap_plain,
		.variant = MAP_SHARED,
	}, {
		.name = "fsdax-shared-untouched",
		.sentence = "a shared fsdax mapping is refused before it has pages, too",
		.map = fsdax_map,
		.unmap = memory_unmap_plain,
		.variant = MAP_SHARED,
		.untouched = true,
	}, {
		.name = "fsdax-private",
		.sentence = "private copies of fsdax pages are ordinary memory",
		.map = fsdax_map,
		.unmap = memory_unmap_plain,
		.variant = MAP_PRIVATE,
		.copied_from_file = true,
	}, {
		.name = "fsdax-private-untouched",
		.sentence = "a private fsdax mapping that has no copies yet",
		.map = fsdax_map,
		.unmap = memory_unmap_plain,
		.variant = MAP_PRIVATE,
		.untouched = true,
	},
};

const struct memory_provider fsdax_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
