/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vipin-meta.h - the metadata of captured frames, on a node of their own
 */
#ifndef _VIPIN_META_H
#define _VIPIN_META_H

#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/videodev2.h>

struct file;
struct vb2_v4l2_buffer;
struct vipin_dev;
struct vipin_node;

/**
 * struct vipin_meta_values - what metadata say about a frame
 * @sequence:	sequence number of the frame
 * @timestamp:	its timestamp
 * @width:	width of the capture node's format
 * @height:	height of this format
 * @pixelformat: fourcc of this format
 * @frames:	&vipin_node.frames of the capture node after this frame
 * @dropped:	&vipin_node.dropped of the capture node after this frame
 */
struct vipin_meta_values {
	u32 sequence;
	u64 timestamp;
	u32 width;
	u32 height;
	u32 pixelformat;
	u64 frames;
	u64 dropped;
};

/**
 * struct vipin_meta_state - the newest captured frame, between the capture and the metadata node
 * @newest:	what the metadata say. The format in it is always that of the capture node
 * @capture_streams: the capture node streams, so its frames decide when metadata are captured
 * @number:	number of frames that the capture node has put here
 * @taken:	no metadata wait for a buffer if it is @number
 */
struct vipin_meta_state {
	/** @lock: guards the rest; @capture_streams, @number and @taken are read without it */
	spinlock_t lock;
	struct vipin_meta_values newest;
	bool capture_streams;
	u32 number;
	u32 taken;
};

extern const struct v4l2_pix_format vipin_meta_pix;

void vipin_meta_init(struct vipin_dev *vipin);
int vipin_meta_enum_fmt(struct file *file, void *fh, struct v4l2_fmtdesc *desc);
int vipin_meta_g_fmt(struct file *file, void *fh, struct v4l2_format *f);
int vipin_meta_s_fmt(struct file *file, void *fh, struct v4l2_format *f);
void vipin_meta_set_format(struct vipin_node *node);
void vipin_meta_set_capture_streams(struct vipin_node *node, bool streams);
void vipin_meta_put(struct vipin_node *node, u32 sequence, u64 timestamp);
void vipin_meta_skip(struct vipin_node *node);
bool vipin_meta_waits(const struct vipin_node *node);
bool vipin_meta_follows(const struct vipin_node *node);
int vipin_meta_take(struct vipin_node *node, struct vb2_v4l2_buffer *vb);
int vipin_meta_frame(struct vipin_node *node, struct vb2_v4l2_buffer *vb);

#endif /* _VIPIN_META_H */
