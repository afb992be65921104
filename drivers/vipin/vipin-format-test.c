// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-format-test.c - KUnit tests of pixel formats, frame sizes and frame rates
 */

#include <kunit/test.h>
#include <linux/bitmap.h>
#include <linux/videodev2.h>
#include <media/v4l2-common.h>

#include "vipin-compat.h"
#include "vipin-test.h"
#include "vipin.h"

/* A buffer type that supports all formats. */
#define VIPIN_ALL	V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE

static const struct vipin_offer vipin_max = {
	.max = { VIPIN_MAX_WIDTH, VIPIN_MAX_HEIGHT },
};

/* The sizes follow from V4L2's documentation of each format. */
static const struct vipin_size_row {
	const char *name;
	u32 fourcc;
	u32 width;
	u32 height;
	u32 bytesperline;
	u32 sizeimage;
} vipin_size_rows[] = {
	{ "YUYV 640x480", V4L2_PIX_FMT_YUYV, 640, 480, 1280, 614400 },
	{ "YUYV 16x16", V4L2_PIX_FMT_YUYV, 16, 16, 32, 512 },
	{ "UYVY 640x480", V4L2_PIX_FMT_UYVY, 640, 480, 1280, 614400 },
	{ "RGB24 640x480", V4L2_PIX_FMT_RGB24, 640, 480, 1920, 921600 },
	{ "BGR24 18x22", V4L2_PIX_FMT_BGR24, 18, 22, 54, 1188 },
	{ "XBGR32 640x480", V4L2_PIX_FMT_XBGR32, 640, 480, 2560, 1228800 },
	{ "XBGR32 7680x4320", V4L2_PIX_FMT_XBGR32, 7680, 4320, 30720, 132710400 },
	{ "GREY 640x480", V4L2_PIX_FMT_GREY, 640, 480, 640, 307200 },
	{ "NV12 640x480", V4L2_PIX_FMT_NV12, 640, 480, 640, 460800 },
	{ "NV12 18x18", V4L2_PIX_FMT_NV12, 18, 18, 18, 486 },
	{ "NV12 7680x4320", V4L2_PIX_FMT_NV12, 7680, 4320, 7680, 49766400 },
	{ "NV12M 640x480", V4L2_PIX_FMT_NV12M, 640, 480, 640, 460800 },
	{ "NV16 640x480", V4L2_PIX_FMT_NV16, 640, 480, 640, 614400 },
	{ "NV24 18x18", V4L2_PIX_FMT_NV24, 18, 18, 18, 972 },
	{ "NV24 7680x4320", V4L2_PIX_FMT_NV24, 7680, 4320, 7680, 99532800 },
	{ "YUV420 18x18", V4L2_PIX_FMT_YUV420, 18, 18, 18, 486 },
	{ "YUV420M 18x18", V4L2_PIX_FMT_YUV420M, 18, 18, 18, 486 },
	{ "YUV422P 18x18", V4L2_PIX_FMT_YUV422P, 18, 18, 18, 648 },
	{ "YUV444M 18x18", V4L2_PIX_FMT_YUV444M, 18, 18, 18, 972 },
	{ "RGB565 18x18", V4L2_PIX_FMT_RGB565, 18, 18, 36, 648 },
	{ "BGR666 18x18", V4L2_PIX_FMT_BGR666, 18, 18, 72, 1296 },
	{ "Y10 18x18", V4L2_PIX_FMT_Y10, 18, 18, 36, 648 },
	{ "SRGGB8 18x18", V4L2_PIX_FMT_SRGGB8, 18, 18, 18, 324 },
	{ "SRGGB12 18x18", V4L2_PIX_FMT_SRGGB12, 18, 18, 36, 648 },
	{ "HSV24 18x18", V4L2_PIX_FMT_HSV24, 18, 18, 54, 972 },
};

static void vipin_size_row(struct kunit *test, const struct vipin_size_row *row)
{
	struct v4l2_pix_format pix = {
		.pixelformat = row->fourcc,
		.width = row->width,
		.height = row->height,
		/* Too small values select the smallest possible ones. */
		.bytesperline = 1,
		.sizeimage = 1,
	};

	vipin_format_adjust(&pix, VIPIN_ALL, &vipin_max);
	KUNIT_EXPECT_EQ(test, pix.pixelformat, row->fourcc);
	KUNIT_EXPECT_EQ(test, pix.width, row->width);
	KUNIT_EXPECT_EQ(test, pix.height, row->height);
	KUNIT_EXPECT_EQ(test, pix.bytesperline, row->bytesperline);
	KUNIT_EXPECT_EQ(test, pix.sizeimage, row->sizeimage);
}

VIPIN_PARAM_TEST(vipin_size, vipin_size_row);

/* A program may request longer lines. GStreamer requests multiples of 4 bytes. */
static const struct vipin_line_row {
	const char *name;
	u32 fourcc;
	u32 width;
	u32 height;
	u32 asked;
	u32 bytesperline;
	u32 sizeimage;
} vipin_line_rows[] = {
	{ "no request", V4L2_PIX_FMT_YUYV, 642, 480, 0, 1284, 616320 },
	{ "too short", V4L2_PIX_FMT_YUYV, 642, 480, 1283, 1284, 616320 },
	{ "the shortest", V4L2_PIX_FMT_YUYV, 642, 480, 1284, 1284, 616320 },
	{ "a byte longer", V4L2_PIX_FMT_YUYV, 642, 480, 1285, 1285, 616800 },
	{ "UYVY", V4L2_PIX_FMT_UYVY, 642, 480, 2048, 2048, 983040 },
	{ "RGB24 as GStreamer has it", V4L2_PIX_FMT_RGB24, 322, 240, 968, 968, 232320 },
	{ "BGR24 as GStreamer has it", V4L2_PIX_FMT_BGR24, 322, 240, 968, 968, 232320 },
	{ "XBGR32", V4L2_PIX_FMT_XBGR32, 640, 480, 4096, 4096, 1966080 },
	{ "GREY as GStreamer has it", V4L2_PIX_FMT_GREY, 1366, 768, 1368, 1368, 1050624 },
	{ "NV12 as GStreamer has it", V4L2_PIX_FMT_NV12, 642, 480, 644, 644, 463680 },
	{ "NV12M", V4L2_PIX_FMT_NV12M, 642, 480, 644, 644, 463680 },
	{ "YUV420", V4L2_PIX_FMT_YUV420, 642, 480, 648, 648, 466560 },
	{ "YUV420, an odd length", V4L2_PIX_FMT_YUV420, 642, 480, 645, 645, 464160 },
	{ "YUV422P, an odd length", V4L2_PIX_FMT_YUV422P, 642, 480, 645, 645, 618720 },
	{ "NV24, an odd length", V4L2_PIX_FMT_NV24, 642, 480, 645, 645, 928800 },
	{ "YUV444M, longer than the longest", V4L2_PIX_FMT_YUV444M, 16, 16, 8193, 8192, 393216 },
	{ "GREY, the longest", V4L2_PIX_FMT_GREY, 16, 16, 8192, 8192, 131072 },
	{ "GREY, longer than the longest", V4L2_PIX_FMT_GREY, 16, 16, 8193, 8192, 131072 },
	{ "RGB24, the largest number", V4L2_PIX_FMT_RGB24, 16, 16, U32_MAX, 24576, 393216 },
	{ "XBGR32, the largest number", V4L2_PIX_FMT_XBGR32, 7680, 4320, U32_MAX, 32768,
	  141557760 },
};

static void vipin_line_row(struct kunit *test, const struct vipin_line_row *row)
{
	struct v4l2_pix_format pix = {
		.pixelformat = row->fourcc,
		.width = row->width,
		.height = row->height,
		.bytesperline = row->asked,
	};

	vipin_format_adjust(&pix, VIPIN_ALL, &vipin_max);
	KUNIT_EXPECT_EQ(test, pix.width, row->width);
	KUNIT_EXPECT_EQ(test, pix.height, row->height);
	KUNIT_EXPECT_EQ(test, pix.bytesperline, row->bytesperline);
	KUNIT_EXPECT_EQ(test, pix.sizeimage, row->sizeimage);
	KUNIT_EXPECT_LE(test, pix.sizeimage, VIPIN_MAX_BUFFER);
}

VIPIN_PARAM_TEST(vipin_line, vipin_line_row);

/*
 * Bits of a pixel, with its part of the chroma, by V4L2's documentation of each format. Each
 * format is in one row.
 */
static const struct vipin_bits_row {
	const char *name;
	u32 bits;
	u32 fourccs[48];
} vipin_bits_rows[] = {
	{ "8 bits", 8, {
		V4L2_PIX_FMT_GREY, V4L2_PIX_FMT_RGB332,
		V4L2_PIX_FMT_SBGGR8, V4L2_PIX_FMT_SGBRG8, V4L2_PIX_FMT_SGRBG8,
		V4L2_PIX_FMT_SRGGB8 } },
	{ "12 bits", 12, {
		V4L2_PIX_FMT_NV12, V4L2_PIX_FMT_NV21, V4L2_PIX_FMT_NV12M, V4L2_PIX_FMT_NV21M,
		V4L2_PIX_FMT_YUV420, V4L2_PIX_FMT_YVU420, V4L2_PIX_FMT_YUV420M,
		V4L2_PIX_FMT_YVU420M } },
	{ "16 bits, YUV and grey", 16, {
		V4L2_PIX_FMT_YUYV, V4L2_PIX_FMT_UYVY, V4L2_PIX_FMT_YVYU, V4L2_PIX_FMT_VYUY,
		V4L2_PIX_FMT_NV16, V4L2_PIX_FMT_NV61, V4L2_PIX_FMT_NV16M, V4L2_PIX_FMT_NV61M,
		V4L2_PIX_FMT_YUV422P, V4L2_PIX_FMT_YUV422M, V4L2_PIX_FMT_YVU422M,
		V4L2_PIX_FMT_YUV444, V4L2_PIX_FMT_YUV555, V4L2_PIX_FMT_YUV565,
		V4L2_PIX_FMT_Y10, V4L2_PIX_FMT_Y12, V4L2_PIX_FMT_Y16, V4L2_PIX_FMT_Y16_BE,
		V4L2_PIX_FMT_Z16 } },
	{ "16 bits, RGB and Bayer", 16, {
		V4L2_PIX_FMT_RGB565, V4L2_PIX_FMT_RGB565X,
		V4L2_PIX_FMT_RGB444, V4L2_PIX_FMT_XRGB444, V4L2_PIX_FMT_ARGB444,
		V4L2_PIX_FMT_RGBX444, V4L2_PIX_FMT_RGBA444, V4L2_PIX_FMT_XBGR444,
		V4L2_PIX_FMT_ABGR444, V4L2_PIX_FMT_BGRX444, V4L2_PIX_FMT_BGRA444,
		V4L2_PIX_FMT_RGB555, V4L2_PIX_FMT_XRGB555, V4L2_PIX_FMT_ARGB555,
		V4L2_PIX_FMT_RGBX555, V4L2_PIX_FMT_RGBA555, V4L2_PIX_FMT_XBGR555,
		V4L2_PIX_FMT_ABGR555, V4L2_PIX_FMT_BGRX555, V4L2_PIX_FMT_BGRA555,
		V4L2_PIX_FMT_RGB555X, V4L2_PIX_FMT_XRGB555X, V4L2_PIX_FMT_ARGB555X,
		V4L2_PIX_FMT_SBGGR10, V4L2_PIX_FMT_SGBRG10, V4L2_PIX_FMT_SGRBG10,
		V4L2_PIX_FMT_SRGGB10, V4L2_PIX_FMT_SBGGR12, V4L2_PIX_FMT_SGBRG12,
		V4L2_PIX_FMT_SGRBG12, V4L2_PIX_FMT_SRGGB12, V4L2_PIX_FMT_SBGGR16,
		V4L2_PIX_FMT_SGBRG16, V4L2_PIX_FMT_SGRBG16, V4L2_PIX_FMT_SRGGB16 } },
	{ "24 bits", 24, {
		V4L2_PIX_FMT_NV24, V4L2_PIX_FMT_NV42, V4L2_PIX_FMT_YUV444M,
		V4L2_PIX_FMT_YVU444M, V4L2_PIX_FMT_RGB24, V4L2_PIX_FMT_BGR24,
		V4L2_PIX_FMT_HSV24 } },
	{ "32 bits", 32, {
		V4L2_PIX_FMT_YUV32, V4L2_PIX_FMT_AYUV32, V4L2_PIX_FMT_XYUV32,
		V4L2_PIX_FMT_VUYA32, V4L2_PIX_FMT_VUYX32, V4L2_PIX_FMT_YUVA32,
		V4L2_PIX_FMT_YUVX32, V4L2_PIX_FMT_RGB32, V4L2_PIX_FMT_BGR32,
		V4L2_PIX_FMT_XRGB32, V4L2_PIX_FMT_XBGR32, V4L2_PIX_FMT_ARGB32,
		V4L2_PIX_FMT_ABGR32, V4L2_PIX_FMT_RGBX32, V4L2_PIX_FMT_BGRX32,
		V4L2_PIX_FMT_RGBA32, V4L2_PIX_FMT_BGRA32, V4L2_PIX_FMT_BGR666,
		V4L2_PIX_FMT_HSV32 } },
};

/* Return the bits of a pixel, or 0 if no row has the format. */
static u32 vipin_bits_of(u32 fourcc)
{
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(vipin_bits_rows); i++)
		for (j = 0; vipin_bits_rows[i].fourccs[j]; j++)
			if (vipin_bits_rows[i].fourccs[j] == fourcc)
				return vipin_bits_rows[i].bits;
	return 0;
}

static void vipin_frames_have_the_size_of_their_pixels(struct kunit *test)
{
	const struct vipin_format *format;
	unsigned int i;

	for (i = 0; (format = vipin_format_by_index(&vipin_offer_all, VIPIN_ALL, i)); i++) {
		struct v4l2_pix_format pix = {
			.pixelformat = format->fourcc,
			.width = 642,
			.height = 46,
		};

		vipin_format_adjust(&pix, VIPIN_ALL, &vipin_max);
		KUNIT_EXPECT_EQ_MSG(test, pix.sizeimage,
				    642 * 46 * vipin_bits_of(format->fourcc) / 8,
				    "format %08x", format->fourcc);
	}
	KUNIT_EXPECT_GE(test, i, 90U);
}

/* The core of V4L2 knows many formats, and has a table of its own. */
static void vipin_v4l2_agrees(struct kunit *test)
{
	unsigned int i, plane, known = 0;
	const struct vipin_format *format;

	for (i = 0; (format = vipin_format_by_index(&vipin_offer_all, VIPIN_ALL, i)); i++) {
		struct v4l2_pix_format pix = {
			.pixelformat = format->fourcc,
			.width = 642,
			.height = 46,
		};
		struct v4l2_format ours = { .type = VIPIN_ALL };
		struct v4l2_pix_format_mplane v4l2 = { };

		if (v4l2_fill_pixfmt_mp(&v4l2, format->fourcc, pix.width, pix.height))
			continue;
		known++;
		vipin_format_adjust(&pix, VIPIN_ALL, &vipin_max);
		vipin_pix_to_format(&pix, &ours);
		KUNIT_EXPECT_EQ(test, ours.fmt.pix_mp.num_planes, v4l2.num_planes);
		for (plane = 0; plane < v4l2.num_planes; plane++) {
			KUNIT_EXPECT_EQ_MSG(test, ours.fmt.pix_mp.plane_fmt[plane].bytesperline,
					    v4l2.plane_fmt[plane].bytesperline,
					    "format %08x", format->fourcc);
			KUNIT_EXPECT_EQ_MSG(test, ours.fmt.pix_mp.plane_fmt[plane].sizeimage,
					    v4l2.plane_fmt[plane].sizeimage,
					    "format %08x", format->fourcc);
		}
	}
	KUNIT_EXPECT_GE(test, known, 20U);
}

/* A step of VIPIN_SIZE_STEP pixels or lines is a whole step in each plane. */
static void vipin_sizes_fit_the_subsampling(struct kunit *test)
{
	const struct vipin_format *format;
	unsigned int i, plane;

	for (i = 0; (format = vipin_format_by_index(&vipin_offer_all, VIPIN_ALL, i)); i++) {
		KUNIT_EXPECT_LE(test, format->planes, (u8)VIPIN_MAX_PLANES);
		for (plane = 0; plane < format->planes; plane++) {
			KUNIT_EXPECT_EQ(test, VIPIN_SIZE_STEP % format->hdiv[plane], 0U);
			KUNIT_EXPECT_EQ(test, VIPIN_SIZE_STEP % format->vdiv[plane], 0U);
		}
	}
}

static void vipin_formats_are_found(struct kunit *test)
{
	const struct vipin_format *format;
	unsigned int i;

	/* This fails if two formats have the same fourcc. */
	for (i = 0; (format = vipin_format_by_index(&vipin_offer_all, VIPIN_ALL, i)); i++)
		KUNIT_EXPECT_PTR_EQ(test, vipin_format_by_fourcc(&vipin_offer_all, VIPIN_ALL,
								 format->fourcc),
				    format);
	KUNIT_EXPECT_GT(test, i, 0U);
	KUNIT_EXPECT_TRUE(test, !vipin_format_by_index(&vipin_offer_all, VIPIN_ALL, i));
	KUNIT_EXPECT_TRUE(test, !vipin_format_by_index(&vipin_offer_all, VIPIN_ALL, UINT_MAX));
	KUNIT_EXPECT_TRUE(test, !vipin_format_by_fourcc(&vipin_offer_all, VIPIN_ALL,
							V4L2_PIX_FMT_MJPEG));
	KUNIT_EXPECT_TRUE(test, !vipin_format_by_fourcc(&vipin_offer_all, VIPIN_ALL, 0));
}

static const struct vipin_limit_row {
	const char *name;
	u32 width;
	u32 height;
	u32 got_width;
	u32 got_height;
} vipin_limit_rows[] = {
	{ "zero", 0, 0, 16, 16 },
	{ "one", 1, 1, 16, 16 },
	{ "the smallest", 16, 16, 16, 16 },
	{ "odd, next to the smallest", 17, 17, 16, 16 },
	{ "odd", 641, 481, 640, 480 },
	{ "the largest", 7680, 4320, 7680, 4320 },
	{ "wider than the largest", 7681, 480, 7680, 480 },
	{ "higher than the largest", 640, 4321, 640, 4320 },
	{ "the largest number", U32_MAX, U32_MAX, 7680, 4320 },
};

static void vipin_limit_row(struct kunit *test, const struct vipin_limit_row *row)
{
	struct v4l2_pix_format pix = { .width = row->width, .height = row->height };

	vipin_format_adjust(&pix, V4L2_BUF_TYPE_VIDEO_OUTPUT, &vipin_max);
	KUNIT_EXPECT_EQ(test, pix.width, row->got_width);
	KUNIT_EXPECT_EQ(test, pix.height, row->got_height);
}

VIPIN_PARAM_TEST(vipin_limit, vipin_limit_row);

/* A module parameter may be any number, and 0 selects the default. */
static const struct vipin_asked_row {
	const char *name;
	u32 fourcc;
	struct v4l2_area asked;
	struct v4l2_area got;
} vipin_asked_rows[] = {
	{ "YUYV, default", V4L2_PIX_FMT_YUYV, { 0, 0 }, { 1920, 1080 } },
	{ "NV12, default", V4L2_PIX_FMT_NV12, { 0, 0 }, { 1920, 1080 } },
	{ "RGB24, default", V4L2_PIX_FMT_RGB24, { 0, 0 }, { 1280, 720 } },
	{ "XBGR32, default", V4L2_PIX_FMT_XBGR32, { 0, 0 }, { 1280, 720 } },
	{ "unknown format, default", V4L2_PIX_FMT_MJPEG, { 0, 0 }, { 1920, 1080 } },
	{ "XBGR32, 4K", V4L2_PIX_FMT_XBGR32, { 3840, 2160 }, { 3840, 2160 } },
	{ "only the width", V4L2_PIX_FMT_XBGR32, { 3840, 0 }, { 3840, 720 } },
	{ "smaller", V4L2_PIX_FMT_YUYV, { 320, 240 }, { 320, 240 } },
	{ "odd", V4L2_PIX_FMT_YUYV, { 321, 241 }, { 320, 240 } },
	{ "too small", V4L2_PIX_FMT_YUYV, { 1, 1 }, { 16, 16 } },
	{ "too large", V4L2_PIX_FMT_YUYV, { 7681, U32_MAX }, { 7680, 4320 } },
};

static void vipin_asked_row(struct kunit *test, const struct vipin_asked_row *row)
{
	struct v4l2_pix_format pix = {
		.pixelformat = row->fourcc,
		.width = U32_MAX,
		.height = U32_MAX,
	};

	vipin_format_adjust(&pix, VIPIN_ALL, &(struct vipin_offer){ .max = row->asked });
	KUNIT_EXPECT_EQ(test, pix.width, row->got.width);
	KUNIT_EXPECT_EQ(test, pix.height, row->got.height);
}

VIPIN_PARAM_TEST(vipin_asked, vipin_asked_row);

/* The default size of every format, also of a new one, fits into memory without CMA. */
static void vipin_largest_frames_need_no_cma(struct kunit *test)
{
	const struct vipin_format *format;
	struct v4l2_pix_format pix;
	unsigned int i;

	for (i = 0; (format = vipin_format_by_index(&vipin_offer_all, VIPIN_ALL, i)); i++) {
		pix = (struct v4l2_pix_format){
			.pixelformat = format->fourcc,
			.width = U32_MAX,
			.height = U32_MAX,
		};
		vipin_format_adjust(&pix, VIPIN_ALL, &vipin_offer_all);
		KUNIT_EXPECT_LE_MSG(test, pix.sizeimage, 4U << 20, "format %u", i);
		KUNIT_EXPECT_GE_MSG(test, pix.width, 1280U, "format %u", i);
	}
}

static void vipin_unknown_format_becomes_the_first(struct kunit *test)
{
	struct v4l2_pix_format pix = {
		.pixelformat = V4L2_PIX_FMT_MJPEG,
		.field = V4L2_FIELD_INTERLACED,
		.flags = V4L2_PIX_FMT_FLAG_PREMUL_ALPHA,
	};

	vipin_format_adjust(&pix, VIPIN_ALL, &vipin_max);
	KUNIT_EXPECT_EQ(test, pix.pixelformat,
			vipin_format_by_index(&vipin_offer_all, VIPIN_ALL, 0)->fourcc);
	KUNIT_EXPECT_EQ(test, pix.field, (u32)V4L2_FIELD_NONE);
	KUNIT_EXPECT_EQ(test, pix.flags, 0U);
}

/* The names of all formats select all formats, one by one. */
static void vipin_formats_have_names(struct kunit *test)
{
	char *page = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	struct vipin_offer offer = { };
	const struct vipin_format *format;
	unsigned int i;
	ssize_t len;

	KUNIT_ASSERT_TRUE(test, page);
	len = vipin_formats_print(&vipin_offer_all, page);
	KUNIT_EXPECT_EQ(test, len, (ssize_t)strlen(page));
	KUNIT_EXPECT_EQ(test, vipin_formats_parse(&offer, page), 0);
	for (i = 0; (format = vipin_format_by_index(&vipin_offer_all, VIPIN_ALL, i)); i++)
		KUNIT_EXPECT_PTR_EQ(test, vipin_format_by_index(&offer, VIPIN_ALL, i), format);
	KUNIT_EXPECT_EQ(test, (unsigned int)bitmap_weight(offer.formats, VIPIN_MAX_FORMATS), i);
}

static const struct vipin_names_row {
	const char *name;
	const char *names;
	int err;
	const char *printed;
} vipin_names_rows[] = {
	{ "one", "NV12", 0, "NV12\n" },
	{ "short ones, and blanks", " GREY\tY10\n", 0, "GREY Y10\n" },
	{ "big-endian", "Y16-BE AR15-BE", 0, "Y16-BE AR15-BE\n" },
	{ "one twice", "YUYV YUYV", 0, "YUYV\n" },
	{ "a wrong one", "YUYV NOPE", -EINVAL, "UYVY\n" },
	{ "no blank", "YUYVNV12", -EINVAL, "UYVY\n" },
	{ "a part of one", "NV1", -EINVAL, "UYVY\n" },
	{ "little-endian", "AR15-LE", -EINVAL, "UYVY\n" },
};

/* A wrong name changes nothing. */
static void vipin_names_row(struct kunit *test, const struct vipin_names_row *row)
{
	char *page = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	struct vipin_offer offer = { };

	KUNIT_ASSERT_TRUE(test, page);
	KUNIT_ASSERT_EQ(test, vipin_formats_parse(&offer, "UYVY"), 0);
	KUNIT_EXPECT_EQ(test, vipin_formats_parse(&offer, row->names), row->err);
	vipin_formats_print(&offer, page);
	KUNIT_EXPECT_STREQ(test, page, row->printed);
	KUNIT_EXPECT_EQ(test, vipin_formats_parse(&offer, "\n"), 0);
	KUNIT_EXPECT_TRUE(test, bitmap_empty(offer.formats, VIPIN_MAX_FORMATS));
}

VIPIN_PARAM_TEST(vipin_names, vipin_names_row);

/* VIDIOC_TRY_FMT must not change a format that VIDIOC_G_FMT has returned. */
static void vipin_adjusting_twice_changes_nothing(struct kunit *test)
{
	static const u32 types[] = {
		V4L2_BUF_TYPE_VIDEO_CAPTURE,
		V4L2_BUF_TYPE_VIDEO_OUTPUT,
		V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE,
		V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE,
	};
	const struct vipin_format *format;
	struct v4l2_pix_format once;
	struct v4l2_pix_format twice;
	unsigned int i;
	unsigned int j;

	for (i = 0; (format = vipin_format_by_index(&vipin_offer_all, VIPIN_ALL, i)); i++) {
		for (j = 0; j < ARRAY_SIZE(types); j++) {
			memset(&once, 0, sizeof(once));
			once.pixelformat = format->fourcc;
			once.width = 333;
			once.height = 77;
			once.bytesperline = 1999;
			vipin_format_adjust(&once, types[j], &vipin_max);
			twice = once;
			vipin_format_adjust(&twice, types[j], &vipin_max);
			KUNIT_EXPECT_EQ_MSG(test, memcmp(&once, &twice, sizeof(once)),
					    0, "format %u", i);
		}
	}
}

/* v4l2-tpg paints in one colorimetry, so a program cannot request another one. */
static void vipin_capture_has_one_colorimetry(struct kunit *test)
{
	const struct vipin_format *format;
	struct v4l2_pix_format pix;
	unsigned int i;
	bool rgb;

	for (i = 0; (format = vipin_format_by_index(&vipin_offer_all, VIPIN_ALL, i)); i++) {
		pix = (struct v4l2_pix_format){
			.pixelformat = format->fourcc,
			.colorspace = V4L2_COLORSPACE_BT2020,
			.xfer_func = V4L2_XFER_FUNC_709,
			.ycbcr_enc = V4L2_YCBCR_ENC_BT2020,
		};
		vipin_format_adjust(&pix, VIPIN_ALL, &vipin_max);
		KUNIT_EXPECT_EQ(test, pix.colorspace, (u32)V4L2_COLORSPACE_SRGB);
		KUNIT_EXPECT_EQ(test, pix.xfer_func, (u32)V4L2_XFER_FUNC_SRGB);
		if (format->color_enc == TGP_COLOR_ENC_HSV)
			KUNIT_EXPECT_EQ(test, pix.hsv_enc, (u32)V4L2_HSV_ENC_180);
		else
			KUNIT_EXPECT_EQ(test, pix.ycbcr_enc, (u32)V4L2_YCBCR_ENC_601);
		rgb = format->color_enc == TGP_COLOR_ENC_RGB ||
		      format->color_enc == TGP_COLOR_ENC_HSV;
		KUNIT_EXPECT_EQ_MSG(test, pix.quantization,
				    (u32)(rgb ? V4L2_QUANTIZATION_FULL_RANGE :
						V4L2_QUANTIZATION_LIM_RANGE),
				    "format %u", i);
	}
}

static void vipin_output_keeps_its_colorimetry(struct kunit *test)
{
	struct v4l2_pix_format known = {
		.colorspace = V4L2_COLORSPACE_BT2020,
		.xfer_func = V4L2_XFER_FUNC_709,
		.ycbcr_enc = V4L2_YCBCR_ENC_BT2020,
		.quantization = V4L2_QUANTIZATION_FULL_RANGE,
	};
	struct v4l2_pix_format unknown = {
		.colorspace = 99,
		.xfer_func = 99,
		.ycbcr_enc = 99,
		.quantization = 99,
	};
	struct v4l2_pix_format hsv = {
		.pixelformat = V4L2_PIX_FMT_HSV24,
		.hsv_enc = V4L2_HSV_ENC_256,
	};

	vipin_format_adjust(&hsv, V4L2_BUF_TYPE_VIDEO_OUTPUT, &vipin_max);
	KUNIT_EXPECT_EQ(test, hsv.hsv_enc, (u32)V4L2_HSV_ENC_256);
	hsv.ycbcr_enc = V4L2_YCBCR_ENC_709;
	vipin_format_adjust(&hsv, V4L2_BUF_TYPE_VIDEO_OUTPUT, &vipin_max);
	KUNIT_EXPECT_EQ(test, hsv.hsv_enc, (u32)V4L2_HSV_ENC_180);

	vipin_format_adjust(&known, V4L2_BUF_TYPE_VIDEO_OUTPUT, &vipin_max);
	KUNIT_EXPECT_EQ(test, known.colorspace, (u32)V4L2_COLORSPACE_BT2020);
	KUNIT_EXPECT_EQ(test, known.xfer_func, (u32)V4L2_XFER_FUNC_709);
	KUNIT_EXPECT_EQ(test, known.ycbcr_enc, (u32)V4L2_YCBCR_ENC_BT2020);
	KUNIT_EXPECT_EQ(test, known.quantization, (u32)V4L2_QUANTIZATION_FULL_RANGE);

	vipin_format_adjust(&unknown, V4L2_BUF_TYPE_VIDEO_OUTPUT, &vipin_max);
	KUNIT_EXPECT_EQ(test, unknown.colorspace, (u32)V4L2_COLORSPACE_SRGB);
	KUNIT_EXPECT_EQ(test, unknown.xfer_func, (u32)V4L2_XFER_FUNC_DEFAULT);
	KUNIT_EXPECT_EQ(test, unknown.ycbcr_enc, (u32)V4L2_YCBCR_ENC_DEFAULT);
	KUNIT_EXPECT_EQ(test, unknown.quantization, (u32)V4L2_QUANTIZATION_DEFAULT);
}

static const struct vipin_interval_adjusted_row {
	const char *name;
	struct v4l2_fract asked;
	struct v4l2_fract got;
} vipin_interval_adjusted_rows[] = {
	{ "0/0 selects the default", { 0, 0 }, { 1, 30 } },
	{ "0/5 selects the default", { 0, 5 }, { 1, 30 } },
	{ "5/0 selects the default", { 5, 0 }, { 1, 30 } },
	{ "1/25 stays", { 1, 25 }, { 1, 25 } },
	{ "1001/30000 stays", { 1001, 30000 }, { 1001, 30000 } },
	{ "the longest stays", { 1, 1 }, { 1, 1 } },
	{ "longer than the longest", { 2, 1 }, { 1, 1 } },
	{ "a little longer than the longest", { 30001, 30000 }, { 1, 1 } },
	{ "the longest in 32 bits", { U32_MAX, 1 }, { 1, 1 } },
	{ "a second in large numbers", { U32_MAX, U32_MAX }, { 1, 1 } },
	{ "33333/1000000 stays", { 33333, 1000000 }, { 33333, 1000000 } },
	{ "40000/1000000 is 1/25", { 40000, 1000000 }, { 1, 25 } },
	{ "2002/60000 is 1001/30000", { 2002, 60000 }, { 1001, 30000 } },
	{ "shorter than the shortest, in large numbers", { 1000, 241000 }, { 1, 240 } },
	{ "the shortest stays", { 1, 240 }, { 1, 240 } },
	{ "shorter than the shortest", { 1, 241 }, { 1, 240 } },
	{ "the shortest in 32 bits", { 1, U32_MAX }, { 1, 240 } },
	/* 17895698 * 240 does not fit into 32 bits. */
	{ "nearly the shortest, in large numbers",
	  { 17895698, U32_MAX }, { 17895698, U32_MAX } },
};

static void vipin_interval_adjusted_row(struct kunit *test,
					const struct vipin_interval_adjusted_row *row)
{
	struct v4l2_fract interval = row->asked;

	vipin_interval_adjust(&interval);
	KUNIT_EXPECT_EQ(test, interval.numerator, row->got.numerator);
	KUNIT_EXPECT_EQ(test, interval.denominator, row->got.denominator);
}

VIPIN_PARAM_TEST(vipin_interval_adjusted, vipin_interval_adjusted_row);

static struct kunit_case vipin_format_cases[] = {
	VIPIN_PARAM_CASE(vipin_size),
	VIPIN_PARAM_CASE(vipin_line),
	KUNIT_CASE(vipin_frames_have_the_size_of_their_pixels),
	KUNIT_CASE(vipin_v4l2_agrees),
	KUNIT_CASE(vipin_sizes_fit_the_subsampling),
	KUNIT_CASE(vipin_formats_are_found),
	VIPIN_PARAM_CASE(vipin_limit),
	VIPIN_PARAM_CASE(vipin_asked),
	KUNIT_CASE(vipin_largest_frames_need_no_cma),
	KUNIT_CASE(vipin_unknown_format_becomes_the_first),
	KUNIT_CASE(vipin_formats_have_names),
	VIPIN_PARAM_CASE(vipin_names),
	KUNIT_CASE(vipin_adjusting_twice_changes_nothing),
	KUNIT_CASE(vipin_capture_has_one_colorimetry),
	KUNIT_CASE(vipin_output_keeps_its_colorimetry),
	VIPIN_PARAM_CASE(vipin_interval_adjusted),
	{}
};

struct kunit_suite vipin_format_suite = {
	.name = "vipin_format",
	.test_cases = vipin_format_cases,
};
