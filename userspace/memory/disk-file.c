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

#include "disk-file.h"

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

/**
 * disk_file_map() - map a new file of a file system on a disk
 * @m:		the memory; its fd, base, size and frame are set, and its fill to 0 if its
 *		kind is untouched. The variant of its kind is MAP_SHARED or MAP_PRIVATE
 * @dax:	false for an ext4 without DAX, true for any file system with DAX
 *
 * Return: 0, or -1 with @m->why set.
 */
int disk_file_map(struct memory *m, bool dax)
{
	m->fd = find_file(dax);
	if (m->fd < 0)
		return memory_lacks(m, "no writable directory on a mounted %s",
				    dax ? "file system with DAX" : "ext4");
	if (posix_fallocate(m->fd, 0, memory_round_up(m->length, PAGE) + 2 * PAGE))
		return memory_lacks(m, "the file system is full");
	if (m->kind->untouched)
		m->fill = 0;
	return memory_map_plain(m, PROT_READ | PROT_WRITE, m->kind->variant, m->fd);
}
