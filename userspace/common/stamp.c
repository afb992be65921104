// SPDX-License-Identifier: GPL-2.0-only
/*
 * stamp.c - verify a frame by its stamp, and stamp a frame
 */
#include <endian.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "stamp.h"

/* Size of the part of the stamp that the stamp's own CRC covers. */
#define COVERED		offsetof(struct vipin_stamp, stamp_crc)

/**
 * stamp_agrees() - check that a frame's stamp is intact, and that the frame matches it
 * @frame:	the frame
 * @length:	of the frame in bytes, the stamp included
 * @stamp:	filled in with the stamp, even if it is wrong
 * @why:	filled in if something is wrong
 * @size:	room in @why
 *
 * Return: true if all is right.
 */
bool stamp_agrees(const void *frame, size_t length, struct vipin_stamp *stamp,
		  char *why, size_t size)
{
	__u32 crc;

	memcpy(stamp, frame, sizeof(*stamp));
	if (le32toh(stamp->magic) != VIPIN_STAMP_MAGIC) {
		snprintf(why, size, "no stamp, but %#x", le32toh(stamp->magic));
		return false;
	}
	crc = crc32(0, (void *)stamp, COVERED);
	if (le32toh(stamp->stamp_crc) != crc) {
		snprintf(why, size, "the stamp's CRC is %08x, it says %08x", crc,
			 le32toh(stamp->stamp_crc));
		return false;
	}
	if (le32toh(stamp->length) != length) {
		snprintf(why, size, "the stamp says %u bytes, the buffer %zu",
			 le32toh(stamp->length), length);
		return false;
	}
	crc = crc32(0, (const unsigned char *)frame + sizeof(*stamp), length - sizeof(*stamp));
	if (le32toh(stamp->crc) != crc) {
		snprintf(why, size, "the frame's CRC is %08x, its stamp says %08x",
			 crc, le32toh(stamp->crc));
		return false;
	}
	return true;
}

/**
 * stamp_put() - stamp a frame, which replaces its first pixels
 * @frame:	the frame, with all its pixels
 * @length:	of the frame in bytes, the stamp included
 * @sequence:	number of the frame
 */
void stamp_put(void *frame, size_t length, unsigned int sequence)
{
	struct vipin_stamp stamp = {
		.magic = htole32(VIPIN_STAMP_MAGIC),
		.sequence = htole32(sequence),
		.length = htole32(length),
	};
	__u32 crc;

	crc = crc32(0, (unsigned char *)frame + sizeof(stamp), length - sizeof(stamp));
	stamp.crc = htole32(crc);
	crc = crc32(0, (void *)&stamp, COVERED);
	stamp.stamp_crc = htole32(crc);
	memcpy(frame, &stamp, sizeof(stamp));
}
