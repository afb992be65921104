// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-config.c - module parameters, and how a device is made from them
 */

#include <linux/capability.h>
#include <linux/module.h>

#include "vipin-compat.h"
#include "vipin.h"

static unsigned int dma_mask_bits = 64;
module_param(dma_mask_bits, uint, 0444);
MODULE_PARM_DESC(dma_mask_bits, "width of the DMA mask of the devices in bits, 24 to 64 (default 64)");

static char *policy = "strict";
module_param(policy, charp, 0444);
MODULE_PARM_DESC(policy, "default policy for user pointers: strict (vipin checks every VMA first) or kernel (only vb2-dma-contig checks) (default strict)");

static bool allow_kernel_policy;
module_param(allow_kernel_policy, bool, 0644);
MODULE_PARM_DESC(allow_kernel_policy, "allow any user of a node to change its policy from strict to kernel; otherwise that needs CAP_SYS_ADMIN (default N)");

static unsigned int max_width;
module_param(max_width, uint, 0644);
MODULE_PARM_DESC(max_width, "largest frame width in pixels, 16 to 7680 (default 0: 1920, or 1280 for formats with 3 or 4 bytes per pixel)");

static unsigned int max_height;
module_param(max_height, uint, 0644);
MODULE_PARM_DESC(max_height, "largest frame height in pixels, 16 to 4320 (default 0: 1080, or 720 for formats with 3 or 4 bytes per pixel)");

static bool multiplanar;
module_param(multiplanar, bool, 0644);
MODULE_PARM_DESC(multiplanar, "devices that are bound from now on use the multi-planar API (default N)");

static bool m2m;
module_param(m2m, bool, 0644);
MODULE_PARM_DESC(m2m, "devices that are bound from now on have one node, which copies frames from memory to memory, instead of a capture and an output node (default N)");

static bool loopback;
module_param(loopback, bool, 0644);
MODULE_PARM_DESC(loopback, "devices that are bound from now on pass the frames of their output node on to their capture node (default N)");

static unsigned int requests;
module_param(requests, uint, 0644);
MODULE_PARM_DESC(requests, "devices that are bound from now on do not support media requests (0), support them (1), or require them (2) (default 0)");
static bool metadata;
module_param(metadata, bool, 0644);
MODULE_PARM_DESC(metadata, "devices that are bound from now on have a third node, which captures the metadata of their frames (default N)");

static bool memlock;
module_param(memlock, bool, 0644);
MODULE_PARM_DESC(memlock, "pins count for RLIMIT_MEMLOCK of the user, unless the task has CAP_IPC_LOCK (default N)");

static unsigned int cache_line;
module_param(cache_line, uint, 0644);
MODULE_PARM_DESC(cache_line, "bytes in a line of a modelled CPU cache, with which devices that are bound from now on are not coherent; 0 for coherent devices (default 0)");

static bool error_injection;
module_param(error_injection, bool, 0644);
MODULE_PARM_DESC(error_injection, "devices that are bound from now on have all controls that inject errors, for any user of a node (default N)");

static struct vipin_inputs inputs = { .kinds = { VIPIN_INPUT_CAMERA }, .count = 1 };

static int vipin_param_set_inputs(const char *names, const struct kernel_param *param)
{
	return vipin_inputs_parse(param->arg, names);
}

static int vipin_param_get_inputs(char *page, const struct kernel_param *param)
{
	return vipin_inputs_print(param->arg, page);
}

static const struct kernel_param_ops vipin_param_inputs = {
	.set = vipin_param_set_inputs,
	.get = vipin_param_get_inputs,
};

module_param_cb(inputs, &vipin_param_inputs, &inputs, 0644);
MODULE_PARM_DESC(inputs, "inputs of the capture nodes of devices that are bound from now on: one or more of camera (any size), webcam (a few sizes), hdmi (DV timings) and tv (two fields), with commas between them (default camera)");

/**
 * vipin_config_init() - configure a device as the module parameters ask for
 * @config:	filled in. Its largest size is 0: vipin_device_offer() looks at the parameters
 */
void vipin_config_init(struct vipin_config *config)
{
	*config = (struct vipin_config){
		.capture_nr = -1,
		.output_nr = -1,
		.dma_mask_bits = dma_mask_bits,
		.cache_line = READ_ONCE(cache_line),
		.policy = vipin_policy_by_name(policy),
		.multiplanar = READ_ONCE(multiplanar),
		.m2m = READ_ONCE(m2m),
		.loopback = READ_ONCE(loopback),
		.requests = READ_ONCE(requests),
		.metadata = READ_ONCE(metadata),
		.error_injection = READ_ONCE(error_injection),
	};
	/* The lock of all parameters: root may be writing this one. */
	kernel_param_lock(THIS_MODULE);
	config->inputs = inputs;
	kernel_param_unlock(THIS_MODULE);
}

/**
 * vipin_dma_mask_is_valid() - check the width of a DMA mask
 * @bits:	the width in bits
 *
 * Return: true if a device can have it.
 */
bool vipin_dma_mask_is_valid(unsigned int bits)
{
	return bits >= 24 && bits <= 64;
}

/**
 * vipin_requests_are_valid() - check the value of the parameter requests
 * @requests:	the value
 *
 * Return: true if it is an &enum vipin_requests.
 */
bool vipin_requests_are_valid(unsigned int requests)
{
	return requests <= VIPIN_REQUESTS_REQUIRED;
}

/**
 * vipin_offers_anything() - check whether the API of a device has one of its formats
 * @config:	the device
 *
 * Return: false if all of its formats have separate planes, and its API has not.
 */
bool vipin_offers_anything(const struct vipin_config *config)
{
	return vipin_format_by_index(&config->offer,
				     config->multiplanar ? V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE :
							   V4L2_BUF_TYPE_VIDEO_CAPTURE, 0);
}

/**
 * vipin_device_offer() - get the formats and frame sizes that a device offers
 * @vipin:	the device
 *
 * The module parameters for the largest size may change at any time.
 *
 * Return: what it offers.
 */
struct vipin_offer vipin_device_offer(const struct vipin_dev *vipin)
{
	struct vipin_offer offer = vipin->config.offer;

	offer.max.width = offer.max.width ?: READ_ONCE(max_width);
	offer.max.height = offer.max.height ?: READ_ONCE(max_height);
	return offer;
}

/**
 * vipin_offer() - get the formats and frame sizes that a node offers
 * @node:	the node; its lock is held
 *
 * Return: what it offers.
 */
struct vipin_offer vipin_offer(struct vipin_node *node)
{
	struct v4l2_pix_format pix;
	struct vipin_offer offer;

	if (!vipin_is_loop_sink(node)) {
		offer = vipin_device_offer(node->parent);
		if (node->kind->limit)
			node->kind->limit(node, &offer.max);
		return offer;
	}
	pix = vipin_loop_pix(node);
	return vipin_offer_only(&pix);
}

/**
 * vipin_kernel_policy_allowed() - check whether this task may set policy kernel
 *
 * Return: true if it may.
 */
bool vipin_kernel_policy_allowed(void)
{
	return READ_ONCE(allow_kernel_policy) || capable(CAP_SYS_ADMIN);
}

/**
 * vipin_memlock_counts() - check whether pins count for RLIMIT_MEMLOCK
 *
 * Return: true if they do.
 */
bool vipin_memlock_counts(void)
{
	return READ_ONCE(memlock);
}

/**
 * vipin_params_check() - check the module parameters when the module is loaded
 *
 * Return: 0, or -EINVAL with a message in the kernel log.
 */
int __init vipin_params_check(void)
{
	if (!vipin_dma_mask_is_valid(dma_mask_bits)) {
		pr_err("vipin: dma_mask_bits=%u is not 24 to 64\n", dma_mask_bits);
		return -EINVAL;
	}
	if (vipin_policy_by_name(policy) < 0) {
		pr_err("vipin: policy=%s is neither strict nor kernel\n", policy);
		return -EINVAL;
	}
	if (!vipin_requests_are_valid(requests)) {
		pr_err("vipin: requests=%u is not 0 to 2\n", requests);
		return -EINVAL;
	}
	if (!vipin_cache_line_is_valid(cache_line)) {
		pr_err("vipin: cache_line=%u is neither 0 nor a power of two from 16 to %lu\n",
		       cache_line, PAGE_SIZE);
		return -EINVAL;
	}
	return 0;
}
