// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-format-test.c - KUnit tests of pixel formats, frame sizes and frame rates
 */

#include <kunit/test.h>
#include <linux/videodev2.h>

#include "vipin-compat.h"
#include "vipin-test.h"
#include "vipin.h"

/* A buffer type that supports all formats. */
#define VIPIN_ALL	V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE

static const struct v4l2_area vipin_max = { VIPIN_MAX_WIDTH, VIPIN_MAX_HEIGHT };

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

	vipin_format_adjust(&pix, VIPIN_ALL, vipin_max);
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

	vipin_format_adjust(&pix, VIPIN_ALL, vipin_max);
	KUNIT_EXPECT_EQ(test, pix.width, row->width);
	KUNIT_EXPECT_EQ(test, pix.height, row->height);
	KUNIT_EXPECT_EQ(test, pix.bytesperline, row->bytesperline);
	KUNIT_EXPECT_EQ(test, pix.sizeimage, row->sizeimage);
	KUNIT_EXPECT_LE(test, pix.sizeimage, VIPIN_MAX_BUFFER);
}

VIPIN_PARAM_TEST(vipin_line, vipin_line_row);

/* Every format has a row in vipin_size_rows. */
static void vipin_every_format_has_a_size(struct kunit *test)
{
	const struct vipin_format *format;
	unsigned int i, j;
	bool found;

	for (i = 0; (format = vipin_format_by_index(VIPIN_ALL, i)); i++) {
		found = false;
		for (j = 0; j < ARRAY_SIZE(vipin_size_rows); j++)
			found |= vipin_size_rows[j].fourcc == format->fourcc;
		KUNIT_EXPECT_TRUE_MSG(test, found, "format %u has no row", i);
	}
}

static void vipin_formats_are_found(struct kunit *test)
{
	const struct vipin_format *format;
	unsigned int i;

	/* This fails if two formats have the same fourcc. */
	for (i = 0; (format = vipin_format_by_index(VIPIN_ALL, i)); i++)
		KUNIT_EXPECT_PTR_EQ(test, vipin_format_by_fourcc(VIPIN_ALL, format->fourcc),
				    format);
	KUNIT_EXPECT_GT(test, i, 0U);
	KUNIT_EXPECT_TRUE(test, !vipin_format_by_index(VIPIN_ALL, i));
	KUNIT_EXPECT_TRUE(test, !vipin_format_by_index(VIPIN_ALL, UINT_MAX));
	KUNIT_EXPECT_TRUE(test, !vipin_format_by_fourcc(VIPIN_ALL, V4L2_PIX_FMT_MJPEG));
	KUNIT_EXPECT_TRUE(test, !vipin_format_by_fourcc(VIPIN_ALL, 0));
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

	vipin_format_adjust(&pix, V4L2_BUF_TYPE_VIDEO_OUTPUT, vipin_max);
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

	vipin_format_adjust(&pix, VIPIN_ALL, row->asked);
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

	for (i = 0; (format = vipin_format_by_index(VIPIN_ALL, i)); i++) {
		pix = (struct v4l2_pix_format){
			.pixelformat = format->fourcc,
			.width = U32_MAX,
			.height = U32_MAX,
		};
		vipin_format_adjust(&pix, VIPIN_ALL, (struct v4l2_area){ 0, 0 });
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

	vipin_format_adjust(&pix, VIPIN_ALL, vipin_max);
	KUNIT_EXPECT_EQ(test, pix.pixelformat, vipin_format_by_index(VIPIN_ALL, 0)->fourcc);
	KUNIT_EXPECT_EQ(test, pix.field, (u32)V4L2_FIELD_NONE);
	KUNIT_EXPECT_EQ(test, pix.flags, 0U);
}

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

	for (i = 0; (format = vipin_format_by_index(VIPIN_ALL, i)); i++) {
		for (j = 0; j < ARRAY_SIZE(types); j++) {
			memset(&once, 0, sizeof(once));
			once.pixelformat = format->fourcc;
			once.width = 333;
			once.height = 77;
			once.bytesperline = 1999;
			vipin_format_adjust(&once, types[j], vipin_max);
			twice = once;
			vipin_format_adjust(&twice, types[j], vipin_max);
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

	for (i = 0; (format = vipin_format_by_index(VIPIN_ALL, i)); i++) {
		pix = (struct v4l2_pix_format){
			.pixelformat = format->fourcc,
			.colorspace = V4L2_COLORSPACE_BT2020,
			.xfer_func = V4L2_XFER_FUNC_709,
			.ycbcr_enc = V4L2_YCBCR_ENC_BT2020,
		};
		vipin_format_adjust(&pix, VIPIN_ALL, vipin_max);
		KUNIT_EXPECT_EQ(test, pix.colorspace, (u32)V4L2_COLORSPACE_SRGB);
		KUNIT_EXPECT_EQ(test, pix.xfer_func, (u32)V4L2_XFER_FUNC_SRGB);
		KUNIT_EXPECT_EQ(test, pix.ycbcr_enc, (u32)V4L2_YCBCR_ENC_601);
		KUNIT_EXPECT_EQ_MSG(test, pix.quantization,
				    (u32)(format->yuv ? V4L2_QUANTIZATION_LIM_RANGE :
							V4L2_QUANTIZATION_FULL_RANGE),
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

	vipin_format_adjust(&known, V4L2_BUF_TYPE_VIDEO_OUTPUT, vipin_max);
	KUNIT_EXPECT_EQ(test, known.colorspace, (u32)V4L2_COLORSPACE_BT2020);
	KUNIT_EXPECT_EQ(test, known.xfer_func, (u32)V4L2_XFER_FUNC_709);
	KUNIT_EXPECT_EQ(test, known.ycbcr_enc, (u32)V4L2_YCBCR_ENC_BT2020);
	KUNIT_EXPECT_EQ(test, known.quantization, (u32)V4L2_QUANTIZATION_FULL_RANGE);

	vipin_format_adjust(&unknown, V4L2_BUF_TYPE_VIDEO_OUTPUT, vipin_max);
	KUNIT_EXPECT_EQ(test, unknown.colorspace, (u32)V4L2_COLORSPACE_SRGB);
	KUNIT_EXPECT_EQ(test, unknown.xfer_func, (u32)V4L2_XFER_FUNC_DEFAULT);
	KUNIT_EXPECT_EQ(test, unknown.ycbcr_enc, (u32)V4L2_YCBCR_ENC_DEFAULT);
	KUNIT_EXPECT_EQ(test, unknown.quantization, (u32)V4L2_QUANTIZATION_DEFAULT);
}

static const struct vipin_interval_row {
	const char *name;
	struct v4l2_fract asked;
	struct v4l2_fract got;
} vipin_interval_rows[] = {
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

static void vipin_interval_row(struct kunit *test,
			       const struct vipin_interval_row *row)
{
	struct v4l2_fract interval = row->asked;

	vipin_interval_adjust(&interval);
	KUNIT_EXPECT_EQ(test, interval.numerator, row->got.numerator);
	KUNIT_EXPECT_EQ(test, interval.denominator, row->got.denominator);
}

VIPIN_PARAM_TEST(vipin_interval, vipin_interval_row);

static struct kunit_case vipin_format_cases[] = {
	VIPIN_PARAM_CASE(vipin_size),
	VIPIN_PARAM_CASE(vipin_line),
	KUNIT_CASE(vipin_every_format_has_a_size),
	KUNIT_CASE(vipin_formats_are_found),
	VIPIN_PARAM_CASE(vipin_limit),
	VIPIN_PARAM_CASE(vipin_asked),
	KUNIT_CASE(vipin_largest_frames_need_no_cma),
	KUNIT_CASE(vipin_unknown_format_becomes_the_first),
	KUNIT_CASE(vipin_adjusting_twice_changes_nothing),
	KUNIT_CASE(vipin_capture_has_one_colorimetry),
	KUNIT_CASE(vipin_output_keeps_its_colorimetry),
	VIPIN_PARAM_CASE(vipin_interval),
	{}
};

struct kunit_suite vipin_format_suite = {
	.name = "vipin_format",
	.test_cases = vipin_format_cases,
};
