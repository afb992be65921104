// SPDX-License-Identifier: GPL-2.0-only
/*
 * pin-children - let many processes, one after the other, pin a page and exit
 *
 * A pin holds the address space and the credentials of its process. If it does not release them,
 * each process leaves objects in the kernel's allocator.
 */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/videodev2.h>

#include "common/number.h"
#include "common/page.h"
#include "common/video-node.h"
#include "must.h"

static const char usage[] =
"Usage: pin-children NODE TIMES\n"
"TIMES processes, one after the other, queue a frame of one page and exit. NODE keeps the format.\n"
"Exit status: 0 done, 2 could not run.\n";

/* A pixel of YUYV has two bytes. */
static void set_size(int fd, enum v4l2_buf_type type)
{
	struct v4l2_format format = {
		.type = type,
		.fmt.pix = {
			.width = 64, .height = PAGE / 128, .pixelformat = V4L2_PIX_FMT_YUYV,
		},
	};

	must("VIDIOC_S_FMT", ioctl(fd, VIDIOC_S_FMT, &format));
}

static void pin_page(const char *path)
{
	struct v4l2_buffer buf = { .memory = V4L2_MEMORY_USERPTR, .length = PAGE };
	void *page = aligned_alloc(PAGE, PAGE);
	enum v4l2_buf_type type;
	int fd = video_node_open(path, &type);

	must(path, fd);
	must("memory", page ? 0 : -1);
	memset(page, 0, PAGE);
	set_size(fd, type);
	buf.type = type;
	buf.m.userptr = (uintptr_t)page;
	buf.bytesused = PAGE;
	must("VIDIOC_REQBUFS", video_node_request(fd, type, buf.memory, 1));
	must("VIDIOC_QBUF", ioctl(fd, VIDIOC_QBUF, &buf));
	_exit(0);
}

int main(int argc, char **argv)
{
	unsigned long times;
	int status;
	pid_t child;

	if (argc != 3 || !number_parse(argv[2], 1, ULONG_MAX, &times)) {
		fputs(usage, stderr);
		return 2;
	}
	for (unsigned long n = 0; n < times; n++) {
		child = fork();
		must("fork", child);
		if (child == 0)
			pin_page(argv[1]);
		if (waitpid(child, &status, 0) != child || status)
			return 2;
	}
	return 0;
}
