// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-frame.c - the frame clock, and what a frame is made of
 */

#include <linux/crc32.h>
#include <linux/freezer.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/vmalloc.h>

#include <media/videobuf2-dma-contig.h>

#include "vipin-compat.h"
#include "vipin.h"

/* As many frames late as a thread may be and still make up for it. */
#define VIPIN_MAX_BEHIND	16

/**
 * struct vipin_clock - when the frames of a stream are due
 * @start:	time of frame 0 in nanoseconds, CLOCK_MONOTONIC
 * @frame:	the next frame
 *
 * Frame n is due at @start + n * interval, so that no error adds up.
 */
struct vipin_clock {
	u64 start;
	u64 frame;
};

static u64 vipin_clock_due(const struct vipin_clock *clock,
			   const struct v4l2_fract *interval)
{
	return clock->start + mul_u64_u32_div(clock->frame * NSEC_PER_SEC,
					      interval->numerator,
					      interval->denominator);
}

/* The frame whose time it is at @now. */
static u64 vipin_clock_frame_at(const struct vipin_clock *clock, u64 now,
				const struct v4l2_fract *interval)
{
	return div_u64(mul_u64_u32_div(now - clock->start, interval->denominator,
				       interval->numerator), NSEC_PER_SEC);
}

/* The buffer that has waited longest, unless its QBUF is still under way. */
static struct vipin_buffer *vipin_first_buffer(struct vipin_dev *vipin)
{
	struct vipin_buffer *buf;

	lockdep_assert_held(&vipin->buffers_lock);
	buf = list_first_entry_or_null(&vipin->buffers, struct vipin_buffer, list);
	if (buf && &buf->vb.vb2_buf == READ_ONCE(vipin->queueing))
		return NULL;
	return buf;
}

static bool vipin_has_buffer(struct vipin_dev *vipin)
{
	bool has;

	spin_lock(&vipin->buffers_lock);
	has = vipin_first_buffer(vipin);
	spin_unlock(&vipin->buffers_lock);
	return has;
}

static struct vipin_buffer *vipin_next_buffer(struct vipin_dev *vipin)
{
	struct vipin_buffer *buf;

	spin_lock(&vipin->buffers_lock);
	buf = vipin_first_buffer(vipin);
	if (buf)
		list_del(&buf->list);
	spin_unlock(&vipin->buffers_lock);
	return buf;
}

static void vipin_paint(struct vipin_dev *vipin)
{
	mutex_lock(&vipin->tpg_lock);
	tpg_fillbuffer(&vipin->tpg, 0, 0, vipin->frame);
	tpg_update_mv_count(&vipin->tpg, true);
	mutex_unlock(&vipin->tpg_lock);
}

/* As zlib's crc32() and the Ethernet FCS have it: inverted before and after. */
static u32 vipin_crc(const void *data, size_t len)
{
	return ~crc32_le(~0, data, len);
}

static void vipin_stamp(struct vipin_dev *vipin, const struct vb2_v4l2_buffer *vb)
{
	struct vipin_stamp *stamp = (struct vipin_stamp *)vipin->frame;
	const size_t covered = offsetof(struct vipin_stamp, stamp_crc);
	u32 length = vipin->pix.sizeimage;

	*stamp = (struct vipin_stamp){
		.magic = cpu_to_le32(VIPIN_STAMP_MAGIC),
		.sequence = cpu_to_le32(vb->sequence),
		.length = cpu_to_le32(length),
		.crc = cpu_to_le32(vipin_crc(stamp + 1, length - sizeof(*stamp))),
		.timestamp = cpu_to_le64(vb->vb2_buf.timestamp),
		.device = cpu_to_le32(vipin->vdev.num),
	};
	stamp->stamp_crc = cpu_to_le32(vipin_crc(stamp, covered));
}

static void vipin_fill(struct vipin_dev *vipin, struct vipin_buffer *buf,
		       u32 sequence)
{
	struct vb2_buffer *vb = &buf->vb.vb2_buf;
	dma_addr_t addr = vb2_dma_contig_plane_dma_addr(vb, 0);
	int err;

	vb->timestamp = ktime_get_ns();
	buf->vb.sequence = sequence;
	buf->vb.field = V4L2_FIELD_NONE;

	vipin_paint(vipin);
	if (READ_ONCE(vipin->stamp))
		vipin_stamp(vipin, &buf->vb);

	if (xchg(&vipin->inject_fault, false))
		addr = DMA_MAPPING_ERROR;
	err = vipin_dma_write(vipin->dev, addr, vipin->frame, vipin->pix.sizeimage);
	if (err) {
		if (!vipin->faults++)
			v4l2_err(&vipin->v4l2_dev,
				 "DMA fault: frame %u of %u bytes to bus address %pad is lost\n",
				 sequence, vipin->pix.sizeimage, &addr);
		vb2_buffer_done(vb, VB2_BUF_STATE_ERROR);
		return;
	}
	vipin->frames++;
	vb2_buffer_done(vb, VB2_BUF_STATE_DONE);
}

static void vipin_frame_free_run(struct vipin_dev *vipin, u32 *sequence)
{
	struct vipin_buffer *buf;

	wait_event_freezable(vipin->wake,
			     kthread_should_stop() ||
			     !READ_ONCE(vipin->free_run) ||
			     vipin_has_buffer(vipin));
	buf = vipin_next_buffer(vipin);
	if (buf)
		vipin_fill(vipin, buf, (*sequence)++);
}

static void vipin_frame_clocked(struct vipin_dev *vipin, u32 *sequence,
				struct vipin_clock *clock)
{
	u64 due = vipin_clock_due(clock, &vipin->interval);
	u64 now = ktime_get_ns();
	struct vipin_buffer *buf;
	u64 behind;

	if (due > now) {
		wait_event_interruptible_hrtimeout(vipin->wake,
						   kthread_should_stop() ||
						   READ_ONCE(vipin->free_run),
						   ns_to_ktime(due - now));
		try_to_freeze();
		return;
	}

	/*
	 * Hardware goes on filling buffers while the CPU is busy elsewhere. So a
	 * thread that comes late makes up for it, unless it never could.
	 */
	behind = vipin_clock_frame_at(clock, now, &vipin->interval) - clock->frame;
	if (behind > VIPIN_MAX_BEHIND) {
		vipin->dropped += behind;
		*sequence += behind;
		clock->frame += behind;
	}

	buf = vipin_next_buffer(vipin);
	if (buf)
		vipin_fill(vipin, buf, *sequence);
	else
		vipin->dropped++;
	++*sequence;
	clock->frame++;
}

static int vipin_frame_thread(void *data)
{
	struct vipin_clock clock = { .start = ktime_get_ns() };
	struct vipin_dev *vipin = data;
	u32 sequence = 0;

	set_freezable();
	while (!kthread_should_stop()) {
		if (READ_ONCE(vipin->free_run)) {
			vipin_frame_free_run(vipin, &sequence);
			clock = (struct vipin_clock){ .start = ktime_get_ns() };
		} else {
			vipin_frame_clocked(vipin, &sequence, &clock);
		}
	}
	return 0;
}

static int vipin_painter_start(struct vipin_dev *vipin)
{
	const struct v4l2_pix_format *pix = &vipin->pix;
	struct tpg_data *tpg = &vipin->tpg;
	enum tpg_pattern pattern;
	int err;

	mutex_lock(&vipin->tpg_lock);
	pattern = tpg->pattern;
	tpg_init(tpg, pix->width, pix->height);
	err = tpg_alloc(tpg, pix->width);
	if (!err) {
		tpg_s_fourcc(tpg, pix->pixelformat);
		tpg_reset_source(tpg, pix->width, pix->height, pix->field);
		tpg_s_colorspace(tpg, pix->colorspace);
		tpg_s_xfer_func(tpg, pix->xfer_func);
		tpg_s_ycbcr_enc(tpg, pix->ycbcr_enc);
		tpg_s_quantization(tpg, pix->quantization);
		tpg_s_pattern(tpg, pattern);
		/* A picture that moves makes every frame's CRC another one. */
		tpg_s_mv_hor_mode(tpg, TPG_MOVE_POS);
	}
	mutex_unlock(&vipin->tpg_lock);
	return err;
}

static void vipin_painter_stop(struct vipin_dev *vipin)
{
	mutex_lock(&vipin->tpg_lock);
	tpg_free(&vipin->tpg);
	mutex_unlock(&vipin->tpg_lock);
}

/**
 * vipin_frame_start() - start making frames
 * @vipin:	the device; its format and interval stay as they are until
 *		vipin_frame_stop()
 *
 * Return: 0, -ENOMEM, or what kthread_run() returns: -EINTR when the task is
 * being killed.
 */
int vipin_frame_start(struct vipin_dev *vipin)
{
	int err;

	vipin->inject_fault = false;
	vipin->frame = vmalloc(vipin->pix.sizeimage);
	if (!vipin->frame)
		return -ENOMEM;

	err = vipin_painter_start(vipin);
	if (err)
		goto free_frame;

	vipin->thread = kthread_run(vipin_frame_thread, vipin, "%s-frames",
				    video_device_node_name(&vipin->vdev));
	if (IS_ERR(vipin->thread)) {
		err = PTR_ERR(vipin->thread);
		goto stop_painter;
	}
	return 0;

stop_painter:
	vipin_painter_stop(vipin);
free_frame:
	vfree(vipin->frame);
	return err;
}

/**
 * vipin_frame_stop() - stop making frames
 * @vipin:	the device
 *
 * On return no buffer is being written.
 */
void vipin_frame_stop(struct vipin_dev *vipin)
{
	kthread_stop(vipin->thread);
	vipin_painter_stop(vipin);
	vfree(vipin->frame);
}
