// SPDX-License-Identifier: GPL-2.0-only
/*
 * ops-control.c - operations on controls and events
 */
#include <string.h>

#include "fuzz.h"
#include "vipin/vipin-uapi.h"

/* The controls of vipin, and some identifiers that it does not have. */
static __u32 chosen_control(__u8 choice)
{
	static const __u32 controls[] = {
		VIPIN_CID_POLICY, VIPIN_CID_FRAME_STAMP, VIPIN_CID_FREE_RUN,
		VIPIN_CID_INJECT_DMA_FAULT, VIPIN_CID_GOOD_FRAMES, VIPIN_CID_BAD_FRAMES,
		V4L2_CID_TEST_PATTERN, V4L2_CID_USER_CLASS, V4L2_CID_IMAGE_PROC_CLASS,
		V4L2_CID_BRIGHTNESS, 0, ~0U, V4L2_CTRL_FLAG_NEXT_CTRL,
		V4L2_CTRL_FLAG_NEXT_COMPOUND, V4L2_CTRL_FLAG_NEXT_CTRL | VIPIN_CID_POLICY,
		VIPIN_CID_BASE + 255,
	};

	return controls[choice % ARRAY_SIZE(controls)];
}

static __s32 chosen_value(__u8 choice)
{
	return choice < 128 ? choice : (__s32)((choice - 128U) << 25);
}

static long op_g_ctrl(struct scene *s, const __u8 *a)
{
	struct v4l2_control control = { .id = chosen_control(a[1]) };
	long ret = file_ioctl(chosen_file(s, a[0]), VIDIOC_G_CTRL, &control);

	return ret ?: control.value & 0x7fffffff;
}

static long op_s_ctrl(struct scene *s, const __u8 *a)
{
	struct v4l2_control control = {
		.id = chosen_control(a[1]), .value = chosen_value(a[2]),
	};

	return file_ioctl(chosen_file(s, a[0]), VIDIOC_S_CTRL, &control);
}

static long op_queryctrl(struct scene *s, const __u8 *a)
{
	struct v4l2_queryctrl query = { .id = chosen_control(a[1]) };

	return file_ioctl(chosen_file(s, a[0]), VIDIOC_QUERYCTRL, &query);
}

static long op_query_ext_ctrl(struct scene *s, const __u8 *a)
{
	struct v4l2_query_ext_ctrl query = { .id = chosen_control(a[1]) };

	return file_ioctl(chosen_file(s, a[0]), VIDIOC_QUERY_EXT_CTRL, &query);
}

static long op_querymenu(struct scene *s, const __u8 *a)
{
	struct v4l2_querymenu menu = { .id = chosen_control(a[1]), .index = chosen_value(a[2]) };

	return file_ioctl(chosen_file(s, a[0]), VIDIOC_QUERYMENU, &menu);
}

static long op_ext_ctrls(struct scene *s, const __u8 *a)
{
	static const unsigned long requests[] = {
		VIDIOC_G_EXT_CTRLS, VIDIOC_S_EXT_CTRLS, VIDIOC_TRY_EXT_CTRLS,
	};
	static const __u32 whiches[] = {
		V4L2_CTRL_WHICH_CUR_VAL, V4L2_CTRL_WHICH_DEF_VAL, V4L2_CTRL_WHICH_REQUEST_VAL,
		V4L2_CTRL_CLASS_USER, V4L2_CTRL_CLASS_IMAGE_PROC, ~0U,
	};
	struct v4l2_ext_control list[4] = {};
	struct v4l2_ext_controls controls = {
		.which = whiches[a[2] % ARRAY_SIZE(whiches)],
		.count = a[3] < 250 ? a[3] % (ARRAY_SIZE(list) + 1) : 1U << (a[3] - 230),
		.controls = a[6] == 255 ? NULL : list,
		.request_fd = chosen_file(s, a[0])->fd,
	};

	for (size_t i = 0; i < ARRAY_SIZE(list); i++) {
		list[i].id = chosen_control(a[4] + i);
		list[i].value = chosen_value(a[5]);
		list[i].size = a[6];
	}
	return file_ioctl(chosen_file(s, a[0]), requests[a[1] % ARRAY_SIZE(requests)], &controls);
}

static long op_subscribe(struct scene *s, const __u8 *a)
{
	static const __u32 types[] = {
		V4L2_EVENT_CTRL, V4L2_EVENT_EOS, V4L2_EVENT_ALL, V4L2_EVENT_FRAME_SYNC,
		V4L2_EVENT_SOURCE_CHANGE, V4L2_EVENT_PRIVATE_START,
	};
	struct v4l2_event_subscription subscription = {
		.type = types[a[2] % ARRAY_SIZE(types)], .id = chosen_control(a[3]),
		.flags = a[4],
	};

	return file_ioctl(chosen_file(s, a[0]),
			  a[1] & 1 ? VIDIOC_UNSUBSCRIBE_EVENT : VIDIOC_SUBSCRIBE_EVENT,
			  &subscription);
}

static long op_dqevent(struct scene *s, const __u8 *a)
{
	struct v4l2_event event;

	memset(&event, a[1], sizeof(event));
	return file_ioctl(chosen_file(s, a[0]), VIDIOC_DQEVENT, &event);
}

static const struct op ops[] = {
	{ "g-ctrl", "file control", op_g_ctrl },
	{ "s-ctrl", "file control value", op_s_ctrl },
	{ "queryctrl", "file control", op_queryctrl },
	{ "query-ext-ctrl", "file control", op_query_ext_ctrl },
	{ "querymenu", "file control index", op_querymenu },
	{ "ext-ctrls", "file call which count control value size", op_ext_ctrls },
	{ "subscribe", "file off type control flags", op_subscribe },
	{ "dqevent", "file fill", op_dqevent },
};

const struct op_table control_ops = { ops, ARRAY_SIZE(ops) };
