// SPDX-License-Identifier: GPL-2.0-only
/*
 * device.c - the V4L2 capture device under test
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

#include "device.h"

#define WIDTH		640
#define HEIGHT		480

/* An emulated machine is slow, a camera may have to wake up. */
#define FRAME_TIMEOUT_MS	5000

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
 * Where its sysfs directory is. A character device's number is its identity;
 * the name of the node is only what udev made of it.
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

/* Documentation/ABI/testing/sysfs-kernel-iommu_groups: "type" */
static bool is_translated(const char *sysfs)
{
	char path[PATH_MAX], type[16] = "";
	FILE *f;

	if (snprintf(path, sizeof(path), "%s/device/iommu_group/type", sysfs) >=
	    (int)sizeof(path))
		return false;
	f = fopen(path, "re");
	if (!f)
		return false;
	if (!fgets(type, sizeof(type), f))
		type[0] = 0;
	fclose(f);
	return !strncmp(type, "DMA", 3);
}

/* What is set here, and put back when the device is closed. */
static const __u32 controls[NR_CONTROLS] = {
	VIPIN_CID_POLICY, VIPIN_CID_FRAME_STAMP, VIPIN_CID_FREE_RUN,
};

static int set_control(struct device *d, __u32 id, __s32 value)
{
	struct v4l2_control control = { .id = id, .value = value };

	return ioctl(d->fd, VIDIOC_S_CTRL, &control) ? -errno : 0;
}

static int open_vipin(struct device *d)
{
	for (int i = 0; i < NR_CONTROLS; i++) {
		struct v4l2_control control = { .id = controls[i] };

		if (ioctl(d->fd, VIDIOC_G_CTRL, &control))
			return failed(d, "vipin's controls: %s", strerror(errno));
		d->controls_before[i] = control.value;
	}
	d->vipin = true;

	/* As fast as buffers come: there is nobody to watch the frames. */
	if (set_control(d, VIPIN_CID_FRAME_STAMP, 1) ||
	    set_control(d, VIPIN_CID_FREE_RUN, 1))
		return failed(d, "vipin's controls: %s", strerror(errno));
	return 0;
}

/**
 * device_is_vipin() - look whether a node is a vipin's, and touch nothing
 * @path:	of the node
 *
 * Return: true if it is.
 */
bool device_is_vipin(const char *path)
{
	int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	struct v4l2_capability cap;
	bool is;

	if (fd < 0)
		return false;
	is = !ioctl(fd, VIDIOC_QUERYCAP, &cap) &&
	     !strcmp((const char *)cap.driver, "vipin") &&
	     (cap.device_caps & V4L2_CAP_VIDEO_CAPTURE);
	close(fd);
	return is;
}

/**
 * device_open() - open a device and set its format
 * @d:		filled in
 * @path:	of its node
 *
 * Return: 0, or -1 with @d->why set.
 */
int device_open(struct device *d, const char *path)
{
	struct v4l2_format fmt = {
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.fmt.pix = {
			.width = WIDTH, .height = HEIGHT,
			.pixelformat = V4L2_PIX_FMT_RGB24,
			.field = V4L2_FIELD_NONE,
		},
	};
	struct v4l2_format before = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };
	struct v4l2_capability cap;
	char sysfs[PATH_MAX];
	const char *bus;

	*d = (struct device) { .path = path };
	d->fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (d->fd < 0)
		return failed(d, "%s", strerror(errno));
	if (find_node(d, sysfs) || ioctl(d->fd, VIDIOC_QUERYCAP, &cap))
		return failed(d, "is no V4L2 device");
	if (!(cap.device_caps & V4L2_CAP_VIDEO_CAPTURE) ||
	    !(cap.device_caps & V4L2_CAP_STREAMING))
		return failed(d, "does not capture video by streaming");
	if (device_buffers(d, V4L2_MEMORY_USERPTR, 1) < 0)
		return failed(d, "VIDIOC_REQBUFS of user pointers: %s", strerror(errno));
	device_buffers(d, V4L2_MEMORY_USERPTR, 0);

	if (ioctl(d->fd, VIDIOC_G_FMT, &before))
		return failed(d, "VIDIOC_G_FMT: %s", strerror(errno));
	d->format_before = before;
	if (ioctl(d->fd, VIDIOC_S_FMT, &fmt))
		return failed(d, "VIDIOC_S_FMT: %s", strerror(errno));
	d->pix = fmt.fmt.pix;

	d->translated = is_translated(sysfs);
	bus = (const char *)cap.bus_info;
	snprintf(d->carrier, sizeof(d->carrier), "%.*s%s",
		 (int)strcspn(bus, ":"), bus, d->translated ? "+IOMMU" : "");
	return strcmp((const char *)cap.driver, "vipin") ? 0 : open_vipin(d);
}

/**
 * device_close() - let go of a device, and leave it as it was
 * @d:	the device
 */
void device_close(struct device *d)
{
	if (d->fd < 0)
		return;
	device_buffers(d, V4L2_MEMORY_USERPTR, 0);
	if (d->format_before.type)
		ioctl(d->fd, VIDIOC_S_FMT, &d->format_before);
	for (int i = 0; d->vipin && i < NR_CONTROLS; i++)
		set_control(d, controls[i], d->controls_before[i]);
	close(d->fd);
	d->fd = -1;
}

/**
 * device_set_policy() - choose who decides about pointers
 * @d:		the device, without buffers
 * @policy:	who
 *
 * Return: 0, or a negative errno: EINVAL if the device knows no such policy. A
 * driver that adds nothing of its own is one of VIPIN_POLICY_KERNEL.
 */
int device_set_policy(struct device *d, enum vipin_policy policy)
{
	if (!d->vipin)
		return policy == VIPIN_POLICY_KERNEL ? 0 : -EINVAL;
	return set_control(d, VIPIN_CID_POLICY, policy);
}

/**
 * device_buffers() - have a queue of buffers, or none
 * @d:		the device
 * @memory:	of which kind
 * @nr:		how many at least; 0 frees them
 *
 * Return: how many there are now, or a negative errno: EINVAL if the device
 * takes no such memory.
 */
int device_buffers(struct device *d, enum v4l2_memory memory, unsigned int nr)
{
	struct v4l2_requestbuffers req = {
		.count = nr,
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.memory = memory,
	};

	return ioctl(d->fd, VIDIOC_REQBUFS, &req) ? -errno : (int)req.count;
}

/**
 * device_queue_pointer() - hand a pointer to the device
 * @d:		the device
 * @index:	of the buffer
 * @pointer:	to memory
 * @length:	of it, in bytes; at least the format's sizeimage, one would hope
 *
 * Return: 0, or a negative errno.
 */
int device_queue_pointer(struct device *d, unsigned int index, void *pointer,
			 size_t length)
{
	struct v4l2_buffer buf = {
		.index = index,
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.memory = V4L2_MEMORY_USERPTR,
		.m.userptr = (unsigned long)pointer,
		.length = length,
	};

	return ioctl(d->fd, VIDIOC_QBUF, &buf) ? -errno : 0;
}

/**
 * device_queue_dmabuf() - hand a dma-buf to the device
 * @d:		the device
 * @index:	of the buffer
 * @fd:		the dma-buf
 *
 * Return: 0, or a negative errno.
 */
int device_queue_dmabuf(struct device *d, unsigned int index, int fd)
{
	struct v4l2_buffer buf = {
		.index = index,
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.memory = V4L2_MEMORY_DMABUF,
		.m.fd = fd,
	};

	return ioctl(d->fd, VIDIOC_QBUF, &buf) ? -errno : 0;
}

/**
 * device_stream() - start or stop
 * @d:		the device
 * @on:		start
 *
 * Return: 0, or a negative errno.
 */
int device_stream(struct device *d, bool on)
{
	int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;

	return ioctl(d->fd, on ? VIDIOC_STREAMON : VIDIOC_STREAMOFF, &type) ?
	       -errno : 0;
}

/**
 * device_dequeue() - wait for a frame
 * @d:		the device, streaming
 * @buf:	filled in
 * @memory:	what the queue's buffers are
 *
 * Return: 0, or a negative errno: ETIMEDOUT if none came, EINTR for a signal.
 */
int device_dequeue(struct device *d, struct v4l2_buffer *buf,
		   enum v4l2_memory memory)
{
	struct pollfd poll_fd = { .fd = d->fd, .events = POLLIN };
	int ready = poll(&poll_fd, 1, FRAME_TIMEOUT_MS);

	if (ready < 0)
		return -errno;
	if (!ready)
		return -ETIMEDOUT;
	*buf = (struct v4l2_buffer) {
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.memory = memory,
	};
	return ioctl(d->fd, VIDIOC_DQBUF, buf) ? -errno : 0;
}
