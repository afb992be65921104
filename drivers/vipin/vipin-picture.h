/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vipin-picture.h - the picture of a captured frame, and its stamp
 */
#ifndef _VIPIN_PICTURE_H
#define _VIPIN_PICTURE_H

#include <linux/types.h>

struct vb2_v4l2_buffer;
struct vipin_node;
struct vipin_stamp;

#define VIPIN_DOT_DISTANCE	2048U	/* bytes between dots: two dots in each page */
#define VIPIN_DOT_PLACES	256U	/* places for one dot, of 8 bytes each */

/**
 * struct vipin_dots - the moving dots of a picture
 * @size:	size of the picture in bytes
 * @places:	number of places that a dot can be at: %VIPIN_DOT_PLACES, or fewer in a
 *		small picture
 * @place:	the current place of all dots
 * @crc:	for each place, the change that the dots make to the CRC of the bytes after
 *		the stamp
 */
struct vipin_dots {
	u32 size;
	u32 places;
	u32 place;
	u32 crc[VIPIN_DOT_PLACES];
};

/* vipin-picture.c */
void vipin_picture_ctrls_init(struct vipin_node *node);
int vipin_picture_start(struct vipin_node *node);
void vipin_picture_stop(struct vipin_node *node);
void vipin_picture_next(struct vipin_node *node, u32 field);
u32 vipin_picture_crc(struct vipin_node *node);

/* vipin-dots.c */
void vipin_dots_init(struct vipin_dots *dots, u32 size);
void vipin_dots_invert(const struct vipin_dots *dots, u8 *frame);

/* vipin-crc.c */
u32 vipin_crc_multiply(u32 a, u32 b);
u32 vipin_crc_zeros(u32 len);

/* vipin-stamp.c */
u32 vipin_crc(const void *data, size_t len);
void vipin_stamp_make(struct vipin_stamp *stamp, const struct vipin_node *node,
		      const struct vb2_v4l2_buffer *vb, u32 crc);
const char *vipin_stamp_fault(const void *frame, u32 length);

#endif /* _VIPIN_PICTURE_H */
