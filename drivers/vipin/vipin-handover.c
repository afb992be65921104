// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-handover.c - pass a buffer to vb2, for QBUF, PREPARE_BUF and media requests
 *
 * vb2 keeps the pin of a user pointer. If a buffer is queued again with the same index,
 * pointer and length, vb2 assumes that the memory is the same. That is wrong if the
 * mapping has changed, or if another process queues the buffer that shares the open
 * file. Policy strict promises that a frame arrives where the pointer points at QBUF. So
 * make vb2 forget such a stale pin before it sees the buffer; it then calls get_userptr
 * again.
 *
 * The promise holds for a prepared buffer, too. vb2 does not look at its pointer again in
 * QBUF, so undo the preparation of a buffer whose pin is stale.
 *
 * A buffer in a media request is queued when the request is. QBUF then only takes the
 * pointer, and vb2 pins it in MEDIA_REQUEST_IOC_QUEUE. So the pin is checked there.
 */

#include <media/videobuf2-dma-contig.h>

#include "vipin-compat.h"
#include "vipin.h"

/* Will vb2 look at the memory of this buffer, and does the program provide it? */
static bool vipin_is_handed_over(struct file *file, const struct vb2_buffer *vb,
				 const struct v4l2_buffer *b, bool prepare)
{
	const struct vb2_queue *q = vb->vb2_queue;
	bool in_request = b->flags & V4L2_BUF_FLAG_REQUEST_FD;

	if (q->owner && q->owner != file->private_data)
		return false;
	if (b->type != q->type || (unsigned int)b->memory != (unsigned int)q->memory)
		return false;
	if (b->memory != V4L2_MEMORY_USERPTR && b->memory != V4L2_MEMORY_DMABUF)
		return false;
	if (V4L2_TYPE_IS_MULTIPLANAR(b->type) &&
	    (!b->m.planes || b->length < vb->num_planes))
		return false;
	/* There are reasons to refuse the buffer that are not its memory. */
	if (in_request ? prepare || !q->supports_requests :
			 !prepare && (q->requires_requests || q->uses_requests))
		return false;
	return vb->state == VB2_BUF_STATE_DEQUEUED;
}

/*
 * Replace the QBUF of a prepared buffer by what the program gave to PREPARE_BUF, except for
 * the time and the request, which vb2 takes from QBUF.
 */
static int vipin_take_prepared(struct vb2_buffer *vb, struct v4l2_buffer *b)
{
	const struct v4l2_buffer queued = *b;
	int err = vb2_querybuf(vb->vb2_queue, b);

	if (err)
		return err;
	b->timestamp = queued.timestamp;
	b->timecode = queued.timecode;
	b->flags |= queued.flags & (V4L2_BUF_FLAG_TIMECODE | V4L2_BUF_FLAG_REQUEST_FD);
	b->request_fd = queued.request_fd;
	return 0;
}

/* Undo PREPARE_BUF for one buffer, as STREAMOFF does for all buffers. */
static void vipin_unprepare(struct vb2_buffer *vb)
{
	unsigned int i;

	for (i = 0; i < vb->num_planes; i++)
		vb->vb2_queue->mem_ops->finish(vb->planes[i].mem_priv);
	vb->synced = 0;
	vb->prepared = 0;
#ifdef CONFIG_VIDEO_ADV_DEBUG
	vb->cnt_mem_finish += vb->num_planes;
	vb->cnt_buf_finish++;
#endif
}

/*
 * Replace the pointers of stale pins by 0, and save them in @forgotten. When vb2 then
 * gets the real pointer, it releases the old pin and calls get_userptr. @b is NULL for a
 * buffer in a request, whose pointer vb2 has already got.
 *
 * Return true if the buffer was prepared, and is no longer.
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
		 * vb2 queues a prepared buffer with the pointer from PREPARE_BUF. Do the
		 * same. In another process that pointer is meaningless, so use the one
		 * from QBUF.
		 */
		if (b && worst == VIPIN_PIN_CHANGED && vipin_take_prepared(vb, b))
			return false;
		vipin_unprepare(vb);
	}
	for (i = 0; i < vb->num_planes; i++)
		if (forgotten[i])
			vb->planes[i].m.userptr = 0;
	return prepared;
}

/* Count the planes that were pinned again. Restore the pointers that vb2 did not reach. */
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

static int vipin_to_vb2(struct file *file, void *fh, struct vb2_queue *q,
			struct v4l2_buffer *b, bool prepare)
{
	if (vipin_is_m2m(video_drvdata(file)))
		return prepare ? vb2_prepare_buf(q, NULL, b) : vb2_qbuf(q, NULL, b);
	return prepare ? vb2_ioctl_prepare_buf(file, fh, b) : vb2_ioctl_qbuf(file, fh, b);
}

/**
 * vipin_hand_over() - have vb2 queue or prepare a buffer
 * @file:	the open file
 * @fh:		the file handle, an argument of the ioctl
 * @q:		the queue
 * @b:		the buffer, from the program
 * @prepare:	prepare the buffer, instead of queueing it
 *
 * If the buffer is refused because of its memory, a verdict with the reason is recorded.
 *
 * Context: the queue's lock is held.
 * Return: the return value of vb2_prepare_buf() or vb2_qbuf(), or -EBUSY if another file owns
 * the queue.
 */
int vipin_hand_over(struct file *file, void *fh, struct vb2_queue *q, struct v4l2_buffer *b,
		    bool prepare)
{
	struct vipin_node *node = vipin_pin_node(video_drvdata(file));
	struct vb2_buffer *vb = vb2_get_buffer(q, b->index);
	unsigned long forgotten[VIPIN_MAX_PLANES] = { };
	bool refused = node->refused;
	bool unprepared = false;
	int err;

	/* vb2 itself refuses a buffer that is wrong in another way, and all after a fatal error. */
	if (!vb || q->error || !vipin_is_handed_over(file, vb, b, prepare) ||
	    (prepare && vb->prepared))
		return vipin_to_vb2(file, fh, q, b, prepare);

	node->refused = false;
	if (b->memory == V4L2_MEMORY_USERPTR)
		unprepared = vipin_forget_stale_pins(vb, b, forgotten);
	err = vipin_to_vb2(file, fh, q, b, prepare);
	vipin_remember_pins(node, vb, forgotten, vb->prepared);

	/* If the buffer is prepared, its memory was accepted. */
	if (err && !vb->prepared && !node->refused)
		vipin_refusal_record(node, vb, b, err);
	/* Another task may be queueing a request, which does not hold the lock all the time. */
	node->refused = refused;
	/* Do not restart the system call: the buffer is no longer prepared. */
	return unprepared && err == -ERESTARTSYS ? -EINTR : err;
}

/* Describe a buffer as the program did when it put the buffer into a request. */
static void vipin_describe(const struct vb2_buffer *vb, struct v4l2_buffer *b,
			   struct v4l2_plane planes[VIPIN_MAX_PLANES])
{
	const struct vb2_plane *given = to_vb2_v4l2_buffer(vb)->planes;
	unsigned int i;

	*b = (struct v4l2_buffer){ .type = vb->type, .memory = vb->memory };
	if (!V4L2_TYPE_IS_MULTIPLANAR(b->type)) {
		b->m.userptr = given[0].m.userptr;
		b->length = given[0].length;
		b->bytesused = given[0].bytesused;
		return;
	}
	b->m.planes = planes;
	b->length = vb->num_planes;
	for (i = 0; i < vb->num_planes; i++) {
		planes[i].m.userptr = given[i].m.userptr;
		planes[i].length = given[i].length;
		planes[i].bytesused = given[i].bytesused;
		planes[i].data_offset = given[i].data_offset;
	}
}

/*
 * Forget the stale pins of a buffer whose request is being queued. Return true if the buffer is
 * prepared nevertheless: the program has called PREPARE_BUF, and nothing has changed.
 */
static bool vipin_request_forget(struct vb2_buffer *vb, unsigned long forgotten[VIPIN_MAX_PLANES])
{
	struct vb2_queue *q = vb->vb2_queue;
	struct vipin_node *node = vb2_get_drv_priv(q);
	bool prepared;

	mutex_lock(q->lock);
	node->refused = false;
	/* After a fatal error, vb2 refuses the buffer as it is. */
	if (q->memory == VB2_MEMORY_USERPTR && !q->error)
		vipin_forget_stale_pins(vb, NULL, forgotten);
	prepared = vb->prepared;
	mutex_unlock(q->lock);
	return prepared;
}

/*
 * Restore what vb2 did not reach. Record why it refused a buffer with @err. Return true if it did,
 * so it did not look at any buffer after this one.
 *
 * A buffer before the refused one is prepared. Undo that, unless PREPARE_BUF did it: QBUF may give
 * it another pointer, which vb2 does not look at while the buffer is prepared.
 */
static bool vipin_request_remember(struct vb2_buffer *vb, bool prepared,
				   const unsigned long forgotten[VIPIN_MAX_PLANES], int err)
{
	struct vb2_queue *q = vb->vb2_queue;
	struct vipin_node *node = vb2_get_drv_priv(q);
	struct v4l2_plane planes[VIPIN_MAX_PLANES] = { };
	struct v4l2_buffer b;
	bool refused;

	mutex_lock(q->lock);
	vipin_remember_pins(node, vb, forgotten, vb->prepared);
	refused = err && !vb->prepared;
	if (refused && !node->refused && !q->error && q->memory != VB2_MEMORY_MMAP) {
		vipin_describe(vb, &b, planes);
		vipin_refusal_record(node, vb, &b, err);
	}
	if (err && vb->prepared && !prepared)
		vipin_unprepare(vb);
	mutex_unlock(q->lock);
	return refused;
}

/**
 * vipin_hand_over_request() - have vb2 prepare the buffers of a request that is being queued
 * @req:	the request
 * @buffers:	its buffers, in their order in the request
 * @count:	number of buffers, at most one for each node
 *
 * If a buffer is refused because of its memory, a verdict with the reason is recorded.
 *
 * Context: the process that queues the request. Its memory is pinned, even if another process
 * has put the buffer into the request.
 * Return: the return value of vb2_request_validate().
 */
int vipin_hand_over_request(struct media_request *req, struct vb2_buffer *buffers[],
			    unsigned int count)
{
	unsigned long forgotten[VIPIN_MAX_NODES][VIPIN_MAX_PLANES] = { };
	bool prepared[VIPIN_MAX_NODES];
	unsigned int i;
	int err, blame;

	for (i = 0; i < count; i++)
		prepared[i] = vipin_request_forget(buffers[i], forgotten[i]);
	err = vb2_request_validate(req);
	for (i = 0, blame = err; i < count; i++)
		if (vipin_request_remember(buffers[i], prepared[i], forgotten[i], blame))
			blame = 0;
	return err;
}
