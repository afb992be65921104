// SPDX-License-Identifier: GPL-2.0-only
/*
 * dma-buf-planes - can a plane reach beyond a dma-buf that two planes have?
 *
 * videobuf2 attaches a dma-buf once if two planes of a buffer have it, and compares its size with
 * the length of the first of these planes only. The second one must not say that it is longer: its
 * data_offset would then be an address outside of the dma-buf.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <linux/videodev2.h>

#include "common/video-node.h"
#include "must.h"
#include "time-limit.h"

#define WIDTH		64
#define HEIGHT		64
#define PLANES		2
#define BUFFERS		2	/* vivid needs as many to stream */

static const char usage[] =
	"Usage: dma-buf-planes NODE\n"
	"Queues one dma-buf for both planes of a frame, on a node with the multi-planar API. If the\n"
	"second plane is in the dma-buf, QBUF must succeed. If it is longer, QBUF must fail.\n"
	"Exit status: 0 right, 1 wrong, 2 could not run.\n";

static enum v4l2_buf_type type;
static int node;
static unsigned int luma;	/* bytes in the first plane; the second one has half of it */

/*
 * Return a dma-buf with the pages of the first plane. It lives on when the buffer of the device is
 * freed.
 */
static int export(void)
{
	struct v4l2_exportbuffer request = { .type = type, .flags = O_RDWR | O_CLOEXEC };

	must("VIDIOC_REQBUFS", video_node_request(node, type, V4L2_MEMORY_MMAP, 1));
	must("VIDIOC_EXPBUF", ioctl(node, VIDIOC_EXPBUF, &request));
	return request.fd;
}

/* Queue the dma-buf for both planes of each buffer. Return 0 or the errno. */
static int queue(int dma_buf, unsigned int length, unsigned int data_offset)
{
	struct v4l2_plane planes[PLANES] = {
		{ .m.fd = dma_buf, .length = luma, .bytesused = luma },
		{ .m.fd = dma_buf, .length = length, .bytesused = length,
		  .data_offset = data_offset },
	};
	struct v4l2_buffer buf = {
		.type = type, .memory = V4L2_MEMORY_DMABUF, .m.planes = planes, .length = PLANES,
	};
	int err = 0;

	must("VIDIOC_REQBUFS", video_node_request(node, type, V4L2_MEMORY_DMABUF, BUFFERS));
	for (buf.index = 0; buf.index < BUFFERS && !err; buf.index++)
		err = ioctl(node, VIDIOC_QBUF, &buf) ? errno : 0;
	must("VIDIOC_STREAMON", video_node_stream(node, type, true));
	if (!err)
		must("VIDIOC_DQBUF", ioctl(node, VIDIOC_DQBUF, &buf));
	must("VIDIOC_STREAMOFF", video_node_stream(node, type, false));
	if (!err && buf.flags & V4L2_BUF_FLAG_ERROR)
		puts("the frame is marked as bad");
	return err;
}

static bool is_refused(int err)
{
	return err == EINVAL || err == EFAULT;
}

int main(int argc, char **argv)
{
	struct v4l2_format format;
	int dma_buf, inside, longer, far;
	off_t size;

	if (argc != 2) {
		fputs(usage, stderr);
		return 2;
	}
	alarm(TIME_LIMIT);
	node = video_node_open(argv[1], &type);
	must(argv[1], node);
	format = video_node_format(type, WIDTH, HEIGHT, V4L2_PIX_FMT_NV12M);
	must("VIDIOC_S_FMT", ioctl(node, VIDIOC_S_FMT, &format));
	luma = format.fmt.pix_mp.plane_fmt[0].sizeimage;
	dma_buf = export();
	size = lseek(dma_buf, 0, SEEK_END);
	must("lseek", size < 0 ? -1 : 0);
	inside = queue(dma_buf, luma, luma / 2);
	longer = queue(dma_buf, size + 1, 0);
	far = queue(dma_buf, 1U << 30, 1U << 29);
	printf("in the dma-buf: %s\na byte longer: %s\nfar longer: %s\n", strerror(inside),
	       strerror(longer), strerror(far));
	return inside || !is_refused(longer) || !is_refused(far);
}
