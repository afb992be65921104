// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-format.c - pixel formats, frame sizes and rates: arithmetic only
 */

#include <linux/gcd.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/videodev2.h>

#include "vipin.h"

static const struct vipin_format vipin_formats[] = {
	{ .fourcc = V4L2_PIX_FMT_YUYV,  .bytesperpixel = 2, .yuv = true },
	{ .fourcc = V4L2_PIX_FMT_UYVY,  .bytesperpixel = 2, .yuv = true },
	{ .fourcc = V4L2_PIX_FMT_RGB24, .bytesperpixel = 3 },
	{ .fourcc = V4L2_PIX_FMT_BGR24, .bytesperpixel = 3 },
	{ .fourcc = V4L2_PIX_FMT_XBGR32, .bytesperpixel = 4 },
	{ .fourcc = V4L2_PIX_FMT_GREY,  .bytesperpixel = 1, .yuv = true },
	{ .fourcc = V4L2_PIX_FMT_NV12,  .bytesperpixel = 1, .chroma_lines = 1,
	  .yuv = true },
	{ .fourcc = V4L2_PIX_FMT_NV12M, .bytesperpixel = 1, .chroma_lines = 1,
	  .chroma_apart = true, .yuv = true },
};

/* The single-planar API has no room for a second plane. */
static bool vipin_format_fits(const struct vipin_format *format, u32 type)
{
	return !format->chroma_apart || V4L2_TYPE_IS_MULTIPLANAR(type);
}

/**
 * vipin_format_by_index() - enumerate the formats
 * @type:	the queue's &enum v4l2_buf_type
 * @index:	from 0
 *
 * Return: the format, or NULL behind the last one.
 */
const struct vipin_format *vipin_format_by_index(u32 type, unsigned int index)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vipin_formats); i++)
		if (vipin_format_fits(&vipin_formats[i], type) && !index--)
			return &vipin_formats[i];
	return NULL;
}

/**
 * vipin_format_by_fourcc() - look a format up
 * @type:	the queue's &enum v4l2_buf_type
 * @fourcc:	V4L2_PIX_FMT_*
 *
 * Return: the format, or NULL if such a queue has no frames of it.
 */
const struct vipin_format *vipin_format_by_fourcc(u32 type, u32 fourcc)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vipin_formats); i++)
		if (vipin_formats[i].fourcc == fourcc &&
		    vipin_format_fits(&vipin_formats[i], type))
			return &vipin_formats[i];
	return NULL;
}

/**
 * vipin_size_adjust() - turn any width or height into one that frames can have
 * @size:	in pixels
 * @max:	the largest
 *
 * Return: the nearest one.
 */
u32 vipin_size_adjust(u32 size, u32 max)
{
	return round_down(clamp(size, VIPIN_MIN_SIZE, max), VIPIN_SIZE_STEP);
}

/* Bytes of a frame without padding. */
static u32 vipin_frame_bytes(const struct vipin_format *format, struct v4l2_area size)
{
	return size.width * format->bytesperpixel *
	       (size.height + size.height / 2 * format->chroma_lines);
}

/**
 * vipin_size_limit() - the largest frames in a format
 * @format:	the format
 * @asked:	width and height in pixels that the administrator wants as the
 *		largest, 0 for the default
 *
 * Some programs take the largest size that they are offered, as GStreamer does. So by
 * default no frame is larger than %VIPIN_MAX_CONTIG: it can be allocated without CMA.
 *
 * Return: the largest width and height.
 */
struct v4l2_area vipin_size_limit(const struct vipin_format *format,
				  struct v4l2_area asked)
{
	struct v4l2_area max = { .width = 1920, .height = 1080 };

	if (vipin_frame_bytes(format, max) > VIPIN_MAX_CONTIG)
		max = (struct v4l2_area){ .width = 1280, .height = 720 };
	max.width = vipin_size_adjust(asked.width ?: max.width, VIPIN_MAX_WIDTH);
	max.height = vipin_size_adjust(asked.height ?: max.height, VIPIN_MAX_HEIGHT);
	return max;
}

/* What the painter produces. */
static void vipin_colorimetry_capture(struct v4l2_pix_format *pix, bool yuv)
{
	pix->colorspace = V4L2_COLORSPACE_SRGB;
	pix->xfer_func = V4L2_MAP_XFER_FUNC_DEFAULT(pix->colorspace);
	pix->ycbcr_enc = V4L2_MAP_YCBCR_ENC_DEFAULT(pix->colorspace);
	pix->quantization = V4L2_MAP_QUANTIZATION_DEFAULT(!yuv, pix->colorspace,
							  pix->ycbcr_enc);
}

/* The program knows what it sends. What no kernel has a name for is "default". */
static void vipin_colorimetry_output(struct v4l2_pix_format *pix)
{
	if (pix->colorspace == V4L2_COLORSPACE_DEFAULT ||
	    pix->colorspace > V4L2_COLORSPACE_DCI_P3)
		pix->colorspace = V4L2_COLORSPACE_SRGB;
	if (pix->xfer_func > V4L2_XFER_FUNC_SMPTE2084)
		pix->xfer_func = V4L2_XFER_FUNC_DEFAULT;
	if (pix->ycbcr_enc > V4L2_YCBCR_ENC_SMPTE240M)
		pix->ycbcr_enc = V4L2_YCBCR_ENC_DEFAULT;
	if (pix->quantization > V4L2_QUANTIZATION_LIM_RANGE)
		pix->quantization = V4L2_QUANTIZATION_DEFAULT;
}

/**
 * vipin_format_adjust() - turn any request into a format that vipin delivers
 * @pix:	the request; every field is set on return. Of several planes,
 *		sizeimage is that of all, and each has lines of bytesperline bytes.
 * @type:	the queue's &enum v4l2_buf_type: an output device is told the
 *		colorimetry
 * @asked:	the largest frame, see vipin_size_limit()
 *
 * Never fails: V4L2 has drivers change what they cannot do to the nearest
 * thing they can (Documentation/userspace-api/media/v4l/vidioc-g-fmt.rst).
 *
 * The program may ask for longer lines than the pixels need. As in vivid, any
 * length is granted, without alignment, up to a limit. The limit bounds the size of a
 * frame.
 */
void vipin_format_adjust(struct v4l2_pix_format *pix, u32 type,
			 struct v4l2_area asked)
{
	const struct vipin_format *format;
	struct v4l2_area max;

	format = vipin_format_by_fourcc(type, pix->pixelformat);
	if (!format)
		format = &vipin_formats[0];

	max = vipin_size_limit(format, asked);
	pix->pixelformat = format->fourcc;
	pix->width = vipin_size_adjust(pix->width, max.width);
	pix->height = vipin_size_adjust(pix->height, max.height);
	pix->field = V4L2_FIELD_NONE;
	pix->bytesperline = clamp(pix->bytesperline,
				  pix->width * format->bytesperpixel,
				  VIPIN_MAX_LINE * format->bytesperpixel);
	pix->sizeimage = pix->bytesperline *
			 (pix->height + pix->height / 2 * format->chroma_lines);

	if (V4L2_TYPE_IS_OUTPUT(type))
		vipin_colorimetry_output(pix);
	else
		vipin_colorimetry_capture(pix, format->yuv);
	pix->flags = 0;
}

/**
 * vipin_interval_adjust() - turn any time per frame into one vipin can keep
 * @interval:	seconds per frame; 0/x and x/0 ask for the default, 1/30. On
 *		return, the fraction is in lowest terms.
 */
void vipin_interval_adjust(struct v4l2_fract *interval)
{
	u64 n = interval->numerator;
	u64 d = interval->denominator;
	u32 divisor;

	if (!n || !d)
		*interval = (struct v4l2_fract){ 1, 30 };
	else if (n > d)
		*interval = (struct v4l2_fract){ 1, 1 };
	else if (n * VIPIN_MAX_FPS < d)
		*interval = (struct v4l2_fract){ 1, VIPIN_MAX_FPS };

	divisor = gcd(interval->numerator, interval->denominator);
	interval->numerator /= divisor;
	interval->denominator /= divisor;
}
