// SPDX-License-Identifier: GPL-2.0-only
/*
 * device.c - the V4L2 device under test
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "common/video-node.h"
#include "device.h"

const char * const direction_names[NR_DIRECTIONS] = {
	[CAPTURE] = "capture",
	[OUTPUT] = "output",
};

static int failed(struct device *d, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(d->why, sizeof(d->why), format, args);
	va_end(args);
	device_close(d);
	return -1;
}

/*
 * Find the sysfs folder of a node. The device number identifies the node; udev may have
 * given it any name.
 */
static int find_node(struct device *d, char *sysfs)
{
	char link[64];
	struct stat st;

	if (fstat(d->fd, &st) || !S_ISCHR(st.st_mode))
		return -1;
	snprintf(link, sizeof(link), "/sys/dev/char/%u:%u",
		 major(st.st_rdev), minor(st.st_rdev));
	if (!realpath(link, sysfs))
		return -1;
	snprintf(d->node, sizeof(d->node), "%.31s", strrchr(sysfs, '/') + 1);
	return 0;
}

/**
 * device_buffer_type() - get the type of a device's buffers
 * @d:	the device
 *
 * Return: V4L2_BUF_TYPE_VIDEO_CAPTURE or V4L2_BUF_TYPE_VIDEO_OUTPUT.
 */
__u32 device_buffer_type(const struct device *d)
{
	return d->direction == OUTPUT ? V4L2_BUF_TYPE_VIDEO_OUTPUT :
					V4L2_BUF_TYPE_VIDEO_CAPTURE;
}

/**
 * device_open() - open a device
 * @d:		filled in
 * @path:	path of its node
 *
 * Return: 0, or -1 with @d->why set.
 */
int device_open(struct device *d, const char *path)
{
	struct v4l2_format before = {};
	struct v4l2_capability cap;
	char sysfs[PATH_MAX];
	const char *bus;
	int ret;

	*d = (struct device) { .path = path };
	d->fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (d->fd < 0 && (errno == EACCES || errno == EPERM))
		return failed(d, "%s (%s): be root, or in the group that owns it, often 'video'",
			      strerror(errno), errno == EACCES ? "EACCES" : "EPERM");
	if (d->fd < 0)
		return failed(d, "%s", strerror(errno));
	if (find_node(d, sysfs) || ioctl(d->fd, VIDIOC_QUERYCAP, &cap))
		return failed(d, "is not a V4L2 device");
	if (!(cap.device_caps & (V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_VIDEO_OUTPUT)) ||
	    !(cap.device_caps & V4L2_CAP_STREAMING))
		return failed(d, "has no single-planar video capture or output by streaming");
	if (!(cap.device_caps & V4L2_CAP_VIDEO_CAPTURE))
		d->direction = OUTPUT;
	if (device_buffers(d, V4L2_MEMORY_USERPTR, 1) < 0)
		return failed(d, "VIDIOC_REQBUFS of user pointers: %s", strerror(errno));
	device_buffers(d, V4L2_MEMORY_USERPTR, 0);

	before.type = device_buffer_type(d);
	if (ioctl(d->fd, VIDIOC_G_FMT, &before))
		return failed(d, "VIDIOC_G_FMT: %s", strerror(errno));
	d->format_before = before;
	d->pix = before.fmt.pix;

	snprintf(d->driver, sizeof(d->driver), "%.15s", (const char *)cap.driver);
	device_probe_bus(d, sysfs);
	bus = (const char *)cap.bus_info;
	snprintf(d->bus, sizeof(d->bus), "%.*s%s",
		 (int)strcspn(bus, ":"), bus, d->translated ? "+IOMMU" : "");
	if (strcmp(d->driver, "vipin"))
		return 0;
	ret = device_open_vipin(d);
	return ret ? failed(d, "vipin's controls: %s", strerror(-ret)) : 0;
}

/**
 * device_close() - close a device, and restore its format and controls
 * @d:	the device
 */
void device_close(struct device *d)
{
	if (d->fd < 0)
		return;
	device_buffers(d, V4L2_MEMORY_USERPTR, 0);
	if (d->format_before.type)
		ioctl(d->fd, VIDIOC_S_FMT, &d->format_before);
	device_close_vipin(d);
	close(d->fd);
	d->fd = -1;
}

/**
 * device_set_size() - set size and format of frames
 * @d:		the device, without buffers; &device.pix is what the driver made of it
 * @size:	requested size and format
 *
 * Return: 0, or a negative errno.
 */
int device_set_size(struct device *d, const struct frame_size *size)
{
	struct v4l2_format fmt = {
		.type = device_buffer_type(d),
		.fmt.pix = {
			.width = size->width, .height = size->height,
			.pixelformat = size->pixelformat,
			.field = V4L2_FIELD_NONE,
		},
	};

	if (ioctl(d->fd, VIDIOC_S_FMT, &fmt))
		return -errno;
	d->pix = fmt.fmt.pix;
	return 0;
}

/**
 * device_set_exact_size() - set size and format of frames, and accept no others
 * @d:		the device, without buffers
 * @size:	required size and format
 *
 * VIDIOC_S_FMT does not fail for an unsupported size or format: the driver replaces it.
 *
 * Return: 0, or -1 with @d->why set: the sizes or formats that the device has.
 */
int device_set_exact_size(struct device *d, const struct frame_size *size)
{
	int ret = device_set_size(d, size);

	if (!ret && d->pix.width == size->width && d->pix.height == size->height &&
	    d->pix.pixelformat == size->pixelformat)
		return 0;
	device_lacks_format(d, size);
	return -1;
}

/**
 * device_buffers() - allocate a queue of buffers, or free it
 * @d:		the device
 * @memory:	memory type of the buffers
 * @nr:		requested number of buffers; the driver may allocate more; 0 frees them
 *
 * Return: number of buffers, or a negative errno: EINVAL if the device takes no such
 * memory.
 */
int device_buffers(struct device *d, enum v4l2_memory memory, unsigned int nr)
{
	return video_node_request(d->fd, device_buffer_type(d), memory, nr);
}

/* Bytes that an output device reads; a capture device sets this itself. */
static __u32 payload(const struct device *d)
{
	return d->direction == OUTPUT ? d->pix.sizeimage : 0;
}

/**
 * device_queue_pointer() - hand a pointer to the device
 * @d:		the device
 * @index:	index of the buffer
 * @pointer:	pointer to the memory
 * @length:	its length in bytes, as passed to the device
 *
 * Return: 0, or a negative errno.
 */
int device_queue_pointer(struct device *d, unsigned int index, void *pointer,
			 size_t length)
{
	struct v4l2_buffer buf = {
		.index = index,
		.type = device_buffer_type(d),
		.memory = V4L2_MEMORY_USERPTR,
		.m.userptr = (unsigned long)pointer,
		.length = length,
		.bytesused = payload(d),
	};

	return ioctl(d->fd, VIDIOC_QBUF, &buf) ? -errno : 0;
}

/**
 * device_queue_dmabuf() - hand a dma-buf to the device
 * @d:		the device
 * @index:	index of the buffer
 * @fd:		fd of the dma-buf
 *
 * Return: 0, or a negative errno.
 */
int device_queue_dmabuf(struct device *d, unsigned int index, int fd)
{
	struct v4l2_buffer buf = {
		.index = index,
		.type = device_buffer_type(d),
		.memory = V4L2_MEMORY_DMABUF,
		.m.fd = fd,
		.bytesused = payload(d),
	};

	return ioctl(d->fd, VIDIOC_QBUF, &buf) ? -errno : 0;
}

/**
 * device_stream() - start or stop streaming
 * @d:		the device
 * @on:		start if true, else stop
 *
 * Return: 0, or a negative errno.
 */
int device_stream(struct device *d, bool on)
{
	return video_node_stream(d->fd, device_buffer_type(d), on);
}

/**
 * device_dequeue() - wait for a frame
 * @d:		the device, streaming
 * @buf:	filled in
 * @memory:	memory type of the buffers
 * @timeout:	in ms
 *
 * Return: 0, or a negative errno: ETIMEDOUT if no frame came, EINTR for a signal.
 */
int device_dequeue(struct device *d, struct v4l2_buffer *buf,
		   enum v4l2_memory memory, int timeout)
{
	struct pollfd poll_fd = {
		.fd = d->fd, .events = d->direction == OUTPUT ? POLLOUT : POLLIN,
	};
	int ready = poll(&poll_fd, 1, timeout);

	if (ready < 0)
		return -errno;
	if (!ready)
		return -ETIMEDOUT;
	*buf = (struct v4l2_buffer) {
		.type = device_buffer_type(d),
		.memory = memory,
	};
	return ioctl(d->fd, VIDIOC_DQBUF, buf) ? -errno : 0;
}
