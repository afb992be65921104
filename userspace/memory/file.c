// SPDX-License-Identifier: GPL-2.0-only
/*
 * file.c - mapped files of memfd and tmpfs
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "provider.h"

/* Make a memfd that has room for the frame and two guard pages. */
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

static int memfd_untouched_map(struct memory *m)
{
	m->fill = 0;
	return memfd_map(m);
}

static int memfd_hugetlb_map(struct memory *m)
{
	m->fd = memfd_create("v4l2-pincheck", MFD_CLOEXEC | MFD_HUGETLB | MFD_HUGE_2MB);
	if (m->fd < 0)
		return memory_lacks(m, "memfd_create(MFD_HUGETLB): %s", strerror(errno));
	return memory_map_huge(m, m->kind->variant, m->fd);
}

static int tmpfs_map(struct memory *m)
{
	m->fd = open("/dev/shm", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (m->fd < 0)
		return memory_lacks(m, "open a file in /dev/shm: %s", strerror(errno));
	if (ftruncate(m->fd, memory_round_up(m->length, PAGE) + 2 * PAGE))
		return memory_lacks(m, "ftruncate: %s", strerror(errno));
	return memory_map_plain(m, PROT_READ | PROT_WRITE, m->kind->variant, m->fd);
}

/* Make a filled memfd, and keep only a read-only file descriptor of it. */
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

/* The pages are not copied here: the pin has to do that before the device writes. */
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
			return memory_lacks(m, "the device wrote to the file itself");
	return got < 0 ? memory_lacks(m, "read: %s", strerror(errno)) : 0;
}

static const struct memory_kind kinds[] = {
	{
		.name = "memfd",
		.sentence = "a memfd is shared memory, and is accepted",
		.map = memfd_map,
		.unmap = memory_unmap_plain,
		.variant = MAP_SHARED,
	}, {
		.name = "memfd-private",
		.sentence = "private copies of the pages of a memfd are accepted",
		.map = memfd_map,
		.unmap = memory_unmap_plain,
		.variant = MAP_PRIVATE,
	}, {
		.name = "memfd-untouched",
		.sentence = "the pages of a memfd that do not exist yet are allocated by the pin",
		.map = memfd_untouched_map,
		.unmap = memory_unmap_plain,
		.variant = MAP_SHARED,
		.untouched = true,
	}, {
		.name = "memfd-hugetlb",
		.sentence = "a memfd of huge pages is contiguous, and other processes can map it",
		.map = memfd_hugetlb_map,
		.unmap = memory_unmap_plain,
		.variant = MAP_SHARED,
	}, {
		.name = "memfd-hugetlb-private",
		.sentence = "a private copy of a huge page of a memfd is accepted",
		.map = memfd_hugetlb_map,
		.unmap = memory_unmap_plain,
		.variant = MAP_PRIVATE,
	}, {
		.name = "tmpfs",
		.sentence = "a tmpfs file is accepted, because its pages are never written back",
		.map = tmpfs_map,
		.unmap = memory_unmap_plain,
		.variant = MAP_SHARED,
	}, {
		.name = "tmpfs-private",
		.sentence = "private copies of the pages of a tmpfs file are accepted",
		.map = tmpfs_map,
		.unmap = memory_unmap_plain,
		.variant = MAP_PRIVATE,
	}, {
		.name = "file-read-only",
		.sentence = "a device must not write to a file that was opened for reading",
		.map = file_read_only_map,
		.unmap = memory_unmap_plain,
	}, {
		.name = "file-read-only-private",
		.sentence = "a private mapping of a read-only file: the frame lands in copies",
		.map = file_read_only_private_map,
		.unmap = memory_unmap_plain,
		.check_while_pinned = file_keeps_fill,
		.untouched = true,
	},
};

const struct memory_provider file_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
