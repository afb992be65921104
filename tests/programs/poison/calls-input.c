// SPDX-License-Identifier: GPL-2.0-only
/*
 * calls-input.c - the structures of ioctls about inputs: their signal, and the part of it that is
 * captured
 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>

#include "calls.h"

#define EDID_BLOCK	128
#define EDID_BLOCKS	3	/* one more than the device has by default */

/* An argument that points to an array, and the array. */
struct edid {
	struct v4l2_edid head;
	__u8 block[EDID_BLOCKS * EDID_BLOCK];
};

static void ask_input(struct node *n, void *argument)
{
	*(__u32 *)argument = n->input;
}

static void ask_selection(struct node *n, void *argument)
{
	struct v4l2_selection *selection = argument;

	selection->type = n->type;
	selection->target = V4L2_SEL_TGT_CROP;
	selection->flags = 0;
}

static void ask_part(struct node *n, void *argument)
{
	struct v4l2_selection *selection = argument;

	ask_selection(n, argument);
	selection->r = (struct v4l2_rect) { 16, 16, 64, 64 };
}

static void ask_crop(struct node *n, void *argument)
{
	*(__u32 *)argument = n->type;
}

static void ask_old_std(struct node *n, void *argument)
{
	ioctl(n->fd, VIDIOC_G_STD, argument);
}

/* The rest has to be filled in. */
static void ask_old_timings(struct node *n, void *argument)
{
	struct v4l2_dv_timings old, *timings = argument;

	ioctl(n->fd, VIDIOC_G_DV_TIMINGS, &old);
	memcpy(timings, &old, offsetof(struct v4l2_dv_timings, bt.picture_aspect));
}

static void ask_timings(struct node *n, void *argument)
{
	struct v4l2_enum_dv_timings *timings = argument;

	(void)n;
	timings->index = 0;
	timings->pad = 0;
}

static void ask_wrong_timings(struct node *n, void *argument)
{
	struct v4l2_enum_dv_timings *timings = argument;

	ask_timings(n, argument);
	timings->index = 1000;
}

static void ask_timings_cap(struct node *n, void *argument)
{
	(void)n;
	((struct v4l2_dv_timings_cap *)argument)->pad = 0;
}

static void ask_edid(struct node *n, void *argument)
{
	struct edid *edid = argument;

	edid->head.pad = n->input;
	edid->head.start_block = 0;
	edid->head.blocks = EDID_BLOCKS;
	edid->head.edid = edid->block;
}

static void ask_old_edid(struct node *n, void *argument)
{
	ask_edid(n, argument);
	ioctl(n->fd, VIDIOC_G_EDID, argument);
}

/* From a member to the end of its structure. */
#define FROM(type, member)	{ offsetof(type, member), SIZE_MAX }

const struct call input_calls[] = {
	{
		.name = "ENUMINPUT", .request = VIDIOC_ENUMINPUT, .input = true,
		.size = sizeof(struct v4l2_input), .ask = ask_input,
		.zero = { PART(IN(struct v4l2_input)->reserved) },
	}, {
		.name = "ENUMINPUT of no input", .request = VIDIOC_ENUMINPUT, .input = true,
		.size = sizeof(struct v4l2_input), .ask = ask_wrong_index, .err = EINVAL,
	}, {
		.name = "G_INPUT", .request = VIDIOC_G_INPUT, .input = true,
		.size = sizeof(int), .ask = ask_nothing,
	}, {
		.name = "G_SELECTION", .request = VIDIOC_G_SELECTION,
		.video = true, .whole = true,
		.size = sizeof(struct v4l2_selection), .ask = ask_selection,
		.zero = { PART(IN(struct v4l2_selection)->reserved) },
	}, {
		.name = "G_SELECTION of TV", .request = VIDIOC_G_SELECTION,
		.needs = V4L2_IN_CAP_STD, .err = ENODATA,
		.size = sizeof(struct v4l2_selection), .ask = ask_selection,
	}, {
		.name = "S_SELECTION", .request = VIDIOC_S_SELECTION,
		.video = true, .whole = true,
		.size = sizeof(struct v4l2_selection), .ask = ask_part,
		.zero = { PART(IN(struct v4l2_selection)->reserved) },
	}, {
		.name = "G_CROP", .request = VIDIOC_G_CROP, .input = true, .whole = true,
		.size = sizeof(struct v4l2_crop), .ask = ask_crop,
	}, {
		.name = "CROPCAP", .request = VIDIOC_CROPCAP, .input = true, .whole = true,
		.size = sizeof(struct v4l2_cropcap), .ask = ask_crop,
	}, {
		.name = "ENUMSTD", .request = VIDIOC_ENUMSTD, .needs = V4L2_IN_CAP_STD,
		.size = sizeof(struct v4l2_standard), .ask = ask_index,
		.zero = { PART(IN(struct v4l2_standard)->reserved) },
	}, {
		.name = "ENUMSTD of no standard", .request = VIDIOC_ENUMSTD,
		.needs = V4L2_IN_CAP_STD, .err = EINVAL,
		.size = sizeof(struct v4l2_standard), .ask = ask_wrong_index,
	}, {
		.name = "G_STD", .request = VIDIOC_G_STD, .needs = V4L2_IN_CAP_STD,
		.size = sizeof(v4l2_std_id), .ask = ask_nothing,
	}, {
		.name = "QUERYSTD", .request = VIDIOC_QUERYSTD, .needs = V4L2_IN_CAP_STD,
		.size = sizeof(v4l2_std_id), .ask = ask_nothing,
	}, {
		.name = "S_STD", .request = VIDIOC_S_STD, .needs = V4L2_IN_CAP_STD,
		.size = sizeof(v4l2_std_id), .ask = ask_old_std,
	}, {
		.name = "G_DV_TIMINGS", .request = VIDIOC_G_DV_TIMINGS,
		.needs = V4L2_IN_CAP_DV_TIMINGS,
		.size = sizeof(struct v4l2_dv_timings), .ask = ask_nothing,
		.zero = { FROM(struct v4l2_dv_timings, bt.reserved) },
	}, {
		.name = "S_DV_TIMINGS", .request = VIDIOC_S_DV_TIMINGS,
		.needs = V4L2_IN_CAP_DV_TIMINGS,
		.size = sizeof(struct v4l2_dv_timings), .ask = ask_old_timings,
		.zero = { FROM(struct v4l2_dv_timings, bt.reserved) },
	}, {
		.name = "QUERY_DV_TIMINGS", .request = VIDIOC_QUERY_DV_TIMINGS,
		.needs = V4L2_IN_CAP_DV_TIMINGS,
		.size = sizeof(struct v4l2_dv_timings), .ask = ask_nothing,
		.zero = { FROM(struct v4l2_dv_timings, bt.reserved) },
	}, {
		.name = "ENUM_DV_TIMINGS", .request = VIDIOC_ENUM_DV_TIMINGS,
		.needs = V4L2_IN_CAP_DV_TIMINGS,
		.size = sizeof(struct v4l2_enum_dv_timings), .ask = ask_timings,
		.zero = {
			PART(IN(struct v4l2_enum_dv_timings)->reserved),
			FROM(struct v4l2_enum_dv_timings, timings.bt.reserved),
		},
	}, {
		.name = "ENUM_DV_TIMINGS of no timings", .request = VIDIOC_ENUM_DV_TIMINGS,
		.needs = V4L2_IN_CAP_DV_TIMINGS, .err = EINVAL,
		.size = sizeof(struct v4l2_enum_dv_timings), .ask = ask_wrong_timings,
	}, {
		.name = "DV_TIMINGS_CAP", .request = VIDIOC_DV_TIMINGS_CAP,
		.needs = V4L2_IN_CAP_DV_TIMINGS,
		.size = sizeof(struct v4l2_dv_timings_cap), .ask = ask_timings_cap,
		.zero = {
			PART(IN(struct v4l2_dv_timings_cap)->reserved),
			FROM(struct v4l2_dv_timings_cap, bt.reserved),
		},
	}, {
		/* It has fewer blocks than the array, so the rest of the array must stay. */
		.name = "G_EDID", .request = VIDIOC_G_EDID, .needs = V4L2_IN_CAP_DV_TIMINGS,
		.size = sizeof(struct edid), .ask = ask_edid,
		.zero = { PART(IN(struct edid)->head.reserved) },
	}, {
		.name = "S_EDID", .request = VIDIOC_S_EDID, .needs = V4L2_IN_CAP_DV_TIMINGS,
		.size = sizeof(struct edid), .ask = ask_old_edid,
		.zero = { PART(IN(struct edid)->head.reserved) },
	}, { }
};
