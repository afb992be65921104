// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-picture.c - the picture in a captured frame: v4l2-tpg paints it once, and dots
 * move over it (vipin-dots.c)
 */

#include "vipin.h"

/* Change the picture, also while the node streams. */
static int vipin_picture_s_ctrl(struct v4l2_ctrl *ctrl)
{
	struct vipin_node *node = container_of(ctrl->handler, struct vipin_node, ctrls);
	struct tpg_data *tpg = &node->tpg;

	mutex_lock(&node->tpg_lock);
	switch (ctrl->id) {
	case V4L2_CID_TEST_PATTERN:
		tpg_s_pattern(tpg, ctrl->val);
		break;
	case V4L2_CID_BRIGHTNESS:
		tpg_s_brightness(tpg, ctrl->val);
		break;
	case V4L2_CID_CONTRAST:
		tpg_s_contrast(tpg, ctrl->val);
		break;
	case V4L2_CID_SATURATION:
		tpg_s_saturation(tpg, ctrl->val);
		break;
	case V4L2_CID_HUE:
		tpg_s_hue(tpg, ctrl->val);
		break;
	case V4L2_CID_HFLIP:
		tpg_s_hflip(tpg, ctrl->val);
		break;
	case V4L2_CID_VFLIP:
		tpg_s_vflip(tpg, ctrl->val);
		break;
	}
	WRITE_ONCE(node->repaint, true);
	mutex_unlock(&node->tpg_lock);
	return 0;
}

static const struct v4l2_ctrl_ops vipin_picture_ctrl_ops = {
	.s_ctrl = vipin_picture_s_ctrl,
};

/**
 * vipin_picture_ctrls_init() - create the controls of the picture
 * @node:	a capture node; its format is set
 *
 * Ranges and defaults are those of vivid. They are applied later, so v4l2-tpg is set up here.
 */
void vipin_picture_ctrls_init(struct vipin_node *node)
{
	const struct v4l2_ctrl_ops *ops = &vipin_picture_ctrl_ops;
	struct v4l2_ctrl_handler *hdl = &node->ctrls;

	tpg_init(&node->tpg, node->pix.width, node->pix.height);
	v4l2_ctrl_new_std_menu_items(hdl, ops, V4L2_CID_TEST_PATTERN, TPG_PAT_NOISE, 0, 0,
				     tpg_pattern_strings);
	v4l2_ctrl_new_std(hdl, ops, V4L2_CID_BRIGHTNESS, 0, 255, 1, 128);
	v4l2_ctrl_new_std(hdl, ops, V4L2_CID_CONTRAST, 0, 255, 1, 128);
	v4l2_ctrl_new_std(hdl, ops, V4L2_CID_SATURATION, 0, 255, 1, 128);
	v4l2_ctrl_new_std(hdl, ops, V4L2_CID_HUE, -128, 128, 1, 0);
	v4l2_ctrl_new_std(hdl, ops, V4L2_CID_HFLIP, 0, 1, 1, 0);
	v4l2_ctrl_new_std(hdl, ops, V4L2_CID_VFLIP, 0, 1, 1, 0);
}

/* Set in v4l2-tpg which part of the source is the picture, and how large that is. */
static void vipin_picture_scale(struct vipin_node *node)
{
	const struct v4l2_pix_format *picture = &node->selection.picture;
	const struct v4l2_rect all = { .width = picture->width, .height = picture->height };
	struct v4l2_rect source = node->selection.source;
	u32 height = node->pix.height;

	/* The source has both fields, although a buffer has only one. */
	if (V4L2_FIELD_HAS_T_OR_B(picture->field)) {
		height *= 2;
		source.height *= 2;
	}
	tpg_reset_source(&node->tpg, node->pix.width, height, picture->field);
	tpg_s_buf_height(&node->tpg, picture->height);
	tpg_s_crop_compose(&node->tpg, &source, &all);
}

/*
 * Return the width of the whole source in pixels, scaled as the picture is, or not scaled if that
 * is more: v4l2-tpg takes its noise from any of these pixels.
 */
static unsigned int vipin_picture_scaled_width(const struct vipin_node *node)
{
	const struct vipin_selection *selection = &node->selection;

	return max(node->pix.width, DIV_ROUND_UP(node->pix.width * selection->picture.width,
						 selection->source.width));
}

/**
 * vipin_picture_start() - prepare v4l2-tpg for the node's format
 * @node:	a capture node
 *
 * Return: 0, or -ENOMEM.
 */
int vipin_picture_start(struct vipin_node *node)
{
	const struct v4l2_pix_format *pix = &node->selection.picture;
	struct tpg_data *tpg = &node->tpg;
	unsigned int sizes[VIPIN_MAX_PLANES];
	unsigned int planes = vipin_plane_sizes(pix, sizes);
	unsigned int i;
	int err;

	mutex_lock(&node->tpg_lock);
	err = tpg_alloc(tpg, vipin_picture_scaled_width(node));
	if (!err) {
		tpg_s_fourcc(tpg, pix->pixelformat);
		vipin_picture_scale(node);
		/* If all planes share one piece of memory, the first call sets all of them. */
		for (i = 0; i < planes; i++)
			tpg_s_bytesperline(tpg, i, vipin_plane_line(pix, i));
		tpg_s_colorspace(tpg, pix->colorspace);
		tpg_s_xfer_func(tpg, pix->xfer_func);
		if (tpg->color_enc == TGP_COLOR_ENC_HSV)
			tpg_s_hsv_enc(tpg, pix->hsv_enc);
		else
			tpg_s_ycbcr_enc(tpg, pix->ycbcr_enc);
		tpg_s_quantization(tpg, pix->quantization);
		node->repaint = true;
	}
	mutex_unlock(&node->tpg_lock);
	vipin_dots_init(&node->dots, pix->sizeimage);
	return err;
}

/**
 * vipin_picture_stop() - free the resources of vipin_picture_start()
 * @node:	a capture node
 */
void vipin_picture_stop(struct vipin_node *node)
{
	mutex_lock(&node->tpg_lock);
	tpg_free(&node->tpg);
	mutex_unlock(&node->tpg_lock);
}

static void vipin_picture_paint(struct vipin_node *node, u32 field)
{
	unsigned int sizes[VIPIN_MAX_PLANES];
	unsigned int planes = vipin_plane_sizes(&node->selection.picture, sizes);
	bool alternates = vipin_buffers_per_frame(node) > 1;
	u8 *plane = node->frame;
	unsigned int i;

	mutex_lock(&node->tpg_lock);
	tpg_s_field(&node->tpg, field, alternates);
	for (i = 0; i < planes; plane += sizes[i++])
		tpg_fillbuffer(&node->tpg, 0, i, plane);
	/* Noise has to be painted again for each frame, and so do fields that alternate. */
	node->repaint = node->tpg.pattern == TPG_PAT_NOISE || alternates;
	mutex_unlock(&node->tpg_lock);
	node->has_crc = false;
}

/**
 * vipin_picture_next() - make the next frame in &vipin_node.frame
 * @node:	a capture node, between vipin_picture_start() and
 *		vipin_picture_stop()
 * @field:	the &enum v4l2_field of the buffer
 */
void vipin_picture_next(struct vipin_node *node, u32 field)
{
	struct vipin_dots *dots = &node->dots;

	if (READ_ONCE(node->repaint))
		vipin_picture_paint(node, field);
	else
		vipin_dots_invert(dots, node->frame);
	dots->place = (dots->place + 1) % dots->places;
	vipin_dots_invert(dots, node->frame);
}

/**
 * vipin_picture_crc() - compute the CRC-32 of the frame without its stamp
 * @node:	a capture node; vipin_picture_next() has made the frame
 *
 * The first call after the picture was painted reads the whole frame. Later calls only
 * account for the dots.
 *
 * Return: the CRC, as in &vipin_stamp.crc.
 */
u32 vipin_picture_crc(struct vipin_node *node)
{
	u32 crc_of_dots = node->dots.crc[node->dots.place];

	if (!node->has_crc) {
		node->crc = vipin_crc(node->frame + sizeof(struct vipin_stamp),
				      node->selection.picture.sizeimage -
				      sizeof(struct vipin_stamp)) ^
			    crc_of_dots;
		node->has_crc = true;
	}
	return node->crc ^ crc_of_dots;
}
