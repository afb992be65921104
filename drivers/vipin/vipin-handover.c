// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-handover.c - a buffer on its way to vb2: QBUF and PREPARE_BUF
 *
 * vb2 keeps the pin of a user pointer, and takes the same index, pointer and length
 * for the same memory. That is wrong once the mapping there has changed, and in
 * another process that shares the open file. Policy strict promises that a frame
 * arrives where the pointer points when the buffer is queued. So before vb2 sees the
 * buffer, it is made to forget such a pin, and then checks and pins anew.
 *
 * A buffer that was prepared is promised the same. Between PREPARE_BUF and QBUF vb2
 * does not look at the pointer again, so the preparation is undone.
 */

#include <media/videobuf2-dma-contig.h>

#include "vipin-compat.h"
#include "vipin.h"

/* Is this a buffer that vb2 will look at, with memory that is the program's? */
static bool vipin_is_handed_over(struct file *file, const struct vb2_buffer *vb,
				 const struct v4l2_buffer *b)
{
	const struct vb2_queue *q = vb->vb2_queue;

	if (q->owner && q->owner != file->private_data)
		return false;
	if (b->type != q->type || (unsigned int)b->memory != (unsigned int)q->memory)
		return false;
	if (b->memory != V4L2_MEMORY_USERPTR && b->memory != V4L2_MEMORY_DMABUF)
		return false;
	if (V4L2_TYPE_IS_MULTIPLANAR(b->type) &&
	    (!b->m.planes || b->length < vb->num_planes))
		return false;
	return vb->state == VB2_BUF_STATE_DEQUEUED &&
	       !(b->flags & V4L2_BUF_FLAG_REQUEST_FD);
}

/* Undo PREPARE_BUF for one buffer, as STREAMOFF does for all. */
static void vipin_unprepare(struct vb2_buffer *vb)
{
	unsigned int i;

	for (i = 0; i < vb->num_planes; i++)
		vb2_dma_contig_memops.finish(vb->planes[i].mem_priv);
	vb->synced = 0;
	vb->prepared = 0;
#ifdef CONFIG_VIDEO_ADV_DEBUG
	vb->cnt_mem_finish += vb->num_planes;
	vb->cnt_buf_finish++;
#endif
}

/*
 * Make vb2 forget the pointers of pins that are stale, and keep them in @forgotten.
 * A pointer of 0 makes vb2 pin anew, and let go of the old pin.
 *
 * Return whether a prepared buffer has become one that is not prepared.
 */
static bool vipin_forget_stale_pins(struct vb2_buffer *vb, struct v4l2_buffer *b,
				    unsigned long forgotten[VIPIN_MAX_PLANES])
{
	enum vipin_pin_state state, worst = VIPIN_PIN_FRESH;
	bool prepared = vb->prepared;
	unsigned int i;

	for (i = 0; i < vb->num_planes; i++) {
		if (!vb->planes[i].mem_priv)
			continue;
		state = vipin_pin_state(vb->planes[i].mem_priv);
		if (state != VIPIN_PIN_FRESH)
			forgotten[i] = vb->planes[i].m.userptr;
		worst = max(worst, state);
	}
	if (worst == VIPIN_PIN_FRESH)
		return false;

	if (prepared) {
		/*
		 * Queue the buffer as it was prepared, as vb2 does. In another process
		 * the prepared pointer means nothing: use the one that it hands over.
		 */
		if (worst == VIPIN_PIN_CHANGED && vb2_querybuf(vb->vb2_queue, b))
			return false;
		vipin_unprepare(vb);
	}
	for (i = 0; i < vb->num_planes; i++)
		if (forgotten[i])
			vb->planes[i].m.userptr = 0;
	return prepared;
}

/* Count what was pinned anew. What vb2 has not come to keeps its pointer. */
static void vipin_remember_pins(struct vipin_node *node, struct vb2_buffer *vb,
				const unsigned long forgotten[VIPIN_MAX_PLANES], bool accepted)
{
	unsigned int i;

	for (i = 0; i < VIPIN_MAX_PLANES; i++) {
		if (!forgotten[i])
			continue;
		if (accepted)
			node->repinned++;
		else if (vb->planes[i].mem_priv && !vb->planes[i].m.userptr)
			vb->planes[i].m.userptr = forgotten[i];
	}
}

/**
 * vipin_hand_over() - have vb2 queue or prepare a buffer
 * @file:	the open file
 * @fh:		the file handle, as the ioctl has it
 * @b:		the buffer, as the program describes it
 * @prepare:	prepare it, instead of queueing it
 *
 * A buffer that is refused because of its memory leaves a verdict with the reason.
 *
 * Context: the queue's lock is held.
 * Return: what vb2_ioctl_prepare_buf() or vb2_ioctl_qbuf() returns.
 */
int vipin_hand_over(struct file *file, void *fh, struct v4l2_buffer *b, bool prepare)
{
	struct vipin_node *node = video_drvdata(file);
	struct vb2_buffer *vb = vb2_get_buffer(&node->queue, b->index);
	unsigned long forgotten[VIPIN_MAX_PLANES] = { };
	bool unprepared = false;
	int err;

	/* Anything else that is wrong with the buffer is vb2's to refuse. */
	if (!vb || !vipin_is_handed_over(file, vb, b) || (prepare && vb->prepared))
		return prepare ? vb2_ioctl_prepare_buf(file, fh, b) : vb2_ioctl_qbuf(file, fh, b);

	node->refused = false;
	if (b->memory == V4L2_MEMORY_USERPTR)
		unprepared = vipin_forget_stale_pins(vb, b, forgotten);
	err = prepare ? vb2_ioctl_prepare_buf(file, fh, b) : vb2_ioctl_qbuf(file, fh, b);
	vipin_remember_pins(node, vb, forgotten, vb->prepared);

	/* A buffer that is prepared was refused for another reason than its memory. */
	if (err && !vb->prepared && !node->refused)
		vipin_refusal_record(node, vb, b, err);
	/* Begun again, the call would not find the buffer prepared. */
	return unprepared && err == -ERESTARTSYS ? -EINTR : err;
}
