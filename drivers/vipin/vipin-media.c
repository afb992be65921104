// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-media.c - the media device: one source entity for the capture node and the metadata
 * node, and one sink entity for the output node. A memory-to-memory device has none, since
 * nothing is connected to it. So it supports no media requests
 */

#include <linux/pci.h>

#include "vipin.h"

/**
 * vipin_media_init() - initialize the media device, before the nodes are created
 * @vipin:	the device; its &vipin_dev.dev and its configuration are set
 */
void vipin_media_init(struct vipin_dev *vipin)
{
	struct media_device *mdev = &vipin->mdev;

	mdev->dev = vipin->dev;
	strscpy(mdev->model, KBUILD_MODNAME, sizeof(mdev->model));
	snprintf(mdev->bus_info, sizeof(mdev->bus_info), "%s:%s",
		 dev_is_pci(vipin->dev) ? "PCI" : "platform", dev_name(vipin->dev));
	media_device_init(mdev);
	if (vipin->config.m2m)
		return;
	vipin->v4l2_dev.mdev = mdev;
	if (vipin->config.requests)
		mdev->ops = &vipin_request_ops;
}

/* Register the other end of a node's link. It has no settings, so it is no subdevice. */
static int vipin_far_end_register(struct vipin_node *node, const char *name,
				  u32 function)
{
	bool output = vipin_is_output(node);
	struct media_entity *end = &node->far_end;
	struct media_entity *video = &node->vdev.entity;
	int err;

	end->name = name;
	end->function = function;
	node->far_pad.flags = output ? MEDIA_PAD_FL_SINK : MEDIA_PAD_FL_SOURCE;
	err = media_entity_pads_init(end, 1, &node->far_pad) ?:
	      media_device_register_entity(&node->parent->mdev, end);
	if (err)
		return err;
	return media_create_pad_link(output ? video : end, 0, output ? end : video, 0,
				     MEDIA_LNK_FL_ENABLED | MEDIA_LNK_FL_IMMUTABLE);
}

/* Link the source of the frames to the node for their metadata, if there is one. */
static int vipin_media_link_meta(struct vipin_dev *vipin)
{
	if (!vipin->meta)
		return 0;
	return media_create_pad_link(&vipin->capture->far_end, 0, &vipin->meta->vdev.entity, 0,
				     MEDIA_LNK_FL_ENABLED | MEDIA_LNK_FL_IMMUTABLE);
}

/**
 * vipin_media_register() - create the entities and links, and register the media device
 * @vipin:	the device; its nodes are registered
 *
 * After an error, a call of vipin_media_unregister() is allowed, but not necessary.
 *
 * Return: 0, -ENOMEM, or the error of media_device_register(), such as -ENFILE if
 * there are too many media devices.
 */
int vipin_media_register(struct vipin_dev *vipin)
{
	if (vipin_is_m2m(vipin->capture))
		return 0;
	return vipin_far_end_register(vipin->capture, VIPIN_INPUT_NAME,
				      MEDIA_ENT_F_CAM_SENSOR) ?:
	       vipin_far_end_register(vipin->output, VIPIN_OUTPUT_NAME,
				      MEDIA_ENT_F_DV_ENCODER) ?:
	       vipin_media_link_meta(vipin) ?:
	       media_device_register(&vipin->mdev);
}

/**
 * vipin_media_unregister() - unregister the media device
 * @vipin:	the device; its nodes may still be open
 */
void vipin_media_unregister(struct vipin_dev *vipin)
{
	media_device_unregister(&vipin->mdev);
}

/**
 * vipin_media_cleanup() - free the resources of vipin_media_init()
 * @vipin:	the device; its nodes are closed, and its requests too
 */
void vipin_media_cleanup(struct vipin_dev *vipin)
{
	vipin_request_wait(&vipin->mdev);
	media_device_cleanup(&vipin->mdev);
}
