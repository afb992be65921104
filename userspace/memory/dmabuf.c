// SPDX-License-Identifier: GPL-2.0-only
/*
 * dmabuf.c - dma-bufs, mapped into memory or handed over as they are
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-heap.h>
#include <linux/memfd.h>
#include <linux/udmabuf.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "memory.h"

static int map_shared(struct memory *m, int fd)
{
	m->base = mmap(NULL, m->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (m->base == MAP_FAILED) {
		m->base = NULL;
		return memory_lacks(m, "mmap: %s", strerror(errno));
	}
	return 0;
}

static int heap_system_map(struct memory *m)
{
	struct dma_heap_allocation_data data = {
		.len = memory_round_up(m->length, PAGE) + 2 * PAGE,
		.fd_flags = O_RDWR | O_CLOEXEC,
	};
	int heap = open("/dev/dma_heap/system", O_RDWR | O_CLOEXEC);
	int ret;

	if (heap < 0)
		return memory_lacks(m, "/dev/dma_heap/system: %s", strerror(errno));
	ret = ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &data);
	close(heap);
	if (ret)
		return memory_lacks(m, "DMA_HEAP_IOCTL_ALLOC: %s", strerror(errno));

	m->dmabuf = data.fd;
	m->size = data.len;
	if (map_shared(m, m->dmabuf))
		return -1;
	m->frame = m->base + PAGE;
	return 0;
}

const struct memory_kind memory_heap_system = {
	.name = "heap-system",
	.sentence = "a dma-buf of the system heap, mapped, belongs to its exporter: use its fd",
	.map = heap_system_map,
	.unmap = memory_unmap_plain,
};

static int udmabuf_create(struct memory *m)
{
	struct udmabuf_create create = { .flags = UDMABUF_FLAGS_CLOEXEC };
	int dev;

	m->size = memory_round_up(m->length + 2 * PAGE, HUGE_PAGE);
	m->fd = memfd_create("v4l2-pincheck", MFD_CLOEXEC | MFD_ALLOW_SEALING |
			     MFD_HUGETLB | MFD_HUGE_2MB);
	if (m->fd < 0)
		return memory_lacks(m, "memfd_create(MFD_HUGETLB): %s", strerror(errno));

	/* udmabuf takes only a memfd that cannot shrink under it. */
	if (ftruncate(m->fd, m->size) || fallocate(m->fd, 0, 0, m->size) ||
	    fcntl(m->fd, F_ADD_SEALS, F_SEAL_SHRINK))
		return memory_lacks(m, "no free huge page of 2 MiB (vm.nr_hugepages): %s",
				    strerror(errno));

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
	if (udmabuf_create(m) || map_shared(m, m->dmabuf))
		return -1;
	m->frame = m->base + PAGE;
	return 0;
}

const struct memory_kind memory_udmabuf = {
	.name = "udmabuf",
	.sentence = "a udmabuf over a huge page, mapped, is refused however contiguous it is",
	.map = udmabuf_map,
	.unmap = memory_unmap_plain,
};

static int udmabuf_fd_map(struct memory *m)
{
	/* Looked at through the memfd; a dma-buf's frame starts where it does. */
	if (udmabuf_create(m) || map_shared(m, m->fd))
		return -1;
	m->frame = m->base;
	return 0;
}

const struct memory_kind memory_udmabuf_fd = {
	.name = "udmabuf-fd",
	.sentence = "the same memory has a right way in: the dma-buf's fd",
	.map = udmabuf_fd_map,
	.unmap = memory_unmap_plain,
	.by_fd = true,
};
