// SPDX-License-Identifier: GPL-2.0-only
/*
 * facts-file.c - facts about a mapped file and its file system
 *
 * /proc/self/map_files opens the mapped file itself, even one without a name, but it
 * needs CAP_SYS_ADMIN. For other users, the provider of the memory may have kept the
 * file open.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "facts.h"

/* fs/aio.c */
#define AIO_RING_MAGIC	0xa10a10a1

#ifndef SECRETMEM_MAGIC
#define SECRETMEM_MAGIC	0x5345434d
#endif

/* These file systems keep files in memory and never write pages back. */
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
 * Before 6.14 (b709eb872e19), perf mapped the pages of its ring one by one. It asked to be
 * notified of the first write to each page, as a file system does, but then refused the
 * write, even if the mapping is writable.
 */
static bool is_perf_ring(int fd)
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

/* Where a private mapping has its own copies, it no longer maps the storage. */
static void collect_storage(struct facts *f, const struct memory *m, const struct vma *vma)
{
	size_t length = vma->end - vma->start;
	size_t copied = vma->shared ? 0 : pagemap_own(vma);
	size_t from = vma->start + copied - (uintptr_t)m->frame;

	f->fsdax_file = true;
	if (copied == length)
		return;
	f->fsdax = true;
	if (from < f->fsdax_from)
		f->fsdax_from = from;
}

/**
 * facts_collect_file() - collect facts about a mapped file
 * @f:		facts are added
 * @m:		the memory
 * @vma:	the mapping of the file
 */
void facts_collect_file(struct facts *f, const struct memory *m, const struct vma *vma)
{
	__u64 end = vma->offset + vma->end - vma->start;
	int fd = open_file(vma, m);
	struct statx file;
	struct statfs fs;

	/*
	 * An AIO ring is no regular file, but it is notified of the first write to a page as
	 * one is. Without access to the file, its name in smaps has to do.
	 */
	if (fd >= 0 ? !fstatfs(fd, &fs) && (unsigned int)fs.f_type == AIO_RING_MAGIC : vma->aio)
		f->dirty_tracked |= vma->shared && vma->write;
	if (fd >= 0 && !statx(fd, "", AT_EMPTY_PATH, STATX_TYPE | STATX_SIZE, &file) &&
	    S_ISREG(file.stx_mode) && !fstatfs(fd, &fs)) {
		f->secret |= fs.f_type == SECRETMEM_MAGIC;
		f->beyond_file |= end > memory_round_up(file.stx_size, PAGE);
		f->dirty_tracked |= vma->shared && vma->write && writes_back(fs.f_type);
		if (file.stx_attributes & STATX_ATTR_DAX)
			collect_storage(f, m, vma);
	}
	if (fd >= 0) {
		if (vma->shared && vma->write && is_perf_ring(fd)) {
			f->dirty_tracked = true;
			f->unwritable_shared = true;
		}
		close(fd);
	}
}
