// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-meta.c - the metadata node of a device with the setting metadata
 *
 * A buffer gets the &struct vipin_metadata of one frame: a few bytes, at any address. They take the
 * path of a frame: the same pin, policy and DMA engine.
 *
 * While the capture node streams, it leads: each of its frames has metadata, with the sequence
 * number and the timestamp of the frame. A frame for which the capture node had no buffer has
 * metadata, too. The newest metadata wait for a buffer. While the capture node does not stream, the
 * metadata node makes frames of its own, without pictures, at the interval of the capture node.
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
 * vipin_meta_init() - prepare the record, before the nodes exist
 * @vipin:	the device
 */
void vipin_meta_init(struct vipin_dev *vipin)
{
	spin_lock_init(&vipin->record.lock);
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
	struct vipin_record *record = &node->parent->record;

	if (node != node->parent->capture)
		return;
	spin_lock(&record->lock);
	record->newest.width = node->pix.width;
	record->newest.height = node->pix.height;
	record->newest.pixelformat = node->pix.pixelformat;
	spin_unlock(&record->lock);
}

/* Is there a metadata node, which gets the metadata of this node's frames? */
static bool vipin_meta_can_follow(const struct vipin_node *node)
{
	return node->parent->meta && node == node->parent->capture;
}

/**
 * vipin_meta_lead() - the capture node starts or stops to stream
 * @node:	a node; others are ignored
 * @leads:	it starts
 */
void vipin_meta_lead(struct vipin_node *node, bool leads)
{
	if (!vipin_meta_can_follow(node))
		return;
	WRITE_ONCE(node->parent->record.leads, leads);
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
	struct vipin_record *record = &node->parent->record;

	if (!vipin_meta_can_follow(node))
		return;
	spin_lock(&record->lock);
	record->newest.sequence = sequence;
	record->newest.timestamp = timestamp;
	record->newest.frames = atomic64_read(&node->frames);
	record->newest.dropped = atomic64_read(&node->dropped);
	WRITE_ONCE(record->number, record->number + 1);
	spin_unlock(&record->lock);
	wake_up(&node->parent->meta->wake);
}

/**
 * vipin_meta_skip() - the metadata node starts to stream: it gets the metadata of no older frame
 * @node:	the metadata node
 */
void vipin_meta_skip(struct vipin_node *node)
{
	struct vipin_record *record = &node->parent->record;

	spin_lock(&record->lock);
	WRITE_ONCE(record->taken, record->number);
	spin_unlock(&record->lock);
}

/**
 * vipin_meta_waits() - check whether metadata of a captured frame wait for a buffer
 * @node:	the metadata node
 *
 * Return: true if so.
 */
bool vipin_meta_waits(const struct vipin_node *node)
{
	const struct vipin_record *record = &node->parent->record;

	return READ_ONCE(record->number) != READ_ONCE(record->taken);
}

/**
 * vipin_meta_is_led() - check whether the capture node decides when metadata are captured
 * @node:	a node
 *
 * Return: true for the metadata node while the capture node streams, and until the metadata of its
 * last frame are taken.
 */
bool vipin_meta_is_led(const struct vipin_node *node)
{
	return vipin_is_meta(node) &&
	       (READ_ONCE(node->parent->record.leads) || vipin_meta_waits(node));
}

/* Write the metadata of a frame of the node @maker to a buffer. */
static int vipin_meta_write(struct vipin_node *node, struct vb2_v4l2_buffer *vb,
			    const struct vipin_node *maker, const struct vipin_about *about)
{
	struct vipin_metadata *meta = (struct vipin_metadata *)node->frame;

	*meta = (struct vipin_metadata){
		.magic = cpu_to_le32(VIPIN_METADATA_MAGIC),
		.version = VIPIN_METADATA_VERSION,
		.device = cpu_to_le32(maker->vdev.num),
		.sequence = cpu_to_le32(about->sequence),
		.timestamp = cpu_to_le64(about->timestamp),
		.width = cpu_to_le32(about->width),
		.height = cpu_to_le32(about->height),
		.pixelformat = cpu_to_le32(about->pixelformat),
		.frames = cpu_to_le64(about->frames),
		.dropped = cpu_to_le64(about->dropped),
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
	struct vipin_record *record = &node->parent->record;
	struct vipin_about about;
	u32 lost;

	spin_lock(&record->lock);
	about = record->newest;
	lost = record->number - record->taken - 1;
	WRITE_ONCE(record->taken, record->number);
	spin_unlock(&record->lock);

	atomic64_add(lost, &node->dropped);
	vb->sequence = about.sequence;
	vb->field = V4L2_FIELD_NONE;
	vb->vb2_buf.timestamp = about.timestamp;
	return vipin_meta_write(node, vb, node->parent->capture, &about);
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
	struct vipin_record *record = &node->parent->record;
	struct vipin_about about;

	spin_lock(&record->lock);
	about = record->newest;
	spin_unlock(&record->lock);
	about.sequence = vb->sequence;
	about.timestamp = vb->vb2_buf.timestamp;
	return vipin_meta_write(node, vb, node, &about);
}
