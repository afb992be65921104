// SPDX-License-Identifier: GPL-2.0-only
/*
 * dma-buf-refused - what is left of a dma-buf that QBUF refuses?
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <linux/udmabuf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/videodev2.h>

#include "common/page.h"
#include "common/pins.h"
#include "common/video-node.h"

#define FRAME		(2 * PAGE)

enum {
	EXIT_RIGHT = 0,
	EXIT_BROKEN = 1,
	EXIT_CANNOT_RUN = 2,
};

static const char usage[] =
	"Usage: dma-buf-refused NODE too-long|scattered\n"
	"Queues a udmabuf that the device must refuse, and checks what is left of it.\n"
	"  too-long   the length in struct v4l2_buffer is larger than the dma-buf: no page may stay\n"
	"             pinned when the dma-buf is closed\n"
	"  scattered  the dma-buf is not contiguous, and the device has no IOMMU: the next QBUF of a\n"
	"             contiguous one must succeed\n"
	"Exit status: 0 right, 1 broken, 2 could not run.\n";

static int must(const char *what, int ret)
{
	if (ret >= 0)
		return ret;
	fprintf(stderr, "dma-buf-refused: %s: %s\n", what, strerror(errno));
	exit(EXIT_CANNOT_RUN);
}

/* Make a dma-buf of one or two parts of @size bytes. Two parts are the same pages, twice. */
static int export(size_t size, unsigned int parts, unsigned int flags)
{
	size_t file_size = flags ? HUGE_PAGE : size;
	struct {
		struct udmabuf_create_list head;
		struct udmabuf_create_item items[2];
	} create = { .head = { .flags = UDMABUF_FLAGS_CLOEXEC, .count = parts } };
	int device = must("/dev/udmabuf", open("/dev/udmabuf", O_RDWR | O_CLOEXEC));
	int memfd = must("memfd_create", memfd_create("dma-buf-refused", MFD_CLOEXEC |
						      MFD_ALLOW_SEALING | flags));
	unsigned int i;
	int fd;

	must("fallocate", fallocate(memfd, 0, 0, file_size));
	must("F_ADD_SEALS", fcntl(memfd, F_ADD_SEALS, F_SEAL_SHRINK));
	for (i = 0; i < parts; i++) {
		create.items[i].memfd = memfd;
		create.items[i].size = size;
	}
	fd = must("UDMABUF_CREATE_LIST", ioctl(device, UDMABUF_CREATE_LIST, &create));
	close(memfd);
	close(device);
	return fd;
}

static int open_node(const char *path, enum v4l2_buf_type *type)
{
	struct v4l2_format format = { .fmt.pix = {
		.width = 64, .height = 128, .pixelformat = V4L2_PIX_FMT_GREY,
	} };
	int node = must(path, video_node_open(path, type));

	format.type = *type;
	must("VIDIOC_S_FMT", ioctl(node, VIDIOC_S_FMT, &format));
	errno = 0;
	must("VIDIOC_REQBUFS", video_node_request(node, *type, V4L2_MEMORY_DMABUF, 1) - 1);
	return node;
}

/* Return 0 or a negative errno. */
static int queue(int node, enum v4l2_buf_type type, int fd, size_t length)
{
	struct v4l2_buffer buf = {
		.type = type, .memory = V4L2_MEMORY_DMABUF, .m.fd = fd,
		.length = length, .bytesused = FRAME,
	};

	return ioctl(node, VIDIOC_QBUF, &buf) ? -errno : 0;
}

static int must_be_refused(int error)
{
	if (error == -EFAULT)
		return EXIT_RIGHT;
	printf("the first QBUF: %s\n", strerror(-error));
	return EXIT_BROKEN;
}

static int too_long(const char *path)
{
	long before = pins_count(-1), after;
	enum v4l2_buf_type type;
	int node = open_node(path, &type);
	int fd = export(FRAME, 1, 0);
	int result = must_be_refused(queue(node, type, fd, 2 * FRAME));

	close(fd);
	close(node);
	after = pins_count(before);
	printf("%ld pages stay pinned\n", after - before);
	return after == before ? result : EXIT_BROKEN;
}

static int scattered(const char *path)
{
	enum v4l2_buf_type type;
	int node = open_node(path, &type);
	int result = must_be_refused(queue(node, type, export(FRAME / 2, 2, 0), FRAME));
	int error = queue(node, type, export(FRAME, 1, MFD_HUGETLB | MFD_HUGE_2MB), FRAME);

	printf("the second QBUF: %s\n", strerror(-error));
	return error ? EXIT_BROKEN : result;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[2], "too-long"))
		return too_long(argv[1]);
	if (argc == 3 && !strcmp(argv[2], "scattered"))
		return scattered(argv[1]);
	fputs(usage, stderr);
	return EXIT_CANNOT_RUN;
}
