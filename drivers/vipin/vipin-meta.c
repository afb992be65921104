// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-meta.c - the metadata node of a device with the setting metadata
 *
 * A buffer gets the &struct vipin_metadata of one frame: a few bytes, at any address. They take the
 * path of a frame: the same pin, policy and DMA engine.
 *
 * While the capture node streams, the metadata node follows it: each frame of the capture node has
 * metadata, with the sequence number and the timestamp of the frame. A frame for which the capture
 * node had no buffer has metadata, too. The newest metadata wait for a buffer. While the capture
 * node does not stream, the metadata node makes frames of its own, without pictures, at the
 * interval of the capture node.
 */

#include <linux/stddef.h>

#include <media/v4l2-ioctl.h>

#include "vipin-compat.h"
#include "vipin.h"

/* The only format. It is stored as that of a picture is. */
const struct v4l2_pix_format vipin_meta_pix = {
	.pixelformat = VIPIN_META_FMT_FRAME,
	.field = V4L2_FIELD_NONE,
	.sizeimage = sizeof(struct vipin_metadata),
};

/**
 * vipin_meta_init() - prepare what the two nodes share, before they exist
 * @vipin:	the device
 */
void vipin_meta_init(struct vipin_dev *vipin)
{
	spin_lock_init(&vipin->meta_state.lock);
}

/**
 * vipin_meta_enum_fmt() - VIDIOC_ENUM_FMT of the metadata node
 * @file:	the open file
 * @fh:		not used
 * @desc:	filled in
 *
 * Return: 0, or -EINVAL after the only format.
 */
int vipin_meta_enum_fmt(struct file *file, void *fh, struct v4l2_fmtdesc *desc)
{
	if (desc->index)
		return -EINVAL;
	desc->pixelformat = vipin_meta_pix.pixelformat;
	/* The V4L2 core does not know it. */
	strscpy(desc->description, "vipin Frame Metadata", sizeof(desc->description));
	return 0;
}

/**
 * vipin_meta_g_fmt() - VIDIOC_G_FMT and VIDIOC_TRY_FMT of the metadata node
 * @file:	the open file
 * @fh:		not used
 * @f:		filled in with the only format
 *
 * Return: 0
 */
int vipin_meta_g_fmt(struct file *file, void *fh, struct v4l2_format *f)
{
	f->fmt.meta = (struct v4l2_meta_format){
		.dataformat = vipin_meta_pix.pixelformat,
		.buffersize = vipin_meta_pix.sizeimage,
	};
	return 0;
}

/**
 * vipin_meta_s_fmt() - VIDIOC_S_FMT of the metadata node
 * @file:	the open file
 * @fh:		not used
 * @f:		filled in with the only format
 *
 * Return: 0, or -EBUSY while the node has buffers.
 */
int vipin_meta_s_fmt(struct file *file, void *fh, struct v4l2_format *f)
{
	struct vipin_node *node = video_drvdata(file);

	return vb2_is_busy(&node->queue) ? -EBUSY : vipin_meta_g_fmt(file, fh, f);
}

/**
 * vipin_meta_set_format() - record the format of the capture node
 * @node:	a node; its format has changed. Other nodes are ignored
 */
void vipin_meta_set_format(struct vipin_node *node)
{
	struct vipin_meta_state *state = &node->parent->meta_state;

	if (node != node->parent->capture)
		return;
	spin_lock(&state->lock);
	state->newest.width = node->pix.width;
	state->newest.height = node->pix.height;
	state->newest.pixelformat = node->pix.pixelformat;
	spin_unlock(&state->lock);
}

/* Is there a metadata node, which gets the metadata of this node's frames? */
static bool vipin_meta_can_follow(const struct vipin_node *node)
{
	return node->parent->meta && node == node->parent->capture;
}

/**
 * vipin_meta_set_capture_streams() - record that the capture node starts or stops streaming
 * @node:	a node; others are ignored
 * @streams:	it starts
 */
void vipin_meta_set_capture_streams(struct vipin_node *node, bool streams)
{
	if (!vipin_meta_can_follow(node))
		return;
	WRITE_ONCE(node->parent->meta_state.capture_streams, streams);
	wake_up(&node->parent->meta->wake);
}

/**
 * vipin_meta_put() - record the metadata of a captured frame
 * @node:	a node; others than a capture node are ignored
 * @sequence:	sequence number of the frame
 * @timestamp:	its timestamp
 *
 * Context: the node's frame thread.
 */
void vipin_meta_put(struct vipin_node *node, u32 sequence, u64 timestamp)
{
	struct vipin_meta_state *state = &node->parent->meta_state;

	if (!vipin_meta_can_follow(node))
		return;
	spin_lock(&state->lock);
	state->newest.sequence = sequence;
	state->newest.timestamp = timestamp;
	state->newest.frames = atomic64_read(&node->frames);
	state->newest.dropped = atomic64_read(&node->dropped);
	WRITE_ONCE(state->number, state->number + 1);
	spin_unlock(&state->lock);
	wake_up(&node->parent->meta->wake);
}

/**
 * vipin_meta_skip() - the metadata node starts to stream: it gets the metadata of no older frame
 * @node:	the metadata node
 */
void vipin_meta_skip(struct vipin_node *node)
{
	struct vipin_meta_state *state = &node->parent->meta_state;

	spin_lock(&state->lock);
	WRITE_ONCE(state->taken, state->number);
	spin_unlock(&state->lock);
}

/**
 * vipin_meta_waits() - check whether metadata of a captured frame wait for a buffer
 * @node:	the metadata node
 *
 * Return: true if so.
 */
bool vipin_meta_waits(const struct vipin_node *node)
{
	const struct vipin_meta_state *state = &node->parent->meta_state;

	return READ_ONCE(state->number) != READ_ONCE(state->taken);
}

/**
 * vipin_meta_follows() - check whether the frames of the capture node decide when metadata are
 * captured
 * @node:	a node
 *
 * Return: true for the metadata node while the capture node streams, and until the metadata of its
 * last frame are taken.
 */
bool vipin_meta_follows(const struct vipin_node *node)
{
	return vipin_is_meta(node) &&
	       (READ_ONCE(node->parent->meta_state.capture_streams) || vipin_meta_waits(node));
}

/* Write the metadata of a frame of the node @maker to a buffer. */
static int vipin_meta_write(struct vipin_node *node, struct vb2_v4l2_buffer *vb,
			    const struct vipin_node *maker, const struct vipin_meta_values *values)
{
	struct vipin_metadata *meta = (struct vipin_metadata *)node->frame;

	*meta = (struct vipin_metadata){
		.magic = cpu_to_le32(VIPIN_METADATA_MAGIC),
		.version = VIPIN_METADATA_VERSION,
		.device = cpu_to_le32(maker->vdev.num),
		.sequence = cpu_to_le32(values->sequence),
		.timestamp = cpu_to_le64(values->timestamp),
		.width = cpu_to_le32(values->width),
		.height = cpu_to_le32(values->height),
		.pixelformat = cpu_to_le32(values->pixelformat),
		.frames = cpu_to_le64(values->frames),
		.dropped = cpu_to_le64(values->dropped),
	};
	meta->crc = cpu_to_le32(vipin_crc(meta, offsetof(struct vipin_metadata, crc)));
	return vipin_plane_transfer(node, vb, 0, 0, meta, sizeof(*meta));
}

/**
 * vipin_meta_take() - write the metadata that wait to a buffer
 * @node:	the metadata node; vipin_meta_waits() is true
 * @vb:		the buffer; gets the sequence number and the timestamp of the frame
 *
 * Context: the node's frame thread.
 * Return: 0, or the error of vipin_plane_transfer().
 */
int vipin_meta_take(struct vipin_node *node, struct vb2_v4l2_buffer *vb)
{
	struct vipin_meta_state *state = &node->parent->meta_state;
	struct vipin_meta_values values;
	u32 lost;

	spin_lock(&state->lock);
	values = state->newest;
	lost = state->number - state->taken - 1;
	WRITE_ONCE(state->taken, state->number);
	spin_unlock(&state->lock);

	atomic64_add(lost, &node->dropped);
	vb->sequence = values.sequence;
	vb->field = V4L2_FIELD_NONE;
	vb->vb2_buf.timestamp = values.timestamp;
	return vipin_meta_write(node, vb, node->parent->capture, &values);
}

/**
 * vipin_meta_frame() - write the metadata of a frame that the metadata node makes itself
 * @node:	the metadata node
 * @vb:		the buffer; its sequence number and timestamp are set
 *
 * Context: the node's frame thread.
 * Return: 0, or the error of vipin_plane_transfer().
 */
int vipin_meta_frame(struct vipin_node *node, struct vb2_v4l2_buffer *vb)
{
	struct vipin_meta_state *state = &node->parent->meta_state;
	struct vipin_meta_values values;

	spin_lock(&state->lock);
	values = state->newest;
	spin_unlock(&state->lock);
	values.sequence = vb->sequence;
	values.timestamp = vb->vb2_buf.timestamp;
	return vipin_meta_write(node, vb, node, &values);
}
