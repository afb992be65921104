// SPDX-License-Identifier: GPL-2.0-only
/*
 * dma-buf.c - dma-bufs of a frame's memory (udmabuf), and of a dma-heap
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/udmabuf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/macros.h"
#include "dma-buf.h"

#define HEAPS	"/dev/dma_heap/"

/* Names that kernels have given to the heap of the default CMA area. */
static const char * const cma_heaps[] = { "default_cma_region", "reserved", "linux,cma" };

/**
 * dma_buf_of_frame() - make a dma-buf of a frame's memory
 * @frame:	the memory
 *
 * Needs /dev/udmabuf, and for huge pages Linux 6.12.
 *
 * Return: a file descriptor, or -1 with errno set.
 */
int dma_buf_of_frame(const struct frame_memory *frame)
{
	struct udmabuf_create_list *list;
	int device, fd = -1;

	device = open("/dev/udmabuf", O_RDWR | O_CLOEXEC);
	if (device < 0)
		return -1;
	list = calloc(1, sizeof(*list) + frame->nr_extents * sizeof(list->list[0]));
	if (list) {
		list->flags = UDMABUF_FLAGS_CLOEXEC;
		list->count = frame->nr_extents;
		for (unsigned int i = 0; i < frame->nr_extents; i++)
			list->list[i] = (struct udmabuf_create_item) {
				.memfd = frame->fd,
				.offset = frame->extents[i].start,
				.size = frame->extents[i].size,
			};
		fd = ioctl(device, UDMABUF_CREATE_LIST, list);
		free(list);
	}
	close(device);
	return fd;
}

static int heap_open(const char *heap)
{
	char path[256];

	snprintf(path, sizeof(path), HEAPS "%s", heap);
	return open(path, O_RDWR | O_CLOEXEC);
}

/* List the heaps of this machine, for a sentence. */
static void list_heaps(char *names, size_t size)
{
	size_t used = 0;
	glob_t found;

	snprintf(names, size, "none");
	if (glob(HEAPS "*", 0, NULL, &found))
		return;
	for (size_t i = 0; i < found.gl_pathc && used < size; i++)
		used += snprintf(names + used, size - used, "%s%s", i ? ", " : "",
				 found.gl_pathv[i] + strlen(HEAPS));
	globfree(&found);
}

static int heap_open_any(const char *heap, char *why)
{
	char names[200];
	int fd = -1;

	if (heap) {
		fd = heap_open(heap);
		if (fd < 0)
			snprintf(why, WHY_SIZE, HEAPS "%s: %s.", heap, strerror(errno));
		return fd;
	}
	for (size_t i = 0; i < ARRAY_SIZE(cma_heaps) && fd < 0; i++)
		fd = heap_open(cma_heaps[i]);
	if (fd < 0) {
		list_heaps(names, sizeof(names));
		snprintf(why, WHY_SIZE,
			 "There is no dma-heap of contiguous memory (CONFIG_DMABUF_HEAPS_CMA, cma= on the kernel's command line). The heaps of this machine: %s. The property \"heap\" names another one: \"system\" is enough for a device behind an IOMMU.",
			 names);
	}
	return fd;
}

/**
 * dma_buf_of_heap() - allocate a dma-buf from a dma-heap
 * @heap:	the heap's name, or NULL for the heap of the default CMA area
 * @size:	in bytes, not 0
 * @why:	filled in on failure: why there is none and what to do, in sentences
 *
 * Return: a file descriptor, or -1 with @why set.
 */
int dma_buf_of_heap(const char *heap, size_t size, char *why)
{
	struct dma_heap_allocation_data data = {
		.len = round_up_to(size, sysconf(_SC_PAGESIZE)),
		.fd_flags = O_RDWR | O_CLOEXEC,
	};
	int device = heap_open_any(heap, why), err;

	if (device < 0)
		return -1;
	err = ioctl(device, DMA_HEAP_IOCTL_ALLOC, &data) ? errno : 0;
	close(device);
	if (err) {
		snprintf(why, WHY_SIZE, "The dma-heap has no %zu bytes: %s.", size,
			 strerror(err));
		return -1;
	}
	return data.fd;
}

/**
 * dma_buf_sync() - call DMA_BUF_IOCTL_SYNC before or after the CPU accesses a dma-buf
 * @fd:		the dma-buf
 * @write:	the CPU writes too
 * @begin:	the access begins; otherwise it ends
 */
void dma_buf_sync(int fd, bool write, bool begin)
{
	struct dma_buf_sync sync = {
		.flags = (write ? DMA_BUF_SYNC_RW : DMA_BUF_SYNC_READ) |
			 (begin ? DMA_BUF_SYNC_START : DMA_BUF_SYNC_END),
	};

	while (ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync) && (errno == EINTR || errno == EAGAIN))
		;
}
