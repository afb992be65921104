// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-tv.c - an input for analog TV: a frame consists of two fields
 *
 * The size and the time per frame are those of the standard that a program sets. In a buffer, the
 * lines of the two fields alternate, or one field comes after the other. A buffer may also have
 * one field only. v4l2-tpg puts each line into its place.
 *
 * There is no tuner, and the signal always has the standard that was set.
 */

#include <media/v4l2-ioctl.h>

#include "vipin.h"

#define VIPIN_TV_WIDTH	720

static u32 vipin_tv_lines(v4l2_std_id std)
{
	return std & V4L2_STD_525_60 ? 480 : 576;
}

static void vipin_tv_limit(const struct vipin_node *node, struct v4l2_area *max)
{
	*max = (struct v4l2_area){ VIPIN_TV_WIDTH, vipin_tv_lines(node->std) };
}

static u32 vipin_tv_adjust_field(u32 field)
{
	switch (field) {
	case V4L2_FIELD_TOP:
	case V4L2_FIELD_BOTTOM:
	case V4L2_FIELD_SEQ_TB:
	case V4L2_FIELD_SEQ_BT:
	case V4L2_FIELD_ALTERNATE:
	case V4L2_FIELD_INTERLACED_TB:
	case V4L2_FIELD_INTERLACED_BT:
		return field;
	default:
		return V4L2_FIELD_INTERLACED;
	}
}

static void vipin_tv_adjust_size(struct v4l2_area max, struct v4l2_pix_format *pix)
{
	pix->width = max.width;
	pix->height = V4L2_FIELD_HAS_T_OR_B(pix->field) ? max.height / 2 : max.height;
}

static void vipin_tv_adjust_interval(struct vipin_node *node, struct v4l2_fract *interval)
{
	v4l2_video_std_frame_period(node->std, interval);
}

/* The two fields are there from the start, so no program can select a part of them. */
const struct vipin_input_kind vipin_input_tv = {
	.name			= "tv",
	.label			= "TV",
	.capabilities		= V4L2_IN_CAP_STD,
	.standards		= V4L2_STD_ALL,
	.limit			= vipin_tv_limit,
	.adjust_field		= vipin_tv_adjust_field,
	.adjust_size		= vipin_tv_adjust_size,
	.adjust_interval	= vipin_tv_adjust_interval,
	.enum_size		= vipin_one_enum_size,
	.enum_interval		= vipin_one_enum_interval,
};

/**
 * vipin_has_tv() - check whether a node has a TV input
 * @node:	the node
 *
 * Return: true if it has one, also if another input is the current one.
 */
bool vipin_has_tv(const struct vipin_node *node)
{
	return vipin_input_find(node, VIPIN_INPUT_TV) >= 0;
}

/**
 * vipin_tv_field() - find out what a buffer gets
 * @node:	a capture, output or metadata node
 * @number:	number of the buffer in the stream
 *
 * Return: the &enum v4l2_field of the buffer. If buffers alternate, the first one is the top field
 * of a standard with 50 Hz, and the bottom field of one with 60 Hz.
 */
u32 vipin_tv_field(const struct vipin_node *node, u32 number)
{
	bool bottom_first = node->std & V4L2_STD_525_60;

	if (node->pix.field != V4L2_FIELD_ALTERNATE)
		return node->pix.field;
	return number % 2 == bottom_first ? V4L2_FIELD_TOP : V4L2_FIELD_BOTTOM;
}

static bool vipin_is_tv(const struct vipin_node *node)
{
	return node->kind == &vipin_input_tv;
}

/**
 * vipin_g_std() - VIDIOC_G_STD, and VIDIOC_QUERYSTD: the signal has the standard that was set
 * @file:	the open file of a node with a TV input
 * @fh:		not used
 * @std:	set to the standard
 *
 * Return: 0, or -ENODATA if the current input has no standard.
 */
int vipin_g_std(struct file *file, void *fh, v4l2_std_id *std)
{
	struct vipin_node *node = video_drvdata(file);

	if (!vipin_is_tv(node))
		return -ENODATA;
	*std = node->std;
	return 0;
}

/**
 * vipin_s_std() - VIDIOC_S_STD
 * @file:	the open file of a node with a TV input
 * @fh:		not used
 * @std:	the standard, or several of them
 *
 * Return: 0, -ENODATA if the current input has no standard, or -EBUSY if the node has buffers,
 * whose size is that of the current standard.
 */
int vipin_s_std(struct file *file, void *fh, v4l2_std_id std)
{
	struct vipin_node *node = video_drvdata(file);

	if (!vipin_is_tv(node))
		return -ENODATA;
	if (std == node->std)
		return 0;
	if (vb2_is_busy(&node->queue))
		return -EBUSY;
	node->std = std;
	vipin_input_apply(node);
	return 0;
}
