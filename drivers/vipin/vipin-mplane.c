// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-mplane.c - the planes of a frame, and conversion between the single-planar and
 * the multi-planar API. vipin stores each format in its single-planar form.
 */

#include <linux/kernel.h>
#include <linux/videodev2.h>

#include "vipin.h"

/* For an unknown format, vipin uses its first format, which has one plane. */
static unsigned int vipin_nr_planes(u32 fourcc)
{
	const struct vipin_format *format =
		vipin_format_by_fourcc(V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE, fourcc);

	return format && format->chroma_plane ? 2 : 1;
}

/**
 * vipin_plane_sizes() - compute the size of each plane of a frame
 * @pix:	the format, adjusted by vipin_format_adjust()
 * @sizes:	filled in: bytes in each plane; an array of VIPIN_MAX_PLANES. The sum
 *		is @pix->sizeimage
 *
 * Return: the number of planes.
 */
unsigned int vipin_plane_sizes(const struct v4l2_pix_format *pix,
			       unsigned int sizes[])
{
	if (vipin_nr_planes(pix->pixelformat) == 1) {
		sizes[0] = pix->sizeimage;
		return 1;
	}
	sizes[0] = pix->bytesperline * pix->height;
	sizes[1] = pix->sizeimage - sizes[0];
	return 2;
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
		mp->plane_fmt[i].bytesperline = pix->bytesperline;
	}
}

/**
 * vipin_pix_from_format() - convert a program's request to vipin's format
 * @pix:	filled in; vipin_format_adjust() must adjust it and compute the sizes
 * @f:		the request; its type selects the single-planar or the multi-planar API
 *
 * In vipin, the lines of all planes have the same length. It is the longest one that
 * the program requests for any plane.
 */
void vipin_pix_from_format(struct v4l2_pix_format *pix, const struct v4l2_format *f)
{
	const struct v4l2_pix_format_mplane *mp = &f->fmt.pix_mp;
	unsigned int planes;
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
	planes = vipin_nr_planes(mp->pixelformat);
	for (i = 0; i < planes; i++)
		pix->bytesperline = max(pix->bytesperline,
					mp->plane_fmt[i].bytesperline);
}
