// SPDX-License-Identifier: GPL-2.0-only
/*
 * buffers.c - what new MMAP buffers contain
 *
 * All free memory that videobuf2 may get next is filled before each round. Buffers of several sizes
 * are allocated, mapped up to the end of their last page, and filled before they are freed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/page.h"
#include "common/video-node.h"
#include "memory/memory.h"
#include "poison.h"

#define ROUNDS		4
#define BUFFERS		3
#define PLANES		2

/* Set a frame size with a last page that is not full, another one in each round. */
static bool set_size(struct node *n, unsigned int round)
{
	struct v4l2_format f = { .type = n->type };

	/* The first fields of both structures are the same. */
	f.fmt.pix.width = 34 + 150 * round;
	f.fmt.pix.height = 62 + 50 * round;
	f.fmt.pix.pixelformat = V4L2_PIX_FMT_GREY;
	if (V4L2_TYPE_IS_MULTIPLANAR(n->type))
		f.fmt.pix_mp.pixelformat = V4L2_PIX_FMT_NV12M;
	return !ioctl(n->fd, VIDIOC_S_FMT, &f);
}

/* Map a plane of a buffer, by the node or by its dma-buf. */
static void *map_plane(struct node *n, unsigned int index, unsigned int plane, __u32 length,
		       __u32 offset, bool by_export)
{
	struct v4l2_exportbuffer export = {
		.type = n->type, .index = index, .plane = plane, .flags = O_RDWR | O_CLOEXEC,
	};
	void *at;

	if (!by_export)
		return mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, n->fd, offset);
	if (ioctl(n->fd, VIDIOC_EXPBUF, &export))
		return MAP_FAILED;
	at = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, export.fd, 0);
	close(export.fd);
	return at;
}

/* Check that a plane is zero, and fill it. */
static bool plane_is_new(struct node *n, unsigned int index, unsigned int plane, __u32 length,
			 __u32 offset, bool by_export)
{
	const size_t size = memory_round_up(length, PAGE);
	unsigned char *at = map_plane(n, index, plane, size, offset, by_export);
	size_t byte = 0;

	if (at == MAP_FAILED) {
		ended(n, WRONG, "buffer %u cannot be mapped: %s", index, strerror(errno));
		return false;
	}
	while (byte < size && !at[byte])
		byte++;
	if (byte < size)
		ended(n, WRONG, "byte %zu of a new buffer of %u bytes is 0x%02x", byte, length,
		      at[byte]);
	memset(at, POISON_SOIL, size);
	munmap(at, size);
	return byte == size;
}

static bool buffer_is_new(struct node *n, unsigned int index, bool by_export)
{
	struct v4l2_plane planes[PLANES] = { };
	struct v4l2_buffer buf = {
		.index = index, .type = n->type, .memory = V4L2_MEMORY_MMAP,
	};

	if (!V4L2_TYPE_IS_MULTIPLANAR(n->type))
		return !ioctl(n->fd, VIDIOC_QUERYBUF, &buf) &&
		       plane_is_new(n, index, 0, buf.length, buf.m.offset, by_export);
	buf.length = PLANES;
	buf.m.planes = planes;
	if (ioctl(n->fd, VIDIOC_QUERYBUF, &buf) || buf.length != PLANES)
		return false;
	for (unsigned int i = 0; i < PLANES; i++)
		if (!plane_is_new(n, index, i, planes[i].length, planes[i].m.mem_offset, by_export))
			return false;
	return true;
}

static enum outcome are_new(struct node *n, bool by_export)
{
	unsigned int round, index;

	for (round = 0; round < ROUNDS; round++) {
		soil_pages();
		if (!set_size(n, round) ||
		    video_node_request(n->fd, n->type, V4L2_MEMORY_MMAP, BUFFERS) < BUFFERS)
			return ended(n, WRONG, "no buffers: %s", strerror(errno));
		for (index = 0; index < BUFFERS; index++)
			if (!buffer_is_new(n, index, by_export))
				return *n->why ? WRONG : ended(n, WRONG, "QUERYBUF fails");
		video_node_request(n->fd, n->type, V4L2_MEMORY_MMAP, 0);
	}
	set_size(n, 0);
	snprintf(n->why, sizeof(n->why), "%u buffers", ROUNDS * BUFFERS);
	return RIGHT;
}

/**
 * buffers_are_new() - check new MMAP buffers
 * @n:	the node
 *
 * Return: the outcome
 */
enum outcome buffers_are_new(struct node *n)
{
	return are_new(n, false);
}

/**
 * exported_are_new() - check new MMAP buffers through their dma-bufs
 * @n:	the node
 *
 * Return: the outcome
 */
enum outcome exported_are_new(struct node *n)
{
	return are_new(n, true);
}
