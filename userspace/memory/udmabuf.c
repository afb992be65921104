// SPDX-License-Identifier: GPL-2.0-only
/*
 * udmabuf.c - dma-bufs that are made from the pages of a memfd
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

/* The variant is a set of flags for memfd_create(). */
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

	/* udmabuf accepts only memfds that cannot shrink. */
	if (ftruncate(m->fd, m->size) || fallocate(m->fd, 0, 0, m->size) ||
	    fcntl(m->fd, F_ADD_SEALS, F_SEAL_SHRINK))
		return memory_lacks(m, "%s: %s",
				    huge ? "no free huge page (vm.nr_hugepages)" :
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

/* The CPU accesses the memory through the memfd, not through the dma-buf. */
static int udmabuf_fd_map(struct memory *m)
{
	return make_udmabuf(m) ? -1 : memory_map_shared(m, m->fd, 0);
}

static const struct memory_kind kinds[] = {
	{
		.name = "udmabuf",
		.sentence = "a mapped udmabuf is refused, even over a contiguous huge page",
		.map = udmabuf_map,
		.unmap = memory_unmap_plain,
		.variant = HUGE_PAGES,
	}, {
		.name = "udmabuf-fd",
		.sentence = "the fd of the same dma-buf is the right way to queue it",
		.map = udmabuf_fd_map,
		.unmap = memory_unmap_plain,
		.variant = HUGE_PAGES,
		.by_fd = true,
	}, {
		.name = "udmabuf-pages",
		.sentence = "a mapped udmabuf over single pages is refused, too",
		.map = udmabuf_map,
		.unmap = memory_unmap_plain,
		.variant = SMALL_PAGES,
		.migration_may_fail = true,	/* udmabuf holds references to them */
	}, {
		.name = "udmabuf-pages-fd",
		.sentence = "the fd of a udmabuf over single pages is accepted with an IOMMU only",
		.map = udmabuf_fd_map,
		.unmap = memory_unmap_plain,
		.variant = SMALL_PAGES,
		.by_fd = true,
	},
};

const struct memory_provider udmabuf_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
