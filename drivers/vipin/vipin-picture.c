// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-picture.c - the picture in a captured frame: v4l2-tpg paints it once, and dots
 * move over it (vipin-dots.c)
 */

#include "vipin.h"

/**
 * vipin_picture_start() - prepare v4l2-tpg for the node's format
 * @node:	a capture node
 *
 * Return: 0, or -ENOMEM.
 */
int vipin_picture_start(struct vipin_node *node)
{
	const struct v4l2_pix_format *pix = &node->pix;
	struct tpg_data *tpg = &node->tpg;
	unsigned int sizes[VIPIN_MAX_PLANES];
	unsigned int planes = vipin_plane_sizes(pix, sizes);
	enum tpg_pattern pattern;
	unsigned int i;
	int err;

	mutex_lock(&node->tpg_lock);
	pattern = tpg->pattern;
	tpg_init(tpg, pix->width, pix->height);
	err = tpg_alloc(tpg, pix->width);
	if (!err) {
		tpg_s_fourcc(tpg, pix->pixelformat);
		tpg_reset_source(tpg, pix->width, pix->height, pix->field);
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
		tpg_s_pattern(tpg, pattern);
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

static void vipin_picture_paint(struct vipin_node *node)
{
	unsigned int sizes[VIPIN_MAX_PLANES];
	unsigned int planes = vipin_plane_sizes(&node->pix, sizes);
	u8 *plane = node->frame;
	unsigned int i;

	mutex_lock(&node->tpg_lock);
	for (i = 0; i < planes; plane += sizes[i++])
		tpg_fillbuffer(&node->tpg, 0, i, plane);
	/* Noise has to be painted again for each frame. */
	node->repaint = node->tpg.pattern == TPG_PAT_NOISE;
	mutex_unlock(&node->tpg_lock);
	node->has_crc = false;
}

/**
 * vipin_picture_next() - make the next frame in &vipin_node.frame
 * @node:	a capture node, between vipin_picture_start() and
 *		vipin_picture_stop()
 */
void vipin_picture_next(struct vipin_node *node)
{
	struct vipin_dots *dots = &node->dots;

	if (READ_ONCE(node->repaint))
		vipin_picture_paint(node);
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
				      node->pix.sizeimage - sizeof(struct vipin_stamp)) ^
			    crc_of_dots;
		node->has_crc = true;
	}
	return node->crc ^ crc_of_dots;
}
