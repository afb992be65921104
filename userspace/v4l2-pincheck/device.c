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
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "common/macros.h"
#include "device.h"

#define CAPS_MULTIPLANAR	(V4L2_CAP_VIDEO_CAPTURE_MPLANE | V4L2_CAP_VIDEO_OUTPUT_MPLANE | \
				 V4L2_CAP_VIDEO_M2M_MPLANE)
#define CAPS_CAPTURE		(V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_VIDEO_CAPTURE_MPLANE)
#define CAPS_OUTPUT		(V4L2_CAP_VIDEO_OUTPUT | V4L2_CAP_VIDEO_OUTPUT_MPLANE)
#define CAPS_M2M		(V4L2_CAP_VIDEO_M2M | V4L2_CAP_VIDEO_M2M_MPLANE)

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

/* Append a word to a list. */
static void add_word(char *list, size_t size, const char *word)
{
	size_t used = strlen(list);

	snprintf(list + used, size - used, "%s%s", used ? ", " : "", word);
}

/* Does the device take buffers of other memory? A driver without videobuf2 does not report it. */
static bool takes_others(struct device *d, enum v4l2_memory memory, __u32 cap)
{
	if (d->buffer_caps)
		return d->buffer_caps & cap;
	if (device_buffers(d, memory, 1) < 0)
		return false;
	device_buffers(d, memory, 0);
	return true;
}

/* Set @d->offers to what the device takes besides user pointers. */
static void note_offers(struct device *d, const struct v4l2_capability *cap)
{
	static const struct {
		enum v4l2_memory memory;
		__u32 cap;
		const char *name;
	} others[] = {
		{ V4L2_MEMORY_MMAP, V4L2_BUF_CAP_SUPPORTS_MMAP, "its own buffers (MMAP)" },
		{ V4L2_MEMORY_DMABUF, V4L2_BUF_CAP_SUPPORTS_DMABUF, "dma-bufs" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (takes_others(d, others[i].memory, others[i].cap))
			add_word(d->offers, sizeof(d->offers), others[i].name);
	if (cap->device_caps & V4L2_CAP_READWRITE)
		add_word(d->offers, sizeof(d->offers),
			 d->direction == OUTPUT ? "write()" : "read()");
}

/* Check that the device takes user pointers. If it does not, @d->why says what it takes. */
static int check_pointers(struct device *d, const struct v4l2_capability *cap)
{
	int ret = device_buffers(d, V4L2_MEMORY_USERPTR, 1);

	if (ret >= 0) {
		device_buffers(d, V4L2_MEMORY_USERPTR, 0);
		note_offers(d, cap);
		return 0;
	}
	if (ret == -EBUSY)
		return failed(d, "another program is using it: %s", strerror(-ret));
	if (ret != -EINVAL)
		return failed(d, "VIDIOC_REQBUFS of user pointers: %s", strerror(-ret));
	note_offers(d, cap);
	d->unsuited = true;
	return failed(d, "takes no user pointers; it offers %s",
		      *d->offers ? d->offers : "nothing");
}

static const char coded_in_requests[] =
	"the coded queue of a stateless decoder is not judged: it needs requests";

/* Find out what the device transfers. If that cannot be checked, @d->why says why. */
static int check_content(struct device *d, __u32 caps, enum direction m2m_direction)
{
	struct v4l2_format format = {};

	d->unsuited = true;
	if (!(caps & V4L2_CAP_STREAMING))
		return failed(d, "has no streaming");
	d->multiplanar = caps & CAPS_MULTIPLANAR;
	d->m2m = caps & CAPS_M2M;
	if (d->m2m) {
		d->direction = m2m_direction;
		if (m2m_check(d))
			return failed(d, coded_in_requests);
	} else if (!(caps & (CAPS_CAPTURE | CAPS_OUTPUT))) {
		if (!device_know_content(d, caps))
			return failed(d, "has neither capture nor output");
		/* A webcam has no VBI, for example. */
		format.type = d->content_type;
		if (DEVICE_IOCTL(d, VIDIOC_G_FMT, &format) && errno == EINVAL)
			return failed(d, "has no %s with its present input or output", d->content);
	} else if (!(caps & CAPS_CAPTURE)) {
		d->direction = OUTPUT;
	}
	d->unsuited = false;
	return 0;
}

/**
 * device_open() - open a device
 * @d:		filled in
 * @path:	path of its node
 * @plane:	the plane to check
 * @direction:	the queue to check, if the device is memory-to-memory
 *
 * Return: 0, or -1 with @d->why set.
 */
int device_open(struct device *d, const char *path, unsigned int plane,
		enum direction direction)
{
	struct v4l2_capability cap;
	char sysfs[PATH_MAX];
	int ret;

	*d = (struct device) { .path = path, .plane = plane };
	d->fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (d->fd < 0 && (errno == EACCES || errno == EPERM))
		return failed(d, "%s (%s): be root, or in the group that owns it, often 'video'",
			      strerror(errno), errno == EACCES ? "EACCES" : "EPERM");
	if (d->fd < 0)
		return failed(d, "%s", strerror(errno));
	if (find_node(d, sysfs) || DEVICE_IOCTL(d, VIDIOC_QUERYCAP, &cap))
		return failed(d, "is not a V4L2 device");
	if (check_content(d, cap.device_caps, direction) || check_pointers(d, &cap))
		return -1;
	ret = device_save_state(d);
	if (!ret && d->m2m)
		ret = m2m_save_format(d);
	if (ret)
		return failed(d, "VIDIOC_G_FMT: %s", strerror(-ret));

	snprintf(d->driver, sizeof(d->driver), "%.15s", (const char *)cap.driver);
	snprintf(d->card, sizeof(d->card), "%.31s", (const char *)cap.card);
	snprintf(d->bus_info, sizeof(d->bus_info), "%.31s", (const char *)cap.bus_info);
	device_probe_bus(d, sysfs);
	/* "platform:vivid-000", "PCI:0000:00:02.0", "usb-0000:00:14.0-1" */
	snprintf(d->bus, sizeof(d->bus), "%.*s%s", (int)strcspn(d->bus_info, ":-"), d->bus_info,
		 d->translated ? "+IOMMU" : "");
	if (strcmp(d->driver, "vipin"))
		return 0;
	ret = device_open_vipin(d);
	return ret ? failed(d, "vipin's controls: %s", strerror(-ret)) : 0;
}

/**
 * device_close() - close a device, and restore its state and controls
 * @d:	the device; a process that has crashed may have left it streaming
 */
void device_close(struct device *d)
{
	if (d->fd < 0)
		return;
	if (d->before.format.type) {
		device_stream(d, false);
		device_buffers(d, V4L2_MEMORY_USERPTR, 0);
		device_restore_state(d);
	}
	device_close_vipin(d);
	close(d->fd);
	d->fd = -1;
}

/* Complete a size by what the device was set to before. */
static struct frame_size complete(const struct device *d, const struct frame_size *size)
{
	/* The first three members are the same in the multi-planar API. */
	const struct v4l2_pix_format *before = &d->before.format.fmt.pix;
	struct frame_size whole = *size;

	if (!whole.width) {
		whole.width = before->width;
		whole.height = before->height;
	}
	if (!whole.pixelformat)
		whole.pixelformat = before->pixelformat;
	return whole;
}

/**
 * device_set_size() - set size and format of frames
 * @d:		the device, without buffers; &device.pix is what the driver made of it
 * @size:	requested size and format; an empty one restores those from before
 *
 * Return: 0, or a negative errno.
 */
int device_set_size(struct device *d, const struct frame_size *size)
{
	struct frame_size whole = complete(d, size);
	struct v4l2_format format = d->before.format;
	bool other = size->width || size->pixelformat;

	if (!other && !d->changed)
		return 0;
	if (other)
		device_want_format(d, &whole, &format);
	/* The format of the output queue comes first: it may change the other one. */
	if (d->m2m && d->direction == CAPTURE)
		m2m_set_format(d, other ? &whole : NULL);
	if (DEVICE_IOCTL(d, VIDIOC_S_FMT, &format))
		return -errno;
	if (d->m2m && d->direction == OUTPUT)
		m2m_set_format(d, other ? &whole : NULL);
	if (d->m2m && DEVICE_IOCTL(d, VIDIOC_G_FMT, &format))
		return -errno;
	d->changed = other;
	device_know_format(d, &format);
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
	struct frame_size whole = complete(d, size);
	int ret;

	if (d->content) {
		snprintf(d->why, sizeof(d->why), "is for %s: it has no --size and no --format",
			 d->content);
		return -1;
	}
	ret = device_set_size(d, size);
	if (!ret && d->pix.width == whole.width && d->pix.height == whole.height &&
	    d->pix.pixelformat == whole.pixelformat)
		return 0;
	device_lacks_format(d, &whole);
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
	struct v4l2_requestbuffers request = {
		.count = nr, .type = device_buffer_type(d), .memory = memory,
	};

	if (DEVICE_IOCTL(d, VIDIOC_REQBUFS, &request))
		return -errno;
	d->buffer_caps = request.capabilities;
	return request.count;
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
		.memory = V4L2_MEMORY_USERPTR,
		.m.userptr = (unsigned long)pointer,
		.length = length,
	};

	return device_queue(d, &buf);
}

/*
 * For a plane of an output buffer, videobuf2 compares the payload with the length that the program
 * has given, also if that is 0 (__verify_length() in videobuf2-v4l2.c). So give the whole length.
 */
static __u32 dmabuf_length(const struct device *d, int fd)
{
	off_t size;

	if (d->content)
		return d->pix.sizeimage;
	if (!d->multiplanar || d->direction != OUTPUT)
		return 0;
	size = lseek(fd, 0, SEEK_END);
	return size < 0 ? 0 : size;
}

/**
 * device_queue_dmabuf() - hand a dma-buf to the device
 * @d:		the device
 * @index:	index of the buffer
 * @fd:		fd of the dma-buf
 *
 * Without a length, all of the dma-buf is the buffer, and a driver may write all of it: vivid
 * clears a whole VBI buffer before it writes a frame. So give a length where that has been seen.
 *
 * Return: 0, or a negative errno.
 */
int device_queue_dmabuf(struct device *d, unsigned int index, int fd)
{
	struct v4l2_buffer buf = {
		.index = index,
		.memory = V4L2_MEMORY_DMABUF,
		.m.fd = fd,
		.length = dmabuf_length(d, fd),
	};

	return device_queue(d, &buf);
}

/**
 * device_stream_queue() - start or stop a queue
 * @d:		the device
 * @buffer_type: type of the queue's buffers
 * @on:		start if true, else stop
 *
 * Return: 0, or a negative errno.
 */
int device_stream_queue(const struct device *d, __u32 buffer_type, bool on)
{
	int type = buffer_type;

	if (on)
		return DEVICE_IOCTL(d, VIDIOC_STREAMON, &type) ? -errno : 0;
	return DEVICE_IOCTL(d, VIDIOC_STREAMOFF, &type) ? -errno : 0;
}

/**
 * device_stream() - start or stop streaming; memory-to-memory: on both queues
 * @d:		the device
 * @on:		start if true, else stop
 *
 * Return: 0, or a negative errno.
 */
int device_stream(struct device *d, bool on)
{
	int ret = on && d->m2m ? m2m_start(d) : 0;

	if (!ret)
		ret = device_stream_queue(d, device_buffer_type(d), on);
	if (d->m2m && (!on || ret))
		m2m_stop(d);
	return ret;
}

/**
 * device_wait() - wait until a buffer can be dequeued
 * @d:		the device, streaming
 * @direction:	the queue
 * @timeout:	in ms
 *
 * Return: 0, or a negative errno: ETIMEDOUT if there was none, EINTR for a signal.
 */
int device_wait(const struct device *d,
		enum direction direction, int timeout)
{
	struct pollfd poll_fd = {
		.fd = d->fd, .events = direction == OUTPUT ? POLLOUT : POLLIN,
	};
	int ready = poll(&poll_fd, 1, timeout);

	if (ready < 0)
		return -errno;
	return ready ? 0 : -ETIMEDOUT;
}

/**
 * device_dequeue() - wait for a frame; memory-to-memory: until a job has used both queues
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
	int ret = device_wait(d, d->direction, timeout);

	if (!ret)
		ret = device_take(d, buf, memory);
	return !ret && d->m2m ? m2m_take(d, timeout) : ret;
}
