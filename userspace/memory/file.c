// SPDX-License-Identifier: GPL-2.0-only
/*
 * file.c - files in memory, mapped
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "provider.h"

/* Of this size, to begin with; the provider of each kind then maps it. */
static int make_memfd(struct memory *m)
{
	m->fd = memfd_create("v4l2-pincheck", MFD_CLOEXEC);
	if (m->fd < 0)
		return memory_lacks(m, "memfd_create: %s", strerror(errno));
	if (ftruncate(m->fd, memory_round_up(m->length, PAGE) + 2 * PAGE))
		return memory_lacks(m, "ftruncate: %s", strerror(errno));
	return 0;
}

/* The variant is MAP_SHARED or MAP_PRIVATE. */
static int memfd_map(struct memory *m)
{
	return make_memfd(m) ||
	       memory_map_plain(m, PROT_READ | PROT_WRITE, m->kind->variant, m->fd) ? -1 : 0;
}

const struct memory_kind memory_memfd = {
	.name = "memfd",
	.sentence = "a memfd, as programs hand it to each other, is shared memory, and accepted",
	.map = memfd_map,
	.unmap = memory_unmap_plain,
	.variant = MAP_SHARED,
};

const struct memory_kind memory_memfd_private = {
	.name = "memfd-private",
	.sentence = "the process's own copy of a memfd's pages",
	.map = memfd_map,
	.unmap = memory_unmap_plain,
	.variant = MAP_PRIVATE,
};

static int memfd_untouched_map(struct memory *m)
{
	m->fill = 0;
	return memfd_map(m);
}

const struct memory_kind memory_memfd_untouched = {
	.name = "memfd-untouched",
	.sentence = "a memfd has no pages yet: the pin makes them",
	.map = memfd_untouched_map,
	.unmap = memory_unmap_plain,
	.variant = MAP_SHARED,
	.untouched = true,
};

static int memfd_hugetlb_map(struct memory *m)
{
	m->fd = memfd_create("v4l2-pincheck", MFD_CLOEXEC | MFD_HUGETLB | MFD_HUGE_2MB);
	if (m->fd < 0)
		return memory_lacks(m, "memfd_create(MFD_HUGETLB): %s", strerror(errno));
	return memory_map_huge(m, m->kind->variant, m->fd);
}

const struct memory_kind memory_memfd_hugetlb = {
	.name = "memfd-hugetlb",
	.sentence = "a memfd of huge pages: contiguous, and can be handed to another process",
	.map = memfd_hugetlb_map,
	.unmap = memory_unmap_plain,
	.variant = MAP_SHARED,
};

const struct memory_kind memory_memfd_hugetlb_private = {
	.name = "memfd-hugetlb-private",
	.sentence = "the process's own copy of a huge page of a memfd",
	.map = memfd_hugetlb_map,
	.unmap = memory_unmap_plain,
	.variant = MAP_PRIVATE,
};

static int tmpfs_map(struct memory *m)
{
	m->fd = open("/dev/shm", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (m->fd < 0)
		return memory_lacks(m, "a file in /dev/shm: %s", strerror(errno));
	if (ftruncate(m->fd, memory_round_up(m->length, PAGE) + 2 * PAGE))
		return memory_lacks(m, "ftruncate: %s", strerror(errno));
	return memory_map_plain(m, PROT_READ | PROT_WRITE, m->kind->variant, m->fd);
}

const struct memory_kind memory_tmpfs = {
	.name = "tmpfs",
	.sentence = "a file of a tmpfs is shared memory with a name: nobody has to write it back",
	.map = tmpfs_map,
	.unmap = memory_unmap_plain,
	.variant = MAP_SHARED,
};

const struct memory_kind memory_tmpfs_private = {
	.name = "tmpfs-private",
	.sentence = "the process's own copy of a file's pages",
	.map = tmpfs_map,
	.unmap = memory_unmap_plain,
	.variant = MAP_PRIVATE,
};

/* A memfd full of the fill, of which only a read-only descriptor is left. */
static int make_read_only(struct memory *m)
{
	char path[64];
	int fd;

	if (make_memfd(m) || memory_map_plain(m, PROT_READ | PROT_WRITE, MAP_SHARED, m->fd))
		return -1;
	memset(m->base, m->fill, m->size);
	munmap(m->base, m->size);
	m->base = NULL;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", m->fd);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return memory_lacks(m, "%s: %s", path, strerror(errno));
	close(m->fd);
	m->fd = fd;
	return 0;
}

static int file_read_only_map(struct memory *m)
{
	return make_read_only(m) ||
	       memory_map_plain(m, PROT_READ, MAP_SHARED, m->fd) ? -1 : 0;
}

const struct memory_kind memory_file_read_only = {
	.name = "file-read-only",
	.sentence = "a file that was opened for reading is not written by way of a device",
	.map = file_read_only_map,
	.unmap = memory_unmap_plain,
};

/* The copies are made by the pin: whoever writes first, they are private. */
static int file_read_only_private_map(struct memory *m)
{
	return make_read_only(m) ||
	       memory_map_plain(m, PROT_READ | PROT_WRITE, MAP_PRIVATE, m->fd) ? -1 : 0;
}

static int file_keeps_fill(struct memory *m)
{
	unsigned char page[PAGE];
	ssize_t got;

	for (size_t at = 0; (got = pread(m->fd, page, PAGE, at)) > 0; at += got)
		if (!memory_is_filled(page, got, m->fill))
			return memory_lacks(m, "the file itself was written by the device");
	return got < 0 ? memory_lacks(m, "read: %s", strerror(errno)) : 0;
}

const struct memory_kind memory_file_read_only_private = {
	.name = "file-read-only-private",
	.sentence = "a private mapping of a file opened for reading: the frame lands in copies",
	.map = file_read_only_private_map,
	.unmap = memory_unmap_plain,
	.check_while_pinned = file_keeps_fill,
	.untouched = true,
};
