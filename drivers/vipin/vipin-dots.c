// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-dots.c - what moves in a picture: in every 2 KiB of it a dot of 8 bytes, which
 * are inverted, and in the next frame the 8 bytes behind them
 *
 * So there is not a page of memory in which a frame is the same as the one before,
 * and a frame that was not written, or not wholly, shows in its CRC: as well as if
 * all of it were painted anew, and at a hundredth of the price. What the dots
 * do to the CRC is known beforehand for each of the 256 places where they can be.
 */

#include <linux/crc32.h>
#include <linux/minmax.h>

#include "vipin.h"

#define VIPIN_DOT_SIZE		sizeof(u64)
/* The stamp comes before all dots. */
#define VIPIN_DOTS_START	sizeof(struct vipin_stamp)

/* Bytes behind the last dot; every dot must be within the payload. */
static u32 vipin_dots_tail(const struct vipin_dots *dots, u32 place)
{
	u32 start = VIPIN_DOTS_START + place * VIPIN_DOT_SIZE;

	return (dots->size - start - VIPIN_DOT_SIZE) % VIPIN_DOTS_APART;
}

/**
 * vipin_dots_init() - see what dots will do to the CRC
 * @dots:	to be filled in
 * @size:	of the frame in bytes, 64 at least
 */
void vipin_dots_init(struct vipin_dots *dots, u32 size)
{
	static const u64 dot = ~0ULL;
	u32 apart = vipin_crc_zeros(VIPIN_DOTS_APART);
	u32 next = vipin_crc_zeros(VIPIN_DOT_SIZE);
	u32 crc_of_dot = crc32_le(0, (const u8 *)&dot, sizeof(dot));
	u32 place, pos, tail, crc = 0;

	dots->size = size;
	dots->places = min_t(u32, VIPIN_DOT_PLACES,
			     (size - VIPIN_DOTS_START) / VIPIN_DOT_SIZE);

	/* With the dots at their last place, one after another. */
	place = dots->places - 1;
	pos = VIPIN_DOTS_START + place * VIPIN_DOT_SIZE;
	for (; pos + VIPIN_DOT_SIZE <= size; pos += VIPIN_DOTS_APART)
		crc = vipin_crc_multiply(crc, apart) ^ crc_of_dot;
	tail = vipin_dots_tail(dots, place);
	crc = vipin_crc_multiply(crc, vipin_crc_zeros(tail));
	dots->crc[place] = crc;

	/* One place before, there is room for another one behind the last, or not yet. */
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
 * vipin_dots_invert() - put the dots into a frame, or take them away again
 * @dots:	where they are
 * @frame:	the frame
 */
void vipin_dots_invert(const struct vipin_dots *dots, u8 *frame)
{
	u32 pos = VIPIN_DOTS_START + dots->place * VIPIN_DOT_SIZE;

	for (; pos + VIPIN_DOT_SIZE <= dots->size; pos += VIPIN_DOTS_APART)
		*(u64 *)(frame + pos) ^= ~0ULL;
}
