// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-mplane.c - the planes of a frame, and conversion between the single-planar and
 * the multi-planar API. vipin stores each format in its single-planar form.
 */

#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/videodev2.h>

#include "vipin.h"

/*
 * For an unknown format, vipin uses its first format, which has one piece of memory. Metadata have
 * one, too.
 */
static const struct vipin_format *vipin_format_of(u32 fourcc)
{
	const u32 type = V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE;

	return vipin_format_by_fourcc(&vipin_offer_all, type, fourcc) ?:
	       vipin_format_by_index(&vipin_offer_all, type, 0);
}

/**
 * vipin_plane_sizes() - compute the size of each piece of memory of a frame
 * @pix:	the format, adjusted by vipin_format_adjust()
 * @sizes:	filled in: bytes in each piece; an array of VIPIN_MAX_PLANES. The sum
 *		is @pix->sizeimage
 *
 * videobuf2 calls a piece of memory a plane. It has one colour plane, or all of them.
 *
 * Return: the number of pieces.
 */
unsigned int vipin_plane_sizes(const struct v4l2_pix_format *pix,
			       unsigned int sizes[])
{
	const struct vipin_format *format = vipin_format_of(pix->pixelformat);
	unsigned int plane;

	if (format->memory_planes == 1) {
		sizes[0] = pix->sizeimage;
		return 1;
	}
	for (plane = 0; plane < format->planes; plane++)
		sizes[plane] = vipin_plane_bytes(format, plane, pix->bytesperline, pix->height);
	return format->planes;
}

/**
 * vipin_plane_line() - compute the length of the lines of a plane
 * @pix:	the format, adjusted by vipin_format_adjust()
 * @plane:	number of the colour plane
 *
 * Return: the length in bytes.
 */
u32 vipin_plane_line(const struct v4l2_pix_format *pix, unsigned int plane)
{
	return vipin_line_bytes(vipin_format_of(pix->pixelformat), plane, pix->bytesperline);
}

/* Return the shortest line of the first plane for which the lines of a plane are long enough. */
static u32 vipin_first_line(const struct vipin_format *format, unsigned int plane, u32 line)
{
	u64 bytes = (u64)line * format->hdiv[plane] * format->two_pixels[0];

	return min_t(u64, DIV_ROUND_UP_ULL(bytes, format->two_pixels[plane]), U32_MAX);
}

/**
 * vipin_pix_to_format() - convert vipin's format to the API that a program uses
 * @pix:	the format, adjusted by vipin_format_adjust()
 * @f:		filled in; its type selects the single-planar or the multi-planar API
 */
void vipin_pix_to_format(const struct v4l2_pix_format *pix, struct v4l2_format *f)
{
	struct v4l2_pix_format_mplane *mp = &f->fmt.pix_mp;
	unsigned int sizes[VIPIN_MAX_PLANES];
	unsigned int i;

	if (!V4L2_TYPE_IS_MULTIPLANAR(f->type)) {
		f->fmt.pix = *pix;
		return;
	}
	*mp = (struct v4l2_pix_format_mplane){
		.width = pix->width,
		.height = pix->height,
		.pixelformat = pix->pixelformat,
		.field = pix->field,
		.colorspace = pix->colorspace,
		.num_planes = vipin_plane_sizes(pix, sizes),
		.flags = pix->flags,
		.ycbcr_enc = pix->ycbcr_enc,
		.quantization = pix->quantization,
		.xfer_func = pix->xfer_func,
	};
	for (i = 0; i < mp->num_planes; i++) {
		mp->plane_fmt[i].sizeimage = sizes[i];
		mp->plane_fmt[i].bytesperline = vipin_plane_line(pix, i);
	}
}

/**
 * vipin_pix_from_format() - convert a program's request to vipin's format
 * @pix:	filled in; vipin_format_adjust() must adjust it and compute the sizes
 * @f:		the request; its type selects the single-planar or the multi-planar API
 *
 * In vipin, the lengths of the lines of all planes are in proportion, as in formats with one
 * piece of memory. They are the shortest ones that satisfy the request for each plane.
 */
void vipin_pix_from_format(struct v4l2_pix_format *pix, const struct v4l2_format *f)
{
	const struct v4l2_pix_format_mplane *mp = &f->fmt.pix_mp;
	const struct vipin_format *format;
	unsigned int i;

	if (!V4L2_TYPE_IS_MULTIPLANAR(f->type)) {
		*pix = f->fmt.pix;
		return;
	}
	*pix = (struct v4l2_pix_format){
		.width = mp->width,
		.height = mp->height,
		.pixelformat = mp->pixelformat,
		.field = mp->field,
		.colorspace = mp->colorspace,
		.flags = mp->flags,
		.ycbcr_enc = mp->ycbcr_enc,
		.quantization = mp->quantization,
		.xfer_func = mp->xfer_func,
	};
	format = vipin_format_of(mp->pixelformat);
	for (i = 0; i < format->memory_planes; i++)
		pix->bytesperline = max(pix->bytesperline,
					vipin_first_line(format, i,
							 mp->plane_fmt[i].bytesperline));
}
