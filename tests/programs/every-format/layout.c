// SPDX-License-Identifier: GPL-2.0-only
/*
 * layout.c - where the pixels of a frame are, by V4L2's documentation of each format
 * (Documentation/userspace-api/media/v4l/pixfmt.rst). What the driver says is not used.
 */
#include <string.h>

#include <linux/videodev2.h>

#include "common/macros.h"
#include "layout.h"

static const struct layout layouts[] = {
	{ "GREY RGB1 BA81 GBRG GRBG RGGB", { 8 }, { 1 } },
	{ "YUYV UYVY YVYU VYUY Y444 YUVO YUVP Y10  Y12  Y16  Z16 ", { 16 }, { 1 } },
	{ "RGBP RGBR R444 XR12 AR12 RX12 RA12 XB12 AB12 BX12 GA12", { 16 }, { 1 } },
	{ "RGBO RGBQ XR15 AR15 RX15 RA15 XB15 AB15 BX15 BA15", { 16 }, { 1 } },
	{ "BG10 GB10 BA10 RG10 BG12 GB12 BA12 RG12 BYR2 GB16 GR16 RG16", { 16 }, { 1 } },
	{ "RGB3 BGR3 HSV3", { 24 }, { 1 } },
	{ "RGB4 BGR4 BX24 XR24 BA24 AR24 XB24 RX24 AB24 RA24 BGRH", { 32 }, { 1 } },
	{ "YUV4 AYUV XYUV VUYA VUYX YUVA YUVX HSV4", { 32 }, { 1 } },
	{ "NV12 NV21", { 8, 8 }, { 1, 2 } },
	{ "NV16 NV61", { 8, 8 }, { 1, 1 } },
	{ "NV24 NV42", { 8, 16 }, { 1, 1 } },
	{ "YU12 YV12", { 8, 4, 4 }, { 1, 2, 2 } },
	{ "422P", { 8, 4, 4 }, { 1, 1, 1 } },
	{ "NM12 NM21", { 8, 8 }, { 1, 2 }, true },
	{ "NM16 NM61", { 8, 8 }, { 1, 1 }, true },
	{ "YM12 YM21", { 8, 4, 4 }, { 1, 2, 2 }, true },
	{ "YM16 YM61", { 8, 4, 4 }, { 1, 1, 1 }, true },
	{ "YM24 YM42", { 8, 8, 8 }, { 1, 1, 1 }, true },
};

/**
 * layout_of() - find the layout of a format
 * @fourcc:	V4L2_PIX_FMT_*
 *
 * Return: the layout, or NULL if the format is not known.
 */
const struct layout *layout_of(__u32 fourcc)
{
	const char name[4] = { fourcc, fourcc >> 8, fourcc >> 16, fourcc >> 24 & 0x7f };
	const char *one;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(layouts); i++)
		for (one = layouts[i].fourccs; ; one += sizeof(name) + 1) {
			if (!memcmp(one, name, sizeof(name)))
				return &layouts[i];
			if (!one[sizeof(name)])
				break;
		}
	return NULL;
}

/**
 * layout_shape() - compute the sizes of a frame
 * @layout:	the layout of its format
 * @width:	in pixels
 * @height:	in pixels
 * @padding:	bytes after the pixels of a line, in the first colour plane
 *
 * Return: the sizes.
 */
struct shape layout_shape(const struct layout *layout, unsigned int width, unsigned int height,
			  unsigned int padding)
{
	size_t line = width * layout->bits[0] / 8 + padding;
	struct shape s = { 0 };
	unsigned int i;

	for (i = 0; i < LAYOUT_PLANES && layout->bits[i]; i++) {
		s.line[i] = line * layout->bits[i] / layout->bits[0];
		s.lines[i] = height / layout->vdiv[i];
		s.size[layout->separate ? i : 0] += s.line[i] * s.lines[i];
		s.total += s.line[i] * s.lines[i];
	}
	s.planes = i;
	s.pieces = layout->separate ? i : 1;
	return s;
}
