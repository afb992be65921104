// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-format.c - compute pixel formats, frame sizes and frame rates
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
	  .chroma_plane = true, .yuv = true },
};

/* Only the multi-planar API supports formats with separate planes. */
static bool vipin_format_fits(const struct vipin_format *format, u32 type)
{
	return !format->chroma_plane || V4L2_TYPE_IS_MULTIPLANAR(type);
}

/**
 * vipin_format_by_index() - enumerate the formats of a queue
 * @type:	the queue's &enum v4l2_buf_type
 * @index:	number of the format, from 0
 *
 * Return: the format, or NULL if @index is too large.
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
 * vipin_format_by_fourcc() - look up a format
 * @type:	the queue's &enum v4l2_buf_type
 * @fourcc:	V4L2_PIX_FMT_*
 *
 * Return: the format, or NULL if the queue does not support it.
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
 * vipin_size_adjust() - adjust a width or height to one that frames can have
 * @size:	the requested width or height in pixels
 * @max:	the largest possible one
 *
 * Return: the width or height in pixels.
 */
u32 vipin_size_adjust(u32 size, u32 max)
{
	return round_down(clamp(size, VIPIN_MIN_SIZE, max), VIPIN_SIZE_STEP);
}

/* Return the bytes of a frame whose lines have no padding. */
static u32 vipin_frame_bytes(const struct vipin_format *format, struct v4l2_area size)
{
	return size.width * format->bytesperpixel *
	       (size.height + size.height / 2 * format->chroma_lines);
}

/**
 * vipin_size_limit() - compute the largest frame size of a format
 * @format:	the format
 * @asked:	largest width and height in pixels from the module parameters; 0 selects
 *		the default
 *
 * Some programs, such as GStreamer, use the largest size that a device offers. So by
 * default a frame has at most %VIPIN_MAX_CONTIG bytes, which the kernel can allocate
 * without CMA.
 *
 * Return: the largest width and height in pixels.
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

/* Set the colorimetry of the frames that v4l2-tpg paints. */
static void vipin_colorimetry_capture(struct v4l2_pix_format *pix, bool yuv)
{
	pix->colorspace = V4L2_COLORSPACE_SRGB;
	pix->xfer_func = V4L2_MAP_XFER_FUNC_DEFAULT(pix->colorspace);
	pix->ycbcr_enc = V4L2_MAP_YCBCR_ENC_DEFAULT(pix->colorspace);
	pix->quantization = V4L2_MAP_QUANTIZATION_DEFAULT(!yuv, pix->colorspace,
							  pix->ycbcr_enc);
}

/*
 * Accept the colorimetry that the program sets for its frames. Replace unknown values by
 * the default.
 */
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
 * vipin_format_adjust() - adjust a requested format to one that vipin supports
 * @pix:	the request; every field is set on return. For a format with several
 *		planes, sizeimage is the size of all planes together, and the lines of
 *		each plane have bytesperline bytes
 * @type:	the queue's &enum v4l2_buf_type; for an output queue, the program sets
 *		the colorimetry
 * @asked:	the largest frame size, see vipin_size_limit()
 *
 * This function never fails. According to V4L2, a driver must adjust unsupported values
 * to the nearest supported ones
 * (Documentation/userspace-api/media/v4l/vidioc-g-fmt.rst).
 *
 * The program may request longer lines than the pixels need. As in vivid, any length is
 * accepted, without alignment, up to a limit. The limit keeps frames below
 * %VIPIN_MAX_BUFFER.
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
 * vipin_interval_adjust() - adjust a requested time per frame to one that vipin supports
 * @interval:	seconds per frame; 0/x and x/0 select the default, 1/30. On return, the
 *		fraction is in lowest terms
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
