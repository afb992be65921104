// SPDX-License-Identifier: GPL-2.0-only
/*
 * device-trace.c - show the calls that reach a device
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "device.h"

static bool traces;

/**
 * device_trace() - show each call on the standard error
 * @on:	whether to do so
 */
void device_trace(bool on)
{
	traces = on;
}

static void show_planes(const struct v4l2_buffer *buf)
{
	fprintf(stderr, " index %u, memory %u", buf->index, buf->memory);
	for (unsigned int i = 0; i < buf->length; i++) {
		const struct v4l2_plane *plane = &buf->m.planes[i];

		fprintf(stderr, "; plane %u: length %u, bytesused %u, data_offset %u, ", i,
			plane->length, plane->bytesused, plane->data_offset);
		if (buf->memory == V4L2_MEMORY_USERPTR)
			fprintf(stderr, "pointer %#lx", plane->m.userptr);
		else
			fprintf(stderr, "fd %d", plane->m.fd);
	}
}

static void show_buffer(const struct v4l2_buffer *buf)
{
	if (V4L2_TYPE_IS_MULTIPLANAR(buf->type)) {
		show_planes(buf);
		return;
	}
	fprintf(stderr, " index %u, memory %u, length %u, bytesused %u", buf->index, buf->memory,
		buf->length, buf->bytesused);
	if (buf->memory == V4L2_MEMORY_USERPTR)
		fprintf(stderr, ", pointer %#lx", (unsigned long)buf->m.userptr);
	else if (buf->memory == V4L2_MEMORY_DMABUF)
		fprintf(stderr, ", fd %d", buf->m.fd);
	if (buf->flags & V4L2_BUF_FLAG_ERROR)
		fputs(", error", stderr);
}

static void show_argument(unsigned long request, const void *argument)
{
	const struct v4l2_requestbuffers *buffers = argument;
	const struct v4l2_format *format = argument;
	const struct v4l2_control *control = argument;
	char letters[5];

	switch (request) {
	case VIDIOC_QBUF:
	case VIDIOC_DQBUF:
		show_buffer(argument);
		break;
	case VIDIOC_REQBUFS:
		fprintf(stderr, " count %u, memory %u", buffers->count, buffers->memory);
		break;
	case VIDIOC_G_FMT:
	case VIDIOC_S_FMT:
		/* The first three members are the same in the multi-planar API. */
		device_format_name(letters, format->fmt.pix.pixelformat);
		fprintf(stderr, " %ux%u %s", format->fmt.pix.width, format->fmt.pix.height,
			letters);
		break;
	case VIDIOC_G_CTRL:
	case VIDIOC_S_CTRL:
		fprintf(stderr, " id %#x, value %d", control->id, control->value);
		break;
	}
}

/**
 * device_ioctl() - call a device, and show the call if that is wanted
 * @d:		the device
 * @request:	VIDIOC_...
 * @name:	the name of the request
 * @argument:	its argument
 *
 * Return: 0, or -1 with errno set.
 */
int device_ioctl(const struct device *d, unsigned long request, const char *name, void *argument)
{
	int ret = ioctl(d->fd, request, argument), saved = errno;

	if (traces) {
		fprintf(stderr, "%s: %s", d->path, name);
		show_argument(request, argument);
		fprintf(stderr, ": %s\n", ret ? strerror(saved) : "ok");
	}
	errno = saved;
	return ret;
}
