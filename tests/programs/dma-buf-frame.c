// SPDX-License-Identifier: GPL-2.0-only
/*
 * dma-buf-frame - does a frame that a device captures into a dma-buf reach its memory?
 *
 * Fills a dma-buf with a pattern, lets the device capture one frame into it, and counts the bytes
 * of the memory that have changed. All accesses by the CPU are enclosed in DMA_BUF_IOCTL_SYNC, as
 * Documentation/driver-api/dma-buf.rst requires.
 *
 * This file needs only headers of the kernel, so that it can go with a bug report:
 * cc -o dma-buf-frame dma-buf-frame.c
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/memfd.h>
#include <linux/udmabuf.h>
#include <linux/videodev2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/page.h"

#define PATTERN		0xa5
#define MAX_BUFFERS	32
#define HEAP_PIECE	(64UL << 10)

static const char usage[] =
	"Usage: dma-buf-frame NODE EXPORTER\n"
	"Lets the node NODE capture a frame into a dma-buf of EXPORTER, and prints how many bytes of\n"
	"its memory have changed at three moments. The second one decides. EXPORTER is\n"
	"  /dev/udmabuf          pages of a memfd, from a huge page\n"
	"  /dev/dma_heap/NAME    a dma-buf heap\n"
	"  another video node    its MMAP buffers (VIDIOC_EXPBUF)\n"
	"Exit status: 0 the frame arrived, 1 it did not, 2 could not run.\n";

static int must(const char *what, int ret)
{
	if (ret >= 0)
		return ret;
	fprintf(stderr, "dma-buf-frame: %s: %s\n", what, strerror(errno));
	exit(2);
}

static int export_from_memfd(int exporter, size_t size)
{
	size_t huge_pages = (size + HUGE_PAGE - 1) / HUGE_PAGE;
	/* The dma-buf is no larger than the frame, since a bounce buffer holds 256 KiB. */
	struct udmabuf_create create = { .size = (size + PAGE - 1) & ~(PAGE - 1) };

	create.memfd = must("memfd_create", memfd_create("frame", MFD_ALLOW_SEALING |
							 MFD_HUGETLB | MFD_HUGE_2MB));
	must("no free huge page", fallocate(create.memfd, 0, 0, huge_pages * HUGE_PAGE));
	must("F_ADD_SEALS", fcntl(create.memfd, F_ADD_SEALS, F_SEAL_SHRINK));
	return must("UDMABUF_CREATE", ioctl(exporter, UDMABUF_CREATE, &create));
}

static int export_from_heap(int exporter, size_t size)
{
	/* The system heap has pieces of 64 KiB, so a small frame is contiguous. */
	struct dma_heap_allocation_data data = {
		.len = (size + HEAP_PIECE - 1) & ~(HEAP_PIECE - 1), .fd_flags = O_RDWR | O_CLOEXEC,
	};

	must("DMA_HEAP_IOCTL_ALLOC", ioctl(exporter, DMA_HEAP_IOCTL_ALLOC, &data));
	return data.fd;
}

static void request(int node, unsigned int memory, unsigned int *count)
{
	struct v4l2_requestbuffers r = {
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = memory, .count = *count,
	};

	must("VIDIOC_REQBUFS", ioctl(node, VIDIOC_REQBUFS, &r));
	*count = r.count;
}

/* Set a small frame, and return its size. */
static size_t set_format(int node)
{
	struct v4l2_format f = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };

	must("VIDIOC_G_FMT", ioctl(node, VIDIOC_G_FMT, &f));
	f.fmt.pix.width = 160;
	f.fmt.pix.height = 120;
	f.fmt.pix.bytesperline = 0;
	must("VIDIOC_S_FMT", ioctl(node, VIDIOC_S_FMT, &f));
	return f.fmt.pix.sizeimage;
}

static int export_from_node(int exporter, unsigned int index, unsigned int count, size_t size)
{
	struct v4l2_exportbuffer e = {
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .index = index, .flags = O_RDWR | O_CLOEXEC,
	};

	if (!index) {
		if (set_format(exporter) < size) {
			fputs("dma-buf-frame: the exporter's frames are smaller\n", stderr);
			exit(2);
		}
		request(exporter, V4L2_MEMORY_MMAP, &count);
	}
	must("VIDIOC_EXPBUF", ioctl(exporter, VIDIOC_EXPBUF, &e));
	return e.fd;
}

static void sync_cpu(int dmabuf, __u64 flags)
{
	struct dma_buf_sync sync = { .flags = flags };

	must("DMA_BUF_IOCTL_SYNC", ioctl(dmabuf, DMA_BUF_IOCTL_SYNC, &sync));
}

static size_t count_changed(const unsigned char *memory, size_t size)
{
	size_t changed = 0;

	for (size_t i = 0; i < size; i++)
		changed += memory[i] != PATTERN;
	return changed;
}

int main(int argc, char **argv)
{
	struct v4l2_buffer b = {
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_DMABUF,
	};
	int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
	unsigned char *memory[MAX_BUFFERS];
	size_t size, dequeued, synced;
	int dmabufs[MAX_BUFFERS];
	unsigned int count = 1;
	int node, exporter;

	if (argc != 3) {
		fputs(usage, stderr);
		return 2;
	}
	node = must(argv[1], open(argv[1], O_RDWR));
	exporter = must(argv[2], open(argv[2], O_RDWR));
	size = set_format(node);
	request(node, V4L2_MEMORY_DMABUF, &count);
	if (count > MAX_BUFFERS)
		count = MAX_BUFFERS;
	for (unsigned int i = 0; i < count; i++) {
		if (!strcmp(argv[2], "/dev/udmabuf"))
			dmabufs[i] = export_from_memfd(exporter, size);
		else if (!strncmp(argv[2], "/dev/dma_heap/", 14))
			dmabufs[i] = export_from_heap(exporter, size);
		else
			dmabufs[i] = export_from_node(exporter, i, count, size);
		memory[i] = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, dmabufs[i], 0);
		must("mmap of the dma-buf", memory[i] == MAP_FAILED ? -1 : 0);
		sync_cpu(dmabufs[i], DMA_BUF_SYNC_START | DMA_BUF_SYNC_WRITE);
		memset(memory[i], PATTERN, size);
		sync_cpu(dmabufs[i], DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE);

		b.index = i;
		b.m.fd = dmabufs[i];
		b.length = size;
		must("VIDIOC_QBUF", ioctl(node, VIDIOC_QBUF, &b));
	}
	must("VIDIOC_STREAMON", ioctl(node, VIDIOC_STREAMON, &type));
	must("VIDIOC_DQBUF", ioctl(node, VIDIOC_DQBUF, &b));

	dequeued = count_changed(memory[b.index], size);
	sync_cpu(dmabufs[b.index], DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ);
	synced = count_changed(memory[b.index], size);
	sync_cpu(dmabufs[b.index], DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ);

	must("VIDIOC_STREAMOFF", ioctl(node, VIDIOC_STREAMOFF, &type));
	count = 0;
	request(node, V4L2_MEMORY_DMABUF, &count);
	printf("%zu bytes; changed after DQBUF: %zu, DMA_BUF_SYNC_START: %zu, REQBUFS(0): %zu\n",
	       size, dequeued, synced, count_changed(memory[b.index], size));
	return synced < size / 2;
}
