/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vipin-format.h - pixel formats, frame sizes, and the planes of a frame
 */
#ifndef _VIPIN_FORMAT_H
#define _VIPIN_FORMAT_H

#include <linux/sizes.h>
#include <linux/types.h>
#include <linux/videodev2.h>

#include <media/tpg/v4l2-tpg.h>

#include "vipin-config.h"

#define VIPIN_MIN_SIZE		16U
#define VIPIN_MAX_WIDTH		7680U
#define VIPIN_MAX_HEIGHT	4320U
#define VIPIN_SIZE_STEP		2U	/* at most two pixels or lines share a value */
#define VIPIN_MAX_CONTIG	SZ_4M	/* largest block of the page allocator on x86 */
#define VIPIN_MAX_LINE		8192U	/* in pixels, with padding */
/* Twice the largest frame: a program may ask for larger buffers than it needs. */
#define VIPIN_MAX_BUFFER	(2 * 4 * VIPIN_MAX_LINE * VIPIN_MAX_HEIGHT)
#define VIPIN_MAX_FPS		240U

/**
 * struct vipin_format - a pixel format. vipin-format.c has the fourcc, v4l2-tpg knows the rest
 * @fourcc:	V4L2_PIX_FMT_*
 * @color_enc:	RGB (with Bayer), Y'CbCr, luma or HSV
 * @planes:	number of colour planes
 * @memory_planes: number of pieces of memory, which videobuf2 calls planes: 1, or @planes.
 *		0 if this kernel's v4l2-tpg does not paint the format
 * @two_pixels:	for each colour plane: bytes of two pixels in a line
 * @hdiv:	for each colour plane: number of pixels that share a pixel of the plane in a line
 * @vdiv:	for each colour plane: number of lines that share a line of the plane
 */
struct vipin_format {
	u32 fourcc;
	enum tgp_color_enc color_enc;
	u8 planes;
	u8 memory_planes;
	u8 two_pixels[VIPIN_MAX_PLANES];
	u8 hdiv[VIPIN_MAX_PLANES];
	u8 vdiv[VIPIN_MAX_PLANES];
};

/* vipin-format.c */
extern const struct vipin_offer vipin_offer_all;
void vipin_formats_init(void);
u32 vipin_size_adjust(u32 size, u32 max);
struct v4l2_area vipin_size_limit(const struct vipin_format *format,
				  struct v4l2_area asked);
const struct vipin_format *vipin_format_by_index(const struct vipin_offer *offer, u32 type,
						 unsigned int index);
const struct vipin_format *vipin_format_by_fourcc(const struct vipin_offer *offer, u32 type,
						  u32 fourcc);
const struct vipin_format *vipin_format_choose(const struct vipin_offer *offer, u32 type,
					       u32 fourcc);
struct vipin_offer vipin_offer_only(const struct v4l2_pix_format *pix);
int vipin_formats_parse(struct vipin_offer *offer, const char *names);
ssize_t vipin_formats_print(const struct vipin_offer *offer, char *page);
u32 vipin_line_bytes(const struct vipin_format *format, unsigned int plane, u32 bytesperline);
u32 vipin_plane_bytes(const struct vipin_format *format, unsigned int plane, u32 bytesperline,
		      u32 height);
void vipin_format_adjust(struct v4l2_pix_format *pix, u32 type,
			 const struct vipin_offer *offer);
void vipin_format_forget_lines(struct v4l2_pix_format *pix, const struct v4l2_pix_format *now,
			       u32 type, const struct vipin_offer *offer);
void vipin_interval_adjust(struct v4l2_fract *interval);

/* vipin-mplane.c */
unsigned int vipin_plane_sizes(const struct v4l2_pix_format *pix,
			       unsigned int sizes[]);
u32 vipin_plane_line(const struct v4l2_pix_format *pix, unsigned int plane);
void vipin_pix_to_format(const struct v4l2_pix_format *pix, struct v4l2_format *f);
void vipin_pix_from_format(struct v4l2_pix_format *pix, const struct v4l2_format *f);

#endif /* _VIPIN_FORMAT_H */
