// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-format.c - compute pixel formats, frame sizes and frame rates
 */

#include <linux/bitmap.h>
#include <linux/cache.h>
#include <linux/gcd.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/videodev2.h>

#include "vipin-compat.h"
#include "vipin.h"

/*
 * The formats. Programs use those at the top most, and a frame looks its format up. The first one
 * replaces a format that does not exist. vipin_formats_init() fills in the rest of each row.
 */
static struct vipin_format vipin_formats[] __ro_after_init = {
	/* packed YUV, 4:2:2 */
	{ V4L2_PIX_FMT_YUYV },
	{ V4L2_PIX_FMT_UYVY },
	{ V4L2_PIX_FMT_YVYU },
	{ V4L2_PIX_FMT_VYUY },
	/* semi-planar YUV */
	{ V4L2_PIX_FMT_NV12 },
	{ V4L2_PIX_FMT_NV21 },
	{ V4L2_PIX_FMT_NV16 },
	{ V4L2_PIX_FMT_NV61 },
	{ V4L2_PIX_FMT_NV24 },
	{ V4L2_PIX_FMT_NV42 },
	/* RGB, 18 to 32 bits */
	{ V4L2_PIX_FMT_RGB24 },
	{ V4L2_PIX_FMT_BGR24 },
	{ V4L2_PIX_FMT_XBGR32 },
	{ V4L2_PIX_FMT_RGB32 },
	{ V4L2_PIX_FMT_BGR32 },
	{ V4L2_PIX_FMT_XRGB32 },
	{ V4L2_PIX_FMT_ARGB32 },
	{ V4L2_PIX_FMT_ABGR32 },
	{ V4L2_PIX_FMT_RGBX32 },
	{ V4L2_PIX_FMT_BGRX32 },
	{ V4L2_PIX_FMT_RGBA32 },
	{ V4L2_PIX_FMT_BGRA32 },
	{ V4L2_PIX_FMT_BGR666 },
	/* semi-planar YUV, in two pieces of memory */
	{ V4L2_PIX_FMT_NV12M },
	{ V4L2_PIX_FMT_NV21M },
	{ V4L2_PIX_FMT_NV16M },
	{ V4L2_PIX_FMT_NV61M },
	/* planar YUV */
	{ V4L2_PIX_FMT_YUV420 },
	{ V4L2_PIX_FMT_YVU420 },
	{ V4L2_PIX_FMT_YUV422P },
	/* planar YUV, in three pieces of memory */
	{ V4L2_PIX_FMT_YUV420M },
	{ V4L2_PIX_FMT_YVU420M },
	{ V4L2_PIX_FMT_YUV422M },
	{ V4L2_PIX_FMT_YVU422M },
	{ V4L2_PIX_FMT_YUV444M },
	{ V4L2_PIX_FMT_YVU444M },
	/* packed YUV, 4:4:4 */
	{ V4L2_PIX_FMT_YUV444 },
	{ V4L2_PIX_FMT_YUV555 },
	{ V4L2_PIX_FMT_YUV565 },
	{ V4L2_PIX_FMT_YUV32 },
	{ V4L2_PIX_FMT_AYUV32 },
	{ V4L2_PIX_FMT_XYUV32 },
	{ V4L2_PIX_FMT_VUYA32 },
	{ V4L2_PIX_FMT_VUYX32 },
	{ V4L2_PIX_FMT_YUVA32 },
	{ V4L2_PIX_FMT_YUVX32 },
	/* grey, and depth */
	{ V4L2_PIX_FMT_GREY },
	{ V4L2_PIX_FMT_Y10 },
	{ V4L2_PIX_FMT_Y12 },
	{ V4L2_PIX_FMT_Y16 },
	{ V4L2_PIX_FMT_Y16_BE },
	{ V4L2_PIX_FMT_Z16 },
	/* RGB, 8 and 16 bits */
	{ V4L2_PIX_FMT_RGB332 },
	{ V4L2_PIX_FMT_RGB565 },
	{ V4L2_PIX_FMT_RGB565X },
	/* RGB, 12 bits */
	{ V4L2_PIX_FMT_RGB444 },
	{ V4L2_PIX_FMT_XRGB444 },
	{ V4L2_PIX_FMT_ARGB444 },
	{ V4L2_PIX_FMT_RGBX444 },
	{ V4L2_PIX_FMT_RGBA444 },
	{ V4L2_PIX_FMT_XBGR444 },
	{ V4L2_PIX_FMT_ABGR444 },
	{ V4L2_PIX_FMT_BGRX444 },
	{ V4L2_PIX_FMT_BGRA444 },
	/* RGB, 15 bits */
	{ V4L2_PIX_FMT_RGB555 },
	{ V4L2_PIX_FMT_XRGB555 },
	{ V4L2_PIX_FMT_ARGB555 },
	{ V4L2_PIX_FMT_RGBX555 },
	{ V4L2_PIX_FMT_RGBA555 },
	{ V4L2_PIX_FMT_XBGR555 },
	{ V4L2_PIX_FMT_ABGR555 },
	{ V4L2_PIX_FMT_BGRX555 },
	{ V4L2_PIX_FMT_BGRA555 },
	{ V4L2_PIX_FMT_RGB555X },
	{ V4L2_PIX_FMT_XRGB555X },
	{ V4L2_PIX_FMT_ARGB555X },
	/* Bayer, 8 bits */
	{ V4L2_PIX_FMT_SBGGR8 },
	{ V4L2_PIX_FMT_SGBRG8 },
	{ V4L2_PIX_FMT_SGRBG8 },
	{ V4L2_PIX_FMT_SRGGB8 },
	/* Bayer, 10 bits */
	{ V4L2_PIX_FMT_SBGGR10 },
	{ V4L2_PIX_FMT_SGBRG10 },
	{ V4L2_PIX_FMT_SGRBG10 },
	{ V4L2_PIX_FMT_SRGGB10 },
	/* Bayer, 12 bits */
	{ V4L2_PIX_FMT_SBGGR12 },
	{ V4L2_PIX_FMT_SGBRG12 },
	{ V4L2_PIX_FMT_SGRBG12 },
	{ V4L2_PIX_FMT_SRGGB12 },
	/* Bayer, 16 bits */
	{ V4L2_PIX_FMT_SBGGR16 },
	{ V4L2_PIX_FMT_SGBRG16 },
	{ V4L2_PIX_FMT_SGRBG16 },
	{ V4L2_PIX_FMT_SRGGB16 },
	/* HSV */
	{ V4L2_PIX_FMT_HSV24 },
	{ V4L2_PIX_FMT_HSV32 },
};

static_assert(ARRAY_SIZE(vipin_formats) <= VIPIN_MAX_FORMATS);

/**
 * vipin_formats_init() - ask v4l2-tpg for the layout of each format
 *
 * v4l2-tpg paints the frames, so both must agree about their size. vipin does not offer a format
 * that the kernel's v4l2-tpg does not know.
 */
void __init vipin_formats_init(void)
{
	static struct tpg_data tpg __initdata;
	unsigned int i, plane;

	for (i = 0; i < ARRAY_SIZE(vipin_formats); i++) {
		struct vipin_format *format = &vipin_formats[i];

		if (!tpg_s_fourcc(&tpg, format->fourcc))
			continue;
		format->memory_planes = tpg_g_buffers(&tpg);
		format->planes = tpg_g_planes(&tpg);
		format->color_enc = tpg.color_enc;
		for (plane = 0; plane < format->planes; plane++) {
			format->two_pixels[plane] = tpg_g_twopixelsize(&tpg, plane);
			format->hdiv[plane] = tpg.hdownsampling[plane];
			format->vdiv[plane] = tpg.vdownsampling[plane];
		}
	}
}

/* All formats, in the default sizes. */
const struct vipin_offer vipin_offer_all;

/* Only the multi-planar API supports formats with several pieces of memory. */
static bool vipin_format_fits(const struct vipin_format *format,
			      const struct vipin_offer *offer, u32 type)
{
	if (!format->memory_planes)
		return false;
	if (!bitmap_empty(offer->formats, VIPIN_MAX_FORMATS) &&
	    !test_bit(format - vipin_formats, offer->formats))
		return false;
	return format->memory_planes == 1 || V4L2_TYPE_IS_MULTIPLANAR(type);
}

/**
 * vipin_format_by_index() - enumerate the formats of a queue
 * @offer:	what the device offers
 * @type:	the queue's &enum v4l2_buf_type
 * @index:	number of the format, from 0
 *
 * Return: the format, or NULL if @index is too large.
 */
const struct vipin_format *vipin_format_by_index(const struct vipin_offer *offer, u32 type,
						 unsigned int index)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vipin_formats); i++)
		if (vipin_format_fits(&vipin_formats[i], offer, type) && !index--)
			return &vipin_formats[i];
	return NULL;
}

/**
 * vipin_format_by_fourcc() - look up a format
 * @offer:	what the device offers
 * @type:	the queue's &enum v4l2_buf_type
 * @fourcc:	V4L2_PIX_FMT_*
 *
 * Return: the format, or NULL if the queue does not support it.
 */
const struct vipin_format *vipin_format_by_fourcc(const struct vipin_offer *offer, u32 type,
						  u32 fourcc)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vipin_formats); i++)
		if (vipin_formats[i].fourcc == fourcc &&
		    vipin_format_fits(&vipin_formats[i], offer, type))
			return &vipin_formats[i];
	return NULL;
}

/* The longest name of a format, such as "AR15-BE", with the final 0. */
#define VIPIN_FOURCC_NAME	8

/* Bit 31 of a fourcc marks a big-endian format; blanks fill up a short name. */
static void vipin_fourcc_name(u32 fourcc, char name[VIPIN_FOURCC_NAME])
{
	const char letters[] = {
		fourcc, fourcc >> 8, fourcc >> 16, (fourcc >> 24) & 0x7f, 0
	};

	snprintf(name, VIPIN_FOURCC_NAME, "%.*s%s", (int)strcspn(letters, " "), letters,
		 fourcc & BIT(31) ? "-BE" : "");
}

/* Return the place of the format whose name is a word, or -EINVAL. */
static int vipin_format_by_name(const char *word, size_t len)
{
	char name[VIPIN_FOURCC_NAME];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(vipin_formats); i++) {
		if (!vipin_formats[i].memory_planes)
			continue;
		vipin_fourcc_name(vipin_formats[i].fourcc, name);
		if (strlen(name) == len && !memcmp(name, word, len))
			return i;
	}
	return -EINVAL;
}

/**
 * vipin_format_choose() - choose the format for a request
 * @offer:	the formats that the device offers, at least one for @type
 * @type:	the queue's &enum v4l2_buf_type
 * @fourcc:	V4L2_PIX_FMT_* of the request
 *
 * Return: the format, or the first one if that is not offered.
 */
const struct vipin_format *vipin_format_choose(const struct vipin_offer *offer, u32 type,
					       u32 fourcc)
{
	return vipin_format_by_fourcc(offer, type, fourcc) ?:
	       vipin_format_by_index(offer, type, 0);
}

/**
 * vipin_offer_only() - offer a single format and size
 * @pix:	the format, adjusted by vipin_format_adjust()
 *
 * Return: the offer.
 */
struct vipin_offer vipin_offer_only(const struct v4l2_pix_format *pix)
{
	struct vipin_offer offer = { .max = { pix->width, pix->height } };
	const struct vipin_format *format =
		vipin_format_by_fourcc(&vipin_offer_all, V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE,
				       pix->pixelformat);

	__set_bit(format - vipin_formats, offer.formats);
	return offer;
}

/**
 * vipin_formats_parse() - select formats by their names
 * @offer:	its formats are replaced; they stay as they are after an error
 * @names:	as v4l2-ctl prints them, but without the blank in "Y16 -BE"; blanks are between
 *		them. Without a name, all formats are selected
 *
 * Return: 0, or -EINVAL if vipin has no format of one of the names on this kernel.
 */
int vipin_formats_parse(struct vipin_offer *offer, const char *names)
{
	DECLARE_BITMAP(formats, VIPIN_MAX_FORMATS) = { };
	size_t len;
	int place;

	for (names = skip_spaces(names); *names; names = skip_spaces(names + len)) {
		len = strcspn(names, " \t\n");
		place = vipin_format_by_name(names, len);
		if (place < 0)
			return place;
		__set_bit(place, formats);
	}
	bitmap_copy(offer->formats, formats, VIPIN_MAX_FORMATS);
	return 0;
}

/**
 * vipin_formats_print() - print the names of the formats that a device offers
 * @offer:	what it offers
 * @page:	filled in with a line that vipin_formats_parse() reads; a page
 *
 * Return: the length of the line in bytes.
 */
ssize_t vipin_formats_print(const struct vipin_offer *offer, char *page)
{
	const u32 type = V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE;
	const struct vipin_format *format;
	char name[VIPIN_FOURCC_NAME];
	unsigned int i;
	int len = 0;

	for (i = 0; (format = vipin_format_by_index(offer, type, i)); i++) {
		vipin_fourcc_name(format->fourcc, name);
		len += sysfs_emit_at(page, len, "%s%s", i ? " " : "", name);
	}
	return len + sysfs_emit_at(page, len, "\n");
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

/* Return the bytes of pixels in a line of the first plane. */
static u32 vipin_pixel_bytes(const struct vipin_format *format, u32 pixels)
{
	return pixels * format->two_pixels[0] / 2;
}

/**
 * vipin_line_bytes() - compute the length of the lines of a plane
 * @format:	the format
 * @plane:	number of the colour plane
 * @bytesperline: length of the lines of the first plane in bytes
 *
 * Return: the length in bytes, with padding.
 */
u32 vipin_line_bytes(const struct vipin_format *format, unsigned int plane, u32 bytesperline)
{
	return bytesperline * format->two_pixels[plane] / format->two_pixels[0] /
	       format->hdiv[plane];
}

/**
 * vipin_plane_bytes() - compute the size of a plane
 * @format:	the format
 * @plane:	number of the colour plane
 * @bytesperline: length of the lines of the first plane in bytes
 * @height:	height of the frame in pixels
 *
 * Return: the size in bytes.
 */
u32 vipin_plane_bytes(const struct vipin_format *format, unsigned int plane, u32 bytesperline,
		      u32 height)
{
	return vipin_line_bytes(format, plane, bytesperline) * (height / format->vdiv[plane]);
}

static u32 vipin_frame_bytes(const struct vipin_format *format, u32 bytesperline, u32 height)
{
	unsigned int plane;
	u32 sum = 0;

	for (plane = 0; plane < format->planes; plane++)
		sum += vipin_plane_bytes(format, plane, bytesperline, height);
	return sum;
}

/**
 * vipin_size_limit() - compute the largest frame size of a format
 * @format:	the format
 * @asked:	largest width and height in pixels that the administrator has set; 0 selects
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

	if (vipin_frame_bytes(format, vipin_pixel_bytes(format, max.width), max.height) >
	    VIPIN_MAX_CONTIG)
		max = (struct v4l2_area){ .width = 1280, .height = 720 };
	max.width = vipin_size_adjust(asked.width ?: max.width, VIPIN_MAX_WIDTH);
	max.height = vipin_size_adjust(asked.height ?: max.height, VIPIN_MAX_HEIGHT);
	return max;
}

/* Set the colorimetry of the frames that v4l2-tpg paints. */
static void vipin_colorimetry_capture(struct v4l2_pix_format *pix, enum tgp_color_enc color_enc)
{
	bool rgb_or_hsv = color_enc == TGP_COLOR_ENC_RGB || color_enc == TGP_COLOR_ENC_HSV;

	pix->colorspace = V4L2_COLORSPACE_SRGB;
	pix->xfer_func = V4L2_MAP_XFER_FUNC_DEFAULT(pix->colorspace);
	pix->ycbcr_enc = V4L2_MAP_YCBCR_ENC_DEFAULT(pix->colorspace);
	pix->quantization = V4L2_MAP_QUANTIZATION_DEFAULT(rgb_or_hsv, pix->colorspace,
							  pix->ycbcr_enc);
	/* It shares its place with ycbcr_enc. */
	if (color_enc == TGP_COLOR_ENC_HSV)
		pix->hsv_enc = V4L2_HSV_ENC_180;
}

/*
 * Accept the colorimetry that the program sets for its frames. Replace unknown values by
 * the default.
 */
static void vipin_colorimetry_output(struct v4l2_pix_format *pix, enum tgp_color_enc color_enc)
{
	if (pix->colorspace == V4L2_COLORSPACE_DEFAULT ||
	    pix->colorspace > V4L2_COLORSPACE_DCI_P3)
		pix->colorspace = V4L2_COLORSPACE_SRGB;
	if (pix->xfer_func > V4L2_XFER_FUNC_SMPTE2084)
		pix->xfer_func = V4L2_XFER_FUNC_DEFAULT;
	if (color_enc == TGP_COLOR_ENC_HSV)
		pix->hsv_enc = pix->hsv_enc == V4L2_HSV_ENC_256 ? V4L2_HSV_ENC_256 :
								  V4L2_HSV_ENC_180;
	else if (pix->ycbcr_enc > V4L2_YCBCR_ENC_SMPTE240M)
		pix->ycbcr_enc = V4L2_YCBCR_ENC_DEFAULT;
	if (pix->quantization > V4L2_QUANTIZATION_LIM_RANGE)
		pix->quantization = V4L2_QUANTIZATION_DEFAULT;
}

/**
 * vipin_format_adjust() - adjust a requested format to one that vipin supports
 * @pix:	the request; every field is set on return. For a format with several
 *		planes, sizeimage is the size of all planes together, and bytesperline is
 *		that of the first plane
 * @type:	the queue's &enum v4l2_buf_type; for an output queue, the program sets
 *		the colorimetry
 * @offer:	the formats, at least one for @type, and the sizes that the device offers
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
			 const struct vipin_offer *offer)
{
	const struct vipin_format *format = vipin_format_choose(offer, type, pix->pixelformat);
	struct v4l2_area max;

	max = vipin_size_limit(format, offer->max);
	pix->pixelformat = format->fourcc;
	pix->width = vipin_size_adjust(pix->width, max.width);
	pix->height = vipin_size_adjust(pix->height, max.height);
	pix->field = V4L2_FIELD_NONE;
	pix->bytesperline = clamp(pix->bytesperline,
				  vipin_pixel_bytes(format, pix->width),
				  vipin_pixel_bytes(format, VIPIN_MAX_LINE));
	pix->sizeimage = vipin_frame_bytes(format, pix->bytesperline, pix->height);

	if (V4L2_TYPE_IS_OUTPUT(type))
		vipin_colorimetry_output(pix, format->color_enc);
	else
		vipin_colorimetry_capture(pix, format->color_enc);
	pix->flags = 0;
}

/**
 * vipin_format_forget_lines() - do not take an old length of lines for a request
 * @pix:	the request. If its length of lines is only left over from the node's format,
 *		then bytesperline is 0 on return: the shortest lines
 * @now:	the format of the node
 * @type:	the queue's &enum v4l2_buf_type
 * @offer:	what the device offers
 *
 * Programs read the format, change some of it, and set it. They mean no padding, and many never
 * look at bytesperline. It is left over in two cases:
 *
 * - ffmpeg and the examples of v4l2loopback change width, height, pixelformat and sizeimage.
 *   Then sizeimage is too small for such lines.
 * - VLC changes width, height and pixelformat. Then sizeimage is left over too. Lines that have
 *   padding keep it, since someone asked for it.
 */
void vipin_format_forget_lines(struct v4l2_pix_format *pix, const struct v4l2_pix_format *now,
			       u32 type, const struct vipin_offer *offer)
{
	struct v4l2_pix_format same_lines = *pix;
	const struct vipin_format *format;
	bool left_over;

	if (!pix->sizeimage || pix->bytesperline != now->bytesperline)
		return;
	if (pix->sizeimage == now->sizeimage) {
		format = vipin_format_choose(offer, type, now->pixelformat);
		left_over = now->bytesperline == vipin_pixel_bytes(format, now->width);
	} else {
		vipin_format_adjust(&same_lines, type, offer);
		left_over = pix->sizeimage < same_lines.sizeimage;
	}
	if (left_over)
		pix->bytesperline = 0;
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
