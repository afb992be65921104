// SPDX-License-Identifier: GPL-2.0-only
/*
 * device-planes.c - the single-planar and the multi-planar API
 *
 * A frame of a multi-planar format may consist of several pieces of memory, its planes. One of
 * them is checked, and its size is &device.pix.sizeimage. The others get good memory.
 */
#include <errno.h>
#include <string.h>

#include "device.h"
#include "memory/memory.h"

static __u32 video_type(const struct device *d, bool output)
{
	if (d->multiplanar)
		return output ? V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE :
				V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE;
	return output ? V4L2_BUF_TYPE_VIDEO_OUTPUT : V4L2_BUF_TYPE_VIDEO_CAPTURE;
}

/**
 * device_buffer_type() - get the type of a device's buffers
 * @d:	the device
 *
 * Return: V4L2_BUF_TYPE_...
 */
__u32 device_buffer_type(const struct device *d)
{
	return d->content ? d->content_type : video_type(d, d->direction == OUTPUT);
}

/**
 * device_partner_type() - get the type of the buffers of the other queue
 * @d:	a memory-to-memory device
 *
 * Return: V4L2_BUF_TYPE_...
 */
__u32 device_partner_type(const struct device *d)
{
	return video_type(d, d->direction != OUTPUT);
}

/**
 * device_know_format() - take over a format that a driver has returned
 * @d:		the device; &device.pix and the sizes of its planes are set
 * @format:	the format
 */
void device_know_format(struct device *d, const struct v4l2_format *format)
{
	const struct v4l2_pix_format_mplane *mp = &format->fmt.pix_mp;

	if (d->content) {
		device_know_content_format(d, format);
		return;
	}
	if (!d->multiplanar) {
		d->pix = format->fmt.pix;
		d->nr_planes = 1;
		return;
	}
	d->nr_planes = mp->num_planes < VIDEO_MAX_PLANES ? mp->num_planes : VIDEO_MAX_PLANES;
	for (unsigned int i = 0; i < d->nr_planes; i++)
		d->plane_sizes[i] = mp->plane_fmt[i].sizeimage;
	d->pix = (struct v4l2_pix_format) {
		.width = mp->width, .height = mp->height, .pixelformat = mp->pixelformat,
		.field = mp->field,
	};
	if (d->plane >= d->nr_planes)
		return;
	d->pix.sizeimage = mp->plane_fmt[d->plane].sizeimage;
	d->pix.bytesperline = mp->plane_fmt[d->plane].bytesperline;
}

/**
 * device_want_format() - make a format to request
 * @d:		the device
 * @size:	size and pixel format, complete
 * @format:	filled in
 */
void device_want_format(const struct device *d, const struct frame_size *size,
			struct v4l2_format *format)
{
	struct v4l2_pix_format *pix = &format->fmt.pix;

	memset(format, 0, sizeof(*format));
	format->type = device_buffer_type(d);
	/* The first four members are the same in the multi-planar API. */
	pix->width = size->width;
	pix->height = size->height;
	pix->pixelformat = size->pixelformat;
	pix->field = V4L2_FIELD_NONE;
}

/* Bytes of a plane that an output device reads; a capture device sets this itself. */
static __u32 payload(const struct device *d, size_t size)
{
	return d->direction == OUTPUT ? size : 0;
}

/**
 * device_queue() - call VIDIOC_QBUF
 * @d:		the device
 * @buf:	as for the single-planar API; its memory is that of the plane which is checked
 *
 * Return: 0, or a negative errno.
 */
int device_queue(struct device *d, struct v4l2_buffer *buf)
{
	struct v4l2_plane planes[VIDEO_MAX_PLANES] = {};

	buf->type = device_buffer_type(d);
	buf->bytesused = payload(d, d->pix.sizeimage);
	if (!d->multiplanar)
		return DEVICE_IOCTL(d, VIDIOC_QBUF, buf) ? -errno : 0;

	for (unsigned int i = 0; i < d->nr_planes; i++) {
		planes[i].length = memory_round_up(d->plane_sizes[i], PAGE);
		planes[i].bytesused = payload(d, d->plane_sizes[i]);
		planes[i].m.userptr = (unsigned long)d->others[i];
	}
	planes[d->plane].length = buf->length;
	planes[d->plane].bytesused = buf->bytesused;
	if (buf->memory == V4L2_MEMORY_DMABUF)
		planes[d->plane].m.fd = buf->m.fd;
	else
		planes[d->plane].m.userptr = buf->m.userptr;
	buf->m.planes = planes;
	buf->length = d->nr_planes;
	return DEVICE_IOCTL(d, VIDIOC_QBUF, buf) ? -errno : 0;
}

/**
 * device_take() - call VIDIOC_DQBUF
 * @d:		the device
 * @buf:	filled in, as by the single-planar API
 * @memory:	memory type of the buffers
 *
 * Return: 0, or a negative errno.
 */
int device_take(struct device *d, struct v4l2_buffer *buf, enum v4l2_memory memory)
{
	struct v4l2_plane planes[VIDEO_MAX_PLANES] = {};

	*buf = (struct v4l2_buffer) { .type = device_buffer_type(d), .memory = memory };
	if (d->multiplanar) {
		buf->m.planes = planes;
		buf->length = VIDEO_MAX_PLANES;
	}
	if (DEVICE_IOCTL(d, VIDIOC_DQBUF, buf))
		return -errno;
	if (d->multiplanar) {
		buf->length = planes[d->plane].length;
		buf->bytesused = planes[d->plane].bytesused;
		buf->m.userptr = planes[d->plane].m.userptr;
	}
	return 0;
}
