// SPDX-License-Identifier: GPL-2.0-only
/*
 * changed-format - what does a node make of a format that a program has read and changed?
 *
 * ffmpeg and others read the format, change its size in pixels and in bytes, and set it, with the
 * old length of lines. VLC changes its size in pixels only. They mean frames without padding.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/macros.h"
#include "common/video-node.h"

static const char usage[] =
"Usage: changed-format DEVICE\n"
"Read the format of a vipin node, change a part of it, and set it. A request for padding counts.\n"
"The old length of lines does not, if sizeimage is the old one too, or is too small for it.\n"
"Single-planar API only.\n"
"\n"
"Prints a line for each: \"right\" or \"wrong\", and what was asked and set.\n"
"Exit status: 0 none is wrong, 1 some are wrong, 2 could not run.\n";

/**
 * struct change - what a program changes, and what it gets
 * @what:	the changes in words
 * @line:	bytesperline before, in 640x480 YUYV; 0: no padding
 * @height:	requested height; the width is 320
 * @fourcc:	requested pixel format
 * @new_line:	requested bytesperline; 0: it stays as it was read
 * @size:	requested sizeimage; 0: it stays as it was read
 * @right_line:	bytesperline that the node must have then
 */
static const struct change {
	const char *what;
	__u32 line;
	__u32 height;
	__u32 fourcc;
	__u32 new_line;
	__u32 size;
	__u32 right_line;
} changes[] = {
	{ "pixels, and the bytes of such a frame", 0, 240, V4L2_PIX_FMT_YUV420, 0,
	  320 * 240 * 3 / 2, 320 },
	{ "the same, after padding", 1344, 240, V4L2_PIX_FMT_YUYV, 0, 320 * 240 * 2, 640 },
	{ "pixels, and the bytes of a frame with padding", 1344, 240, V4L2_PIX_FMT_YUYV, 0,
	  1344 * 240, 1344 },
	{ "pixels only", 0, 240, V4L2_PIX_FMT_YUYV, 0, 0, 640 },
	{ "pixels only, after padding", 1344, 240, V4L2_PIX_FMT_YUYV, 0, 0, 1344 },
	{ "more lines, with padding, and the old sizeimage", 1344, 600, V4L2_PIX_FMT_YUYV, 0, 0,
	  1344 },
	{ "bytesperline", 0, 600, V4L2_PIX_FMT_YUYV, 1400, 0, 1400 },
	{ "bytesperline and too few bytes", 0, 240, V4L2_PIX_FMT_YUYV, 1400, 320 * 240 * 2, 1400 },
};

/* Set 640x480 with the lines of @change. Then read it, change it, and set it. */
static int set(int fd, enum v4l2_buf_type type, const struct change *change,
	       struct v4l2_format *format)
{
	*format = video_node_format(type, 640, 480, V4L2_PIX_FMT_YUYV);
	format->fmt.pix.bytesperline = change->line;
	if (ioctl(fd, VIDIOC_S_FMT, format) || ioctl(fd, VIDIOC_G_FMT, format))
		return -errno;
	format->fmt.pix.width = 320;
	format->fmt.pix.height = change->height;
	format->fmt.pix.pixelformat = change->fourcc;
	if (change->new_line)
		format->fmt.pix.bytesperline = change->new_line;
	if (change->size)
		format->fmt.pix.sizeimage = change->size;
	return ioctl(fd, VIDIOC_S_FMT, format) ? -errno : 0;
}

int main(int argc, char *argv[])
{
	enum v4l2_buf_type type;
	int fd, ret = 0;

	if (argc != 2) {
		fputs(usage, stderr);
		return 2;
	}
	fd = video_node_open(argv[1], &type);
	if (fd < 0) {
		fprintf(stderr, "changed-format: %s: %s\n", argv[1], strerror(errno));
		return 2;
	}
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		const struct change *change = &changes[i];
		struct v4l2_format format;
		__u32 rows = change->height;
		int err = set(fd, type, change, &format);
		const struct v4l2_pix_format *pix = &format.fmt.pix;
		bool right;

		if (err) {
			fprintf(stderr, "changed-format: %s: %s\n", change->what, strerror(-err));
			return 2;
		}
		if (change->fourcc == V4L2_PIX_FMT_YUV420)
			rows += rows / 2;
		right = pix->width == 320 && pix->height == change->height &&
			pix->pixelformat == change->fourcc &&
			pix->bytesperline == change->right_line &&
			pix->sizeimage == change->right_line * rows;
		printf("%s %s: lines of %u bytes, frames of %u\n", right ? "right" : "wrong",
		       change->what, pix->bytesperline, pix->sizeimage);
		if (!right)
			ret = 1;
	}
	close(fd);
	return ret;
}
