// SPDX-License-Identifier: GPL-2.0-only
/*
 * v4l2-buffer.c - the MMAP buffer of a second V4L2 device, mapped or exported
 *
 * Of a second one, because the queue under test is in USERPTR mode.
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

/* A kind's variant: whose buffer, and how it is mapped. */
#define OF_VIVID	1	/* or else of the same driver */
#define BY_EXPORT	2	/* through the dma-buf that it is exported as */

static bool may_lend(int fd, const struct v4l2_capability *borrower, bool vivid)
{
	struct v4l2_capability cap;

	return !ioctl(fd, VIDIOC_QUERYCAP, &cap) &&
	       (cap.device_caps & V4L2_CAP_VIDEO_CAPTURE) &&
	       (cap.device_caps & V4L2_CAP_STREAMING) &&
	       !strcmp((const char *)cap.driver,
		       vivid ? "vivid" : (const char *)borrower->driver) &&
	       strcmp((const char *)cap.bus_info, (const char *)borrower->bus_info);
}

static int open_lender(const struct memory *m)
{
	struct v4l2_capability cap;
	int fd, ret, lender = -1;
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
	for (size_t i = 0; i < nodes.gl_pathc && lender < 0; i++) {
		fd = open(nodes.gl_pathv[i], O_RDWR | O_CLOEXEC);
		if (fd < 0)
			continue;
		if (may_lend(fd, &cap, m->kind->variant & OF_VIVID))
			lender = fd;
		else
			close(fd);
	}
	globfree(&nodes);
	return lender;
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
 * Have the lender allocate a buffer for its own format, if that is large enough,
 * or else for that of the device under test: a smaller one than its own it may
 * refuse. Unlike S_FMT and REQBUFS, this leaves its format alone.
 */
static int borrow(int lender, const struct memory *m, struct v4l2_buffer *buf)
{
	struct v4l2_create_buffers create = {
		.count = 1,
		.memory = V4L2_MEMORY_MMAP,
		.format.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
	};

	if (ioctl(lender, VIDIOC_G_FMT, &create.format))
		return -1;
	if (create.format.fmt.pix.sizeimage < m->length && format_of(m->node, &create.format))
		return -1;
	if (ioctl(lender, VIDIOC_CREATE_BUFS, &create))
		return -1;
	*buf = (struct v4l2_buffer) {
		.index = create.index,
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.memory = V4L2_MEMORY_MMAP,
	};
	return ioctl(lender, VIDIOC_QUERYBUF, buf);
}

static int v4l2_buffer_map(struct memory *m)
{
	struct v4l2_exportbuffer export = {
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.flags = O_RDWR | O_CLOEXEC,
	};
	struct v4l2_buffer buf;
	bool exported = m->kind->by_fd || (m->kind->variant & BY_EXPORT);

	m->fd = open_lender(m);
	if (m->fd < 0)
		return memory_lacks(m, "no %s to lend a buffer",
				    m->kind->variant & OF_VIVID ? "vivid" :
				    "second device of this driver");
	if (borrow(m->fd, m, &buf))
		return memory_lacks(m, "the second device lends no buffer: %s", strerror(errno));
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

	/* There is no page to spare in front of the frame. */
	m->frame = m->base;
	return 0;
}

const struct memory_kind memory_v4l2_buffer = {
	.name = "v4l2-buffer",
	.sentence = "another device's MMAP buffer is as good as that device's way to map it",
	.map = v4l2_buffer_map,
	.unmap = memory_unmap_plain,
};

const struct memory_kind memory_v4l2_export = {
	.name = "v4l2-export",
	.sentence = "mapped through the dma-buf that it is exported as, it is no better",
	.map = v4l2_buffer_map,
	.unmap = memory_unmap_plain,
	.variant = BY_EXPORT,
};

const struct memory_kind memory_v4l2_export_fd = {
	.name = "v4l2-export-fd",
	.sentence = "that dma-buf's fd is the right way from one such device to the next",
	.map = v4l2_buffer_map,
	.unmap = memory_unmap_plain,
	.by_fd = true,
};

const struct memory_kind memory_vivid_buffer = {
	.name = "vivid-buffer",
	.sentence = "a vmalloc'ed MMAP buffer is ordinary pages to the VMA, and scattered",
	.map = v4l2_buffer_map,
	.unmap = memory_unmap_plain,
	.variant = OF_VIVID,
};

const struct memory_kind memory_vivid_export = {
	.name = "vivid-export",
	.sentence = "the same pages through the dma-buf that they are exported as",
	.map = v4l2_buffer_map,
	.unmap = memory_unmap_plain,
	.variant = OF_VIVID | BY_EXPORT,
};

const struct memory_kind memory_vivid_export_fd = {
	.name = "vivid-export-fd",
	.sentence = "a vmalloc'ed buffer's dma-buf is a way in behind an IOMMU only",
	.map = v4l2_buffer_map,
	.unmap = memory_unmap_plain,
	.variant = OF_VIVID,
	.by_fd = true,
};
