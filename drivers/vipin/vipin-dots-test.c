// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-dots-test.c - KUnit tests of the moving dots, and of their effect on the CRC
 */

#include <kunit/test.h>
#include <linux/crc32.h>

#include "vipin-compat.h"
#include "vipin-test.h"
#include "vipin.h"

#define VIPIN_STAMP_SIZE	32

static const struct vipin_dots_row {
	const char *name;
	u32 size;
} vipin_dots_rows[] = {
	{ "the smallest frame", 256 },
	{ "room for one dot at each place", 32 + 2048 },
	{ "a byte too small for that", 32 + 2047 },
	{ "room for a second dot at the first place only", 32 + 2048 + 8 },
	{ "a byte too small for the second dot", 32 + 2048 + 7 },
	{ "an odd length", 12345 },
	{ "320x240, YUYV", 320 * 240 * 2 },
};

static u8 *vipin_any_picture(struct kunit *test, u32 size)
{
	u8 *frame = kunit_kzalloc(test, size, GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_TRUE(test, frame);
	for (i = 0; i < size; i++)
		frame[i] = i * 7 + i / 256;
	return frame;
}

static u32 vipin_crc_without_stamp(const u8 *frame, u32 size)
{
	return vipin_crc(frame + VIPIN_STAMP_SIZE, size - VIPIN_STAMP_SIZE);
}

/* At every place, compare the computed CRC with the CRC of the frame with its dots. */
static void vipin_dots_crc_row(struct kunit *test, const struct vipin_dots_row *row)
{
	struct vipin_dots *dots = kunit_kzalloc(test, sizeof(*dots), GFP_KERNEL);
	u8 *frame = vipin_any_picture(test, row->size);
	u32 plain = vipin_crc_without_stamp(frame, row->size);
	u32 crc;

	KUNIT_ASSERT_TRUE(test, dots);
	vipin_dots_init(dots, row->size);
	for (; dots->place < dots->places; dots->place++) {
		vipin_dots_invert(dots, frame);
		crc = vipin_crc_without_stamp(frame, row->size);
		KUNIT_EXPECT_EQ_MSG(test, plain ^ dots->crc[dots->place], crc,
				    "place %u", dots->place);
		KUNIT_EXPECT_NE(test, crc, plain);
		vipin_dots_invert(dots, frame);
	}
	KUNIT_EXPECT_EQ(test, vipin_crc_without_stamp(frame, row->size), plain);
}

VIPIN_PARAM_TEST(vipin_dots_crc, vipin_dots_row);

/* Any missing 2 KiB contains at least one dot, so it is detected. */
static void vipin_dots_are_everywhere(struct kunit *test)
{
	struct vipin_dots *dots = kunit_kzalloc(test, sizeof(*dots), GFP_KERNEL);
	const u32 size = 320 * 240 * 2;
	u8 *frame = kunit_kzalloc(test, size, GFP_KERNEL);
	u32 i, same;

	KUNIT_ASSERT_TRUE(test, dots && frame);
	vipin_dots_init(dots, size);
	KUNIT_EXPECT_EQ(test, dots->places, 256U);
	for (; dots->place < dots->places; dots->place++) {
		vipin_dots_invert(dots, frame);
		for (i = VIPIN_STAMP_SIZE, same = 0; i < size && same < 2048; i++)
			same = frame[i] ? 0 : same + 1;
		KUNIT_EXPECT_LT_MSG(test, same, 2048U, "place %u", dots->place);
		for (i = 0; i < VIPIN_STAMP_SIZE; i++)
			KUNIT_EXPECT_EQ_MSG(test, frame[i], (u8)0, "place %u", dots->place);
		vipin_dots_invert(dots, frame);
	}
}

static void vipin_crc_of_appended_zeros(struct kunit *test)
{
	static const u8 data[1000] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	unsigned int len;

	/* Use crc32_le() with the initial value 0, because vipin_crc() inverts its result. */
	for (len = 0; len <= sizeof(data) - 8; len++)
		KUNIT_EXPECT_EQ_MSG(test, crc32_le(0, data, 8 + len),
				    vipin_crc_multiply(crc32_le(0, data, 8),
						       vipin_crc_zeros(len)),
				    "%u zeros", len);
}

static struct kunit_case vipin_dots_cases[] = {
	VIPIN_PARAM_CASE(vipin_dots_crc),
	KUNIT_CASE(vipin_dots_are_everywhere),
	KUNIT_CASE(vipin_crc_of_appended_zeros),
	{}
};

struct kunit_suite vipin_dots_suite = {
	.name = "vipin_dots",
	.test_cases = vipin_dots_cases,
};
