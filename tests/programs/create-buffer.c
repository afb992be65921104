// SPDX-License-Identifier: GPL-2.0-only
/*
 * create-buffer - ask any video node for one MMAP buffer of a certain size
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include <linux/videodev2.h>

#include "common/number.h"
#include "common/video-node.h"

static const char usage[] =
"Usage: create-buffer NODE BYTES\n"
"Calls VIDIOC_CREATE_BUFS, and prints \"created\" or the error.\n"
"Exit status: 0 the node answered, 2 could not run.\n";

int main(int argc, char **argv)
{
	struct v4l2_create_buffers create = { .count = 1, .memory = V4L2_MEMORY_MMAP };
	enum v4l2_buf_type type;
	unsigned long bytes;
	int fd;

	if (argc != 3 || !number_parse(argv[2], 1, UINT_MAX, &bytes)) {
		fputs(usage, stderr);
		return 2;
	}
	fd = video_node_open(argv[1], &type);
	create.format.type = type;
	if (fd < 0 || ioctl(fd, VIDIOC_G_FMT, &create.format)) {
		fprintf(stderr, "create-buffer: %s: %s\n", argv[1], strerror(errno));
		return 2;
	}
	create.format.fmt.pix.sizeimage = bytes;
	puts(ioctl(fd, VIDIOC_CREATE_BUFS, &create) ? strerror(errno) : "created");
	return 0;
}
