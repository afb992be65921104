/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vipin-loop.h - the frames of the output node go to the capture node
 */
#ifndef _VIPIN_LOOP_H
#define _VIPIN_LOOP_H

#include <linux/mutex.h>
#include <linux/videodev2.h>

#include "vipin-config.h"

struct vb2_v4l2_buffer;
struct vipin_dev;
struct vipin_node;

/**
 * struct vipin_loop - the frame between the output node and the capture node
 * @pix:	the format of the output node
 * @frame:	the newest frame, while one waits for the capture node; else memory for the next
 *		one, or NULL before the output node has started in this format
 * @lengths:	length of each plane of @frame in bytes; the planes follow one another
 * @timestamp:	of @frame
 * @number:	number of frames that the output node has passed on
 * @taken:	no frame waits for the capture node if it is @number
 */
struct vipin_loop {
	/** @lock: guards the rest; @number and @taken are read without it */
	struct mutex lock;
	struct v4l2_pix_format pix;
	u8 *frame;
	u32 lengths[VIPIN_MAX_PLANES];
	u64 timestamp;
	u32 number;
	u32 taken;
};

void vipin_loop_init(struct vipin_dev *vipin);
void vipin_loop_free(struct vipin_dev *vipin);
void vipin_loop_set_format(struct vipin_node *node);
struct v4l2_pix_format vipin_loop_pix(struct vipin_node *node);
void vipin_loop_follow(struct vipin_node *node);
int vipin_loop_start(struct vipin_node *node);
void vipin_loop_put(struct vipin_node *node, struct vb2_v4l2_buffer *vb);
void vipin_loop_skip(struct vipin_node *node);
bool vipin_loop_has_frame(const struct vipin_node *node);
int vipin_loop_take(struct vipin_node *node, struct vb2_v4l2_buffer *vb, u32 *sequence);

#endif /* _VIPIN_LOOP_H */
