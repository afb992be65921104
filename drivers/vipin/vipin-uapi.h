/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * vipin-uapi.h - what userspace sees of vipin beyond V4L2 itself
 */
#ifndef _VIPIN_UAPI_H
#define _VIPIN_UAPI_H

#include <linux/types.h>
#include <linux/v4l2-controls.h>

/*
 * Private controls. The range is vivid's: a test driver's controls mean
 * nothing to another driver, so they need no range reserved upstream.
 */
#define VIPIN_CID_BASE			(V4L2_CID_USER_BASE | 0xf000)
#define VIPIN_CID_POLICY		(VIPIN_CID_BASE + 0)
#define VIPIN_CID_FRAME_STAMP		(VIPIN_CID_BASE + 1)
#define VIPIN_CID_FREE_RUN		(VIPIN_CID_BASE + 2)
#define VIPIN_CID_INJECT_DMA_FAULT	(VIPIN_CID_BASE + 3)
#define VIPIN_CID_GOOD_FRAMES		(VIPIN_CID_BASE + 4)	/* output only */
#define VIPIN_CID_BAD_FRAMES		(VIPIN_CID_BASE + 5)	/* output only */

/**
 * enum vipin_policy - who decides about a user pointer
 * @VIPIN_POLICY_KERNEL: vb2-dma-contig and the frame vector alone; vipin adds
 *			 nothing and so shows what mainline does
 * @VIPIN_POLICY_STRICT: vipin checks every VMA of the range first, and accepts
 *			 only a pin that nothing raced with that check
 *
 * The values are the menu indices of VIPIN_CID_POLICY.
 */
enum vipin_policy {
	VIPIN_POLICY_KERNEL,
	VIPIN_POLICY_STRICT,
};

#define VIPIN_STAMP_MAGIC	0x4e495056	/* "VPIN" in memory */

/**
 * struct vipin_stamp - the first 32 bytes of a frame: put there by a capture
 *			device while the Frame Stamp control is on, looked for
 *			by an output device
 * @magic:	VIPIN_STAMP_MAGIC
 * @sequence:	the v4l2_buffer's sequence number (an output device does not care)
 * @length:	payload of the frame in bytes, this stamp included; of all planes
 * @crc:	CRC-32 (IEEE 802.3, as zlib's crc32()) of the payload behind
 *		the stamp
 * @timestamp:	the v4l2_buffer's timestamp in nanoseconds, CLOCK_MONOTONIC
 *		(likewise)
 * @device:	number of the video node that made the frame (likewise)
 * @stamp_crc:	CRC-32 of the 28 bytes above
 *
 * All little-endian. Of a frame of several planes it stands in the first one, and is
 * for all, one behind the other. The stamp replaces the pixels that were there.
 * What pads the lines (bytesperline) is a part of the payload: every byte counts
 * that the device writes or reads.
 */
struct vipin_stamp {
	__le32 magic;
	__le32 sequence;
	__le32 length;
	__le32 crc;
	__le64 timestamp;
	__le32 device;
	__le32 stamp_crc;
};

#endif /* _VIPIN_UAPI_H */
