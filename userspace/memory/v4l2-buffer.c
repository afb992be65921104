// SPDX-License-Identifier: GPL-2.0-only
/*
 * v4l2-buffer.c - the MMAP buffer of a second V4L2 device, mapped
 *
 * Of a second one, because the queue under test is in USERPTR mode.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/videodev2.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "memory.h"

static bool same_driver(const struct v4l2_capability *a, int fd)
{
	struct v4l2_capability b;

	return !ioctl(fd, VIDIOC_QUERYCAP, &b) &&
	       (b.device_caps & V4L2_CAP_VIDEO_CAPTURE) &&
	       (b.device_caps & V4L2_CAP_STREAMING) &&
	       !strcmp((const char *)a->driver, (const char *)b.driver) &&
	       strcmp((const char *)a->bus_info, (const char *)b.bus_info);
}

static int open_sibling(const char *node)
{
	struct v4l2_capability cap;
	int fd, ret, sibling = -1;
	glob_t nodes;

	fd = open(node, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ret = ioctl(fd, VIDIOC_QUERYCAP, &cap);
	close(fd);
	if (ret)
		return -1;

	if (glob("/dev/video*", 0, NULL, &nodes))
		return -1;
	for (size_t i = 0; i < nodes.gl_pathc && sibling < 0; i++) {
		fd = open(nodes.gl_pathv[i], O_RDWR | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (same_driver(&cap, fd))
			sibling = fd;
		else
			close(fd);
	}
	globfree(&nodes);
	return sibling;
}

/* Have the sibling allocate a buffer for the format of the device under test. */
static int borrow(int sibling, const char *node, struct v4l2_buffer *buf)
{
	struct v4l2_create_buffers create = {
		.count = 1,
		.memory = V4L2_MEMORY_MMAP,
		.format.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
	};
	int fd = open(node, O_RDWR | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -1;
	ret = ioctl(fd, VIDIOC_G_FMT, &create.format);
	close(fd);
	if (ret)
		return -1;

	/* Unlike S_FMT and REQBUFS, this leaves the sibling's own format alone. */
	if (ioctl(sibling, VIDIOC_CREATE_BUFS, &create))
		return -1;
	*buf = (struct v4l2_buffer) {
		.index = create.index,
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.memory = V4L2_MEMORY_MMAP,
	};
	return ioctl(sibling, VIDIOC_QUERYBUF, buf);
}

static int v4l2_buffer_map(struct memory *m)
{
	struct v4l2_buffer buf;

	m->fd = open_sibling(m->node);
	if (m->fd < 0)
		return memory_lacks(m, "no second device of this driver to lend a buffer");
	if (borrow(m->fd, m->node, &buf))
		return memory_lacks(m, "the second device lends no buffer: %s", strerror(errno));
	if (buf.length < m->length)
		return memory_lacks(m, "the second device's buffer has only %u bytes", buf.length);

	m->size = memory_round_up(buf.length, PAGE);
	m->base = mmap(NULL, m->size, PROT_READ | PROT_WRITE, MAP_SHARED,
		       m->fd, buf.m.offset);
	if (m->base == MAP_FAILED) {
		m->base = NULL;
		return memory_lacks(m, "mmap: %s", strerror(errno));
	}
	m->frame = m->base;
	return 0;
}

const struct memory_kind memory_v4l2_buffer = {
	.name = "v4l2-buffer",
	.sentence = "another device's MMAP buffer is as good as that device's way to map it",
	.map = v4l2_buffer_map,
	.unmap = memory_unmap_plain,
};
