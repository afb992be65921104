// SPDX-License-Identifier: GPL-2.0-only
/*
 * v4l2-buffer.c - the MMAP buffer of a second V4L2 device, mapped or exported
 *
 * A second device is needed because the queue under test is in USERPTR mode.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/videodev2.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "provider.h"

/* Flags of the variant. */
#define OF_VIVID	1	/* a buffer of vivid, else of the driver under test */
#define BY_EXPORT	2	/* mapped through the dma-buf that exports it */

static bool can_provide_buffer(int fd, const struct v4l2_capability *under_test, bool vivid)
{
	struct v4l2_capability cap;

	return !ioctl(fd, VIDIOC_QUERYCAP, &cap) &&
	       (cap.device_caps & V4L2_CAP_VIDEO_CAPTURE) &&
	       (cap.device_caps & V4L2_CAP_STREAMING) &&
	       !strcmp((const char *)cap.driver,
		       vivid ? "vivid" : (const char *)under_test->driver) &&
	       strcmp((const char *)cap.bus_info, (const char *)under_test->bus_info);
}

static int open_second_device(const struct memory *m)
{
	struct v4l2_capability cap;
	int fd, ret, second = -1;
	glob_t nodes;

	fd = open(m->node, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ret = ioctl(fd, VIDIOC_QUERYCAP, &cap);
	close(fd);
	if (ret)
		return -1;

	if (glob("/dev/video*", 0, NULL, &nodes))
		return -1;
	for (size_t i = 0; i < nodes.gl_pathc && second < 0; i++) {
		fd = open(nodes.gl_pathv[i], O_RDWR | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (can_provide_buffer(fd, &cap, m->kind->variant & OF_VIVID))
			second = fd;
		else
			close(fd);
	}
	globfree(&nodes);
	return second;
}

static int format_of(const char *node, struct v4l2_format *format)
{
	int fd = open(node, O_RDWR | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -1;
	format->type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
	ret = ioctl(fd, VIDIOC_G_FMT, format);
	if (ret) {
		format->type = V4L2_BUF_TYPE_VIDEO_OUTPUT;
		ret = ioctl(fd, VIDIOC_G_FMT, format);
	}
	close(fd);
	format->type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
	return ret;
}

/*
 * Allocate a buffer of the second device. Use its own format if that is large enough, because
 * the device may refuse a smaller size. Else use the format of the device under test. Unlike
 * S_FMT and REQBUFS, CREATE_BUFS does not change the format of the second device.
 */
static int create_buffer(int second, const struct memory *m, struct v4l2_buffer *buf)
{
	struct v4l2_create_buffers create = {
		.count = 1,
		.memory = V4L2_MEMORY_MMAP,
		.format.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
	};

	if (ioctl(second, VIDIOC_G_FMT, &create.format))
		return -1;
	if (create.format.fmt.pix.sizeimage < m->length && format_of(m->node, &create.format))
		return -1;
	if (ioctl(second, VIDIOC_CREATE_BUFS, &create))
		return -1;
	*buf = (struct v4l2_buffer) {
		.index = create.index,
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.memory = V4L2_MEMORY_MMAP,
	};
	return ioctl(second, VIDIOC_QUERYBUF, buf);
}

static int v4l2_buffer_map(struct memory *m)
{
	struct v4l2_exportbuffer export = {
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.flags = O_RDWR | O_CLOEXEC,
	};
	struct v4l2_buffer buf;
	bool exported = m->kind->by_fd || (m->kind->variant & BY_EXPORT);

	m->fd = open_second_device(m);
	if (m->fd < 0)
		return memory_lacks(m, "no %s that could provide a buffer",
				    m->kind->variant & OF_VIVID ? "vivid" :
				    "second device of this driver");
	if (create_buffer(m->fd, m, &buf))
		return memory_lacks(m, "no buffer of the second device: %s", strerror(errno));
	if (buf.length < m->length)
		return memory_lacks(m, "the second device's buffer has only %u bytes", buf.length);

	export.index = buf.index;
	if (exported && ioctl(m->fd, VIDIOC_EXPBUF, &export))
		return memory_lacks(m, "VIDIOC_EXPBUF: %s", strerror(errno));
	if (exported)
		m->dmabuf = export.fd;

	m->size = memory_round_up(buf.length, PAGE);
	if (exported ? memory_map_shared(m, m->dmabuf, 0) :
		       memory_map_shared(m, m->fd, buf.m.offset))
		return -1;

	/* The buffer has no room for a guard page before the frame. */
	m->frame = m->base;
	return 0;
}

static const struct memory_kind kinds[] = {
	{
		.name = "v4l2-buffer",
		.sentence = "the MMAP buffer of another device: its driver's mapping decides",
		.map = v4l2_buffer_map,
		.unmap = memory_unmap_plain,
	}, {
		.name = "v4l2-export",
		.sentence = "the same MMAP buffer, mapped through the dma-buf that exports it",
		.map = v4l2_buffer_map,
		.unmap = memory_unmap_plain,
		.variant = BY_EXPORT,
	}, {
		.name = "v4l2-export-fd",
		.sentence = "the fd of that dma-buf is the right way between two such devices",
		.map = v4l2_buffer_map,
		.unmap = memory_unmap_plain,
		.by_fd = true,
	}, {
		.name = "vivid-buffer",
		.sentence = "an MMAP buffer from vmalloc() has ordinary pages, and is scattered",
		.map = v4l2_buffer_map,
		.unmap = memory_unmap_plain,
		.variant = OF_VIVID,
	}, {
		.name = "vivid-export",
		.sentence = "the same pages, mapped through the dma-buf that exports them",
		.map = v4l2_buffer_map,
		.unmap = memory_unmap_plain,
		.variant = OF_VIVID | BY_EXPORT,
	}, {
		.name = "vivid-export-fd",
		.sentence = "the dma-buf of vmalloc() memory is accepted with an IOMMU only",
		.map = v4l2_buffer_map,
		.unmap = memory_unmap_plain,
		.variant = OF_VIVID,
		.by_fd = true,
	},
};

const struct memory_provider v4l2_buffer_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
