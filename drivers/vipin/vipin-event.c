// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-event.c - the events of a capture, output or metadata node
 */

#include <media/v4l2-event.h>

#include "vipin-compat.h"
#include "vipin.h"

/* At most this many events wait for a program; a newer one replaces the oldest. */
#define VIPIN_FRAME_SYNCS	8

static struct vipin_node *vipin_subscribed_node(const struct v4l2_subscribed_event *sev)
{
	return video_get_drvdata(sev->fh->vdev);
}

static int vipin_frame_sync_add(struct v4l2_subscribed_event *sev, unsigned int elems)
{
	atomic_inc(&vipin_subscribed_node(sev)->frame_syncs);
	return 0;
}

static void vipin_frame_sync_del(struct v4l2_subscribed_event *sev)
{
	atomic_dec(&vipin_subscribed_node(sev)->frame_syncs);
}

/* Count the subscriptions, so that a frame costs nothing while there is none. */
static const struct v4l2_subscribed_event_ops vipin_frame_sync_ops = {
	.add = vipin_frame_sync_add,
	.del = vipin_frame_sync_del,
};

/**
 * vipin_subscribe_event() - VIDIOC_SUBSCRIBE_EVENT of a capture, output or metadata node
 * @fh:		the file handle
 * @sub:	the event that the program asks for
 *
 * Return: 0, -ENOMEM, or -EINVAL if the node has no such event.
 */
int vipin_subscribe_event(struct v4l2_fh *fh, const struct v4l2_event_subscription *sub)
{
	struct vipin_node *node = video_get_drvdata(fh->vdev);

	if (sub->type == V4L2_EVENT_SOURCE_CHANGE &&
	    (vipin_is_loop_sink(node) || vipin_has_hdmi(node)))
		return v4l2_src_change_event_subscribe(fh, sub);
	if (sub->type == V4L2_EVENT_FRAME_SYNC && !sub->id && node == node->parent->capture)
		return v4l2_event_subscribe(fh, sub, VIPIN_FRAME_SYNCS, &vipin_frame_sync_ops);
	if (sub->type == V4L2_EVENT_EOS && !sub->id && vipin_is_loop_sink(node))
		return v4l2_event_subscribe(fh, sub, 1, NULL);
	return v4l2_ctrl_subscribe_event(fh, sub);
}

/**
 * vipin_event_frame_sync() - report that the transfer of a frame, or of a field, begins
 * @node:	a node; only of a capture node can programs have asked for the event
 * @sequence:	sequence number of the frame
 *
 * Context: any; it takes no lock but that of the events.
 */
void vipin_event_frame_sync(struct vipin_node *node, u32 sequence)
{
	struct v4l2_event event;

	if (!atomic_read(&node->frame_syncs))
		return;
	event = (struct v4l2_event){
		.type = V4L2_EVENT_FRAME_SYNC,
		.u.frame_sync.frame_sequence = sequence,
	};
	v4l2_event_queue(&node->vdev, &event);
}

/**
 * vipin_event_source_change() - report that frames have another size, or come or go
 * @node:	a capture node; no program can have the event before it is registered
 * @input:	number of the input; with loopback 0
 *
 * Context: any; it takes no lock but that of the events.
 */
void vipin_event_source_change(struct vipin_node *node, unsigned int input)
{
	const struct v4l2_event event = {
		.type = V4L2_EVENT_SOURCE_CHANGE,
		.id = input,
		.u.src_change.changes = V4L2_EVENT_SRC_CH_RESOLUTION,
	};

	if (video_is_registered(&node->vdev))
		v4l2_event_queue(&node->vdev, &event);
}

/**
 * vipin_event_eos() - report that the output node of a capture node no longer streams
 * @node:	the capture node
 *
 * Context: any; it takes no lock but that of the events.
 */
void vipin_event_eos(struct vipin_node *node)
{
	const struct v4l2_event event = { .type = V4L2_EVENT_EOS };

	if (READ_ONCE(node->loop_eos) && video_is_registered(&node->vdev))
		v4l2_event_queue(&node->vdev, &event);
}
