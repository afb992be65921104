// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-request.c - media requests: a program puts a buffer and controls into a request, and
 * queues both by MEDIA_REQUEST_IOC_QUEUE. The controls then apply to the frame in that buffer
 *
 * vb2 pins the memory of a buffer when its request is queued, for the process that does so, and
 * not in QBUF.
 */

#include <linux/delay.h>
#include <linux/module.h>
#include <linux/slab.h>

#include <media/media-request.h>

#include "vipin-compat.h"
#include "vipin.h"

/**
 * struct vipin_media_request - a media request
 * @req:	the media core's part
 * @vipin:	the device; a reference is held
 * @end:	frees the request
 *
 * The media core has no reference to the device. A program may keep the file of a request open
 * until after the device was unbound, and until vipin would be unloaded. So each request holds
 * references to both.
 */
struct vipin_media_request {
	struct media_request req;
	struct vipin_dev *vipin;
	struct work_struct end;
};

/* Frees requests, and so devices that were unbound before. */
static struct workqueue_struct *vipin_request_queue;

static void vipin_request_end(struct work_struct *work)
{
	struct vipin_media_request *r = container_of(work, struct vipin_media_request, end);
	struct vipin_dev *vipin = r->vipin;

	kfree(r);
	v4l2_device_put(&vipin->v4l2_dev);
	/* vipin_request_exit() waits until this function has returned. */
	module_put(THIS_MODULE);
}

static struct media_request *vipin_request_alloc(struct media_device *mdev)
{
	struct vipin_dev *vipin = container_of(mdev, struct vipin_dev, mdev);
	struct vipin_media_request *r = kzalloc_obj(*r);

	if (!r)
		return NULL;
	r->vipin = vipin;
	INIT_WORK(&r->end, vipin_request_end);
	v4l2_device_get(&vipin->v4l2_dev);
	/* The open file of the media device holds the module. */
	__module_get(THIS_MODULE);
	return &r->req;
}

/* The media core still uses the media device when this returns, so end the request later. */
static void vipin_request_free(struct media_request *req)
{
	struct vipin_media_request *r = container_of(req, struct vipin_media_request, req);

	queue_work(vipin_request_queue, &r->end);
}

/*
 * Find the buffers of a request. A node makes one frame for a request, so it has at most one
 * buffer there. Return their number, or -EINVAL.
 */
static int vipin_request_buffers(struct media_request *req,
				 struct vb2_buffer *buffers[VIPIN_MAX_NODES])
{
	struct media_request_object *obj;
	struct vb2_buffer *vb;
	int i, count = 0;

	/* While the request is being validated, nothing is added to it or taken out of it. */
	list_for_each_entry(obj, &req->objects, list) {
		if (!vb2_request_object_is_buffer(obj))
			continue;
		vb = container_of(obj, struct vb2_buffer, req_obj);
		for (i = 0; i < count; i++)
			if (buffers[i]->vb2_queue == vb->vb2_queue)
				return -EINVAL;
		buffers[count++] = vb;
	}
	return count;
}

/*
 * Check the controls that a request sets for a node. Without a buffer of that node there is no
 * frame that they apply to, and the request would never complete. Some controls are not about a
 * frame. The policy is constant while there are buffers, and the frame thread has permission to
 * change it. The source of an HDMI input is guarded by the lock of the node, which the frame
 * thread must not take.
 */
static int vipin_request_check_controls(struct media_request *req, struct vipin_node *node,
					bool has_buffer)
{
	struct v4l2_ctrl_handler *hdl = v4l2_ctrl_request_hdl_find(req, &node->ctrls);
	static const u32 not_about_frames[] = {
		VIPIN_CID_POLICY, VIPIN_CID_DV_TIMINGS_SIGNAL_MODE, VIPIN_CID_DV_TIMINGS,
	};
	unsigned int i;
	int err = 0;

	if (!hdl)
		return 0;
	if (!has_buffer)
		err = -ENOENT;
	for (i = 0; i < ARRAY_SIZE(not_about_frames) && !err; i++)
		if (v4l2_ctrl_request_hdl_ctrl_find(hdl, not_about_frames[i]))
			err = -EBUSY;
	v4l2_ctrl_request_hdl_put(hdl);
	return err;
}

/* Called for MEDIA_REQUEST_IOC_QUEUE, whose return value this is. */
static int vipin_request_validate(struct media_request *req)
{
	struct vipin_dev *vipin = container_of(req->mdev, struct vipin_dev, mdev);
	struct vb2_buffer *buffers[VIPIN_MAX_NODES];
	int count = vipin_request_buffers(req, buffers);
	struct vipin_node *node;
	bool has_buffer;
	int i, err;

	if (count < 0)
		return count;
	for (node = vipin->nodes; node < vipin->nodes + VIPIN_MAX_NODES; node++) {
		has_buffer = false;
		for (i = 0; i < count; i++)
			has_buffer |= vb2_get_drv_priv(buffers[i]->vb2_queue) == node;
		err = vipin_request_check_controls(req, node, has_buffer);
		if (err)
			return err;
	}
	return vipin_hand_over_request(req, buffers, count);
}

/* The operations of a media device that supports requests. */
const struct media_device_ops vipin_request_ops = {
	.req_alloc	= vipin_request_alloc,
	.req_free	= vipin_request_free,
	.req_validate	= vipin_request_validate,
	.req_queue	= vb2_request_queue,
};

/**
 * vipin_request_setup() - apply the controls of a request, before its frame is made
 * @vb:		a buffer, which vb2 has passed to the driver; it may be in no request
 *
 * Context: the frame thread; takes the lock of the controls.
 * Return: 0, or the error of a control, which the frame then gets.
 */
int vipin_request_setup(struct vb2_buffer *vb)
{
	struct vipin_node *node = vb2_get_drv_priv(vb->vb2_queue);

	return v4l2_ctrl_request_setup(vb->req_obj.req, &node->ctrls);
}

/**
 * vipin_request_complete() - vb2's callback buf_request_complete: complete the controls of a
 * request
 * @vb:		the buffer; it may be in no request
 *
 * Completed controls keep the values that the frame had. The request completes with its last
 * buffer.
 */
void vipin_request_complete(struct vb2_buffer *vb)
{
	struct vipin_node *node = vb2_get_drv_priv(vb->vb2_queue);

	vipin_ctrl_request_complete(vb->req_obj.req, &node->ctrls);
}

/**
 * vipin_request_wait() - wait until the media core has ended each request
 * @mdev:	the media device; no request holds it any longer
 */
void vipin_request_wait(struct media_device *mdev)
{
	while (vipin_has_requests(mdev))
		usleep_range(100, 1000);
}

/**
 * vipin_request_init() - prepare for requests, when the module is loaded
 *
 * Return: 0, or -ENOMEM.
 */
int __init vipin_request_init(void)
{
	vipin_request_queue = alloc_ordered_workqueue("vipin-requests", 0);
	return vipin_request_queue ? 0 : -ENOMEM;
}

/**
 * vipin_request_exit() - free the resources of vipin_request_init()
 *
 * There are no requests, since each one holds the module.
 */
void vipin_request_exit(void)
{
	destroy_workqueue(vipin_request_queue);
}
