// SPDX-License-Identifier: GPL-2.0-only
/*
 * buffer-alignment.c - the alignment that a node requires for a buffer
 */
#include <errno.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "buffer-alignment.h"
#include "common/page.h"
#include "common/video-node.h"

/* Queue pointers that are multiples of 1, 2, 4 ... bytes until one is accepted. */
static int try_alignments(int fd, enum v4l2_buf_type type, void *page, size_t payload)
{
	size_t alignment;

	for (alignment = 1; alignment < PAGE; alignment *= 2) {
		struct v4l2_buffer buf = {
			.type = type, .memory = V4L2_MEMORY_USERPTR, .length = PAGE / 2,
			.m.userptr = (uintptr_t)page + alignment, .bytesused = payload,
		};

		if (!ioctl(fd, VIDIOC_QBUF, &buf))
			return alignment;
		if (errno != EINVAL)
			return -errno;
	}
	return -EINVAL;
}

/**
 * buffer_alignment() - find out the alignment that a node requires for a buffer
 * @fd:		the node, without buffers and with the single-planar API; its frame fills half a
 *		page at most
 * @type:	type of the buffer
 * @payload:	output: bytes of a frame; else 0
 *
 * The start and the length must be multiples of it. Programs cannot read it:
 * dma_get_cache_alignment() is 1 on x86-64, and 64 or 128 on arm64. So some pointers are tried.
 *
 * Return: the alignment in bytes, or a negative errno.
 */
int buffer_alignment(int fd, enum v4l2_buf_type type, size_t payload)
{
	void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int ret;

	if (page == MAP_FAILED)
		return -errno;
	ret = video_node_request(fd, type, V4L2_MEMORY_USERPTR, 1);
	if (ret >= 0)
		ret = try_alignments(fd, type, page, payload);
	video_node_request(fd, type, V4L2_MEMORY_USERPTR, 0);
	munmap(page, PAGE);
	return ret;
}
