// SPDX-License-Identifier: GPL-2.0-only
/*
 * heap.c - dma-bufs of the dma-heaps, queued as a mapping or as a file descriptor
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-heap.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "provider.h"

enum { HEAP_SYSTEM, HEAP_CMA };

/* The CMA heap was renamed several times. The newest name comes first. */
static const char * const heaps[][4] = {
	[HEAP_SYSTEM] = { "/dev/dma_heap/system" },
	[HEAP_CMA] = { "/dev/dma_heap/default_cma_region",
		       "/dev/dma_heap/reserved", "/dev/dma_heap/linux,cma" },
};

static int heap_open(struct memory *m)
{
	const char * const *paths = heaps[m->kind->variant];
	int heap = -1;

	for (int i = 0; paths[i] && heap < 0; i++)
		heap = open(paths[i], O_RDWR | O_CLOEXEC);
	if (heap < 0)
		memory_lacks(m, "%s: %s", paths[0], strerror(errno));
	return heap;
}

static int heap_map(struct memory *m)
{
	struct dma_heap_allocation_data data = {
		.len = memory_round_up(m->length, PAGE) + 2 * PAGE,
		.fd_flags = O_RDWR | O_CLOEXEC,
	};
	int heap = heap_open(m), ret;

	if (heap < 0)
		return -1;
	ret = ioctl(heap, DMA_HEAP_IOCTL_ALLOC, &data);
	close(heap);
	if (ret)
		return memory_lacks(m, "DMA_HEAP_IOCTL_ALLOC: %s", strerror(errno));

	m->dmabuf = data.fd;
	m->size = data.len;
	return memory_map_shared(m, m->dmabuf, 0);
}

static const struct memory_kind kinds[] = {
	{
		.name = "heap-system",
		.sentence = "a mapped dma-buf of the system heap is the exporter's: use its fd",
		.map = heap_map,
		.unmap = memory_unmap_plain,
		.variant = HEAP_SYSTEM,
	}, {
		.name = "heap-system-fd",
		.sentence = "the system heap's fd is accepted where a device takes several pieces",
		.map = heap_map,
		.unmap = memory_unmap_plain,
		.variant = HEAP_SYSTEM,
		.by_fd = true,
	}, {
		.name = "heap-cma",
		.sentence = "a mapped dma-buf of the CMA heap belongs to its exporter: use its fd",
		.map = heap_map,
		.unmap = memory_unmap_plain,
		.variant = HEAP_CMA,
		.pin_never_returns = true,	/* if the heap maps the pages as ordinary ones */
	}, {
		.name = "heap-cma-fd",
		.sentence = "the CMA heap's fd is accepted by every device: it is contiguous",
		.map = heap_map,
		.unmap = memory_unmap_plain,
		.variant = HEAP_CMA,
		.by_fd = true,
	},
};

const struct memory_provider heap_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
