// SPDX-License-Identifier: GPL-2.0-only
/*
 * video-node.c - a V4L2 node that a program is given
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
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

/**
 * video_node_is_translated() - ask whether an IOMMU translates the addresses of a device
 * @path:	of its node, /dev/videoN
 *
 * The type of an IOMMU group is in Documentation/ABI/testing/sysfs-kernel-iommu_groups.
 *
 * Return: true if it does. Then the device takes memory that is not contiguous.
 */
bool video_node_is_translated(const char *path)
{
	const char *slash = strrchr(path, '/');
	char file[128], type[16] = "";
	FILE *f;

	snprintf(file, sizeof(file), "/sys/class/video4linux/%.32s/device/iommu_group/type",
		 slash ? slash + 1 : path);
	f = fopen(file, "re");
	if (!f)
		return false;
	if (!fgets(type, sizeof(type), f))
		*type = 0;
	fclose(f);
	return !strncmp(type, "DMA", 3);
}
