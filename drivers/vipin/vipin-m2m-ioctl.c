// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-m2m-ioctl.c - the V4L2 ioctls of the memory-to-memory node: each one finds the queue
 * of the buffer type, and calls vb2
 */

#include <media/v4l2-event.h>
#include <media/v4l2-ioctl.h>

#include "vipin-compat.h"
#include "vipin.h"

/* Make the mmap() offsets of the two queues differ. */
static void vipin_m2m_shift_offsets(const struct vb2_queue *q, struct v4l2_buffer *b)
{
	unsigned int i;

	if (b->memory != V4L2_MEMORY_MMAP || V4L2_TYPE_IS_OUTPUT(q->type))
		return;
	if (!V4L2_TYPE_IS_MULTIPLANAR(q->type)) {
		b->m.offset += VIPIN_M2M_CAPTURE_OFFSET;
		return;
	}
	for (i = 0; i < b->length; i++)
		b->m.planes[i].m.mem_offset += VIPIN_M2M_CAPTURE_OFFSET;
}

static int vipin_m2m_reqbufs(struct file *file, void *fh, struct v4l2_requestbuffers *req)
{
	struct vb2_queue *q = vipin_m2m_queue(file, req->type);
	int err = q ? vb2_reqbufs(q, req) : -EINVAL;

	vipin_ctrls_update(video_drvdata(file));
	return err;
}

static int vipin_m2m_create_bufs(struct file *file, void *fh,
				 struct v4l2_create_buffers *create)
{
	struct vb2_queue *q = vipin_m2m_queue(file, create->format.type);
	int err = q ? vb2_create_bufs(q, create) : -EINVAL;

	vipin_ctrls_update(video_drvdata(file));
	return err;
}

static int vipin_m2m_querybuf(struct file *file, void *fh, struct v4l2_buffer *b)
{
	struct vb2_queue *q = vipin_m2m_queue(file, b->type);
	int err = q ? vb2_querybuf(q, b) : -EINVAL;

	if (!err)
		vipin_m2m_shift_offsets(q, b);
	return err;
}

static int vipin_m2m_qbuf(struct file *file, void *fh, struct v4l2_buffer *b)
{
	int err = vipin_qbuf(file, fh, b);

	vipin_m2m_kick(file);
	if (!err)
		vipin_m2m_shift_offsets(vipin_m2m_queue(file, b->type), b);
	return err;
}

static int vipin_m2m_prepare_buf(struct file *file, void *fh, struct v4l2_buffer *b)
{
	int err = vipin_prepare_buf(file, fh, b);

	if (!err)
		vipin_m2m_shift_offsets(vipin_m2m_queue(file, b->type), b);
	return err;
}

static int vipin_m2m_dqbuf(struct file *file, void *fh, struct v4l2_buffer *b)
{
	struct vb2_queue *q = vipin_m2m_queue(file, b->type);
	int err = q ? vb2_dqbuf(q, b, file->f_flags & O_NONBLOCK) : -EINVAL;

	if (!err)
		vipin_m2m_shift_offsets(q, b);
	return vipin_result(video_drvdata(file), err);
}

static int vipin_m2m_expbuf(struct file *file, void *fh, struct v4l2_exportbuffer *export)
{
	struct vb2_queue *q = vipin_m2m_queue(file, export->type);

	return q ? vb2_expbuf(q, export) : -EINVAL;
}

static int vipin_m2m_streamon(struct file *file, void *fh, enum v4l2_buf_type type)
{
	struct vb2_queue *q = vipin_m2m_queue(file, type);
	struct vipin_node *node = video_drvdata(file);

	if (!q || vipin_injects(&node->inject, VIPIN_INJECT_STREAMON))
		return -EINVAL;
	return vb2_streamon(q, type);
}

static int vipin_m2m_streamoff(struct file *file, void *fh, enum v4l2_buf_type type)
{
	struct vb2_queue *q = vipin_m2m_queue(file, type);

	return q ? vb2_streamoff(q, type) : -EINVAL;
}

const struct v4l2_ioctl_ops vipin_m2m_ioctl_ops = {
	.vidioc_querycap		= vipin_querycap,
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
	.vidioc_enum_framesizes		= vipin_enum_framesizes,
	.vidioc_reqbufs			= vipin_m2m_reqbufs,
	.vidioc_create_bufs		= vipin_m2m_create_bufs,
	.vidioc_prepare_buf		= vipin_m2m_prepare_buf,
	.vidioc_querybuf		= vipin_m2m_querybuf,
	.vidioc_qbuf			= vipin_m2m_qbuf,
	.vidioc_dqbuf			= vipin_m2m_dqbuf,
	.vidioc_expbuf			= vipin_m2m_expbuf,
	.vidioc_streamon		= vipin_m2m_streamon,
	.vidioc_streamoff		= vipin_m2m_streamoff,
	.vidioc_log_status		= vipin_log_status,
	.vidioc_subscribe_event		= v4l2_ctrl_subscribe_event,
	.vidioc_unsubscribe_event	= v4l2_event_unsubscribe,
};
