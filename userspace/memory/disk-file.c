// SPDX-License-Identifier: GPL-2.0-only
/*
 * disk-file.c - files that a file system writes back, and has to know are dirty
 *
 * Looks for a folder that may be written, on a file system that is mounted; the
 * files have no name, so nothing of them stays behind.
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

/* Where ordinary users may write, before the mount points themselves. */
static const char * const folders[] = { ".", "/var/tmp", "/tmp" };

static bool is_ext4(int fd, bool dax)
{
	struct statfs fs;
	struct statx x;

	if (fstatfs(fd, &fs) || statx(fd, "", AT_EMPTY_PATH, 0, &x))
		return false;
	/* Another file system with DAX serves as well. */
	return dax ? x.stx_attributes & STATX_ATTR_DAX :
		     fs.f_type == EXT4_SUPER_MAGIC && !(x.stx_attributes & STATX_ATTR_DAX);
}

static int try_folder(const char *folder, bool dax)
{
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0 || is_ext4(fd, dax))
		return fd;
	close(fd);
	return -1;
}

static int find_file(bool dax)
{
	struct mntent *entry;
	int fd = -1;
	FILE *mounts;

	for (size_t i = 0; i < ARRAY_SIZE(folders) && fd < 0; i++)
		fd = try_folder(folders[i], dax);
	mounts = setmntent("/proc/self/mounts", "re");
	while (mounts && fd < 0 && (entry = getmntent(mounts)))
		if (entry->mnt_fsname[0] == '/')
			fd = try_folder(entry->mnt_dir, dax);
	if (mounts)
		endmntent(mounts);
	return fd;
}

static int map_file(struct memory *m, int flags, bool dax)
{
	m->fd = find_file(dax);
	if (m->fd < 0)
		return memory_lacks(m, "no folder to write to on %s that is mounted",
				    dax ? "a file system with DAX" : "an ext4");
	if (posix_fallocate(m->fd, 0, memory_round_up(m->length, PAGE) + 2 * PAGE))
		return memory_lacks(m, "no room on the file system");
	return memory_map_plain(m, PROT_READ | PROT_WRITE, flags, m->fd);
}

/* The variant is MAP_SHARED or MAP_PRIVATE. */
static int ext4_map(struct memory *m)
{
	return map_file(m, m->kind->variant, false);
}

const struct memory_kind memory_ext4_shared = {
	.name = "ext4-shared",
	.sentence = "a device writes behind the file system's back, so a shared file is refused",
	.map = ext4_map,
	.unmap = memory_unmap_plain,
	.variant = MAP_SHARED,
};

static int ext4_untouched_map(struct memory *m)
{
	m->fill = 0;
	return ext4_map(m);
}

const struct memory_kind memory_ext4_shared_untouched = {
	.name = "ext4-shared-untouched",
	.sentence = "a shared file is refused before anybody has touched it as well",
	.map = ext4_untouched_map,
	.unmap = memory_unmap_plain,
	.variant = MAP_SHARED,
	.untouched = true,
};

const struct memory_kind memory_ext4_private = {
	.name = "ext4-private",
	.sentence = "the process's own copy of a file's pages is its own memory",
	.map = ext4_map,
	.unmap = memory_unmap_plain,
	.variant = MAP_PRIVATE,
};

const struct memory_kind memory_ext4_private_untouched = {
	.name = "ext4-private-untouched",
	.sentence = "a pin for writing makes the process's own copies of a file's pages",
	.map = ext4_untouched_map,
	.unmap = memory_unmap_plain,
	.variant = MAP_PRIVATE,
	.untouched = true,
};

static int fsdax_map(struct memory *m)
{
	return map_file(m, m->kind->variant, true);
}

const struct memory_kind memory_fsdax_shared = {
	.name = "fsdax-shared",
	.sentence = "the storage itself is mapped: its file system must be free to move it",
	.map = fsdax_map,
	.unmap = memory_unmap_plain,
	.variant = MAP_SHARED,
};

static int fsdax_untouched_map(struct memory *m)
{
	m->fill = 0;
	return fsdax_map(m);
}

const struct memory_kind memory_fsdax_shared_untouched = {
	.name = "fsdax-shared-untouched",
	.sentence = "mapped storage is refused before anybody has touched it as well",
	.map = fsdax_untouched_map,
	.unmap = memory_unmap_plain,
	.variant = MAP_SHARED,
	.untouched = true,
};

const struct memory_kind memory_fsdax_private = {
	.name = "fsdax-private",
	.sentence = "copies of mapped storage, once made, are ordinary memory",
	.map = fsdax_map,
	.unmap = memory_unmap_plain,
	.variant = MAP_PRIVATE,
	.copied_from_file = true,
};

const struct memory_kind memory_fsdax_private_untouched = {
	.name = "fsdax-private-untouched",
	.sentence = "a private mapping of storage, where no copy is made yet",
	.map = fsdax_untouched_map,
	.unmap = memory_unmap_plain,
	.variant = MAP_PRIVATE,
	.untouched = true,
};
