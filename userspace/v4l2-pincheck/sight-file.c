// SPDX-License-Identifier: GPL-2.0-only
/*
 * sight-file.c - what the file system behind a mapping says
 *
 * /proc/self/map_files leads to the very file, also to one without a name.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "sight.h"

#ifndef SECRETMEM_MAGIC
#define SECRETMEM_MAGIC	0x5345434d
#endif

/* These keep all of it in memory, and never write a page back. */
static const unsigned long without_writeback[] = {
	TMPFS_MAGIC, HUGETLBFS_MAGIC, RAMFS_MAGIC, PROC_SUPER_MAGIC, SYSFS_MAGIC,
	SECRETMEM_MAGIC,
};

static bool writes_back(unsigned long magic)
{
	for (size_t i = 0; i < ARRAY_SIZE(without_writeback); i++)
		if (magic == without_writeback[i])
			return false;
	return true;
}

/**
 * sight_look_at_file() - add what is to be known of the file behind a mapping
 * @s:		added to
 * @vma:	a mapping of a file
 *
 * Without CAP_SYS_ADMIN nothing can be known, and nothing is added.
 */
void sight_look_at_file(struct sight *s, const struct vma *vma)
{
	struct statfs fs;
	struct statx file;
	char path[80];

	snprintf(path, sizeof(path), "/proc/self/map_files/%s", vma->whole);
	if (statx(AT_FDCWD, path, 0, STATX_TYPE, &file) ||
	    !S_ISREG(file.stx_mode) || statfs(path, &fs))
		return;

	s->secret |= fs.f_type == SECRETMEM_MAGIC;
	s->fsdax |= !!(file.stx_attributes & STATX_ATTR_DAX);
	s->dirty_tracked |= vma->shared && vma->write && writes_back(fs.f_type);
}
