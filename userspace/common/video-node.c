// SPDX-License-Identifier: GPL-2.0-only
/*
 * video-node.c - a V4L2 video node: opening it, and calls that several programs make
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "video-node.h"

/**
 * video_node_open() - open a node
 * @path:	of the node
 * @type:	filled in: the direction of its buffers, and whether they have planes or metadata
 *
 * Return: the file descriptor, or -1 with errno set if there is no such file or it is not a
 * V4L2 device.
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
	if (cap.device_caps & V4L2_CAP_META_CAPTURE)
		*type = V4L2_BUF_TYPE_META_CAPTURE;
	else if (cap.device_caps & V4L2_CAP_VIDEO_OUTPUT)
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
 * video_node_is_translated() - check whether an IOMMU translates the addresses of a device
 * @path:	of its node, /dev/videoN
 *
 * The type of an IOMMU group is in Documentation/ABI/testing/sysfs-kernel-iommu_groups.
 *
 * Return: true if an IOMMU translates. Then the device accepts memory that is not contiguous.
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

/**
 * video_node_format() - describe a format, for VIDIOC_S_FMT
 * @type:		type of the buffers
 * @width:		in pixels
 * @height:		in lines
 * @pixelformat:	the fourcc
 *
 * Return: the description; what is 0 in it is left to the driver.
 */
struct v4l2_format video_node_format(enum v4l2_buf_type type, unsigned int width,
				     unsigned int height, __u32 pixelformat)
{
	struct v4l2_format format = { .type = type };

	if (V4L2_TYPE_IS_MULTIPLANAR(type)) {
		format.fmt.pix_mp.width = width;
		format.fmt.pix_mp.height = height;
		format.fmt.pix_mp.pixelformat = pixelformat;
	} else {
		format.fmt.pix.width = width;
		format.fmt.pix.height = height;
		format.fmt.pix.pixelformat = pixelformat;
	}
	return format;
}

/**
 * video_node_request() - call VIDIOC_REQBUFS
 * @fd:		the node
 * @type:	type of the buffers
 * @memory:	their memory
 * @count:	how many; 0 frees all of them
 *
 * Return: the number of buffers, which the driver may have changed; or a negative errno.
 */
int video_node_request(int fd, enum v4l2_buf_type type, enum v4l2_memory memory,
		       unsigned int count)
{
	struct v4l2_requestbuffers request = { .count = count, .type = type, .memory = memory };

	return ioctl(fd, VIDIOC_REQBUFS, &request) ? -errno : (int)request.count;
}

/**
 * video_node_stream() - call VIDIOC_STREAMON or VIDIOC_STREAMOFF
 * @fd:		the node
 * @type:	type of the buffers
 * @on:		start or stop
 *
 * Return: 0, or a negative errno.
 */
int video_node_stream(int fd, enum v4l2_buf_type type, bool on)
{
	int argument = type;

	return ioctl(fd, on ? VIDIOC_STREAMON : VIDIOC_STREAMOFF, &argument) ? -errno : 0;
}

/**
 * video_node_set_control() - call VIDIOC_S_CTRL
 * @fd:		the node
 * @id:		the control
 * @value:	its new value
 *
 * Return: 0, or a negative errno.
 */
int video_node_set_control(int fd, __u32 id, int value)
{
	struct v4l2_control control = { .id = id, .value = value };

	return ioctl(fd, VIDIOC_S_CTRL, &control) ? -errno : 0;
}
