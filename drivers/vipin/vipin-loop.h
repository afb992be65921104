/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vipin-loop.h - the frames of an output node go to capture nodes
 */
#ifndef _VIPIN_LOOP_H
#define _VIPIN_LOOP_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/videodev2.h>

#include "vipin-config.h"

struct vb2_v4l2_buffer;
struct vipin_dev;
struct vipin_node;

/**
 * struct vipin_loop - the frame between an output node and capture nodes
 * @refs:	of nodes
 * @name:	of the device with the output node, so that others find the loop; "" if none can
 * @named:	list head in the list of all loops
 * @sinks:	the capture nodes, linked by &vipin_node.loop_sinks
 * @streaming:	how many of them stream
 * @pix:	the format of the output node; its fourcc is 0 before there was one
 * @interval:	the time per frame of the output node
 * @frame:	the newest frame, while one waits for a capture node; else memory for the next
 *		one, or NULL before the output node has started in this format
 * @lengths:	length of each plane of @frame in bytes; the planes follow one another
 * @length:	their sum
 * @timestamp:	of @frame
 * @number:	number of frames that the output node has passed on
 */
struct vipin_loop {
	struct kref refs;
	char name[VIPIN_MAX_NAME + 1];
	struct list_head named;
	/** @lock: guards the rest; @number is read without it */
	struct mutex lock;
	struct list_head sinks;
	unsigned int streaming;
	struct v4l2_pix_format pix;
	struct v4l2_fract interval;
	u8 *frame;
	u32 lengths[VIPIN_MAX_PLANES];
	u32 length;
	u64 timestamp;
	u32 number;
};

int vipin_loop_connect(struct vipin_dev *vipin);
void vipin_loop_leave(struct vipin_dev *vipin);
void vipin_loop_disconnect(struct vipin_dev *vipin);
void vipin_loop_set_format(struct vipin_node *node);
void vipin_loop_set_interval(struct vipin_node *node, const struct v4l2_fract *interval);
struct v4l2_pix_format vipin_loop_pix(struct vipin_node *node);
struct v4l2_fract vipin_loop_interval(struct vipin_node *node);
void vipin_loop_follow(struct vipin_node *node);
int vipin_loop_start(struct vipin_node *node);
void vipin_loop_stop(struct vipin_node *node);
void vipin_loop_send(struct vipin_node *node, struct vb2_v4l2_buffer *vb);
void vipin_loop_begin(struct vipin_node *node);
void vipin_loop_end(struct vipin_node *node);
bool vipin_loop_has_frame(const struct vipin_node *node);
int vipin_loop_take(struct vipin_node *node, struct vb2_v4l2_buffer *vb, u32 *sequence);

#endif /* _VIPIN_LOOP_H */
