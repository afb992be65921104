// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-queue.c - the buffer queue
 */

#include <media/videobuf2-dma-contig.h>

#include "vipin-compat.h"
#include "vipin.h"

static struct vipin_buffer *to_vipin_buffer(struct vb2_buffer *vb)
{
	return container_of(to_vb2_v4l2_buffer(vb), struct vipin_buffer, vb);
}

static int vipin_queue_setup(struct vb2_queue *q, unsigned int *nr_buffers,
			     unsigned int *nr_planes, unsigned int sizes[],
			     struct device *alloc_devs[])
{
	struct vipin_dev *vipin = vb2_get_drv_priv(q);

	/* VIDIOC_CREATE_BUFS brings a size of its own. */
	if (*nr_planes)
		return sizes[0] < vipin->pix.sizeimage ? -EINVAL : 0;

	*nr_planes = 1;
	sizes[0] = vipin->pix.sizeimage;
	return 0;
}

static int vipin_buf_prepare(struct vb2_buffer *vb)
{
	struct vipin_dev *vipin = vb2_get_drv_priv(vb->vb2_queue);

	if (vb2_plane_size(vb, 0) < vipin->pix.sizeimage)
		return -EINVAL;
	vb2_set_plane_payload(vb, 0, vipin->pix.sizeimage);
	return 0;
}

static void vipin_buf_queue(struct vb2_buffer *vb)
{
	struct vipin_dev *vipin = vb2_get_drv_priv(vb->vb2_queue);

	spin_lock(&vipin->buffers_lock);
	list_add_tail(&to_vipin_buffer(vb)->list, &vipin->buffers);
	spin_unlock(&vipin->buffers_lock);
	wake_up(&vipin->wake);
}

static void vipin_return_buffers(struct vipin_dev *vipin, enum vb2_buffer_state state)
{
	struct vipin_buffer *buf, *next;

	spin_lock(&vipin->buffers_lock);
	list_for_each_entry_safe(buf, next, &vipin->buffers, list) {
		list_del(&buf->list);
		vb2_buffer_done(&buf->vb.vb2_buf, state);
	}
	spin_unlock(&vipin->buffers_lock);
}

static int vipin_start_streaming(struct vb2_queue *q, unsigned int count)
{
	struct vipin_dev *vipin = vb2_get_drv_priv(q);
	int err;

	err = vipin_frame_start(vipin);
	if (err)
		vipin_return_buffers(vipin, VB2_BUF_STATE_QUEUED);
	return err;
}

static void vipin_stop_streaming(struct vb2_queue *q)
{
	struct vipin_dev *vipin = vb2_get_drv_priv(q);

	vipin_frame_stop(vipin);
	vipin_return_buffers(vipin, VB2_BUF_STATE_ERROR);
}

static const struct vb2_ops vipin_vb2_ops = {
	.queue_setup		= vipin_queue_setup,
	.buf_prepare		= vipin_buf_prepare,
	.buf_queue		= vipin_buf_queue,
	.start_streaming	= vipin_start_streaming,
	.stop_streaming		= vipin_stop_streaming,
	VIPIN_WAIT_OPS
};

/**
 * vipin_queue_init() - set the queue up
 * @vipin:	the device
 *
 * Return: 0, or what vb2_queue_init() returns: -EINVAL for a queue that vb2
 * cannot work with.
 */
int vipin_queue_init(struct vipin_dev *vipin)
{
	struct vb2_queue *q = &vipin->queue;

	q->type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
	q->io_modes = VB2_MMAP | VB2_USERPTR | VB2_DMABUF | VB2_READ;
	q->dev = vipin->dev;
	q->drv_priv = vipin;
	q->buf_struct_size = sizeof(struct vipin_buffer);
	q->ops = &vipin_vb2_ops;
	q->mem_ops = &vipin_memops;
	q->timestamp_flags = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
	q->min_queued_buffers = 1;
	q->lock = &vipin->lock;
	return vb2_queue_init(q);
}
