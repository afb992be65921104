// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-ctrls.c - the controls
 */

#include <linux/string.h>

#include "vipin.h"

static const char * const vipin_policies[] = {
	[VIPIN_POLICY_KERNEL] = "kernel",
	[VIPIN_POLICY_STRICT] = "strict",
	NULL
};

/**
 * vipin_policy_name() - a policy's name, as in the module parameter
 * @policy:	the policy
 *
 * Return: "kernel" or "strict".
 */
const char *vipin_policy_name(enum vipin_policy policy)
{
	return vipin_policies[policy];
}

/**
 * vipin_policy_by_name() - look a policy up
 * @name:	"kernel" or "strict"; a trailing newline is ignored
 *
 * Return: an &enum vipin_policy, or -EINVAL for any other name.
 */
int vipin_policy_by_name(const char *name)
{
	return __sysfs_match_string(vipin_policies, -1, name);
}

static int vipin_s_ctrl(struct v4l2_ctrl *ctrl)
{
	struct vipin_dev *vipin = container_of(ctrl->handler, struct vipin_dev,
					       ctrls);

	switch (ctrl->id) {
	case V4L2_CID_TEST_PATTERN:
		mutex_lock(&vipin->tpg_lock);
		tpg_s_pattern(&vipin->tpg, ctrl->val);
		mutex_unlock(&vipin->tpg_lock);
		break;
	case VIPIN_CID_POLICY:
		/* One policy for all the buffers of a queue. */
		if (vb2_is_busy(&vipin->queue))
			return -EBUSY;
		vipin->policy = ctrl->val;
		break;
	case VIPIN_CID_FRAME_STAMP:
		WRITE_ONCE(vipin->stamp, ctrl->val);
		break;
	case VIPIN_CID_FREE_RUN:
		WRITE_ONCE(vipin->free_run, ctrl->val);
		wake_up(&vipin->wake);
		break;
	case VIPIN_CID_INJECT_DMA_FAULT:
		/* No frame is under way that it could hit. */
		if (!vb2_start_streaming_called(&vipin->queue))
			break;
		WRITE_ONCE(vipin->inject_fault, true);
		break;
	default:
		return -EINVAL;
	}
	return 0;
}

static const struct v4l2_ctrl_ops vipin_ctrl_ops = {
	.s_ctrl = vipin_s_ctrl,
};

static const char * const vipin_policy_menu[] = { "Kernel", "Strict", NULL };

static const struct v4l2_ctrl_config vipin_ctrl_policy = {
	.ops = &vipin_ctrl_ops,
	.id = VIPIN_CID_POLICY,
	.name = "User Pointer Policy",
	.type = V4L2_CTRL_TYPE_MENU,
	.max = VIPIN_POLICY_STRICT,
	.qmenu = vipin_policy_menu,
};

static const struct v4l2_ctrl_config vipin_ctrl_stamp = {
	.ops = &vipin_ctrl_ops,
	.id = VIPIN_CID_FRAME_STAMP,
	.name = "Frame Stamp",
	.type = V4L2_CTRL_TYPE_BOOLEAN,
	.max = 1,
	.step = 1,
	.def = 1,
};

static const struct v4l2_ctrl_config vipin_ctrl_free_run = {
	.ops = &vipin_ctrl_ops,
	.id = VIPIN_CID_FREE_RUN,
	.name = "Free Run",
	.type = V4L2_CTRL_TYPE_BOOLEAN,
	.max = 1,
	.step = 1,
};

static const struct v4l2_ctrl_config vipin_ctrl_inject_dma_fault = {
	.ops = &vipin_ctrl_ops,
	.id = VIPIN_CID_INJECT_DMA_FAULT,
	.name = "Inject DMA Fault",
	.type = V4L2_CTRL_TYPE_BUTTON,
};

/**
 * vipin_ctrls_init() - make the controls and apply their defaults
 * @vipin:	the device; its queue and painter are initialized
 * @policy:	default of the policy control
 *
 * Return: 0, or -ENOMEM. On failure the handler is freed already.
 */
int vipin_ctrls_init(struct vipin_dev *vipin, enum vipin_policy policy)
{
	struct v4l2_ctrl_handler *hdl = &vipin->ctrls;
	struct v4l2_ctrl_config policy_config = vipin_ctrl_policy;
	int err;

	policy_config.def = policy;

	v4l2_ctrl_handler_init(hdl, 5);
	v4l2_ctrl_new_std_menu_items(hdl, &vipin_ctrl_ops, V4L2_CID_TEST_PATTERN,
				     TPG_PAT_NOISE, 0, 0, tpg_pattern_strings);
	v4l2_ctrl_new_custom(hdl, &policy_config, NULL);
	v4l2_ctrl_new_custom(hdl, &vipin_ctrl_stamp, NULL);
	v4l2_ctrl_new_custom(hdl, &vipin_ctrl_free_run, NULL);
	v4l2_ctrl_new_custom(hdl, &vipin_ctrl_inject_dma_fault, NULL);

	err = hdl->error ?: v4l2_ctrl_handler_setup(hdl);
	if (err)
		v4l2_ctrl_handler_free(hdl);
	else
		vipin->v4l2_dev.ctrl_handler = hdl;
	return err;
}
