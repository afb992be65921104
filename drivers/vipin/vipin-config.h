/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vipin-config.h - how a device is made: by module parameters, or by a directory of configfs
 */
#ifndef _VIPIN_CONFIG_H
#define _VIPIN_CONFIG_H

#include <linux/types.h>
#include <linux/videodev2.h>

#include "vipin-uapi.h"

struct vipin_dev;
struct vipin_node;

/**
 * enum vipin_requests - does a device support media requests?
 * @VIPIN_REQUESTS_NONE:	no
 * @VIPIN_REQUESTS_OPTIONAL:	yes
 * @VIPIN_REQUESTS_REQUIRED:	yes, and each buffer has to be in one
 */
enum vipin_requests {
	VIPIN_REQUESTS_NONE,
	VIPIN_REQUESTS_OPTIONAL,
	VIPIN_REQUESTS_REQUIRED,
};

#define VIPIN_MAX_FORMATS	128U
#define VIPIN_MAX_PLANES	3U	/* Y', Cb and Cr */
/*
 * "vipin-NAME-cap" names a workqueue, and a video device: at most 32 bytes on older kernels. There
 * the metadata node of a device with the longest name is "vipin-NAME-met".
 */
#define VIPIN_MAX_NAME		(32 - sizeof("vipin--cap"))

/**
 * struct vipin_offer - the formats and frame sizes that a device offers
 * @max:	largest width and height in pixels; 0 selects the default of each format
 * @formats:	bitmap of the formats, by their places in vipin-format.c; empty for all
 */
struct vipin_offer {
	struct v4l2_area max;
	DECLARE_BITMAP(formats, VIPIN_MAX_FORMATS);
};

/**
 * enum vipin_input - a kind of input
 * @VIPIN_INPUT_CAMERA:	any size, and any time per frame
 * @VIPIN_INPUT_WEBCAM:	a few sizes (vipin-webcam.c)
 * @VIPIN_INPUT_HDMI:	the size of the timings that were set (vipin-hdmi.c)
 * @VIPIN_INPUT_TV:	the size of the standard that was set, in two fields (vipin-tv.c)
 * @VIPIN_INPUTS:	number of kinds
 */
enum vipin_input {
	VIPIN_INPUT_CAMERA,
	VIPIN_INPUT_WEBCAM,
	VIPIN_INPUT_HDMI,
	VIPIN_INPUT_TV,
	VIPIN_INPUTS,
};

/**
 * struct vipin_inputs - the inputs of a capture node
 * @kinds:	the &enum vipin_input of each of them, in the order of their numbers
 * @count:	how many there are, 1 at least
 */
struct vipin_inputs {
	u8 kinds[VIPIN_INPUTS];
	unsigned int count;
};

/**
 * struct vipin_config - how a device is made
 * @name:	for its card and its nodes; "" for a number
 * @capture_nr:	number of the video node that captures, or of the only one; -1 for the next
 *		free number
 * @output_nr:	number of the output node, -1 for the next free number
 * @dma_mask_bits: width of the DMA mask in bits
 * @cache_line:	bytes in a line of the modelled CPU cache, with which the device is not
 *		coherent; 0 if the device is coherent
 * @policy:	the default policy of its nodes
 * @multiplanar: it has the multi-planar API
 * @m2m:	it has one node, for memory-to-memory
 * @loopback:	the frames of its output node go to its capture node
 * @loopback_from: @name of another device, whose frames go to the capture node; "" for none
 * @requests:	an &enum vipin_requests; a memory-to-memory device has none
 * @metadata:	it has a metadata node
 * @error_injection: its nodes have all controls that inject errors
 * @inputs:	the inputs of its capture node
 * @offer:	its formats and frame sizes; vipin_offer() completes it
 */
struct vipin_config {
	char name[VIPIN_MAX_NAME + 1];
	int capture_nr;
	int output_nr;
	unsigned int dma_mask_bits;
	unsigned int cache_line;
	enum vipin_policy policy;
	bool multiplanar;
	bool m2m;
	bool loopback;
	char loopback_from[VIPIN_MAX_NAME + 1];
	unsigned int requests;
	bool metadata;
	bool error_injection;
	struct vipin_inputs inputs;
	struct vipin_offer offer;
};

void vipin_config_init(struct vipin_config *config);
bool vipin_dma_mask_is_valid(unsigned int bits);
bool vipin_requests_are_valid(unsigned int requests);
bool vipin_offers_anything(const struct vipin_config *config);
struct vipin_offer vipin_device_offer(const struct vipin_dev *vipin);
struct vipin_offer vipin_offer(struct vipin_node *node);
bool vipin_kernel_policy_allowed(void);
bool vipin_memlock_counts(void);
int vipin_params_check(void);

/* vipin-configfs.c */
int vipin_configfs_register(void);
void vipin_configfs_unregister(void);

#endif /* _VIPIN_CONFIG_H */
