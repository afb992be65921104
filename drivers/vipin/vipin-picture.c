// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-picture.c - what a captured frame shows, painted by v4l2-tpg
 */

#include "vipin.h"

/**
 * vipin_picture_start() - get ready to paint in the node's format
 * @node:	a capture node
 *
 * Return: 0, or -ENOMEM.
 */
int vipin_picture_start(struct vipin_node *node)
{
	const struct v4l2_pix_format *pix = &node->pix;
	struct tpg_data *tpg = &node->tpg;
	enum tpg_pattern pattern;
	int err;

	mutex_lock(&node->tpg_lock);
	pattern = tpg->pattern;
	tpg_init(tpg, pix->width, pix->height);
	err = tpg_alloc(tpg, pix->width);
	if (!err) {
		tpg_s_fourcc(tpg, pix->pixelformat);
		tpg_reset_source(tpg, pix->width, pix->height, pix->field);
		tpg_s_colorspace(tpg, pix->colorspace);
		tpg_s_xfer_func(tpg, pix->xfer_func);
		tpg_s_ycbcr_enc(tpg, pix->ycbcr_enc);
		tpg_s_quantization(tpg, pix->quantization);
		tpg_s_pattern(tpg, pattern);
		/* A picture that moves makes every frame's CRC another one. */
		tpg_s_mv_hor_mode(tpg, TPG_MOVE_POS);
	}
	mutex_unlock(&node->tpg_lock);
	return err;
}

/**
 * vipin_picture_stop() - free what vipin_picture_start() took
 * @node:	a capture node
 */
void vipin_picture_stop(struct vipin_node *node)
{
	mutex_lock(&node->tpg_lock);
	tpg_free(&node->tpg);
	mutex_unlock(&node->tpg_lock);
}

/**
 * vipin_picture_paint() - paint the next frame
 * @node:	a capture node, between vipin_picture_start() and
 *		vipin_picture_stop(); the picture goes into &vipin_node.frame
 */
void vipin_picture_paint(struct vipin_node *node)
{
	unsigned int sizes[VIPIN_MAX_PLANES];
	unsigned int planes = vipin_plane_sizes(&node->pix, sizes);
	u8 *plane = node->frame;
	unsigned int i;

	mutex_lock(&node->tpg_lock);
	for (i = 0; i < planes; plane += sizes[i++])
		tpg_fillbuffer(&node->tpg, 0, i, plane);
	tpg_update_mv_count(&node->tpg, true);
	mutex_unlock(&node->tpg_lock);
}
