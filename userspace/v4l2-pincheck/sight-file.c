// SPDX-License-Identifier: GPL-2.0-only
/*
 * sight-file.c - what the file behind a mapping says, and its file system
 *
 * /proc/self/map_files leads to the very file, also to one without a name, but
 * only those who have CAP_SYS_ADMIN; for others a provider may have kept it open.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "sight.h"

/* fs/aio.c */
#define AIO_RING_MAGIC	0xa10a10a1

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

/*
 * Before 6.14 a perf ring was made of pages that appeared one by one, and perf asked
 * to hear of the first write to each (b709eb872e19 ended it), as a file system does;
 * but refused it, whatever the mapping's protection said.
 */
static bool hears_of_writes(int fd)
{
	char link[40], name[40];
	ssize_t length;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	length = readlink(link, name, sizeof(name) - 1);
	if (length < 0)
		return false;
	name[length] = 0;
	return !strcmp(name, "anon_inode:[perf_event]");
}

static int open_file(const struct vma *vma, const struct memory *m)
{
	struct stat st;
	char path[80];
	int fd;

	snprintf(path, sizeof(path), "/proc/self/map_files/%s", vma->whole);
	fd = open(path, O_PATH | O_CLOEXEC);
	if (fd < 0 && m->fd >= 0 && !fstat(m->fd, &st) && st.st_ino == vma->inode)
		fd = fcntl(m->fd, F_DUPFD_CLOEXEC, 0);
	return fd;
}

/* A private mapping has left the storage where it has its own copies. */
static void look_at_storage(struct sight *s, const struct memory *m, const struct vma *vma)
{
	size_t length = vma->end - vma->start;
	size_t copied = vma->shared ? 0 : pagemap_own(vma);
	size_t from = vma->start + copied - (uintptr_t)m->frame;

	s->fsdax_file = true;
	if (copied == length)
		return;
	s->fsdax = true;
	if (from < s->fsdax_from)
		s->fsdax_from = from;
}

/**
 * sight_look_at_file() - add what is to be known of the file behind a mapping
 * @s:		added to
 * @m:		the memory
 * @vma:	a mapping of a file in it
 */
void sight_look_at_file(struct sight *s, const struct memory *m, const struct vma *vma)
{
	size_t end = vma->offset + vma->end - vma->start;
	int fd = open_file(vma, m);
	struct statx file;
	struct statfs fs;

	/*
	 * It is no regular file, but asks to hear of the first write to a page as one does.
	 * A user who may not look at the file sees its name.
	 */
	if (fd >= 0 ? !fstatfs(fd, &fs) && (unsigned int)fs.f_type == AIO_RING_MAGIC : vma->aio)
		s->dirty_tracked |= vma->shared && vma->write;
	if (fd >= 0 && !statx(fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_SIZE, &file) &&
	    S_ISREG(file.stx_mode) && !fstatfs(fd, &fs)) {
		s->secret |= fs.f_type == SECRETMEM_MAGIC;
		s->beyond_file |= end > memory_round_up(file.stx_size, PAGE);
		s->dirty_tracked |= vma->shared && vma->write && writes_back(fs.f_type);
		if (file.stx_attributes & STATX_ATTR_DAX)
			look_at_storage(s, m, vma);
	}
	if (fd >= 0) {
		if (vma->shared && vma->write && hears_of_writes(fd)) {
			s->dirty_tracked = true;
			s->unwritable_shared = true;
		}
		close(fd);
	}
}
