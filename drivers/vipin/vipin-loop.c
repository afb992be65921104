// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-loop.c - pass the frames of the output node on to the capture node, on a device with
 * the setting loopback
 *
 * A frame passes through the DMA engine twice: from the memory of one program, and to the memory of
 * another one. Between them it is in &vipin_loop.frame. The output node alone sets the format.
 */

#include <linux/vmalloc.h>

#include <media/v4l2-event.h>

#include "vipin.h"

/**
 * vipin_loop_init() - prepare the loop, before the nodes exist
 * @vipin:	the device
 */
void vipin_loop_init(struct vipin_dev *vipin)
{
	mutex_init(&vipin->loop.lock);
}

/**
 * vipin_loop_free() - free the frame that is left, when the nodes are gone
 * @vipin:	the device
 */
void vipin_loop_free(struct vipin_dev *vipin)
{
	vfree(vipin->loop.frame);
}

static bool vipin_loop_same_layout(const struct v4l2_pix_format *a,
				   const struct v4l2_pix_format *b)
{
	return a->pixelformat == b->pixelformat && a->width == b->width &&
	       a->height == b->height && a->bytesperline == b->bytesperline &&
	       a->sizeimage == b->sizeimage;
}

/**
 * vipin_loop_set_format() - tell the capture node that the output node has another format
 * @node:	the output node; its new format is set, and it has no buffers
 *
 * If the frames have another layout now, a frame that waits is lost, and programs that capture get
 * the event %V4L2_EVENT_SOURCE_CHANGE.
 */
void vipin_loop_set_format(struct vipin_node *node)
{
	const struct v4l2_event event = {
		.type = V4L2_EVENT_SOURCE_CHANGE,
		.u.src_change.changes = V4L2_EVENT_SRC_CH_RESOLUTION,
	};
	struct vipin_loop *loop = &node->parent->loop;
	bool changed;

	mutex_lock(&loop->lock);
	changed = !vipin_loop_same_layout(&loop->pix, &node->pix);
	loop->pix = node->pix;
	if (changed) {
		vfree(loop->frame);
		loop->frame = NULL;
		WRITE_ONCE(loop->taken, loop->number);
	}
	mutex_unlock(&loop->lock);
	if (changed && video_is_registered(&node->parent->capture->vdev))
		v4l2_event_queue(&node->parent->capture->vdev, &event);
}

/**
 * vipin_loop_pix() - get the only format that the capture node offers
 * @node:	the capture node; its lock is held
 *
 * Return: its own format while it has buffers, then that of the output node.
 */
struct v4l2_pix_format vipin_loop_pix(struct vipin_node *node)
{
	struct vipin_loop *loop = &node->parent->loop;
	struct v4l2_pix_format pix = node->pix;

	if (!vb2_is_busy(&node->queue)) {
		mutex_lock(&loop->lock);
		pix = loop->pix;
		mutex_unlock(&loop->lock);
	}
	return pix;
}

/**
 * vipin_loop_follow() - give the capture node the only format that it offers
 * @node:	a node; its lock is held. Other nodes stay as they are, and so does one with
 *		buffers
 */
void vipin_loop_follow(struct vipin_node *node)
{
	/* The frame thread may be reading both. */
	if (!vipin_is_loop_sink(node) || vb2_is_busy(&node->queue))
		return;
	node->pix = vipin_loop_pix(node);
	vipin_select_all(node);
}

/**
 * vipin_loop_start() - the output node starts to stream
 * @node:	the output node
 *
 * A frame that was sent before may still wait for the capture node.
 *
 * Return: 0, or -ENOMEM.
 */
int vipin_loop_start(struct vipin_node *node)
{
	struct vipin_loop *loop = &node->parent->loop;
	int err;

	mutex_lock(&loop->lock);
	if (!loop->frame)
		loop->frame = vipin_frame_alloc(node);
	err = loop->frame ? 0 : -ENOMEM;
	mutex_unlock(&loop->lock);
	return err;
}

/**
 * vipin_loop_put() - pass a frame on
 * @node:	the output node; &vipin_node.frame has the frame
 * @vb:		the buffer that the frame came from
 */
void vipin_loop_put(struct vipin_node *node, struct vb2_v4l2_buffer *vb)
{
	struct vipin_loop *loop = &node->parent->loop;
	unsigned int sizes[VIPIN_MAX_PLANES];
	unsigned int planes = vipin_plane_sizes(&node->pix, sizes);
	u32 length = 0;
	unsigned int i;

	mutex_lock(&loop->lock);
	for (i = 0; i < planes; i++) {
		loop->lengths[i] = min(vipin_payload(vb, i), sizes[i]);
		length += loop->lengths[i];
	}
	memcpy(loop->frame, node->frame, length);
	loop->timestamp = vb->vb2_buf.timestamp;
	WRITE_ONCE(loop->number, loop->number + 1);
	mutex_unlock(&loop->lock);
	wake_up(&node->parent->capture->wake);
}

/**
 * vipin_loop_skip() - the capture node starts to stream: it gets no older frame
 * @node:	the capture node
 */
void vipin_loop_skip(struct vipin_node *node)
{
	struct vipin_loop *loop = &node->parent->loop;

	mutex_lock(&loop->lock);
	WRITE_ONCE(loop->taken, loop->number);
	mutex_unlock(&loop->lock);
}

/**
 * vipin_loop_has_frame() - check whether a frame waits for the capture node
 * @node:	the capture node
 *
 * Return: true if one does. It may have another format than the node.
 */
bool vipin_loop_has_frame(const struct vipin_node *node)
{
	const struct vipin_loop *loop = &node->parent->loop;

	return READ_ONCE(loop->number) != READ_ONCE(loop->taken);
}

/* Write &vipin_node.frame to a buffer. Its planes follow one another, each with its length. */
static int vipin_loop_write(struct vipin_node *node, struct vb2_v4l2_buffer *vb,
			    const u32 *lengths)
{
	unsigned int sizes[VIPIN_MAX_PLANES];
	unsigned int planes = vipin_plane_sizes(&node->pix, sizes);
	u8 *plane = node->frame;
	unsigned int i;
	int err = 0;

	for (i = 0; i < planes && !err; plane += lengths[i++]) {
		vb2_set_plane_payload(&vb->vb2_buf, i, lengths[i]);
		err = vipin_plane_transfer(node, vb, i, 0, plane, lengths[i]);
	}
	return err;
}

/**
 * vipin_loop_take() - write the frame that waits to a buffer
 * @node:	the capture node
 * @vb:		the buffer; gets the timestamp of the frame, and the length of each plane
 * @sequence:	number of the next frame; frames that are lost are added
 *
 * Swap the frame out first: the output node does not wait for the buffer.
 *
 * Return: 0, the error of vipin_request_setup() or vipin_plane_transfer(), or -ENODATA if there is
 * no frame, if it has another format than the capture node, or if an injected error drops it.
 */
int vipin_loop_take(struct vipin_node *node, struct vb2_v4l2_buffer *vb, u32 *sequence)
{
	struct vipin_loop *loop = &node->parent->loop;
	u32 lengths[VIPIN_MAX_PLANES];
	u64 timestamp = 0;
	bool takes;
	u32 lost;

	mutex_lock(&loop->lock);
	lost = loop->number - loop->taken;
	takes = lost && vipin_loop_same_layout(&loop->pix, &node->pix) &&
		!vipin_inject_drop(&node->inject);
	if (takes) {
		lost--;
		swap(node->frame, loop->frame);
		memcpy(lengths, loop->lengths, sizeof(lengths));
		timestamp = loop->timestamp;
	}
	WRITE_ONCE(loop->taken, loop->number);
	mutex_unlock(&loop->lock);

	atomic64_add(lost, &node->dropped);
	*sequence += lost;
	if (!takes)
		return -ENODATA;
	/* The test pattern is no longer in node->frame. */
	WRITE_ONCE(node->repaint, true);
	vb->sequence = (*sequence)++;
	vb->field = V4L2_FIELD_NONE;
	vb->vb2_buf.timestamp = timestamp + node->inject.time_offset;
	return vipin_request_setup(&vb->vb2_buf) ?: vipin_loop_write(node, vb, lengths);
}
