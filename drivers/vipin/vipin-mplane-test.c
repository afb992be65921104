// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-mplane-test.c - KUnit tests of the planes of a frame, and of the conversion
 * between the single-planar and the multi-planar API
 */

#include <kunit/test.h>
#include <linux/videodev2.h>

#include "vipin-compat.h"
#include "vipin-test.h"
#include "vipin.h"

#define VIPIN_SINGLE	V4L2_BUF_TYPE_VIDEO_CAPTURE
#define VIPIN_MULTI	V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE

static const struct vipin_offer vipin_max = {
	.max = { VIPIN_MAX_WIDTH, VIPIN_MAX_HEIGHT },
};

/* The sizes follow from V4L2's documentation of each format. */
static const struct vipin_planes_row {
	const char *name;
	u32 fourcc;
	u32 width;
	u32 height;
	unsigned int planes;
	u32 bytesperline[VIPIN_MAX_PLANES];
	u32 sizes[VIPIN_MAX_PLANES];
} vipin_planes_rows[] = {
	{ "YUYV", V4L2_PIX_FMT_YUYV, 640, 480, 1, { 1280 }, { 614400 } },
	{ "NV12 has one plane", V4L2_PIX_FMT_NV12, 640, 480, 1, { 640 }, { 460800 } },
	{ "NV12M has two planes", V4L2_PIX_FMT_NV12M, 640, 480, 2, { 640, 640 },
	  { 307200, 153600 } },
	{ "NV12M, half of the size is odd", V4L2_PIX_FMT_NV12M, 18, 18, 2, { 18, 18 },
	  { 324, 162 } },
	{ "NV12M, the largest", V4L2_PIX_FMT_NV12M, 7680, 4320, 2, { 7680, 7680 },
	  { 33177600, 16588800 } },
	{ "NV16M", V4L2_PIX_FMT_NV16M, 640, 480, 2, { 640, 640 }, { 307200, 307200 } },
	{ "YUV420 has one plane", V4L2_PIX_FMT_YUV420, 640, 480, 1, { 640 }, { 460800 } },
	{ "YUV420M has three planes", V4L2_PIX_FMT_YUV420M, 640, 480, 3, { 640, 320, 320 },
	  { 307200, 76800, 76800 } },
	{ "YUV420M, a quarter of the size is odd", V4L2_PIX_FMT_YUV420M, 18, 18, 3, { 18, 9, 9 },
	  { 324, 81, 81 } },
	{ "YUV422M", V4L2_PIX_FMT_YUV422M, 640, 480, 3, { 640, 320, 320 },
	  { 307200, 153600, 153600 } },
	{ "YUV444M", V4L2_PIX_FMT_YUV444M, 640, 480, 3, { 640, 640, 640 },
	  { 307200, 307200, 307200 } },
};

static void vipin_planes_row(struct kunit *test, const struct vipin_planes_row *row)
{
	struct v4l2_pix_format pix = {
		.pixelformat = row->fourcc,
		.width = row->width,
		.height = row->height,
	};
	struct v4l2_format f = { .type = VIPIN_MULTI };
	unsigned int sizes[VIPIN_MAX_PLANES];
	unsigned int i;
	u32 sum = 0;

	vipin_format_adjust(&pix, VIPIN_MULTI, &vipin_max);
	KUNIT_ASSERT_EQ(test, vipin_plane_sizes(&pix, sizes), row->planes);
	vipin_pix_to_format(&pix, &f);
	KUNIT_EXPECT_EQ(test, f.fmt.pix_mp.num_planes, (u8)row->planes);
	for (i = 0; i < row->planes; i++) {
		KUNIT_EXPECT_EQ(test, sizes[i], row->sizes[i]);
		KUNIT_EXPECT_EQ(test, f.fmt.pix_mp.plane_fmt[i].sizeimage, row->sizes[i]);
		KUNIT_EXPECT_EQ(test, f.fmt.pix_mp.plane_fmt[i].bytesperline,
				row->bytesperline[i]);
		sum += sizes[i];
	}
	KUNIT_EXPECT_EQ(test, pix.sizeimage, sum);
}

VIPIN_PARAM_TEST(vipin_planes, vipin_planes_row);

static void vipin_several_planes_need_the_multi_planar_api(struct kunit *test)
{
	struct v4l2_pix_format pix = { .pixelformat = V4L2_PIX_FMT_NV12M };
	const struct vipin_format *format;
	unsigned int i, single;

	KUNIT_EXPECT_TRUE(test, !vipin_format_by_fourcc(&vipin_offer_all, VIPIN_SINGLE,
							V4L2_PIX_FMT_NV12M));
	KUNIT_EXPECT_TRUE(test, !vipin_format_by_fourcc(&vipin_offer_all, VIPIN_SINGLE,
							V4L2_PIX_FMT_YUV420M));
	for (i = 0; (format = vipin_format_by_index(&vipin_offer_all, VIPIN_SINGLE, i)); i++)
		KUNIT_EXPECT_EQ(test, format->memory_planes, (u8)1);
	/* The multi-planar API has ten formats more. */
	single = i;
	for (i = 0; vipin_format_by_index(&vipin_offer_all, VIPIN_MULTI, i);)
		i++;
	KUNIT_EXPECT_EQ(test, i, single + 10);

	vipin_format_adjust(&pix, VIPIN_SINGLE, &vipin_max);
	KUNIT_EXPECT_NE(test, pix.pixelformat, (u32)V4L2_PIX_FMT_NV12M);
}

/*
 * The lines of all planes are in proportion. They are as long as the request for each plane
 * needs, and no longer.
 */
static const struct vipin_lines_row {
	const char *name;
	u32 fourcc;
	u32 asked[VIPIN_MAX_PLANES];
	u32 got[VIPIN_MAX_PLANES];
} vipin_lines_rows[] = {
	{ "NV12M, none", V4L2_PIX_FMT_NV12M, { 0, 0 }, { 642, 642 } },
	{ "NV12M, both", V4L2_PIX_FMT_NV12M, { 644, 644 }, { 644, 644 } },
	{ "NV12M, first", V4L2_PIX_FMT_NV12M, { 644, 0 }, { 644, 644 } },
	{ "NV12M, second", V4L2_PIX_FMT_NV12M, { 0, 644 }, { 644, 644 } },
	{ "NV12M, second is longer", V4L2_PIX_FMT_NV12M, { 642, 644 }, { 644, 644 } },
	{ "NV12M, first is longer", V4L2_PIX_FMT_NV12M, { 644, 643 }, { 644, 644 } },
	{ "YUV420M, none", V4L2_PIX_FMT_YUV420M, { 0, 0, 0 }, { 642, 321, 321 } },
	{ "YUV420M, as it is", V4L2_PIX_FMT_YUV420M, { 648, 324, 324 }, { 648, 324, 324 } },
	{ "YUV420M, first is odd", V4L2_PIX_FMT_YUV420M, { 645, 322, 322 }, { 645, 322, 322 } },
	{ "YUV420M, third", V4L2_PIX_FMT_YUV420M, { 0, 0, 325 }, { 650, 325, 325 } },
	{ "YUV422M, second", V4L2_PIX_FMT_YUV422M, { 642, 325, 0 }, { 650, 325, 325 } },
	{ "YUV444M, third", V4L2_PIX_FMT_YUV444M, { 642, 0, 650 }, { 650, 650, 650 } },
	{ "YUV420M, the largest number", V4L2_PIX_FMT_YUV420M, { 0, U32_MAX, 0 },
	  { 8192, 4096, 4096 } },
};

static void vipin_lines_row(struct kunit *test, const struct vipin_lines_row *row)
{
	struct v4l2_format f = {
		.type = VIPIN_MULTI,
		.fmt.pix_mp = {
			.width = 642,
			.height = 480,
			.pixelformat = row->fourcc,
		},
	};
	struct v4l2_pix_format pix;
	unsigned int i;

	for (i = 0; i < VIPIN_MAX_PLANES; i++)
		f.fmt.pix_mp.plane_fmt[i].bytesperline = row->asked[i];
	vipin_pix_from_format(&pix, &f);
	vipin_format_adjust(&pix, VIPIN_MULTI, &vipin_max);
	vipin_pix_to_format(&pix, &f);
	for (i = 0; i < VIPIN_MAX_PLANES && row->got[i]; i++)
		KUNIT_EXPECT_EQ(test, f.fmt.pix_mp.plane_fmt[i].bytesperline, row->got[i]);
	KUNIT_EXPECT_EQ(test, (unsigned int)f.fmt.pix_mp.num_planes, i);
}

VIPIN_PARAM_TEST(vipin_lines, vipin_lines_row);

/* The values of planes that the format does not have are ignored. */
static void vipin_missing_planes_are_ignored(struct kunit *test)
{
	struct v4l2_format f = {
		.type = VIPIN_MULTI,
		.fmt.pix_mp = {
			.width = 642,
			.height = 480,
			.pixelformat = V4L2_PIX_FMT_NV12,
			.plane_fmt[1].bytesperline = 4096,
		},
	};
	struct v4l2_pix_format pix;

	vipin_pix_from_format(&pix, &f);
	vipin_format_adjust(&pix, VIPIN_MULTI, &vipin_max);
	KUNIT_EXPECT_EQ(test, pix.bytesperline, 642U);
}

/* A request through either API results in the same format. */
static void vipin_both_apis_get_the_same_format(struct kunit *test)
{
	struct v4l2_format f = { .type = V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE };
	struct v4l2_pix_format asked = {
		.width = 322,
		.height = 46,
		.bytesperline = 328,
		.pixelformat = V4L2_PIX_FMT_NV12,
		.colorspace = V4L2_COLORSPACE_BT2020,
		.ycbcr_enc = V4L2_YCBCR_ENC_BT2020,
		.quantization = V4L2_QUANTIZATION_FULL_RANGE,
		.xfer_func = V4L2_XFER_FUNC_709,
	};
	struct v4l2_pix_format got;

	vipin_format_adjust(&asked, V4L2_BUF_TYPE_VIDEO_OUTPUT, &vipin_max);
	vipin_pix_to_format(&asked, &f);
	vipin_pix_from_format(&got, &f);
	vipin_format_adjust(&got, f.type, &vipin_max);
	KUNIT_EXPECT_EQ(test, memcmp(&asked, &got, sizeof(got)), 0);

	f.type = V4L2_BUF_TYPE_VIDEO_OUTPUT;
	vipin_pix_to_format(&asked, &f);
	vipin_pix_from_format(&got, &f);
	KUNIT_EXPECT_EQ(test, memcmp(&asked, &got, sizeof(got)), 0);
}

static struct kunit_case vipin_mplane_cases[] = {
	VIPIN_PARAM_CASE(vipin_planes),
	KUNIT_CASE(vipin_several_planes_need_the_multi_planar_api),
	VIPIN_PARAM_CASE(vipin_lines),
	KUNIT_CASE(vipin_missing_planes_are_ignored),
	KUNIT_CASE(vipin_both_apis_get_the_same_format),
	{}
};

struct kunit_suite vipin_mplane_suite = {
	.name = "vipin_mplane",
	.test_cases = vipin_mplane_cases,
};
