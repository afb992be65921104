// SPDX-License-Identifier: GPL-2.0-only
/*
 * metadata.c - verify the metadata of a frame
 */
#include <endian.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "metadata.h"

/**
 * metadata_agree() - check that metadata are intact, and that they belong to their buffer
 * @memory:	the memory of the buffer
 * @buf:	the buffer from VIDIOC_DQBUF
 * @meta:	filled in with the metadata, even if they are wrong
 * @why:	filled in if something is wrong
 * @size:	room in @why
 *
 * Return: true if all is right.
 */
bool metadata_agree(const void *memory, const struct v4l2_buffer *buf,
		    struct vipin_metadata *meta, char *why, size_t size)
{
	__u64 usec = buf->timestamp.tv_sec * 1000000ULL + buf->timestamp.tv_usec;
	__u32 crc;

	memcpy(meta, memory, sizeof(*meta));
	crc = crc32(0, (void *)meta, offsetof(struct vipin_metadata, crc));
	if (buf->bytesused != sizeof(*meta))
		snprintf(why, size, "the payload has %u bytes", buf->bytesused);
	else if (le32toh(meta->magic) != VIPIN_METADATA_MAGIC)
		snprintf(why, size, "no metadata, but %#x", le32toh(meta->magic));
	else if (le32toh(meta->crc) != crc)
		snprintf(why, size, "the CRC of the metadata is %08x, they say %08x", crc,
			 le32toh(meta->crc));
	else if (meta->version != VIPIN_METADATA_VERSION)
		snprintf(why, size, "the metadata have version %u", meta->version);
	else if (le32toh(meta->sequence) != buf->sequence)
		snprintf(why, size, "the metadata are of frame %u, the buffer of %u",
			 le32toh(meta->sequence), buf->sequence);
	else if (le64toh(meta->timestamp) / 1000 != usec)
		snprintf(why, size, "the metadata say %llu us, the buffer %llu",
			 (unsigned long long)le64toh(meta->timestamp) / 1000,
			 (unsigned long long)usec);
	else
		return true;
	return false;
}
