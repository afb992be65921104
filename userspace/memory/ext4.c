// SPDX-License-Identifier: GPL-2.0-only
/*
 * ext4.c - files of an ext4, which has to know which pages are dirty
 */
#include <sys/mman.h>

#include "disk-file.h"

static int ext4_map(struct memory *m)
{
	return disk_file_map(m, false);
}

static const struct memory_kind kinds[] = {
	{
		.name = "ext4-shared",
		.sentence = "a file system must see all writes, so a shared mapping is refused",
		.map = ext4_map,
		.unmap = memory_unmap_plain,
		.variant = MAP_SHARED,
	}, {
		.name = "ext4-shared-untouched",
		.sentence = "a shared mapping of a file is refused before it has pages, too",
		.map = ext4_map,
		.unmap = memory_unmap_plain,
		.variant = MAP_SHARED,
		.untouched = true,
	}, {
		.name = "ext4-private",
		.sentence = "private copies of the pages of a file are ordinary memory",
		.map = ext4_map,
		.unmap = memory_unmap_plain,
		.variant = MAP_PRIVATE,
	}, {
		.name = "ext4-private-untouched",
		.sentence = "a pin for writing makes private copies of the pages of a file",
		.map = ext4_map,
		.unmap = memory_unmap_plain,
		.variant = MAP_PRIVATE,
		.untouched = true,
	},
};

const struct memory_provider ext4_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
