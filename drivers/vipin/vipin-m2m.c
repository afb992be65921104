// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-m2m.c - the memory-to-memory node: each job reads a frame from an output buffer,
 * and writes it to a capture buffer
 *
 * Each open file has a context: an output queue, a capture queue, and one format, since a
 * copy has the format of its original. Memory is pinned in both directions at the same
 * time, by one node: both queues use the memory operations, the policy, the verdicts and
 * the counts of the other nodes.
 *
 * A workqueue runs one job at a time, as an engine of hardware does. The lock of the node is
 * also that of all queues, since the verdicts belong to the node. A job does not take it.
 *
 * The framework in v4l2-mem2mem.c is not used: only drivers select it, so it is missing
 * in kernels that have no such driver, as Debian's for x86-64.
 */

#include <media/v4l2-ioctl.h>

#include "vipin-compat.h"
#include "vipin.h"

/**
 * struct vipin_m2m_queue - one queue of a context
 * @vb2:	the buffer queue, on vb2-dma-contig; its drv_priv is the node
 * @context:	the context
 * @buffers:	queued buffers, oldest first; guarded by &vipin_node.buffers_lock
 * @sequence:	sequence number of the next buffer
 */
struct vipin_m2m_queue {
	struct vb2_queue vb2;
	struct vipin_context *context;
	struct list_head buffers;
	u32 sequence;
};

/**
 * struct vipin_context - an open file of a memory-to-memory node
 * @fh:		the file handle
 * @node:	the node
 * @list:	list head in &vipin_node.contexts; empty after the device was unbound
 * @pix:	the format of both queues
 * @output:	the queue of frames to read
 * @capture:	the queue of frames to write
 * @work:	runs jobs while both queues have a buffer
 */
struct vipin_context {
	struct v4l2_fh fh;
	struct vipin_node *node;
	struct list_head list;
	struct v4l2_pix_format pix;
	struct vipin_m2m_queue output;
	struct vipin_m2m_queue capture;
	struct work_struct work;
};

/* Bytes that the engine reads before it writes them. */
#define VIPIN_M2M_FIFO		SZ_64K

static struct vipin_context *vipin_context_of(struct file *file)
{
	return container_of(file->private_data, struct vipin_context, fh);
}

static struct vipin_m2m_queue *to_m2m_queue(struct vb2_queue *q)
{
	return container_of(q, struct vipin_m2m_queue, vb2);
}

/**
 * vipin_m2m_queue() - find the queue of a buffer type
 * @file:	open file of a memory-to-memory node
 * @type:	an &enum v4l2_buf_type
 *
 * Return: the queue, or NULL if the node does not support the type.
 */
struct vb2_queue *vipin_m2m_queue(struct file *file, u32 type)
{
	struct vipin_context *ctx = vipin_context_of(file);

	if (type == ctx->output.vb2.type)
		return &ctx->output.vb2;
	return type == ctx->capture.vb2.type ? &ctx->capture.vb2 : NULL;
}

/**
 * vipin_m2m_pix() - find the format of a queue
 * @q:		a queue of a memory-to-memory node
 *
 * Return: the format, which both queues of the context have.
 */
struct v4l2_pix_format *vipin_m2m_pix(struct vb2_queue *q)
{
	return &to_m2m_queue(q)->context->pix;
}

/**
 * vipin_m2m_adjust() - adjust a requested format to one that a queue supports
 * @q:		a queue of a memory-to-memory node
 * @pix:	the request; every field is set on return
 * @offer:	the formats and sizes that the device offers
 *
 * While the other queue has buffers, only the current format is possible. The program
 * sets the colorimetry on the output queue.
 */
void vipin_m2m_adjust(struct vb2_queue *q, struct v4l2_pix_format *pix,
		      const struct vipin_offer *offer)
{
	struct vipin_context *ctx = to_m2m_queue(q)->context;
	const struct v4l2_pix_format *now = &ctx->pix;
	bool output = V4L2_TYPE_IS_OUTPUT(q->type);

	if (vb2_is_busy(output ? &ctx->capture.vb2 : &ctx->output.vb2)) {
		*pix = *now;
		return;
	}
	if (!output) {
		pix->colorspace = now->colorspace;
		pix->xfer_func = now->xfer_func;
		pix->ycbcr_enc = now->ycbcr_enc;
		pix->quantization = now->quantization;
	}
	vipin_format_adjust(pix, ctx->output.vb2.type, offer);
}

/**
 * vipin_m2m_has_buffers() - check whether any open file of a node has buffers
 * @node:	a memory-to-memory node; its lock is held
 *
 * Return: true if one has.
 */
bool vipin_m2m_has_buffers(struct vipin_node *node)
{
	struct vipin_context *ctx;

	list_for_each_entry(ctx, &node->contexts, list) {
		if (vipin_has_buffers(&ctx->output.vb2))
			return true;
		if (vipin_has_buffers(&ctx->capture.vb2))
			return true;
	}
	return false;
}

static bool vipin_context_is_streaming(struct vipin_context *ctx)
{
	return vb2_start_streaming_called(&ctx->output.vb2) &&
	       vb2_start_streaming_called(&ctx->capture.vb2);
}

/**
 * vipin_m2m_is_streaming() - check whether any open file of a node streams on both queues
 * @node:	a memory-to-memory node; its lock is held
 *
 * Return: true if one does.
 */
bool vipin_m2m_is_streaming(struct vipin_node *node)
{
	struct vipin_context *ctx;

	list_for_each_entry(ctx, &node->contexts, list)
		if (vipin_context_is_streaming(ctx))
			return true;
	return false;
}

/**
 * vipin_m2m_error() - end the streams of all open files with an error
 * @node:	a memory-to-memory node; its lock is held
 *
 * A file that does not stream on both queues is left alone.
 */
void vipin_m2m_error(struct vipin_node *node)
{
	struct vipin_context *ctx;

	list_for_each_entry(ctx, &node->contexts, list) {
		if (!vipin_context_is_streaming(ctx))
			continue;
		vb2_queue_error(&ctx->output.vb2);
		vb2_queue_error(&ctx->capture.vb2);
	}
}

/**
 * vipin_m2m_kick() - start jobs if both queues of a file have a buffer
 * @file:	open file of a memory-to-memory node
 */
void vipin_m2m_kick(struct file *file)
{
	struct vipin_context *ctx = vipin_context_of(file);

	queue_work(ctx->node->jobs, &ctx->work);
}

/* Take the oldest buffer of each queue, unless its QBUF has not returned yet. */
static bool vipin_job_begin(struct vipin_context *ctx, struct vipin_buffer **src,
			    struct vipin_buffer **dst)
{
	struct vb2_buffer *queueing;
	bool ready;

	spin_lock(&ctx->node->buffers_lock);
	queueing = READ_ONCE(ctx->node->queueing);
	*src = list_first_entry_or_null(&ctx->output.buffers, struct vipin_buffer, list);
	*dst = list_first_entry_or_null(&ctx->capture.buffers, struct vipin_buffer, list);
	ready = *src && *dst && &(*src)->vb.vb2_buf != queueing &&
		&(*dst)->vb.vb2_buf != queueing;
	if (ready) {
		list_del(&(*src)->list);
		list_del(&(*dst)->list);
	}
	spin_unlock(&ctx->node->buffers_lock);
	return ready;
}

/* Copy one plane, as much as the program has filled. */
static int vipin_copy_plane(struct vipin_node *node, struct vb2_v4l2_buffer *src,
			    struct vb2_v4l2_buffer *dst, unsigned int plane, u32 size)
{
	u32 length = min(vipin_payload(src, plane), size);
	u32 done, n;
	int err;

	for (done = 0; done < length; done += n) {
		n = min_t(u32, length - done, VIPIN_M2M_FIFO);
		err = vipin_plane_transfer(node, src, plane, done, node->frame, n) ?:
		      vipin_plane_transfer(node, dst, plane, done, node->frame, n);
		if (err)
			return err;
	}
	vb2_set_plane_payload(&dst->vb2_buf, plane, length);
	return 0;
}

/* Copy what v4l2_m2m_buf_copy_metadata() copies. */
static void vipin_copy_metadata(const struct vb2_v4l2_buffer *src,
				struct vb2_v4l2_buffer *dst)
{
	const u32 mask = V4L2_BUF_FLAG_TIMECODE | V4L2_BUF_FLAG_TSTAMP_SRC_MASK;

	dst->vb2_buf.timestamp = src->vb2_buf.timestamp;
	dst->vb2_buf.copied_timestamp = 1;
	dst->timecode = src->timecode;
	dst->field = src->field;
	dst->flags = (dst->flags & ~mask) | (src->flags & mask);
}

static void vipin_job(struct vipin_context *ctx, struct vb2_v4l2_buffer *src,
		      struct vb2_v4l2_buffer *dst)
{
	unsigned int sizes[VIPIN_MAX_PLANES];
	unsigned int planes = vipin_plane_sizes(&ctx->pix, sizes);
	enum vb2_buffer_state state;
	unsigned int i;
	int err = 0;

	src->sequence = ctx->output.sequence++;
	dst->sequence = ctx->capture.sequence++;
	vipin_copy_metadata(src, dst);
	for (i = 0; i < planes && !err; i++)
		err = vipin_copy_plane(ctx->node, src, dst, i, sizes[i]);
	if (vipin_injects(&ctx->node->inject, VIPIN_INJECT_ERROR_FLAG))
		err = -EIO;
	if (!err)
		atomic64_inc(&ctx->node->frames);
	state = err ? VB2_BUF_STATE_ERROR : VB2_BUF_STATE_DONE;
	vb2_buffer_done(&src->vb2_buf, state);
	vb2_buffer_done(&dst->vb2_buf, state);
}

/* Run one job. Let other contexts run theirs before the next one. */
static void vipin_m2m_work(struct work_struct *work)
{
	struct vipin_context *ctx = container_of(work, struct vipin_context, work);
	struct vipin_buffer *src, *dst;

	if (!vipin_job_begin(ctx, &src, &dst))
		return;
	vipin_job(ctx, &src->vb, &dst->vb);
	queue_work(ctx->node->jobs, &ctx->work);
}

static void vipin_m2m_buf_queue(struct vb2_buffer *vb)
{
	struct vipin_m2m_queue *q = to_m2m_queue(vb->vb2_queue);
	struct vipin_node *node = q->context->node;

	spin_lock(&node->buffers_lock);
	list_add_tail(&to_vipin_buffer(vb)->list, &q->buffers);
	spin_unlock(&node->buffers_lock);
	queue_work(node->jobs, &q->context->work);
}

/* On return, no buffer of the context is being written or read. */
static void vipin_m2m_stop_streaming(struct vb2_queue *q)
{
	struct vipin_m2m_queue *queue = to_m2m_queue(q);
	struct vipin_context *ctx = queue->context;

	vipin_return_buffers(ctx->node, &queue->buffers, VB2_BUF_STATE_ERROR);
	cancel_work_sync(&ctx->work);
	/* Not in start_streaming: vb2 calls that after buf_queue, so a job may have begun. */
	queue->sequence = 0;
}

static const struct vb2_ops vipin_m2m_vb2_ops = {
	.queue_setup		= vipin_queue_setup,
	.buf_out_validate	= vipin_buf_out_validate,
	.buf_prepare		= vipin_buf_prepare,
	.buf_queue		= vipin_m2m_buf_queue,
	.stop_streaming		= vipin_m2m_stop_streaming,
	VIPIN_WAIT_OPS
};

static int vipin_m2m_queue_init(struct vipin_context *ctx, struct vipin_m2m_queue *queue,
				bool output)
{
	queue->context = ctx;
	INIT_LIST_HEAD(&queue->buffers);
	queue->vb2.ops = &vipin_m2m_vb2_ops;
	queue->vb2.timestamp_flags = V4L2_BUF_FLAG_TIMESTAMP_COPY;
	return vipin_vb2_queue_init(&queue->vb2, ctx->node, output);
}

static int vipin_m2m_open(struct file *file)
{
	struct vipin_node *node = video_drvdata(file);
	struct vipin_context *ctx = kzalloc_obj(*ctx);
	int err;

	if (!ctx)
		return -ENOMEM;
	ctx->node = node;
	INIT_WORK(&ctx->work, vipin_m2m_work);
	ctx->pix = node->pix;
	err = vipin_m2m_queue_init(ctx, &ctx->output, true) ?:
	      vipin_m2m_queue_init(ctx, &ctx->capture, false) ?:
	      (mutex_lock_interruptible(&node->lock) ? -ERESTARTSYS : 0);
	if (err) {
		kfree(ctx);
		return err;
	}
	list_add(&ctx->list, &node->contexts);
	mutex_unlock(&node->lock);
	v4l2_fh_init(&ctx->fh, &node->vdev);
	vipin_fh_add(&ctx->fh, file);
	return 0;
}

static void vipin_context_stop(struct vipin_context *ctx)
{
	vb2_queue_release(&ctx->output.vb2);
	vb2_queue_release(&ctx->capture.vb2);
	/* QBUF starts the work even if nothing streams. */
	cancel_work_sync(&ctx->work);
	list_del_init(&ctx->list);
}

static int vipin_m2m_release(struct file *file)
{
	struct vipin_context *ctx = vipin_context_of(file);
	struct vipin_node *node = ctx->node;

	mutex_lock(&node->lock);
	if (!list_empty(&ctx->list))
		vipin_context_stop(ctx);
	vipin_ctrls_update(node);
	mutex_unlock(&node->lock);
	vipin_fh_del(&ctx->fh, file);
	v4l2_fh_exit(&ctx->fh);
	kfree(ctx);
	return 0;
}

static bool vipin_m2m_works(struct vb2_queue *q)
{
	return vb2_is_streaming(q) && !q->error;
}

/* A queue that does not stream is an error only if the other one does not, either. */
static __poll_t vipin_m2m_poll(struct file *file, poll_table *wait)
{
	struct vipin_context *ctx = vipin_context_of(file);
	__poll_t events;

	if (mutex_lock_interruptible(&ctx->node->lock))
		return EPOLLERR;
	events = vb2_poll(&ctx->output.vb2, file, wait) | vb2_poll(&ctx->capture.vb2, file, wait);
	if (vipin_m2m_works(&ctx->output.vb2) || vipin_m2m_works(&ctx->capture.vb2))
		events &= ~EPOLLERR;
	mutex_unlock(&ctx->node->lock);
	return events;
}

static int vipin_m2m_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct vipin_context *ctx = vipin_context_of(file);

	if (vma->vm_pgoff < PFN_DOWN(VIPIN_M2M_CAPTURE_OFFSET))
		return vb2_mmap(&ctx->output.vb2, vma);
	vma->vm_pgoff -= PFN_DOWN(VIPIN_M2M_CAPTURE_OFFSET);
	return vb2_mmap(&ctx->capture.vb2, vma);
}

/**
 * vipin_m2m_init() - set up what all contexts of a node share
 * @node:	the node; its vdev has a name
 *
 * Return: 0, or -ENOMEM. The caller must call vipin_m2m_free() in both cases.
 */
int vipin_m2m_init(struct vipin_node *node)
{
	node->vdev.fops = &vipin_m2m_fops;
	node->vdev.ioctl_ops = &vipin_m2m_ioctl_ops;
	node->jobs = alloc_ordered_workqueue("%s", WQ_FREEZABLE, node->vdev.name);
	node->frame = kmalloc(VIPIN_M2M_FIFO, GFP_KERNEL);
	return node->jobs && node->frame ? 0 : -ENOMEM;
}

/**
 * vipin_m2m_unregister() - unregister a node, and release the buffers of all open files
 * @node:	the node; it may never have been registered
 */
void vipin_m2m_unregister(struct vipin_node *node)
{
	struct vipin_context *ctx, *next;

	video_unregister_device(&node->vdev);
	mutex_lock(&node->lock);
	list_for_each_entry_safe(ctx, next, &node->contexts, list)
		vipin_context_stop(ctx);
	mutex_unlock(&node->lock);
}

/**
 * vipin_m2m_free() - free what vipin_m2m_init() has set up
 * @node:	the node; it is closed
 */
void vipin_m2m_free(struct vipin_node *node)
{
	if (node->jobs)
		destroy_workqueue(node->jobs);
	kfree(node->frame);
}

const struct v4l2_file_operations vipin_m2m_fops = {
	.owner		= THIS_MODULE,
	.open		= vipin_m2m_open,
	.release	= vipin_m2m_release,
	.poll		= vipin_m2m_poll,
	.unlocked_ioctl	= video_ioctl2,
	.mmap		= vipin_m2m_mmap,
};
