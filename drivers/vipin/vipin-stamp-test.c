// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-stamp-test.c - KUnit tests of the stamp's layout, and of the errors that it detects
 */

#include <kunit/test.h>

#include "vipin-compat.h"
#include "vipin-test.h"
#include "vipin.h"

/*
 * The usual test vector of CRC-32: the CRC of these nine bytes is 0xcbf43926, as computed
 * by zlib's crc32().
 */
#define VIPIN_PAYLOAD		"123456789"
#define VIPIN_PAYLOAD_SIZE	9
#define VIPIN_STAMP_SIZE	32
#define VIPIN_FRAME_SIZE	(VIPIN_STAMP_SIZE + VIPIN_PAYLOAD_SIZE)

/* The stamp that vipin_stamped() makes. zlib has computed the last four bytes. */
static const u8 vipin_expected_stamp[VIPIN_STAMP_SIZE] = {
	'V', 'P', 'I', 'N',				/* magic */
	0x04, 0x03, 0x02, 0x01,				/* sequence */
	VIPIN_FRAME_SIZE, 0, 0, 0,			/* length */
	0x26, 0x39, 0xf4, 0xcb,				/* crc */
	0x88, 0x77, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11,	/* timestamp */
	7, 0, 0, 0,					/* device */
	0x9e, 0x34, 0x65, 0x56,				/* stamp_crc */
};

/* Make a frame with its stamp. */
static u8 *vipin_stamped(struct kunit *test)
{
	struct vb2_v4l2_buffer vb = {
		.vb2_buf.timestamp = 0x1122334455667788,
		.sequence = 0x01020304,
	};
	struct vipin_node *node;

	node = kunit_kzalloc(test, sizeof(*node), GFP_KERNEL);
	KUNIT_ASSERT_TRUE(test, node);
	node->frame = kunit_kzalloc(test, VIPIN_FRAME_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_TRUE(test, node->frame);

	node->selection.picture.sizeimage = VIPIN_FRAME_SIZE;
	node->vdev.num = 7;
	memset(node->frame, 0xaa, VIPIN_STAMP_SIZE);
	memcpy(node->frame + VIPIN_STAMP_SIZE, VIPIN_PAYLOAD, VIPIN_PAYLOAD_SIZE);
	vipin_stamp_make((struct vipin_stamp *)node->frame, node, &vb,
			 vipin_crc(VIPIN_PAYLOAD, VIPIN_PAYLOAD_SIZE));
	return node->frame;
}

static void vipin_stamp_has_its_layout(struct kunit *test)
{
	const u8 *frame = vipin_stamped(test);
	unsigned int i;

	KUNIT_EXPECT_EQ(test, sizeof(struct vipin_stamp), (size_t)VIPIN_STAMP_SIZE);
	for (i = 0; i < VIPIN_STAMP_SIZE; i++)
		KUNIT_EXPECT_EQ_MSG(test, frame[i], vipin_expected_stamp[i],
				    "byte %u of the stamp", i);
	KUNIT_EXPECT_EQ(test, memcmp(frame + VIPIN_STAMP_SIZE, VIPIN_PAYLOAD,
				     VIPIN_PAYLOAD_SIZE), 0);
}

static void vipin_whole_frame_is_good(struct kunit *test)
{
	const u8 *frame = vipin_stamped(test);

	KUNIT_EXPECT_TRUE(test, !vipin_stamp_fault(frame, VIPIN_FRAME_SIZE));
}

static const struct vipin_damage_row {
	const char *name;
	unsigned int byte;
	const char *fault;
} vipin_damage_rows[] = {
	{ "magic", 0, "no stamp" },
	{ "magic, its end", 3, "no stamp" },
	{ "sequence", 4, "the stamp is damaged" },
	{ "length", 8, "the stamp is damaged" },
	{ "crc", 12, "the stamp is damaged" },
	{ "timestamp", 16, "the stamp is damaged" },
	{ "device, its end", 27, "the stamp is damaged" },
	{ "stamp_crc", 28, "the stamp is damaged" },
	{ "stamp_crc, its end", 31, "the stamp is damaged" },
	{ "contents", 32, "the contents are damaged" },
	{ "contents, their end", 40, "the contents are damaged" },
};

/* Invert each bit of the byte in turn. */
static void vipin_damage_row(struct kunit *test, const struct vipin_damage_row *row)
{
	u8 *frame = vipin_stamped(test);
	const char *fault;
	unsigned int bit;

	for (bit = 0; bit < 8; bit++) {
		frame[row->byte] ^= BIT(bit);
		fault = vipin_stamp_fault(frame, VIPIN_FRAME_SIZE);
		KUNIT_EXPECT_STREQ(test, fault ?: "good", row->fault);
		frame[row->byte] ^= BIT(bit);
	}
}

VIPIN_PARAM_TEST(vipin_damage, vipin_damage_row);

static const struct vipin_length_row {
	const char *name;
	u32 length;
	const char *fault;
} vipin_length_rows[] = {
	{ "nothing", 0, "too short for a stamp" },
	{ "not quite a stamp", 31, "too short for a stamp" },
	{ "a stamp alone", 32, "the stamp has another length" },
	{ "one byte missing", 40, "the stamp has another length" },
};

static void vipin_length_row(struct kunit *test, const struct vipin_length_row *row)
{
	const char *fault = vipin_stamp_fault(vipin_stamped(test), row->length);

	KUNIT_EXPECT_STREQ(test, fault ?: "good", row->fault);
}

VIPIN_PARAM_TEST(vipin_length, vipin_length_row);

static struct kunit_case vipin_stamp_cases[] = {
	KUNIT_CASE(vipin_stamp_has_its_layout),
	KUNIT_CASE(vipin_whole_frame_is_good),
	VIPIN_PARAM_CASE(vipin_damage),
	VIPIN_PARAM_CASE(vipin_length),
	{}
};

struct kunit_suite vipin_stamp_suite = {
	.name = "vipin_stamp",
	.test_cases = vipin_stamp_cases,
};
