// SPDX-License-Identifier: GPL-2.0-only
/*
 * udmabuf.c - dma-bufs that are made of a memfd's pages
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <linux/udmabuf.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "provider.h"

/* A kind's variant: how the memfd is made. */
#define HUGE_PAGES	(MFD_HUGETLB | MFD_HUGE_2MB)
#define SMALL_PAGES	0

static int make_memfd(struct memory *m)
{
	bool huge = m->kind->variant == HUGE_PAGES;

	m->size = memory_round_up(m->length + 2 * PAGE, huge ? HUGE_PAGE : PAGE);
	m->fd = memfd_create("v4l2-pincheck",
			     MFD_CLOEXEC | MFD_ALLOW_SEALING | m->kind->variant);
	if (m->fd < 0)
		return memory_lacks(m, "memfd_create: %s", strerror(errno));

	/* udmabuf takes only a memfd that cannot shrink under it. */
	if (ftruncate(m->fd, m->size) || fallocate(m->fd, 0, 0, m->size) ||
	    fcntl(m->fd, F_ADD_SEALS, F_SEAL_SHRINK))
		return memory_lacks(m, "%s: %s",
				    huge ? "no free huge page of 2 MiB (vm.nr_hugepages)" :
					   "no memory for a memfd", strerror(errno));
	return 0;
}

static int make_udmabuf(struct memory *m)
{
	struct udmabuf_create create = { .flags = UDMABUF_FLAGS_CLOEXEC };
	int dev;

	if (make_memfd(m))
		return -1;
	dev = open("/dev/udmabuf", O_RDWR | O_CLOEXEC);
	if (dev < 0)
		return memory_lacks(m, "/dev/udmabuf: %s", strerror(errno));
	create.memfd = m->fd;
	create.size = m->size;
	m->dmabuf = ioctl(dev, UDMABUF_CREATE, &create);
	close(dev);
	if (m->dmabuf < 0)
		return memory_lacks(m, "UDMABUF_CREATE: %s", strerror(errno));
	return 0;
}

static int udmabuf_map(struct memory *m)
{
	return make_udmabuf(m) ? -1 : memory_map_shared(m, m->dmabuf, 0);
}

/* Looked at through the memfd. */
static int udmabuf_fd_map(struct memory *m)
{
	return make_udmabuf(m) ? -1 : memory_map_shared(m, m->fd, 0);
}

const struct memory_kind memory_udmabuf = {
	.name = "udmabuf",
	.sentence = "a udmabuf over a huge page, mapped, is refused however contiguous it is",
	.map = udmabuf_map,
	.unmap = memory_unmap_plain,
	.variant = HUGE_PAGES,
};

const struct memory_kind memory_udmabuf_fd = {
	.name = "udmabuf-fd",
	.sentence = "the same memory has a right way in: the dma-buf's fd",
	.map = udmabuf_fd_map,
	.unmap = memory_unmap_plain,
	.variant = HUGE_PAGES,
	.by_fd = true,
};

const struct memory_kind memory_udmabuf_pages = {
	.name = "udmabuf-pages",
	.sentence = "a udmabuf over single pages, mapped, is refused as one over a huge page is",
	.map = udmabuf_map,
	.unmap = memory_unmap_plain,
	.variant = SMALL_PAGES,
	.migration_may_fail = true,	/* udmabuf holds them */
};

const struct memory_kind memory_udmabuf_pages_fd = {
	.name = "udmabuf-pages-fd",
	.sentence = "over single pages, the dma-buf's fd is a way in behind an IOMMU only",
	.map = udmabuf_fd_map,
	.unmap = memory_unmap_plain,
	.variant = SMALL_PAGES,
	.by_fd = true,
};
