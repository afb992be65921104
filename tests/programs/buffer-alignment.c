// SPDX-License-Identifier: GPL-2.0-only
/*
 * buffer-alignment.c - the alignment that a node requires for a buffer
 */
#include <errno.h>
#include <stdint.h>
#include <sys/ioctl.h>

#include "buffer-alignment.h"
#include "common/page.h"

/**
 * buffer_alignment() - find out the alignment that a node requires for a buffer
 * @fd:		the node; it streams, and has one buffer, which is queued here
 * @type:	type of the buffer
 * @page:	a page for the buffer, half of which is used
 * @payload:	output: bytes of a frame; else 0
 *
 * The start and the length must be multiples of it. Programs cannot read it:
 * dma_get_cache_alignment() is 1 on x86-64, and 64 or 128 on arm64. So queue pointers that are
 * multiples of 1, 2, 4 ... bytes until one is accepted.
 *
 * Return: the alignment in bytes, or a negative errno.
 */
int buffer_alignment(int fd, enum v4l2_buf_type type, void *page, size_t payload)
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
