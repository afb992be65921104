// SPDX-License-Identifier: GPL-2.0-only
/*
 * video-node.c - a V4L2 node that a program is given
 */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "video-node.h"

/**
 * video_node_open() - open a node
 * @path:	of the node
 * @type:	filled in: its direction and API
 *
 * Return: the descriptor, or -1 with errno set if there is none or it is no V4L2 device.
 */
int video_node_open(const char *path, enum v4l2_buf_type *type)
{
	struct v4l2_capability cap;
	int fd = open(path, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return -1;
	if (ioctl(fd, VIDIOC_QUERYCAP, &cap)) {
		close(fd);
		return -1;
	}
	if (cap.device_caps & V4L2_CAP_VIDEO_OUTPUT)
		*type = V4L2_BUF_TYPE_VIDEO_OUTPUT;
	else if (cap.device_caps & V4L2_CAP_VIDEO_OUTPUT_MPLANE)
		*type = V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE;
	else if (cap.device_caps & V4L2_CAP_VIDEO_CAPTURE_MPLANE)
		*type = V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE;
	else
		*type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
	return fd;
}
