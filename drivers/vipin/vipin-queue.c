// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-queue.c - the buffer queue: vb2's driver callbacks
 */

#include <linux/dma-buf.h>
#include <linux/dma-map-ops.h>

#include <media/videobuf2-dma-contig.h>

#include "vipin-compat.h"
#include "vipin.h"

/*
 * As in vivid. vb2 allows 32768, but a program that asks for all of them uses up all memory:
 * v4l2-compliance does.
 */
#define VIPIN_MAX_BUFFERS	64

/**
 * vipin_pix() - find the format of a queue
 * @q:		the queue
 *
 * Return: the format.
 */
struct v4l2_pix_format *vipin_pix(struct vb2_queue *q)
{
	struct vipin_node *node = vb2_get_drv_priv(q);

	return vipin_is_m2m(node) ? vipin_m2m_pix(q) : &node->pix;
}

/**
 * vipin_queue_setup() - vb2's callback queue_setup
 * @q:		the queue
 * @nr_buffers:	number of buffers
 * @nr_planes:	number of planes; 0 in VIDIOC_REQBUFS, and set on return
 * @sizes:	bytes in each plane; filled in for VIDIOC_REQBUFS
 * @alloc_devs:	not used
 *
 * Return: 0, -ENODEV if the device was unbound, or -EINVAL for sizes that are too small, or
 * if this error is injected.
 */
int vipin_queue_setup(struct vb2_queue *q, unsigned int *nr_buffers,
		      unsigned int *nr_planes, unsigned int sizes[],
		      struct device *alloc_devs[])
{
	struct vipin_node *node = vb2_get_drv_priv(q);
	unsigned int needed[VIPIN_MAX_PLANES];
	unsigned int planes, i;

	/*
	 * A read(), write() or poll() may have slept until the device was unbound and its
	 * queue was released. Refuse buffers, so that nothing can start to stream.
	 */
	if (!video_is_registered(&node->vdev))
		return -ENODEV;
	if (vipin_injects(&node->inject, VIPIN_INJECT_REQBUFS))
		return -EINVAL;

	/* The output node may have got another format since the program asked, if it asked. */
	vipin_loop_follow(node);
	planes = vipin_plane_sizes(vipin_pix(q), needed);
	/* *nr_planes is not 0 in VIDIOC_CREATE_BUFS, where the program sets the sizes. */
	if (*nr_planes && *nr_planes != planes)
		return -EINVAL;
	for (i = 0; i < planes; i++) {
		if (!*nr_planes)
			sizes[i] = needed[i];
		else if (sizes[i] < needed[i] || sizes[i] > VIPIN_MAX_BUFFER)
			return -EINVAL;
	}
	*nr_planes = planes;
	return 0;
}

/*
 * Is the length of a plane, which the program sets, larger than its dma-buf? If two planes have
 * the same dma-buf, vb2 checks the length of the first one only. Then a frame at the data_offset of
 * the second one could begin outside of the dma-buf.
 */
static bool vipin_exceeds_dma_buf(const struct vb2_buffer *vb, unsigned int plane)
{
	return vb->memory == VB2_MEMORY_DMABUF &&
	       vb->planes[plane].length > vb->planes[plane].dbuf->size;
}

/**
 * vipin_buf_prepare() - vb2's callback buf_prepare
 * @vb:		the buffer
 *
 * Return: 0, or -EINVAL if a plane is too small for a frame or larger than its dma-buf, or if
 * this error is injected.
 */
int vipin_buf_prepare(struct vb2_buffer *vb)
{
	unsigned int sizes[VIPIN_MAX_PLANES];
	unsigned int planes = vipin_plane_sizes(vipin_pix(vb->vb2_queue), sizes);
	struct vipin_node *node = vb2_get_drv_priv(vb->vb2_queue);
	unsigned int i;

	if (vipin_injects(&node->inject, VIPIN_INJECT_QBUF))
		return vipin_inject_refusal(vb);
	for (i = 0; i < planes; i++) {
		if (vb2_plane_size(vb, i) < sizes[i] || vipin_exceeds_dma_buf(vb, i))
			return -EINVAL;
		/*
		 * The program sets the length of an output frame. vb2's write() loses
		 * that length, as __fill_vb2_buffer() overwrites it with 0. In V4L2, a
		 * length of 0 means the whole buffer.
		 */
		if (!vb->vb2_queue->is_output || !vb2_get_plane_payload(vb, i))
			vb2_set_plane_payload(vb, i, sizes[i]);
	}
	return 0;
}

/**
 * vipin_buf_out_validate() - vb2's callback buf_out_validate
 * @vb:		an output buffer
 *
 * Return: 0
 */
int vipin_buf_out_validate(struct vb2_buffer *vb)
{
	/* Output nodes have progressive frames only, so ignore the field that the program sets. */
	to_vb2_v4l2_buffer(vb)->field = V4L2_FIELD_NONE;
	return 0;
}

static void vipin_buf_queue(struct vb2_buffer *vb)
{
	struct vipin_node *node = vb2_get_drv_priv(vb->vb2_queue);

	spin_lock(&node->buffers_lock);
	list_add_tail(&to_vipin_buffer(vb)->list, &node->buffers);
	spin_unlock(&node->buffers_lock);
	wake_up(&node->wake);
}

/**
 * vipin_return_buffers() - return queued buffers to vb2
 * @node:	the node
 * @buffers:	list of the buffers; empty on return
 * @state:	the state that the buffers get
 */
void vipin_return_buffers(struct vipin_node *node, struct list_head *buffers,
			  enum vb2_buffer_state state)
{
	struct vipin_buffer *buf, *next;
	LIST_HEAD(returned);

	/* Completing a request may sleep. */
	spin_lock(&node->buffers_lock);
	list_splice_init(buffers, &returned);
	spin_unlock(&node->buffers_lock);
	list_for_each_entry_safe(buf, next, &returned, list) {
		list_del(&buf->list);
		if (state != VB2_BUF_STATE_QUEUED)
			vipin_request_complete(&buf->vb.vb2_buf);
		vb2_buffer_done(&buf->vb.vb2_buf, state);
	}
}

static int vipin_start_streaming(struct vb2_queue *q, unsigned int count)
{
	struct vipin_node *node = vb2_get_drv_priv(q);
	int err;

	err = vipin_injects(&node->inject, VIPIN_INJECT_STREAMON) ? -EINVAL :
								    vipin_frame_start(node);
	if (err)
		vipin_return_buffers(node, &node->buffers, VB2_BUF_STATE_QUEUED);
	return err;
}

static void vipin_stop_streaming(struct vb2_queue *q)
{
	struct vipin_node *node = vb2_get_drv_priv(q);

	vipin_frame_stop(node);
	vipin_return_buffers(node, &node->buffers, VB2_BUF_STATE_ERROR);
}

static const struct vb2_ops vipin_vb2_ops = {
	.queue_setup		= vipin_queue_setup,
	.buf_out_validate	= vipin_buf_out_validate,
	.buf_prepare		= vipin_buf_prepare,
	.buf_queue		= vipin_buf_queue,
	.buf_request_complete	= vipin_request_complete,
	.start_streaming	= vipin_start_streaming,
	.stop_streaming		= vipin_stop_streaming,
	VIPIN_WAIT_OPS
};

/**
 * vipin_vb2_queue_init() - set up a queue of a node
 * @q:		the queue; ops and timestamp_flags are set, io_modes and min_queued_buffers may be
 * @node:	the node; its device_caps and its lock are set
 * @output:	it is an output queue
 *
 * Return: 0, or -EINVAL from vb2_queue_init() if the queue is not valid.
 */
int vipin_vb2_queue_init(struct vb2_queue *q, struct vipin_node *node, bool output)
{
	if (vipin_is_meta(node))
		q->type = V4L2_BUF_TYPE_META_CAPTURE;
	else if (vipin_is_multiplanar(node))
		q->type = output ? V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE :
				   V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE;
	else
		q->type = output ? V4L2_BUF_TYPE_VIDEO_OUTPUT : V4L2_BUF_TYPE_VIDEO_CAPTURE;
	q->io_modes |= VB2_MMAP | VB2_USERPTR | VB2_DMABUF;
	q->dev = node->parent->dev;
	q->drv_priv = node;
	q->buf_struct_size = sizeof(struct vipin_buffer);
	q->mem_ops = node->parent->config.cache_line ? &vipin_cache_memops : &vipin_memops;
	/* Hints only matter to a device that is not coherent, or is modelled as one. */
	q->allow_cache_hints = node->parent->config.cache_line || !dev_is_dma_coherent(q->dev);
	vipin_set_max_buffers(q, VIPIN_MAX_BUFFERS);
	/*
	 * Any user can ask for too much memory. Then fail with -ENOMEM, without a warning
	 * and without the OOM killer. Charge the memory to the user's control group.
	 */
	q->gfp_flags = __GFP_NOWARN | __GFP_RETRY_MAYFAIL | VIPIN_GFP_ACCOUNT;
	q->lock = node->vdev.lock;
	return vb2_queue_init(q);
}

/**
 * vipin_queue_init() - set up the queue of a capture, output or metadata node
 * @node:	the node; its device_caps and its lock are set
 *
 * Return: 0, or -EINVAL from vb2_queue_init() if the queue is not valid.
 */
int vipin_queue_init(struct vipin_node *node)
{
	/* Controls in a request are for a picture, so a metadata node has no requests. */
	const unsigned int requests = vipin_is_meta(node) ? VIPIN_REQUESTS_NONE :
							     node->parent->config.requests;
	struct vb2_queue *q = &node->queue;

	q->supports_requests = requests != VIPIN_REQUESTS_NONE;
	q->requires_requests = requests == VIPIN_REQUESTS_REQUIRED;
	/* The buffers that vb2 uses for read() and write() are in no request. */
	if (!q->requires_requests && !vipin_is_meta(node))
		q->io_modes = vipin_is_output(node) ? VB2_WRITE : VB2_READ;
	q->ops = &vipin_vb2_ops;
	q->timestamp_flags = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
	/*
	 * Queueing a request must not fail after the request was validated. So vb2 does not start
	 * to stream then, but in VIDIOC_STREAMON.
	 */
	q->min_queued_buffers = q->supports_requests ? 0 : 1;
	return vipin_vb2_queue_init(q, node, vipin_is_output(node));
}
