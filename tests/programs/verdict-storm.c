// SPDX-License-Identifier: GPL-2.0-only
/*
 * verdict-storm - make vipin record one or many verdicts about a file's mapping
 *
 * Maps a file without the access that the device needs, and hands the mapping over again
 * and again. Policy strict refuses it each time, and the verdict contains the file's name.
 * The file may be empty, since nothing touches its pages.
 *
 * Or maps an empty file with all access: then the pin fails, since there is no page.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include <linux/videodev2.h>

#include "common/number.h"
#include "common/video-node.h"

enum {
	EXIT_REFUSED = 0,
	EXIT_OTHERWISE = 1,
	EXIT_CANNOT_RUN = 2,
};

static const char usage[] =
	"Usage: verdict-storm NODE FILE [TIMES [pages]]\n"
	"Hands a mapping of FILE that policy strict refuses to a vipin, once, or TIMES times\n"
	"(0: until killed). With \"pages\" the access is right, but FILE is empty: it has no pages.\n"
	"Exit status: 0 QBUF failed with EFAULT each time, 1 it did not, 2 could not run.\n";

static void die(const char *what)
{
	fprintf(stderr, "verdict-storm: %s: %s\n", what, strerror(errno));
	exit(EXIT_CANNOT_RUN);
}

int main(int argc, char **argv)
{
	struct v4l2_buffer buf = { .memory = V4L2_MEMORY_USERPTR };
	struct v4l2_format format = { 0 };
	unsigned long times = 1, n;
	enum v4l2_buf_type type;
	int access, share = MAP_SHARED;
	void *frame;
	int fd, file;

	if (argc < 3 || argc > 5 ||
	    (argc > 3 && !number_parse(argv[3], 0, ULONG_MAX, &times)) ||
	    (argc == 5 && strcmp(argv[4], "pages"))) {
		fputs(usage, stderr);
		return EXIT_CANNOT_RUN;
	}
	fd = video_node_open(argv[1], &type);
	if (fd < 0)
		die(argv[1]);
	access = type == V4L2_BUF_TYPE_VIDEO_OUTPUT ? PROT_WRITE : PROT_READ;
	if (argc == 5) {
		access = PROT_READ | PROT_WRITE;
		share = MAP_PRIVATE;
	}
	file = open(argv[2], O_RDWR | O_CLOEXEC);
	if (file < 0)
		die(argv[2]);

	format.type = type;
	if (ioctl(fd, VIDIOC_G_FMT, &format) ||
	    video_node_request(fd, type, V4L2_MEMORY_USERPTR, 1) < 0)
		die(argv[1]);
	frame = mmap(NULL, format.fmt.pix.sizeimage, access, share, file, 0);
	if (frame == MAP_FAILED)
		die("mmap");

	buf.type = type;
	buf.m.userptr = (unsigned long)frame;
	buf.length = format.fmt.pix.sizeimage;
	buf.bytesused = buf.length;
	for (n = 0; n < times || !times; n++) {
		if (!ioctl(fd, VIDIOC_QBUF, &buf) || errno != EFAULT) {
			fprintf(stderr, "verdict-storm: not refused with EFAULT\n");
			return EXIT_OTHERWISE;
		}
	}
	return EXIT_REFUSED;
}
