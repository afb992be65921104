// SPDX-License-Identifier: GPL-2.0-only
/*
 * device-content.c - what a node transfers: video, VBI, metadata, or the samples of a radio
 *
 * All but video have a type of buffers of their own, and a format that is little more than a size.
 * Only video has frame sizes and pixel formats that can be chosen.
 */
#include "common/macros.h"
#include "device.h"

/* The nodes that are not for video. A node for raw VBI may have sliced VBI as well. */
static const struct {
	__u32 cap;
	__u32 type;
	const char *content;
} contents[] = {
	{ V4L2_CAP_VBI_CAPTURE, V4L2_BUF_TYPE_VBI_CAPTURE, "VBI" },
	{ V4L2_CAP_VBI_OUTPUT, V4L2_BUF_TYPE_VBI_OUTPUT, "VBI" },
	{ V4L2_CAP_SLICED_VBI_CAPTURE, V4L2_BUF_TYPE_SLICED_VBI_CAPTURE, "sliced VBI" },
	{ V4L2_CAP_SLICED_VBI_OUTPUT, V4L2_BUF_TYPE_SLICED_VBI_OUTPUT, "sliced VBI" },
	{ V4L2_CAP_SDR_CAPTURE, V4L2_BUF_TYPE_SDR_CAPTURE, "radio samples" },
	{ V4L2_CAP_SDR_OUTPUT, V4L2_BUF_TYPE_SDR_OUTPUT, "radio samples" },
	{ V4L2_CAP_META_CAPTURE, V4L2_BUF_TYPE_META_CAPTURE, "metadata" },
	{ V4L2_CAP_META_OUTPUT, V4L2_BUF_TYPE_META_OUTPUT, "metadata" },
};

/**
 * device_know_content() - find out what a node without video transfers
 * @d:		the device; &device.content, &device.content_type and &device.direction are set
 * @caps:	V4L2_CAP_... of the node
 *
 * Return: whether it transfers anything.
 */
bool device_know_content(struct device *d, __u32 caps)
{
	for (size_t i = 0; i < ARRAY_SIZE(contents); i++) {
		if (!(caps & contents[i].cap))
			continue;
		d->content = contents[i].content;
		d->content_type = contents[i].type;
		d->direction = V4L2_TYPE_IS_OUTPUT(d->content_type) ? OUTPUT : CAPTURE;
		return true;
	}
	return false;
}

/**
 * device_know_content_format() - take over the format of a node without video
 * @d:		the device; &device.pix is set, without what its format lacks
 * @format:	the format that the driver has returned
 */
void device_know_content_format(struct device *d, const struct v4l2_format *format)
{
	const struct v4l2_vbi_format *vbi = &format->fmt.vbi;
	struct v4l2_pix_format *pix = &d->pix;

	*pix = (struct v4l2_pix_format) {};
	d->nr_planes = 1;
	switch (d->content_type) {
	case V4L2_BUF_TYPE_VBI_CAPTURE:
	case V4L2_BUF_TYPE_VBI_OUTPUT:
		pix->pixelformat = vbi->sample_format;
		pix->width = vbi->samples_per_line;
		pix->height = vbi->count[0] + vbi->count[1];
		pix->sizeimage = pix->width * pix->height;
		break;
	case V4L2_BUF_TYPE_SLICED_VBI_CAPTURE:
	case V4L2_BUF_TYPE_SLICED_VBI_OUTPUT:
		pix->sizeimage = format->fmt.sliced.io_size;
		break;
	case V4L2_BUF_TYPE_SDR_CAPTURE:
	case V4L2_BUF_TYPE_SDR_OUTPUT:
		pix->pixelformat = format->fmt.sdr.pixelformat;
		pix->sizeimage = format->fmt.sdr.buffersize;
		break;
	default:
		pix->pixelformat = format->fmt.meta.dataformat;
		pix->sizeimage = format->fmt.meta.buffersize;
		break;
	}
}
