// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-frame.c - the frame thread: transfer one frame to or from a buffer whenever the
 * frame clock says that a frame is due, or whenever the output node has sent one (vipin-loop.c)
 */

#include <linux/dma-mapping.h>
#include <linux/freezer.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/vmalloc.h>

#include <media/videobuf2-dma-contig.h>

#include "vipin-compat.h"
#include "vipin.h"
#include "vipin-trace.h"

/* Return the oldest queued buffer, or NULL if its QBUF has not returned yet. */
static struct vipin_buffer *vipin_first_buffer(struct vipin_node *node)
{
	struct vipin_buffer *buf;

	lockdep_assert_held(&node->buffers_lock);
	buf = list_first_entry_or_null(&node->buffers, struct vipin_buffer, list);
	if (buf && &buf->vb.vb2_buf == READ_ONCE(node->queueing))
		return NULL;
	return buf;
}

/* The same without the lock. The frame thread alone removes buffers. */
static struct vipin_buffer *vipin_peek_buffer(struct vipin_node *node)
{
	struct vipin_buffer *buf;

	spin_lock(&node->buffers_lock);
	buf = vipin_first_buffer(node);
	spin_unlock(&node->buffers_lock);
	return buf;
}

static bool vipin_has_buffer(struct vipin_node *node)
{
	return vipin_peek_buffer(node);
}

static struct vipin_buffer *vipin_next_buffer(struct vipin_node *node)
{
	struct vipin_buffer *buf;

	spin_lock(&node->buffers_lock);
	buf = vipin_first_buffer(node);
	if (buf)
		list_del(&buf->list);
	spin_unlock(&node->buffers_lock);
	return buf;
}

static int vipin_access(struct vipin_node *node, const struct vb2_v4l2_buffer *vb,
			dma_addr_t addr, void *data, u32 len)
{
	if (vb->vb2_buf.vb2_queue->is_output)
		return vipin_dma_read(node->parent->dev, addr, data, len);
	return vipin_dma_write(node->parent->dev, addr, data, len);
}

/**
 * vipin_plane_transfer() - write to a plane of a capture buffer, or read from an output buffer
 * @node:	the node
 * @vb:		the buffer
 * @plane:	number of the plane
 * @offset:	first byte of the frame in the plane to transfer
 * @data:	what to write, or where to store what is read
 * @len:	its length in bytes
 *
 * Return: 0, or the error of vipin_dma_write() or vipin_dma_read(). It is counted.
 */
int vipin_plane_transfer(struct vipin_node *node, struct vb2_v4l2_buffer *vb,
			 unsigned int plane, u32 offset, void *data, u32 len)
{
	dma_addr_t addr = vb2_dma_contig_plane_dma_addr(&vb->vb2_buf, plane) +
			  vb->vb2_buf.planes[plane].data_offset + offset;
	u32 before = vipin_inject_bytes_before_fault(node, vb, plane, offset, len);
	int err;

	err = vipin_access(node, vb, addr, data, before);
	if (unlikely(before < len) && !err) {
		addr = DMA_MAPPING_ERROR;
		err = vipin_access(node, vb, addr, data + before, len - before);
	}
	if (err && atomic64_inc_return(&node->faults) == 1)
		v4l2_err(&node->parent->v4l2_dev,
			 "DMA fault: frame %u of %u bytes at bus address %pad is lost\n",
			 vb->sequence, vipin_pix(vb->vb2_buf.vb2_queue)->sizeimage, &addr);
	return err;
}

/* Write a part of the picture to the buffer: the bytes from @from to before @to. */
static int vipin_write_picture(struct vipin_node *node, struct vb2_v4l2_buffer *vb, u32 from,
			       u32 to)
{
	u32 end = min(to, node->selection.picture.sizeimage);

	if (from >= end)
		return 0;
	return vipin_picture_transfer(node, vb, from, node->frame + from, end - from);
}

/*
 * Write the picture to the buffer, and then the stamp over its start. If the frame is to be
 * torn, write the end of the last picture first.
 */
static int vipin_capture_frame(struct vipin_node *node, struct vb2_v4l2_buffer *vb)
{
	u32 torn = vipin_inject_torn(&node->inject);
	struct vipin_stamp stamp;
	int err = 0;

	if (unlikely(torn != U32_MAX))
		err = vipin_write_picture(node, vb, torn, U32_MAX);
	vipin_picture_next(node, vb->field);
	err = err ?: vipin_write_picture(node, vb, 0, torn);
	if (err || !READ_ONCE(node->stamp))
		return err;
	vipin_stamp_make(&stamp, node, vb, vipin_picture_crc(node));
	return vipin_picture_transfer(node, vb, 0, &stamp, sizeof(stamp));
}

/**
 * vipin_payload() - get the length of the frame in a plane of an output buffer
 * @vb:		the buffer
 * @plane:	number of the plane
 *
 * Return: the length in bytes. It may exceed the size of a frame.
 */
u32 vipin_payload(struct vb2_v4l2_buffer *vb, unsigned int plane)
{
	u32 end = vb2_get_plane_payload(&vb->vb2_buf, plane);

	return end - min(vb->vb2_buf.planes[plane].data_offset, end);
}

/*
 * Read what the program says that the frame has, one plane after the other, but nothing after the
 * byte @torn. Set the length of the frame.
 */
static int vipin_read_frame(struct vipin_node *node, struct vb2_v4l2_buffer *vb, u32 torn,
			    u32 *length)
{
	unsigned int sizes[VIPIN_MAX_PLANES];
	unsigned int planes = vipin_plane_sizes(&node->pix, sizes);
	unsigned int i;
	int err = 0;

	for (i = 0; i < planes && !err; i++) {
		u32 n = min(vipin_payload(vb, i), sizes[i]);

		err = vipin_plane_transfer(node, vb, i, 0, node->frame + *length,
					   min(n, torn - min(torn, *length)));
		*length += n;
	}
	return err;
}

/* Does the program say that a frame is complete? */
static bool vipin_is_complete(struct vipin_node *node, struct vb2_v4l2_buffer *vb)
{
	unsigned int sizes[VIPIN_MAX_PLANES];
	unsigned int planes = vipin_plane_sizes(&node->pix, sizes);
	unsigned int i;

	for (i = 0; i < planes; i++)
		if (vipin_payload(vb, i) < sizes[i])
			return false;
	return true;
}

/* Read the picture from its part of the frame. A frame that is not complete has none. */
static int vipin_read_picture(struct vipin_node *node, struct vb2_v4l2_buffer *vb, u32 torn,
			      u32 *length)
{
	if (!vipin_is_complete(node, vb))
		return 0;
	*length = node->selection.picture.sizeimage;
	return vipin_picture_transfer(node, vb, 0, node->frame, min(torn, *length));
}

/*
 * Read the frame from the buffer and check its stamp. A bad frame is not an error. If the
 * frame is to be torn, its end is that of the last frame, which is still in &vipin_node.frame.
 */
static int vipin_output_frame(struct vipin_node *node, struct vb2_v4l2_buffer *vb)
{
	u32 torn = vipin_inject_torn(&node->inject);
	const char *fault;
	u32 length = 0;
	int err;

	if (vipin_selects_all(node))
		err = vipin_read_frame(node, vb, torn, &length);
	else
		err = vipin_read_picture(node, vb, torn, &length);
	if (err)
		return err;

	fault = vipin_stamp_fault(node->frame, length);
	if (fault)
		atomic64_inc(&node->bad);
	else
		atomic64_inc(&node->good);
	trace_vipin_output_frame(video_device_node_name(&node->vdev), vb->sequence,
				 length, fault ?: "good");
	return 0;
}

/* Return a buffer to vb2 with its frame, or with @err. */
static void vipin_frame_done(struct vipin_node *node, struct vb2_buffer *vb, int err)
{
	bool lost = err || vipin_injects(&node->inject, VIPIN_INJECT_ERROR_FLAG);

	if (!lost)
		atomic64_inc(&node->frames);
	vipin_meta_put(node, to_vb2_v4l2_buffer(vb)->sequence, vb->timestamp);
	vipin_request_complete(vb);
	vb2_buffer_done(vb, lost ? VB2_BUF_STATE_ERROR : VB2_BUF_STATE_DONE);
}

/* Write a frame to a buffer, or read it from there. */
static int vipin_make(struct vipin_node *node, struct vb2_v4l2_buffer *vb)
{
	if (vipin_is_output(node))
		return vipin_output_frame(node, vb);
	return vipin_is_meta(node) ? vipin_meta_frame(node, vb) : vipin_capture_frame(node, vb);
}

/* Make a frame, or one of its two fields. @sequence counts the buffers. */
static void vipin_frame(struct vipin_node *node, struct vipin_buffer *buf,
			u32 sequence, u64 timestamp)
{
	struct vb2_buffer *vb = &buf->vb.vb2_buf;
	int err;

	vb->timestamp = timestamp + node->inject.time_offset;
	buf->vb.field = vipin_tv_field(node, sequence);
	buf->vb.sequence = sequence / vipin_buffers_per_frame(node);
	vipin_event_frame_sync(node, buf->vb.sequence);

	err = vipin_request_setup(vb) ?: vipin_make(node, &buf->vb);
	if (!err && vipin_is_loop_source(node))
		vipin_loop_send(node, &buf->vb);
	vipin_frame_done(node, vb, err);
}

static void vipin_frame_free_run(struct vipin_node *node, u32 *sequence)
{
	struct vipin_buffer *buf;

	wait_event_freezable(node->wake,
			     kthread_should_stop() ||
			     !READ_ONCE(node->free_run) ||
			     !vipin_input_is_live(node) ||
			     vipin_meta_follows(node) ||
			     vipin_has_buffer(node));
	/* The signal may have gone while this thread waited for a buffer. */
	buf = NULL;
	if (vipin_input_is_live(node) && !vipin_meta_follows(node))
		buf = vipin_next_buffer(node);
	if (buf)
		vipin_frame(node, buf, (*sequence)++, ktime_get_ns());
}

/* Return the time per buffer in seconds, for a node with a clock of its own. */
static struct v4l2_fract vipin_buffer_interval(struct vipin_node *node)
{
	struct v4l2_fract interval = vipin_interval(node);

	interval.denominator *= vipin_buffers_per_frame(node);
	return interval;
}

/* Has VIDIOC_S_PARM set another interval? */
static bool vipin_interval_changed(struct vipin_node *node,
				   const struct v4l2_fract *interval)
{
	const struct v4l2_fract now = vipin_buffer_interval(node);

	return now.numerator != interval->numerator || now.denominator != interval->denominator;
}

/* Apply the interval that VIDIOC_S_PARM has set. */
static void vipin_interval_follow(struct vipin_node *node, struct vipin_clock *clock,
				  struct v4l2_fract *interval)
{
	struct v4l2_fract last = *interval;

	if (!vipin_interval_changed(node, interval))
		return;
	*interval = vipin_buffer_interval(node);
	vipin_clock_change(clock, &last, interval, ktime_get_ns());
}

/* Use the due time as the timestamp, because hardware would capture the frame then. */
static void vipin_frame_clocked(struct vipin_node *node, u32 *sequence,
				struct vipin_clock *clock,
				struct v4l2_fract *interval)
{
	struct vipin_buffer *buf;
	u32 late = 0;
	u64 skipped;
	u64 due;
	u64 now;

	vipin_interval_follow(node, clock, interval);
	due = vipin_clock_due(clock, interval);
	now = ktime_get_ns();
	if (due > now) {
		wait_event_interruptible_hrtimeout(node->wake,
						   kthread_should_stop() ||
						   READ_ONCE(node->free_run) ||
						   vipin_meta_follows(node) ||
						   vipin_interval_changed(node, interval),
						   ns_to_ktime(due - now));
		return;
	}

	skipped = vipin_clock_skip(clock, now, interval);
	atomic64_add(skipped, &node->dropped);
	*sequence += skipped;

	buf = vipin_inject_drop(&node->inject) ? NULL : vipin_next_buffer(node);
	if (buf) {
		late = vipin_inject_late(node, clock, interval);
		vipin_frame(node, buf, *sequence, vipin_clock_due(clock, interval));
		atomic64_add(late, &node->dropped);
	} else {
		atomic64_inc(&node->dropped);
		/* Its metadata need no buffer of this node. */
		due = vipin_clock_due(clock, interval);
		vipin_meta_put(node, *sequence / vipin_buffers_per_frame(node),
			       due + node->inject.time_offset);
	}
	*sequence += 1 + late;
	clock->frame += 1 + late;
}

/* How many jiffies are left until @timeout milliseconds, if not 0, have passed since @last? */
static long vipin_frame_time_left(unsigned int timeout, unsigned long last)
{
	return timeout ? (long)(last + msecs_to_jiffies(timeout) - jiffies) : MAX_SCHEDULE_TIMEOUT;
}

static bool vipin_frame_wait_ends(const struct vipin_node *node, unsigned int timeout)
{
	return kthread_should_stop() || READ_ONCE(node->loop_timeout) != timeout;
}

/*
 * Wait for a frame from the output node and for a buffer. If @timeout milliseconds have passed
 * since the last frame, wait for a buffer only. Return false if there is nothing to do.
 */
static bool vipin_frame_wait_looped(struct vipin_node *node, unsigned int timeout,
				    unsigned long last)
{
	long left = vipin_frame_time_left(timeout, last);

	if (left > 0)
		wait_event_freezable_timeout(node->wake, vipin_frame_wait_ends(node, timeout) ||
					     (vipin_loop_has_frame(node) && vipin_has_buffer(node)),
					     left);
	else
		wait_event_freezable(node->wake, vipin_frame_wait_ends(node, timeout) ||
				     vipin_has_buffer(node));
	return !vipin_frame_wait_ends(node, timeout);
}

/*
 * Write the frame of the output node to the oldest buffer, or the test pattern if none came in
 * time. @last is when the last frame was written, in jiffies.
 */
static void vipin_frame_looped(struct vipin_node *node, u32 *sequence, unsigned long *last)
{
	unsigned int timeout = READ_ONCE(node->loop_timeout);
	struct vipin_buffer *buf;
	int err;

	if (!vipin_frame_wait_looped(node, timeout, *last))
		return;
	buf = vipin_peek_buffer(node);
	if (!buf)
		return;
	err = vipin_loop_take(node, &buf->vb, sequence);
	if (err == -ENODATA && vipin_frame_time_left(timeout, *last) > 0)
		return;
	spin_lock(&node->buffers_lock);
	list_del(&buf->list);
	spin_unlock(&node->buffers_lock);
	if (err == -ENODATA)
		vipin_frame(node, buf, (*sequence)++, ktime_get_ns());
	else
		vipin_frame_done(node, &buf->vb.vb2_buf, err);
	*last = jiffies;
}

/* Write the metadata of the newest captured frame to the oldest buffer. */
static void vipin_frame_following(struct vipin_node *node, u32 *sequence)
{
	struct vipin_buffer *buf;

	wait_event_freezable(node->wake, kthread_should_stop() || !vipin_meta_follows(node) ||
			     (vipin_meta_waits(node) && vipin_has_buffer(node)));
	buf = vipin_meta_waits(node) ? vipin_next_buffer(node) : NULL;
	if (!buf)
		return;
	vipin_frame_done(node, &buf->vb.vb2_buf, vipin_meta_take(node, &buf->vb));
	*sequence = buf->vb.sequence + 1;
}

static int vipin_frame_thread(void *data)
{
	struct vipin_node *node = data;
	struct v4l2_fract interval = { 1, 1 };
	u32 sequence = node->inject.sequence;
	unsigned long last = jiffies;
	struct vipin_clock clock;

	set_freezable();
	/* If QBUF has started the stream, frame 0 needs its buffer: wait until it returns. */
	wait_event_freezable(node->wake, kthread_should_stop() || vipin_has_buffer(node));
	/* Until here, a metadata node makes frames of its own. */
	vipin_meta_set_capture_streams(node, true);
	clock = (struct vipin_clock){ .start = ktime_get_ns() };
	while (!kthread_should_stop()) {
		if (!vipin_input_is_live(node)) {
			wait_event_freezable(node->wake, kthread_should_stop() ||
					     vipin_input_is_live(node));
			clock = (struct vipin_clock){ .start = ktime_get_ns() };
		} else if (vipin_is_loop_sink(node)) {
			vipin_frame_looped(node, &sequence, &last);
		} else if (vipin_meta_follows(node)) {
			vipin_frame_following(node, &sequence);
			clock = (struct vipin_clock){ .start = ktime_get_ns() };
		} else if (READ_ONCE(node->free_run)) {
			vipin_frame_free_run(node, &sequence);
			clock = (struct vipin_clock){ .start = ktime_get_ns() };
		} else {
			vipin_frame_clocked(node, &sequence, &clock, &interval);
		}
		/* If frames take longer than their interval, nothing above has slept. */
		cond_resched();
		try_to_freeze();
	}
	return 0;
}

/**
 * vipin_frame_alloc() - allocate memory for a frame
 * @node:	the node; its format is set
 *
 * The memory is zero, because the padding of lines is captured too. At the limit of the control
 * group, the allocation fails, without its OOM killer.
 *
 * Return: the memory, for vfree(), or NULL.
 */
u8 *vipin_frame_alloc(struct vipin_node *node)
{
	return __vmalloc(node->selection.picture.sizeimage,
			 GFP_KERNEL_ACCOUNT | __GFP_ZERO | __GFP_NOWARN | __GFP_RETRY_MAYFAIL);
}

/* Set up what only one kind of node needs while it streams. */
static int vipin_frame_prepare(struct vipin_node *node)
{
	int err;

	if (vipin_is_meta(node)) {
		vipin_meta_skip(node);
		return 0;
	}
	if (vipin_is_loop_source(node))
		return vipin_loop_start(node);
	if (vipin_is_output(node))
		return 0;
	err = vipin_picture_start(node);
	if (!err && vipin_is_loop_sink(node))
		vipin_loop_begin(node);
	return err;
}

static void vipin_frame_unprepare(struct vipin_node *node)
{
	if (node != node->parent->capture)
		return;
	vipin_picture_stop(node);
	if (vipin_is_loop_sink(node))
		vipin_loop_end(node);
}

/**
 * vipin_frame_start() - start the frame thread
 * @node:	the node; its format must not change until vipin_frame_stop()
 *
 * Return: 0, -ENOMEM, or the error of kthread_run(): -EINTR if the task is being killed.
 */
int vipin_frame_start(struct vipin_node *node)
{
	int err;

	vipin_inject_start(&node->inject);
	node->frame = vipin_frame_alloc(node);
	if (!node->frame)
		return -ENOMEM;
	err = vipin_frame_prepare(node);
	if (err)
		goto free_frame;

	node->thread = kthread_run(vipin_frame_thread, node, "%s-frames",
				   video_device_node_name(&node->vdev));
	if (IS_ERR(node->thread)) {
		err = PTR_ERR(node->thread);
		goto unprepare;
	}
	return 0;

unprepare:
	vipin_frame_unprepare(node);
free_frame:
	vfree(node->frame);
	return err;
}

/**
 * vipin_frame_stop() - stop the frame thread
 * @node:	the node
 *
 * On return, no buffer is being written or read.
 */
void vipin_frame_stop(struct vipin_node *node)
{
	kthread_stop(node->thread);
	vipin_meta_set_capture_streams(node, false);
	if (vipin_is_loop_source(node))
		vipin_loop_stop(node);
	vipin_frame_unprepare(node);
	vfree(node->frame);
}
