// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-media.c - the media device: where a capture node's frames come from, and
 * where an output node's frames go
 */

#include <linux/pci.h>

#include "vipin.h"

/**
 * vipin_media_init() - make the media device, before there are nodes to be in it
 * @vipin:	the instance; its carrier is known
 */
void vipin_media_init(struct vipin_dev *vipin)
{
	struct media_device *mdev = &vipin->mdev;

	mdev->dev = vipin->dev;
	strscpy(mdev->model, KBUILD_MODNAME, sizeof(mdev->model));
	snprintf(mdev->bus_info, sizeof(mdev->bus_info), "%s:%s",
		 dev_is_pci(vipin->dev) ? "PCI" : "platform", dev_name(vipin->dev));
	media_device_init(mdev);
	vipin->v4l2_dev.mdev = mdev;
}

/* The far end of a node: no subdevice, since there is nothing to be set there. */
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

/**
 * vipin_media_register() - put the graph together, and make it visible
 * @vipin:	the instance; its nodes are registered
 *
 * Return: 0, -ENOMEM, or what media_device_register() returns: -ENFILE when there
 * are too many media devices. On error, vipin_media_unregister() is not needed, and
 * does no harm.
 */
int vipin_media_register(struct vipin_dev *vipin)
{
	return vipin_far_end_register(&vipin->capture, VIPIN_INPUT_NAME,
				      MEDIA_ENT_F_CAM_SENSOR) ?:
	       vipin_far_end_register(&vipin->output, VIPIN_OUTPUT_NAME,
				      MEDIA_ENT_F_DV_ENCODER) ?:
	       media_device_register(&vipin->mdev);
}

/**
 * vipin_media_unregister() - take the media device away
 * @vipin:	the instance; its nodes may still be open
 */
void vipin_media_unregister(struct vipin_dev *vipin)
{
	media_device_unregister(&vipin->mdev);
}

/**
 * vipin_media_cleanup() - free what vipin_media_init() took
 * @vipin:	the instance; nobody has a node open
 */
void vipin_media_cleanup(struct vipin_dev *vipin)
{
	media_device_cleanup(&vipin->mdev);
}
