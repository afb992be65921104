// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-ioctl.c - the V4L2 ioctls of the capture and the output node. The metadata node has those
 * for buffers, and the memory-to-memory node shares those that vipin.h declares
 */

#include <media/v4l2-event.h>
#include <media/v4l2-ioctl.h>

#include "vipin-compat.h"
#include "vipin.h"

/* Number of buffers that vb2 uses for read() and write(). */
#define VIPIN_FILE_BUFFERS	2

int vipin_querycap(struct file *file, void *fh, struct v4l2_capability *cap)
{
	struct vipin_node *node = video_drvdata(file);

	strscpy(cap->driver, KBUILD_MODNAME, sizeof(cap->driver));
	strscpy(cap->card, node->parent->config.name[0] ? node->parent->config.name :
							  KBUILD_MODNAME,
		sizeof(cap->card));
	strscpy(cap->bus_info, node->parent->mdev.bus_info, sizeof(cap->bus_info));
	return 0;
}

static int vipin_enum_output(struct file *file, void *fh, struct v4l2_output *output)
{
	if (output->index)
		return -EINVAL;
	strscpy(output->name, VIPIN_OUTPUT_NAME, sizeof(output->name));
	output->type = V4L2_OUTPUT_TYPE_ANALOG;
	return 0;
}

static int vipin_g_output(struct file *file, void *fh, unsigned int *index)
{
	*index = 0;
	return 0;
}

static int vipin_s_output(struct file *file, void *fh, unsigned int index)
{
	return index ? -EINVAL : 0;
}

/* Find the queue of a buffer type. Return NULL if the node does not support the type. */
static struct vb2_queue *vipin_queue(struct file *file, u32 type)
{
	struct vipin_node *node = video_drvdata(file);

	if (vipin_is_m2m(node))
		return vipin_m2m_queue(file, type);
	return type == node->queue.type ? &node->queue : NULL;
}

/**
 * vipin_type() - get a buffer type of the API that a node has
 * @node:	the node; its queue is set up
 *
 * All queues of a node have the same formats.
 *
 * Return: an &enum v4l2_buf_type.
 */
u32 vipin_type(const struct vipin_node *node)
{
	if (!vipin_is_m2m(node))
		return node->queue.type;
	return vipin_is_multiplanar(node) ? V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE :
					    V4L2_BUF_TYPE_VIDEO_CAPTURE;
}

int vipin_enum_fmt(struct file *file, void *fh, struct v4l2_fmtdesc *desc)
{
	struct vipin_node *node = video_drvdata(file);
	const struct vipin_format *format;
	struct vipin_offer offer;

	if (!vipin_queue(file, desc->type))
		return -EINVAL;
	offer = vipin_offer(node);
	format = vipin_format_by_index(&offer, desc->type, desc->index);
	if (!format)
		return -EINVAL;
	desc->pixelformat = format->fourcc;
	return 0;
}

int vipin_g_fmt(struct file *file, void *fh, struct v4l2_format *f)
{
	struct vb2_queue *q = vipin_queue(file, f->type);

	if (!q)
		return -EINVAL;
	vipin_loop_follow(video_drvdata(file));
	vipin_pix_to_format(vipin_pix(q), f);
	return 0;
}

static void vipin_fmt_adjust(struct vb2_queue *q, struct v4l2_format *f,
			     struct v4l2_pix_format *pix)
{
	struct vipin_node *node = vb2_get_drv_priv(q);
	const struct vipin_offer offer = vipin_offer(node);

	vipin_pix_from_format(pix, f);
	vipin_format_forget_lines(pix, vipin_pix(q), f->type, &offer);
	if (vipin_is_loop_sink(node))
		*pix = vipin_loop_pix(node);
	else if (vipin_is_m2m(node))
		vipin_m2m_adjust(q, pix, &offer);
	else
		vipin_input_adjust(node, pix);
	vipin_pix_to_format(pix, f);
}

int vipin_try_fmt(struct file *file, void *fh, struct v4l2_format *f)
{
	struct vb2_queue *q = vipin_queue(file, f->type);
	struct v4l2_pix_format pix;

	if (!q)
		return -EINVAL;
	vipin_fmt_adjust(q, f, &pix);
	return 0;
}

int vipin_s_fmt(struct file *file, void *fh, struct v4l2_format *f)
{
	struct vb2_queue *q = vipin_queue(file, f->type);
	struct vipin_node *node = video_drvdata(file);
	struct v4l2_pix_format pix;

	if (!q)
		return -EINVAL;
	if (vb2_is_busy(q))
		return -EBUSY;
	vipin_fmt_adjust(q, f, &pix);
	*vipin_pix(q) = pix;
	if (!vipin_is_m2m(node)) {
		vipin_select_all(node);
		/* A webcam has other times per frame in another size. */
		vipin_interval_set(node, vipin_interval(node));
	}
	if (vipin_is_loop_source(node))
		vipin_loop_set_format(node);
	return 0;
}

int vipin_enum_framesizes(struct file *file, void *fh, struct v4l2_frmsizeenum *size)
{
	struct vipin_node *node = video_drvdata(file);
	const struct vipin_offer offer = vipin_offer(node);
	const struct vipin_format *format =
		vipin_format_by_fourcc(&offer, vipin_type(node), size->pixel_format);

	if (!format)
		return -EINVAL;
	return node->kind->enum_size(vipin_size_limit(format, offer.max), size);
}

static int vipin_enum_frameintervals(struct file *file, void *fh,
				     struct v4l2_frmivalenum *ival)
{
	struct vipin_node *node = video_drvdata(file);
	const struct vipin_offer offer = vipin_offer(node);
	const struct vipin_format *format =
		vipin_format_by_fourcc(&offer, vipin_type(node), ival->pixel_format);

	if (!format)
		return -EINVAL;
	return node->kind->enum_interval(node, vipin_size_limit(format, offer.max), ival);
}

static int vipin_g_parm(struct file *file, void *fh, struct v4l2_streamparm *parm)
{
	struct vipin_node *node = video_drvdata(file);

	if (parm->type != node->queue.type)
		return -EINVAL;
	if (vipin_is_output(node)) {
		parm->parm.output.capability = V4L2_CAP_TIMEPERFRAME;
		parm->parm.output.timeperframe = vipin_interval(node);
		parm->parm.output.writebuffers = VIPIN_FILE_BUFFERS;
	} else {
		parm->parm.capture.capability = V4L2_CAP_TIMEPERFRAME;
		parm->parm.capture.timeperframe = vipin_interval(node);
		parm->parm.capture.readbuffers = VIPIN_FILE_BUFFERS;
	}
	return 0;
}

static int vipin_s_parm(struct file *file, void *fh, struct v4l2_streamparm *parm)
{
	struct vipin_node *node = video_drvdata(file);

	if (parm->type != node->queue.type)
		return -EINVAL;
	vipin_interval_set(node, vipin_is_output(node) ? parm->parm.output.timeperframe :
							 parm->parm.capture.timeperframe);
	return vipin_g_parm(file, fh, parm);
}

/* The next three ioctls may allocate or free buffers, so they update the controls. */
static int vipin_reqbufs(struct file *file, void *fh, struct v4l2_requestbuffers *req)
{
	int err = vb2_ioctl_reqbufs(file, fh, req);

	vipin_ctrls_update(video_drvdata(file));
	return err;
}

static int vipin_create_bufs(struct file *file, void *fh,
			     struct v4l2_create_buffers *create)
{
	int err = vb2_ioctl_create_bufs(file, fh, create);

	vipin_ctrls_update(video_drvdata(file));
	return err;
}

static int __maybe_unused vipin_remove_bufs(struct file *file, void *fh,
					    struct v4l2_remove_buffers *remove)
{
	int err = vb2_ioctl_remove_bufs(file, fh, remove);

	vipin_ctrls_update(video_drvdata(file));
	return err;
}

int vipin_qbuf(struct file *file, void *fh, struct v4l2_buffer *b)
{
	struct vipin_node *node = video_drvdata(file);
	struct vb2_queue *q = vipin_queue(file, b->type);
	int err;

	if (!q)
		return -EINVAL;
	/*
	 * Keep the frame thread or a job from this buffer until QBUF returns. Otherwise QBUF could
	 * return a buffer that is already done, which programs do not expect, because
	 * hardware is not that fast.
	 */
	WRITE_ONCE(node->queueing, vb2_get_buffer(q, b->index));
	err = vipin_hand_over(file, fh, q, b, false);
	WRITE_ONCE(node->queueing, NULL);
	wake_up(&node->wake);
	return err;
}

int vipin_prepare_buf(struct file *file, void *fh, struct v4l2_buffer *b)
{
	struct vb2_queue *q = vipin_queue(file, b->type);

	return q ? vipin_hand_over(file, fh, q, b, true) : -EINVAL;
}

static int vipin_dqbuf(struct file *file, void *fh, struct v4l2_buffer *b)
{
	return vipin_result(video_drvdata(file), vb2_ioctl_dqbuf(file, fh, b));
}

int vipin_log_status(struct file *file, void *fh)
{
	struct vipin_node *node = video_drvdata(file);

	v4l2_info(&node->parent->v4l2_dev,
		  "frames: %lld, dropped because no buffer was queued: %lld, DMA faults: %lld\n",
		  atomic64_read(&node->frames), atomic64_read(&node->dropped),
		  atomic64_read(&node->faults));
	if (vipin_is_output(node))
		v4l2_info(&node->parent->v4l2_dev,
			  "checked by stamp and CRC: good: %lld, bad: %lld\n",
			  atomic64_read(&node->good), atomic64_read(&node->bad));
	vipin_inject_log(node);
	vipin_verdict_log(vipin_pin_node(node));
	v4l2_info(&node->parent->v4l2_dev, "pinned pages: %d\n",
		  atomic_read(&vipin_pin_node(node)->pinned_pages));
	return v4l2_ctrl_log_status(file, fh);
}

const struct v4l2_ioctl_ops vipin_ioctl_ops = {
	.vidioc_querycap		= vipin_querycap,
	.vidioc_enum_input		= vipin_enum_input,
	.vidioc_g_input			= vipin_g_input,
	.vidioc_s_input			= vipin_s_input,
	.vidioc_enum_output		= vipin_enum_output,
	.vidioc_g_output		= vipin_g_output,
	.vidioc_s_output		= vipin_s_output,
	.vidioc_enum_fmt_vid_cap	= vipin_enum_fmt,
	.vidioc_g_fmt_vid_cap		= vipin_g_fmt,
	.vidioc_try_fmt_vid_cap		= vipin_try_fmt,
	.vidioc_s_fmt_vid_cap		= vipin_s_fmt,
	.vidioc_g_fmt_vid_cap_mplane	= vipin_g_fmt,
	.vidioc_try_fmt_vid_cap_mplane	= vipin_try_fmt,
	.vidioc_s_fmt_vid_cap_mplane	= vipin_s_fmt,
	.vidioc_enum_fmt_vid_out	= vipin_enum_fmt,
	.vidioc_g_fmt_vid_out		= vipin_g_fmt,
	.vidioc_try_fmt_vid_out		= vipin_try_fmt,
	.vidioc_s_fmt_vid_out		= vipin_s_fmt,
	.vidioc_g_fmt_vid_out_mplane	= vipin_g_fmt,
	.vidioc_try_fmt_vid_out_mplane	= vipin_try_fmt,
	.vidioc_s_fmt_vid_out_mplane	= vipin_s_fmt,
	.vidioc_enum_fmt_meta_cap	= vipin_meta_enum_fmt,
	.vidioc_g_fmt_meta_cap		= vipin_meta_g_fmt,
	.vidioc_try_fmt_meta_cap	= vipin_meta_g_fmt,
	.vidioc_s_fmt_meta_cap		= vipin_meta_s_fmt,
	.vidioc_enum_framesizes		= vipin_enum_framesizes,
	.vidioc_enum_frameintervals	= vipin_enum_frameintervals,
	.vidioc_querystd		= vipin_g_std,
	.vidioc_g_std			= vipin_g_std,
	.vidioc_s_std			= vipin_s_std,
	.vidioc_query_dv_timings	= vipin_query_dv_timings,
	.vidioc_g_dv_timings		= vipin_g_dv_timings,
	.vidioc_s_dv_timings		= vipin_s_dv_timings,
	.vidioc_enum_dv_timings		= vipin_enum_dv_timings,
	.vidioc_dv_timings_cap		= vipin_dv_timings_cap,
	.vidioc_g_edid			= vipin_g_edid,
	.vidioc_s_edid			= vipin_s_edid,
	.vidioc_g_selection		= vipin_g_selection,
	.vidioc_s_selection		= vipin_s_selection,
	.vidioc_g_parm			= vipin_g_parm,
	.vidioc_s_parm			= vipin_s_parm,
	.vidioc_reqbufs			= vipin_reqbufs,
	.vidioc_create_bufs		= vipin_create_bufs,
	.vidioc_prepare_buf		= vipin_prepare_buf,
	.vidioc_querybuf		= vb2_ioctl_querybuf,
	.vidioc_qbuf			= vipin_qbuf,
	.vidioc_dqbuf			= vipin_dqbuf,
	.vidioc_expbuf			= vb2_ioctl_expbuf,
	VIPIN_REMOVE_BUFS(vipin_remove_bufs)
	.vidioc_streamon		= vb2_ioctl_streamon,
	.vidioc_streamoff		= vb2_ioctl_streamoff,
	.vidioc_log_status		= vipin_log_status,
	.vidioc_subscribe_event		= vipin_subscribe_event,
	.vidioc_unsubscribe_event	= v4l2_event_unsubscribe,
};

static void vipin_ioctls_disable(struct video_device *vdev, const unsigned int *ioctls,
				 unsigned int count)
{
	while (count--)
		v4l2_disable_ioctl(vdev, ioctls[count]);
}

/**
 * vipin_ioctls_init() - remove the ioctls that a node does not have
 * @node:	a capture, output or metadata node, before it is registered
 */
void vipin_ioctls_init(struct vipin_node *node)
{
	/* The V4L2 core can make the last three of the first two. */
	static const unsigned int selections[] = {
		VIDIOC_G_SELECTION, VIDIOC_S_SELECTION,
		VIDIOC_CROPCAP, VIDIOC_G_CROP, VIDIOC_S_CROP,
	};
	static const unsigned int timings[] = {
		VIDIOC_QUERY_DV_TIMINGS, VIDIOC_G_DV_TIMINGS, VIDIOC_S_DV_TIMINGS,
		VIDIOC_ENUM_DV_TIMINGS, VIDIOC_DV_TIMINGS_CAP, VIDIOC_G_EDID, VIDIOC_S_EDID,
	};
	static const unsigned int standards[] = {
		VIDIOC_QUERYSTD, VIDIOC_G_STD, VIDIOC_S_STD, VIDIOC_ENUMSTD,
	};
	static const unsigned int pictures[] = {
		VIDIOC_ENUMINPUT, VIDIOC_G_INPUT, VIDIOC_S_INPUT, VIDIOC_G_PARM, VIDIOC_S_PARM,
		VIDIOC_ENUM_FRAMESIZES, VIDIOC_ENUM_FRAMEINTERVALS,
	};
	struct video_device *vdev = &node->vdev;

	if (vipin_is_meta(node))
		vipin_ioctls_disable(vdev, pictures, ARRAY_SIZE(pictures));
	/* With loopback, all nodes have the same frames, so none can select a part. */
	if (vipin_is_meta(node) || node->loop)
		vipin_ioctls_disable(vdev, selections, ARRAY_SIZE(selections));
	/* ENOTTY says that no input has them; ENODATA, that the current one has none. */
	if (!vipin_has_hdmi(node))
		vipin_ioctls_disable(vdev, timings, ARRAY_SIZE(timings));
	if (!vipin_has_tv(node))
		vipin_ioctls_disable(vdev, standards, ARRAY_SIZE(standards));
}
