// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-mplane.c - the planes of a frame, and a format as either API has it:
 * arithmetic only. vipin itself keeps the single-planar form.
 */

#include <linux/kernel.h>
#include <linux/videodev2.h>

#include "vipin.h"

/* An unknown format becomes vipin's first one, which has one plane. */
static unsigned int vipin_nr_planes(u32 fourcc)
{
	const struct vipin_format *format =
		vipin_format_by_fourcc(V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE, fourcc);

	return format && format->chroma_apart ? 2 : 1;
}

/**
 * vipin_plane_sizes() - the planes of a frame
 * @pix:	the format, as vipin_format_adjust() left it
 * @sizes:	bytes in each plane, at most VIPIN_MAX_PLANES; their sum is
 *		@pix->sizeimage
 *
 * Return: how many there are.
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
 * vipin_pix_to_format() - tell a program the format
 * @pix:	the format, as vipin_format_adjust() left it
 * @f:		how the program sees it; its type says by which API
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
 * vipin_pix_from_format() - take a program's request
 * @pix:	the request, for vipin_format_adjust(), which works out the sizes anew
 * @f:		what the program says; its type says by which API
 *
 * All planes have lines of the same length: the longest one that was asked for.
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
