// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-loop.c - pass the frames of an output node on to capture nodes
 *
 * The capture node is that of the same device, with the setting loopback, or of other devices, with
 * the attribute loopback_from of configfs. A frame passes through the DMA engine twice: from the
 * memory of one program, and to the memory of another one. Between them it is in &vipin_loop.frame.
 * The output node alone sets the format.
 */

#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "vipin-compat.h"
#include "vipin.h"

static LIST_HEAD(vipin_loops);
static DEFINE_MUTEX(vipin_loops_lock);

static struct vipin_loop *vipin_loop_make(const char *name)
{
	struct vipin_loop *loop = kzalloc_obj(*loop);

	if (!loop)
		return NULL;
	kref_init(&loop->refs);
	strscpy(loop->name, name, sizeof(loop->name));
	mutex_init(&loop->lock);
	INIT_LIST_HEAD(&loop->sinks);
	vipin_interval_adjust(&loop->interval);
	list_add(&loop->named, &vipin_loops);
	return loop;
}

/*
 * Find the loop of the device with a name, or make it. Either end may come first, and may be
 * replaced: the loop stays as long as one of them is there.
 */
static struct vipin_loop *vipin_loop_get(const char *name)
{
	struct vipin_loop *loop;

	mutex_lock(&vipin_loops_lock);
	list_for_each_entry(loop, &vipin_loops, named) {
		if (name[0] && !strcmp(loop->name, name)) {
			kref_get(&loop->refs);
			goto out;
		}
	}
	loop = vipin_loop_make(name);
out:
	mutex_unlock(&vipin_loops_lock);
	return loop;
}

static void vipin_loop_release(struct kref *refs)
{
	struct vipin_loop *loop = container_of(refs, struct vipin_loop, refs);

	list_del(&loop->named);
	mutex_unlock(&vipin_loops_lock);
	mutex_destroy(&loop->lock);
	vfree(loop->frame);
	kfree(loop);
}

static void vipin_loop_put(struct vipin_loop *loop)
{
	kref_put_mutex(&loop->refs, vipin_loop_release, &vipin_loops_lock);
}

static int vipin_loop_add_sink(struct vipin_node *node, const char *name)
{
	struct vipin_loop *loop = vipin_loop_get(name);

	if (!loop)
		return -ENOMEM;
	node->loop = loop;
	mutex_lock(&loop->lock);
	node->loop_taken = loop->number;
	list_add_tail(&node->loop_sinks, &loop->sinks);
	mutex_unlock(&loop->lock);
	return 0;
}

/**
 * vipin_loop_connect() - connect the nodes with the loops of a device's configuration
 * @vipin:	the device; its nodes are not initialized, but their locks are
 *
 * Return: 0, or -ENOMEM.
 */
int vipin_loop_connect(struct vipin_dev *vipin)
{
	const struct vipin_config *config = &vipin->config;
	int err;

	if (config->loopback_from[0])
		return vipin_loop_add_sink(vipin->capture, config->loopback_from);
	if (!config->loopback)
		return 0;
	err = vipin_loop_add_sink(vipin->capture, config->name);
	if (err)
		return err;
	kref_get(&vipin->capture->loop->refs);
	vipin->output->loop = vipin->capture->loop;
	return 0;
}

static bool vipin_loop_same_layout(const struct v4l2_pix_format *a,
				   const struct v4l2_pix_format *b)
{
	return a->pixelformat == b->pixelformat && a->width == b->width &&
	       a->height == b->height && a->bytesperline == b->bytesperline &&
	       a->sizeimage == b->sizeimage;
}

/* Free the memory of the frame. If one waits, it is lost. */
static void vipin_loop_empty(struct vipin_loop *loop)
{
	struct vipin_node *sink;

	vfree(loop->frame);
	loop->frame = NULL;
	list_for_each_entry(sink, &loop->sinks, loop_sinks)
		WRITE_ONCE(sink->loop_taken, loop->number);
}

static void vipin_loop_queue_event(struct vipin_loop *loop)
{
	struct vipin_node *sink;

	list_for_each_entry(sink, &loop->sinks, loop_sinks)
		vipin_event_source_change(sink, 0);
}

static void vipin_loop_remove_sink(struct vipin_node *node)
{
	mutex_lock(&node->loop->lock);
	list_del_init(&node->loop_sinks);
	mutex_unlock(&node->loop->lock);
}

/**
 * vipin_loop_leave() - neither give frames to a loop any more, nor take them
 * @vipin:	the device; its nodes are unregistered, and it is still bound
 *
 * As long as it is bound, no other device sends frames to this loop.
 */
void vipin_loop_leave(struct vipin_dev *vipin)
{
	struct vipin_loop *loop = vipin->output->loop;

	if (vipin->capture->loop)
		vipin_loop_remove_sink(vipin->capture);
	if (!loop)
		return;
	mutex_lock(&loop->lock);
	vipin_loop_empty(loop);
	mutex_unlock(&loop->lock);
}

/**
 * vipin_loop_disconnect() - disconnect the nodes, which no program can use any more
 * @vipin:	the device. By now, another one may send frames to the loop
 */
void vipin_loop_disconnect(struct vipin_dev *vipin)
{
	if (vipin->capture->loop) {
		vipin_loop_remove_sink(vipin->capture);
		vipin_loop_put(vipin->capture->loop);
	}
	if (vipin->output->loop)
		vipin_loop_put(vipin->output->loop);
}

/**
 * vipin_loop_set_format() - give the capture nodes the new format of the output node
 * @node:	the output node; its new format is set, and it has no buffers
 *
 * If the frames have another layout now, a frame that waits is lost, and programs that capture get
 * the event %V4L2_EVENT_SOURCE_CHANGE.
 */
void vipin_loop_set_format(struct vipin_node *node)
{
	struct vipin_loop *loop = node->loop;

	mutex_lock(&loop->lock);
	if (!vipin_loop_same_layout(&loop->pix, &node->pix)) {
		vipin_loop_empty(loop);
		vipin_loop_queue_event(loop);
	}
	loop->pix = node->pix;
	mutex_unlock(&loop->lock);
}

/**
 * vipin_loop_set_interval() - give the capture nodes the time per frame of the output node
 * @node:	the output node
 * @interval:	the time in seconds
 */
void vipin_loop_set_interval(struct vipin_node *node, const struct v4l2_fract *interval)
{
	mutex_lock(&node->loop->lock);
	node->loop->interval = *interval;
	mutex_unlock(&node->loop->lock);
}

/**
 * vipin_loop_interval() - get the time per frame of the output node
 * @node:	a capture node
 *
 * Return: the time in seconds.
 */
struct v4l2_fract vipin_loop_interval(struct vipin_node *node)
{
	struct v4l2_fract interval;

	mutex_lock(&node->loop->lock);
	interval = node->loop->interval;
	mutex_unlock(&node->loop->lock);
	return interval;
}

/*
 * Can a capture node have the format of the output node? Not before the output node has one, and
 * not in another device without the multi-planar API, if the format needs that.
 */
static bool vipin_loop_fits(struct vipin_node *node, const struct v4l2_pix_format *pix)
{
	return vipin_format_by_fourcc(&vipin_offer_all, node->queue.type, pix->pixelformat);
}

/**
 * vipin_loop_pix() - get the only format that a capture node offers
 * @node:	the capture node; its lock is held
 *
 * Return: its own format while it has buffers, or if that of the output node does not fit; else
 * that of the output node.
 */
struct v4l2_pix_format vipin_loop_pix(struct vipin_node *node)
{
	struct v4l2_pix_format pix;

	if (vb2_is_busy(&node->queue))
		return node->pix;
	mutex_lock(&node->loop->lock);
	pix = node->loop->pix;
	mutex_unlock(&node->loop->lock);
	return vipin_loop_fits(node, &pix) ? pix : node->pix;
}

/**
 * vipin_loop_follow() - give a capture node the only format that it offers
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
 * A frame that was sent before may still wait for a capture node.
 *
 * Return: 0, or -ENOMEM.
 */
int vipin_loop_start(struct vipin_node *node)
{
	struct vipin_loop *loop = node->loop;
	int err;

	mutex_lock(&loop->lock);
	if (!loop->frame)
		loop->frame = vipin_frame_alloc(node);
	err = loop->frame ? 0 : -ENOMEM;
	mutex_unlock(&loop->lock);
	return err;
}

/**
 * vipin_loop_stop() - the output node no longer streams
 * @node:	the output node
 *
 * The last frame may still wait for a capture node.
 */
void vipin_loop_stop(struct vipin_node *node)
{
	struct vipin_node *sink;

	mutex_lock(&node->loop->lock);
	list_for_each_entry(sink, &node->loop->sinks, loop_sinks)
		vipin_event_eos(sink);
	mutex_unlock(&node->loop->lock);
}

/**
 * vipin_loop_send() - pass a frame on
 * @node:	the output node; &vipin_node.frame has the frame
 * @vb:		the buffer that the frame came from
 */
void vipin_loop_send(struct vipin_node *node, struct vb2_v4l2_buffer *vb)
{
	struct vipin_loop *loop = node->loop;
	unsigned int sizes[VIPIN_MAX_PLANES];
	unsigned int planes = vipin_plane_sizes(&node->pix, sizes);
	struct vipin_node *sink;
	unsigned int i;

	mutex_lock(&loop->lock);
	loop->length = 0;
	for (i = 0; i < planes; i++) {
		loop->lengths[i] = min(vipin_payload(vb, i), sizes[i]);
		loop->length += loop->lengths[i];
	}
	memcpy(loop->frame, node->frame, loop->length);
	loop->timestamp = vb->vb2_buf.timestamp;
	WRITE_ONCE(loop->number, loop->number + 1);
	list_for_each_entry(sink, &loop->sinks, loop_sinks)
		wake_up(&sink->wake);
	mutex_unlock(&loop->lock);
}

/**
 * vipin_loop_begin() - a capture node starts to stream: it gets no older frame
 * @node:	the capture node
 */
void vipin_loop_begin(struct vipin_node *node)
{
	struct vipin_loop *loop = node->loop;

	mutex_lock(&loop->lock);
	loop->streaming++;
	WRITE_ONCE(node->loop_taken, loop->number);
	mutex_unlock(&loop->lock);
}

/**
 * vipin_loop_end() - a capture node no longer streams
 * @node:	the capture node
 */
void vipin_loop_end(struct vipin_node *node)
{
	mutex_lock(&node->loop->lock);
	node->loop->streaming--;
	mutex_unlock(&node->loop->lock);
}

/**
 * vipin_loop_has_frame() - check whether a frame waits for a capture node
 * @node:	the capture node
 *
 * Return: true if one does. It may have another format than the node.
 */
bool vipin_loop_has_frame(const struct vipin_node *node)
{
	return READ_ONCE(node->loop->number) != READ_ONCE(node->loop_taken);
}

/* Move the frame that waits to &vipin_node.frame, or copy it if other capture nodes stream, too. */
static void vipin_loop_take_frame(struct vipin_node *node, struct vipin_loop *loop)
{
	if (loop->streaming == 1)
		swap(node->frame, loop->frame);
	else
		memcpy(node->frame, loop->frame, loop->length);
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
 * Get the frame out first: the output node does not wait for the buffer.
 *
 * Return: 0, the error of vipin_request_setup() or vipin_plane_transfer(), or -ENODATA if there is
 * no frame, if it has another format than the capture node, or if an injected error drops it.
 */
int vipin_loop_take(struct vipin_node *node, struct vb2_v4l2_buffer *vb, u32 *sequence)
{
	struct vipin_loop *loop = node->loop;
	u32 lengths[VIPIN_MAX_PLANES];
	u64 timestamp = 0;
	bool takes;
	u32 lost;

	mutex_lock(&loop->lock);
	lost = loop->number - node->loop_taken;
	takes = lost && vipin_loop_same_layout(&loop->pix, &node->pix) &&
		!vipin_inject_drop(&node->inject);
	if (takes) {
		lost--;
		memcpy(lengths, loop->lengths, sizeof(lengths));
		vipin_loop_take_frame(node, loop);
		timestamp = loop->timestamp;
	}
	WRITE_ONCE(node->loop_taken, loop->number);
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
	vipin_event_frame_sync(node, vb->sequence);
	return vipin_request_setup(&vb->vb2_buf) ?: vipin_loop_write(node, vb, lengths);
}
