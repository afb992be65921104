// SPDX-License-Identifier: GPL-2.0-only
/*
 * disk-file.c - files of a file system that has to know which pages are dirty
 *
 * The files are created with O_TMPFILE in a writable directory of a mounted file system.
 * They have no name, so they disappear when they are closed.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <mntent.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "provider.h"

/* Directories that ordinary users may write to. They are tried before the mount points. */
static const char * const directories[] = { ".", "/var/tmp", "/tmp" };

static bool is_wanted(int fd, bool dax)
{
	struct statfs fs;
	struct statx x;

	if (fstatfs(fd, &fs) || statx(fd, "", AT_EMPTY_PATH, 0, &x))
		return false;
	/* With DAX, any file system is suitable. */
	return dax ? x.stx_attributes & STATX_ATTR_DAX :
		     fs.f_type == EXT4_SUPER_MAGIC && !(x.stx_attributes & STATX_ATTR_DAX);
}

static int try_directory(const char *directory, bool dax)
{
	int fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0 || is_wanted(fd, dax))
		return fd;
	close(fd);
	return -1;
}

static int find_file(bool dax)
{
	struct mntent *entry;
	int fd = -1;
	FILE *mounts;

	for (size_t i = 0; i < ARRAY_SIZE(directories) && fd < 0; i++)
		fd = try_directory(directories[i], dax);
	mounts = setmntent("/proc/self/mounts", "re");
	while (mounts && fd < 0 && (entry = getmntent(mounts)))
		if (entry->mnt_fsname[0] == '/')
			fd = try_directory(entry->mnt_dir, dax);
	if (mounts)
		endmntent(mounts);
	return fd;
}

static int map_file(struct memory *m, int flags, bool dax)
{
	m->fd = find_file(dax);
	if (m->fd < 0)
		return memory_lacks(m, "no writable directory on a mounted %s",
				    dax ? "file system with DAX" : "ext4");
	if (posix_fallocate(m->fd, 0, memory_round_up(m->length, PAGE) + 2 * PAGE))
		return memory_lacks(m, "the file system is full");
	return memory_map_plain(m, PROT_READ | PROT_WRITE, flags, m->fd);
}

/* The variant is MAP_SHARED or MAP_PRIVATE. */
static int ext4_map(struct memory *m)
{
	return map_file(m, m->kind->variant, false);
}

static int ext4_untouched_map(struct memory *m)
{
	m->fill = 0;
	return ext4_map(m);
}

static int fsdax_map(struct memory *m)
{
	return map_file(m, m->kind->variant, true);
}

static int fsdax_untouched_map(struct memory *m)
{
	m->fill = 0;
	return fsdax_map(m);
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
		.map = ext4_untouched_map,
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
		.map = ext4_untouched_map,
		.unmap = memory_unmap_plain,
		.variant = MAP_PRIVATE,
		.untouched = true,
	}, {
		.name = "fsdax-shared",
		.sentence = "fsdax maps storage that the file system must be able to move",
		.map = fsdax_map,
		.unmap = memory_unmap_plain,
		.variant = MAP_SHARED,
	}, {
		.name = "fsdax-shared-untouched",
		.sentence = "a shared fsdax mapping is refused before it has pages, too",
		.map = fsdax_untouched_map,
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
		.map = fsdax_untouched_map,
		.unmap = memory_unmap_plain,
		.variant = MAP_PRIVATE,
		.untouched = true,
	},
};

const struct memory_provider disk_file_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
