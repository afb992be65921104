// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-stamp.c - the stamp at the start of a frame: made for captured frames, checked
 * in output frames
 */

#include <linux/crc32.h>
#include <linux/stddef.h>

#include "vipin.h"

/* Bytes of the stamp that stamp_crc covers. */
#define VIPIN_STAMP_COVERED	offsetof(struct vipin_stamp, stamp_crc)

/**
 * vipin_crc() - compute the CRC-32 of zlib's crc32() and of the Ethernet FCS
 * @data:	the data
 * @len:	its length in bytes
 *
 * The initial value and the result are inverted.
 *
 * Return: the CRC.
 */
u32 vipin_crc(const void *data, size_t len)
{
	return ~crc32_le(~0, data, len);
}

/**
 * vipin_stamp_make() - make the stamp for a frame
 * @stamp:	filled in
 * @node:	the capture node that makes the frame
 * @vb:		the buffer for the frame; its sequence number and timestamp are set
 * @crc:	vipin_crc() of the frame without the stamp
 */
void vipin_stamp_make(struct vipin_stamp *stamp, const struct vipin_node *node,
		      const struct vb2_v4l2_buffer *vb, u32 crc)
{
	*stamp = (struct vipin_stamp){
		.magic = cpu_to_le32(VIPIN_STAMP_MAGIC),
		.sequence = cpu_to_le32(vb->sequence),
		.length = cpu_to_le32(node->selection.picture.sizeimage),
		.crc = cpu_to_le32(crc),
		.timestamp = cpu_to_le64(vb->vb2_buf.timestamp),
		.device = cpu_to_le32(node->vdev.num),
	};
	stamp->stamp_crc = cpu_to_le32(vipin_crc(stamp, VIPIN_STAMP_COVERED));
}

/**
 * vipin_stamp_fault() - check a frame against its stamp
 * @frame:	the frame
 * @length:	its payload in bytes
 *
 * Return: NULL if the stamp matches the frame, else a short text that says what is wrong.
 */
const char *vipin_stamp_fault(const void *frame, u32 length)
{
	const struct vipin_stamp *stamp = frame;

	if (length < sizeof(*stamp))
		return "too short for a stamp";
	if (stamp->magic != cpu_to_le32(VIPIN_STAMP_MAGIC))
		return "no stamp";
	if (stamp->stamp_crc != cpu_to_le32(vipin_crc(stamp, VIPIN_STAMP_COVERED)))
		return "the stamp is damaged";
	if (stamp->length != cpu_to_le32(length))
		return "the stamp has another length";
	if (stamp->crc != cpu_to_le32(vipin_crc(stamp + 1, length - sizeof(*stamp))))
		return "the contents are damaged";
	return NULL;
}
