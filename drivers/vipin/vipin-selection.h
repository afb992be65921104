/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vipin-selection.h - the part of a frame that the device accesses, and the part of the source that
 * it captures
 */
#ifndef _VIPIN_SELECTION_H
#define _VIPIN_SELECTION_H

#include <linux/types.h>
#include <linux/videodev2.h>

struct file;
struct vb2_v4l2_buffer;
struct vipin_node;

/**
 * struct vipin_selection - what VIDIOC_S_SELECTION has set; constant while buffers exist
 * @source:	capture: the part of the source that becomes the picture. The source is as large
 *		as a frame
 * @frame:	the part of a frame that has the picture: a capture device writes to no other
 *		memory, and an output device reads no other memory
 * @picture:	the format of the picture alone, with the size of @frame and without padding.
 *		&vipin_node.pix if @frame is the whole frame
 */
struct vipin_selection {
	struct v4l2_rect source;
	struct v4l2_rect frame;
	struct v4l2_pix_format picture;
};

void vipin_select_all(struct vipin_node *node);
bool vipin_selects_all(const struct vipin_node *node);
int vipin_g_selection(struct file *file, void *fh, struct v4l2_selection *s);
int vipin_s_selection(struct file *file, void *fh, struct v4l2_selection *s);
int vipin_picture_transfer(struct vipin_node *node, struct vb2_v4l2_buffer *vb, u32 at,
			   void *data, u32 len);

#endif /* _VIPIN_SELECTION_H */
