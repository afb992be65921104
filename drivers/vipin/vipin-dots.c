// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-dots.c - moving dots: in every 2 KiB of a frame, 8 bytes are inverted, and in the
 * next frame the 8 bytes after them instead
 *
 * So every page of a frame differs from the same page of the frame before. If a page of
 * a frame was not written, the CRC of the frame is wrong. Painting the whole frame again
 * would detect the same, but takes a hundred times as long. The dots have 256 possible
 * places, and vipin_dots_init() computes their effect on the CRC for each place.
 */

#include <linux/crc32.h>
#include <linux/minmax.h>

#include "vipin.h"

#define VIPIN_DOT_SIZE		sizeof(u64)
/* The first dot comes after the stamp. */
#define VIPIN_DOTS_START	sizeof(struct vipin_stamp)

/* Return the number of bytes after the last dot that fits into the frame. */
static u32 vipin_dots_tail(const struct vipin_dots *dots, u32 place)
{
	u32 start = VIPIN_DOTS_START + place * VIPIN_DOT_SIZE;

	return (dots->size - start - VIPIN_DOT_SIZE) % VIPIN_DOT_DISTANCE;
}

/**
 * vipin_dots_init() - compute the effect of the dots on the CRC, for each place
 * @dots:	filled in
 * @size:	size of the frame in bytes, at least 64
 */
void vipin_dots_init(struct vipin_dots *dots, u32 size)
{
	static const u64 dot = ~0ULL;
	u32 distance = vipin_crc_zeros(VIPIN_DOT_DISTANCE);
	u32 next = vipin_crc_zeros(VIPIN_DOT_SIZE);
	u32 crc_of_dot = crc32_le(0, (const u8 *)&dot, sizeof(dot));
	u32 place, pos, tail, crc = 0;

	dots->size = size;
	dots->places = min_t(u32, VIPIN_DOT_PLACES,
			     (size - VIPIN_DOTS_START) / VIPIN_DOT_SIZE);

	/* Start with the last place, and add one dot after the other. */
	place = dots->places - 1;
	pos = VIPIN_DOTS_START + place * VIPIN_DOT_SIZE;
	for (; pos + VIPIN_DOT_SIZE <= size; pos += VIPIN_DOT_DISTANCE)
		crc = vipin_crc_multiply(crc, distance) ^ crc_of_dot;
	tail = vipin_dots_tail(dots, place);
	crc = vipin_crc_multiply(crc, vipin_crc_zeros(tail));
	dots->crc[place] = crc;

	/*
	 * Then go back place by place. All dots move by 8 bytes, and sometimes one more
	 * dot fits at the end of the frame.
	 */
	while (place--) {
		crc = vipin_crc_multiply(crc, next);
		if (vipin_dots_tail(dots, place) < tail)
			crc ^= vipin_crc_multiply(crc_of_dot,
						  vipin_crc_zeros(vipin_dots_tail(dots, place)));
		tail = vipin_dots_tail(dots, place);
		dots->crc[place] = crc;
	}
	dots->place = 0;
}

/**
 * vipin_dots_invert() - put the dots into a frame, or remove them again
 * @dots:	the dots, at their present place
 * @frame:	the frame
 */
void vipin_dots_invert(const struct vipin_dots *dots, u8 *frame)
{
	u32 pos = VIPIN_DOTS_START + dots->place * VIPIN_DOT_SIZE;

	for (; pos + VIPIN_DOT_SIZE <= dots->size; pos += VIPIN_DOT_DISTANCE)
		*(u64 *)(frame + pos) ^= ~0ULL;
}
