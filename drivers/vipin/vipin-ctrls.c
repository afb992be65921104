// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-ctrls.c - the V4L2 controls of a node
 */

#include <linux/string.h>

#include "vipin-compat.h"
#include "vipin.h"

static const char * const vipin_policies[] = {
	[VIPIN_POLICY_KERNEL] = "kernel",
	[VIPIN_POLICY_STRICT] = "strict",
	NULL
};

/**
 * vipin_policy_name() - get the name of a policy, as in the module parameter
 * @policy:	the policy
 *
 * Return: "kernel" or "strict".
 */
const char *vipin_policy_name(enum vipin_policy policy)
{
	return vipin_policies[policy];
}

/**
 * vipin_policy_by_name() - look up a policy by its name
 * @name:	"kernel" or "strict"; a trailing newline is ignored
 *
 * Return: an &enum vipin_policy, or -EINVAL for any other name.
 */
int vipin_policy_by_name(const char *name)
{
	return __sysfs_match_string(vipin_policies, -1, name);
}

static bool vipin_node_has_buffers(struct vipin_node *node)
{
	struct vipin_node *meta = node->parent->meta;

	if (vipin_is_m2m(node))
		return vipin_m2m_has_buffers(node);
	return vipin_has_buffers(&node->queue) ||
	       (meta && node == node->parent->capture && vipin_has_buffers(&meta->queue));
}

static int vipin_s_ctrl(struct v4l2_ctrl *ctrl)
{
	struct vipin_node *node = container_of(ctrl->handler, struct vipin_node,
					       ctrls);

	switch (ctrl->id) {
	case VIPIN_CID_POLICY:
		/* All buffers of a queue must have the same policy. */
		if (vipin_node_has_buffers(node))
			return -EBUSY;
		/* The strict policy protects the kernel, so leaving it needs permission. */
		if (node->policy == VIPIN_POLICY_STRICT &&
		    ctrl->val == VIPIN_POLICY_KERNEL && !vipin_kernel_policy_allowed())
			return -EPERM;
		node->policy = ctrl->val;
		break;
	case VIPIN_CID_FRAME_STAMP:
		WRITE_ONCE(node->stamp, ctrl->val);
		break;
	case VIPIN_CID_FREE_RUN:
		WRITE_ONCE(node->free_run, ctrl->val);
		wake_up(&node->wake);
		break;
	case VIPIN_CID_LOOP_EOS:
		WRITE_ONCE(node->loop_eos, ctrl->val);
		break;
	case VIPIN_CID_LOOP_TIMEOUT:
		WRITE_ONCE(node->loop_timeout, ctrl->val);
		wake_up(&node->wake);
		break;
	default:
		return -EINVAL;
	}
	return 0;
}

static int vipin_g_volatile_ctrl(struct v4l2_ctrl *ctrl)
{
	struct vipin_node *node = container_of(ctrl->handler, struct vipin_node,
					       ctrls);

	switch (ctrl->id) {
	case VIPIN_CID_GOOD_FRAMES:
		*ctrl->p_new.p_s64 = atomic64_read(&node->good);
		return 0;
	case VIPIN_CID_BAD_FRAMES:
		*ctrl->p_new.p_s64 = atomic64_read(&node->bad);
		return 0;
	}
	return -EINVAL;
}

static const struct v4l2_ctrl_ops vipin_ctrl_ops = {
	.s_ctrl = vipin_s_ctrl,
	.g_volatile_ctrl = vipin_g_volatile_ctrl,
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

/* In milliseconds. */
static const struct v4l2_ctrl_config vipin_ctrl_loop_timeout = {
	.ops = &vipin_ctrl_ops,
	.id = VIPIN_CID_LOOP_TIMEOUT,
	.name = "Loopback Timeout",
	.type = V4L2_CTRL_TYPE_INTEGER,
	.max = 60000,
	.step = 1,
};

/* Off by default: v4l2-ctl stops capturing at this event, but frames may follow. */
static const struct v4l2_ctrl_config vipin_ctrl_loop_eos = {
	.ops = &vipin_ctrl_ops,
	.id = VIPIN_CID_LOOP_EOS,
	.name = "Loopback End of Stream",
	.type = V4L2_CTRL_TYPE_BOOLEAN,
	.max = 1,
	.step = 1,
};

static const struct v4l2_ctrl_config vipin_ctrl_good_frames = {
	.ops = &vipin_ctrl_ops,
	.id = VIPIN_CID_GOOD_FRAMES,
	.name = "Good Frames",
	.type = V4L2_CTRL_TYPE_INTEGER64,
	.flags = V4L2_CTRL_FLAG_READ_ONLY | V4L2_CTRL_FLAG_VOLATILE,
	.max = S64_MAX,
	.step = 1,
};

static const struct v4l2_ctrl_config vipin_ctrl_bad_frames = {
	.ops = &vipin_ctrl_ops,
	.id = VIPIN_CID_BAD_FRAMES,
	.name = "Bad Frames",
	.type = V4L2_CTRL_TYPE_INTEGER64,
	.flags = V4L2_CTRL_FLAG_READ_ONLY | V4L2_CTRL_FLAG_VOLATILE,
	.max = S64_MAX,
	.step = 1,
};

/**
 * vipin_ctrls_update() - grab the policy control while the queue has buffers
 * @node:	the node, which may share the control with another one; its lock is held
 *
 * A grabbed control cannot be changed (%V4L2_CTRL_FLAG_GRABBED). Call this function
 * after each operation that can allocate or free buffers.
 */
void vipin_ctrls_update(struct vipin_node *node)
{
	bool grabbed;

	node = vipin_pin_node(node);
	grabbed = vipin_node_has_buffers(node);
	lockdep_assert_held(&node->lock);
	if (grabbed != node->policy_grabbed)
		v4l2_ctrl_grab(node->policy_ctrl, grabbed);
	WRITE_ONCE(node->policy_grabbed, grabbed);
}

/* The controls of the capture node that a metadata node has as well: those about pointers. */
static bool vipin_ctrl_is_shared(const struct v4l2_ctrl *ctrl)
{
	return ctrl->id == VIPIN_CID_POLICY || ctrl->id == VIPIN_CID_INJECT_PIN_ERROR;
}

/**
 * vipin_ctrls_init() - create the controls and apply their defaults
 * @node:	the node; its direction is set and its queue initialized
 * @policy:	default of the policy control
 *
 * Return: 0, or -ENOMEM. The caller must free the handler in both cases.
 */
int vipin_ctrls_init(struct vipin_node *node, enum vipin_policy policy)
{
	struct v4l2_ctrl_config policy_config = vipin_ctrl_policy;
	struct v4l2_ctrl_handler *hdl = &node->ctrls;

	policy_config.def = policy;

	if (vipin_is_meta(node)) {
		/* Its lock is taken inside the other one, so lockdep needs a class of its own. */
		v4l2_ctrl_handler_init(hdl, 4);
		v4l2_ctrl_add_handler(hdl, &vipin_pin_node(node)->ctrls, vipin_ctrl_is_shared,
				      false);
	} else {
		v4l2_ctrl_handler_init(hdl, 12);
		node->policy_ctrl = v4l2_ctrl_new_custom(hdl, &policy_config, NULL);
	}
	if (!vipin_is_m2m(node))
		v4l2_ctrl_new_custom(hdl, &vipin_ctrl_free_run, NULL);
	vipin_inject_ctrls_init(node);
	if (vipin_is_output(node)) {
		v4l2_ctrl_new_custom(hdl, &vipin_ctrl_good_frames, NULL);
		v4l2_ctrl_new_custom(hdl, &vipin_ctrl_bad_frames, NULL);
	} else if (!vipin_is_m2m(node) && !vipin_is_meta(node)) {
		vipin_picture_ctrls_init(node);
		v4l2_ctrl_new_custom(hdl, &vipin_ctrl_stamp, NULL);
		if (vipin_is_loop_sink(node)) {
			v4l2_ctrl_new_custom(hdl, &vipin_ctrl_loop_timeout, NULL);
			v4l2_ctrl_new_custom(hdl, &vipin_ctrl_loop_eos, NULL);
		}
		if (vipin_has_hdmi(node))
			vipin_hdmi_ctrls_init(node);
	}
	node->vdev.ctrl_handler = hdl;
	return hdl->error ?: v4l2_ctrl_handler_setup(hdl);
}
