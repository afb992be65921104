// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-selection.c - crop and compose: where in a frame the picture is
 *
 * In &vipin_node.frame, a picture is in one piece and without padding. On its way to memory, or
 * from there, each of its lines gets its place in the frame. The bytes around it are never
 * accessed. Documentation/userspace-api/media/v4l/selection-api.rst has the words.
 */

#include <linux/kernel.h>

#include "vipin.h"

/* As in vivid. v4l2-tpg needs memory for the whole source, scaled. */
#define VIPIN_MAX_ZOOM	4U

/* Return the rectangle of a whole frame. */
static struct v4l2_rect vipin_whole_frame(const struct vipin_node *node)
{
	return (struct v4l2_rect){ .width = node->pix.width, .height = node->pix.height };
}

/**
 * vipin_select_all() - let a picture fill its frame
 * @node:	the node; call this after each change of its format
 *
 * The metadata that follow have the new format.
 */
void vipin_select_all(struct vipin_node *node)
{
	const struct v4l2_rect all = vipin_whole_frame(node);

	node->selection = (struct vipin_selection){
		.source = all, .frame = all, .picture = node->pix,
	};
	vipin_meta_set_format(node);
}

/**
 * vipin_selects_all() - does a picture fill its frame?
 * @node:	the node
 *
 * Return: true if so.
 */
bool vipin_selects_all(const struct vipin_node *node)
{
	return node->selection.frame.width == node->pix.width &&
	       node->selection.frame.height == node->pix.height;
}

/* The V4L2 core replaces the types of the multi-planar API. */
static bool vipin_selection_fits(const struct vipin_node *node, const struct v4l2_selection *s)
{
	return s->type == (vipin_is_output(node) ? V4L2_BUF_TYPE_VIDEO_OUTPUT :
						   V4L2_BUF_TYPE_VIDEO_CAPTURE);
}

/* Return the rectangle that a program can set by a target, or NULL. */
static struct v4l2_rect *vipin_selected(struct vipin_node *node, u32 target)
{
	if (target == (vipin_is_output(node) ? V4L2_SEL_TGT_CROP : V4L2_SEL_TGT_COMPOSE))
		return &node->selection.frame;
	if (target == V4L2_SEL_TGT_CROP)
		return &node->selection.source;
	return NULL;
}

/**
 * vipin_g_selection() - VIDIOC_G_SELECTION
 * @file:	the open file
 * @fh:		not used
 * @s:		its rectangle is filled in
 *
 * Return: 0, -EINVAL for a type or a target that the node does not have, or -ENODATA if the
 * current input has no selections.
 */
int vipin_g_selection(struct file *file, void *fh, struct v4l2_selection *s)
{
	struct vipin_node *node = video_drvdata(file);
	const struct v4l2_rect *selected;

	if (!node->kind->selects)
		return -ENODATA;
	if (!vipin_selection_fits(node, s))
		return -EINVAL;
	switch (s->target) {
	case V4L2_SEL_TGT_COMPOSE_DEFAULT:
	case V4L2_SEL_TGT_COMPOSE_BOUNDS:
		if (vipin_is_output(node))
			return -EINVAL;
		fallthrough;
	case V4L2_SEL_TGT_CROP_DEFAULT:
	case V4L2_SEL_TGT_CROP_BOUNDS:
		s->r = vipin_whole_frame(node);
		return 0;
	}
	selected = vipin_selected(node, s->target);
	if (!selected)
		return -EINVAL;
	s->r = *selected;
	return 0;
}

/*
 * Adjust a length to one from @min to @max, and its start to a place within @total. Return -ERANGE
 * if the flags of the program do not allow that length.
 */
static int vipin_part_adjust(s32 *start, u32 *length, u32 min, u32 max, u32 total, u32 flags)
{
	u32 fits = clamp(*length, min, max);

	fits = flags & V4L2_SEL_FLAG_GE ? round_up(fits, VIPIN_SIZE_STEP) :
					  round_down(fits, VIPIN_SIZE_STEP);
	if ((flags & V4L2_SEL_FLAG_GE && fits < *length) ||
	    (flags & V4L2_SEL_FLAG_LE && fits > *length))
		return -ERANGE;
	*length = fits;
	*start = round_down(clamp_t(s32, *start, 0, total - fits), VIPIN_SIZE_STEP);
	return 0;
}

/* Return the shortest part of the source that can be scaled to so many pixels. */
static u32 vipin_source_min(u32 pixels)
{
	return max(VIPIN_MIN_SIZE, round_up(DIV_ROUND_UP(pixels, VIPIN_MAX_ZOOM),
					    VIPIN_SIZE_STEP));
}

/* Adjust the part of a capture node's source. The part of the frame stays. */
static int vipin_source_adjust(const struct vipin_node *node, struct v4l2_rect *r, u32 flags)
{
	const struct v4l2_rect *frame = &node->selection.frame;
	const struct v4l2_pix_format *pix = &node->pix;

	return vipin_part_adjust(&r->left, &r->width, vipin_source_min(frame->width),
				 pix->width, pix->width, flags) ?:
	       vipin_part_adjust(&r->top, &r->height, vipin_source_min(frame->height),
				 pix->height, pix->height, flags);
}

/* Adjust the part of a frame. The part of a capture node's source stays. */
static int vipin_frame_part_adjust(const struct vipin_node *node, struct v4l2_rect *r, u32 flags)
{
	const struct v4l2_rect *source = &node->selection.source;
	const struct v4l2_pix_format *pix = &node->pix;

	return vipin_part_adjust(&r->left, &r->width, VIPIN_MIN_SIZE,
				 min(pix->width, source->width * VIPIN_MAX_ZOOM),
				 pix->width, flags) ?:
	       vipin_part_adjust(&r->top, &r->height, VIPIN_MIN_SIZE,
				 min(pix->height, source->height * VIPIN_MAX_ZOOM),
				 pix->height, flags);
}

static void vipin_selection_set_picture(struct vipin_node *node)
{
	struct v4l2_pix_format *picture = &node->selection.picture;
	/* The largest size that a device offers may have changed since VIDIOC_S_FMT. */
	const struct vipin_offer offer = vipin_offer_only(&node->pix);

	*picture = node->pix;
	if (vipin_selects_all(node))
		return;
	picture->width = node->selection.frame.width;
	picture->height = node->selection.frame.height;
	picture->bytesperline = 0;
	vipin_format_adjust(picture, node->queue.type, &offer);
}

/**
 * vipin_s_selection() - VIDIOC_S_SELECTION
 * @file:	the open file
 * @fh:		not used
 * @s:		its rectangle is adjusted
 *
 * Return: 0, -EINVAL for a type or a target that the node does not have, -ERANGE if the flags do
 * not allow the adjusted rectangle, -EBUSY if the node has buffers, or -ENODATA if the current
 * input has no selections.
 */
int vipin_s_selection(struct file *file, void *fh, struct v4l2_selection *s)
{
	struct vipin_node *node = video_drvdata(file);
	struct v4l2_rect *selected = vipin_selected(node, s->target);
	int err;

	if (!node->kind->selects)
		return -ENODATA;
	if (!vipin_selection_fits(node, s) || !selected)
		return -EINVAL;
	if (vb2_is_busy(&node->queue))
		return -EBUSY;
	if (selected == &node->selection.frame)
		err = vipin_frame_part_adjust(node, &s->r, s->flags);
	else
		err = vipin_source_adjust(node, &s->r, s->flags);
	if (err)
		return err;
	*selected = s->r;
	vipin_selection_set_picture(node);
	return 0;
}

/**
 * struct vipin_run - bytes of the picture that are one piece of memory
 * @plane:	number of the plane of the buffer
 * @offset:	of the first byte in the plane
 * @at:		number of the first byte in the picture
 * @len:	number of bytes
 */
struct vipin_run {
	unsigned int plane;
	u32 offset;
	u32 at;
	u32 len;
};

/* Transfer the bytes of a run that are also in @data: its first byte is byte @at of the picture. */
static int vipin_run_transfer(struct vipin_node *node, struct vb2_v4l2_buffer *vb,
			      const struct vipin_run *run, u32 at, void *data, u32 len)
{
	u32 first = clamp(run->at, at, at + len);
	u32 last = clamp(run->at + run->len, at, at + len);

	if (first == last)
		return 0;
	return vipin_plane_transfer(node, vb, run->plane, run->offset + first - run->at,
				    data + (first - at), last - first);
}

/**
 * vipin_picture_transfer() - write bytes of a picture to a capture buffer, or read them from an
 * output buffer
 * @node:	the node
 * @vb:		the buffer
 * @at:		number of the first byte in the picture
 * @data:	what to write, or where to store what is read
 * @len:	its length in bytes
 *
 * If the picture fills the frame, each colour plane is one run. If not, each line is one.
 *
 * Return: 0, or the error of vipin_plane_transfer().
 */
int vipin_picture_transfer(struct vipin_node *node, struct vb2_v4l2_buffer *vb, u32 at,
			   void *data, u32 len)
{
	const struct vipin_selection *selection = &node->selection;
	const struct v4l2_rect *part = &selection->frame;
	const struct v4l2_pix_format *pix = &node->pix;
	const struct vipin_format *format =
		vipin_format_by_fourcc(&vipin_offer_all, node->queue.type, pix->pixelformat);
	const bool all = vipin_selects_all(node);
	struct vipin_run run = { };
	unsigned int plane, runs;
	u32 start = 0, stride;
	int err = 0;

	for (plane = 0; plane < format->planes; plane++) {
		stride = vipin_line_bytes(format, plane, pix->bytesperline);
		run.len = vipin_line_bytes(format, plane, selection->picture.bytesperline);
		run.offset = start + part->top / format->vdiv[plane] * stride +
			     run.len * part->left / part->width;
		runs = part->height / format->vdiv[plane];
		if (all) {
			run.len *= runs;
			runs = 1;
		}
		for (; runs; runs--) {
			if (err || run.at >= at + len)
				return err;
			err = vipin_run_transfer(node, vb, &run, at, data, len);
			run.at += run.len;
			run.offset += stride;
		}
		if (format->memory_planes > 1)
			run.plane++;
		else
			start += vipin_plane_bytes(format, plane, pix->bytesperline, pix->height);
	}
	return err;
}
