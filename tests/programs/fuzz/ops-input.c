// SPDX-License-Identifier: GPL-2.0-only
/*
 * ops-input.c - operations on selections, on the signal of an input, and on the other queue of a
 * memory-to-memory node
 *
 * These operations came later than those of the other tables. They come last, so that a program of
 * bytes keeps its meaning.
 */
#include <errno.h>
#include <string.h>

#include "fuzz.h"
#include "vipin/vipin-uapi.h"

#define EDID_BLOCK	128
#define EDID_BLOCKS	256	/* the most that the V4L2 core accepts */

/* The lowest bit of @call: set it. The other ones are flags. */
static long op_selection(struct scene *s, const __u8 *a)
{
	static const __u32 targets[] = {
		V4L2_SEL_TGT_CROP, V4L2_SEL_TGT_COMPOSE, V4L2_SEL_TGT_CROP_BOUNDS,
		V4L2_SEL_TGT_COMPOSE_BOUNDS, V4L2_SEL_TGT_CROP_DEFAULT,
		V4L2_SEL_TGT_COMPOSE_DEFAULT, V4L2_SEL_TGT_NATIVE_SIZE,
		V4L2_SEL_TGT_COMPOSE_PADDED,
	};
	struct file *f = chosen_file(s, a[0]);
	struct v4l2_selection selection = {
		.type = f->node->type, .flags = a[1] / 2,
		.target = a[2] < 240 ? targets[a[2] % ARRAY_SIZE(targets)] : a[2],
		.r = {
			.left = chosen_size(a[3]), .top = chosen_size(a[4]),
			.width = chosen_size(a[5]), .height = chosen_size(a[6]),
		},
	};

	return file_ioctl(f, a[1] & 1 ? VIDIOC_S_SELECTION : VIDIOC_G_SELECTION, &selection);
}

/* Set timings that the input has, or others: one byte of them is changed. */
static long set_timings(struct file *f, const __u8 *a)
{
	struct v4l2_enum_dv_timings timings = { .index = a[2] };

	file_ioctl(f, VIDIOC_ENUM_DV_TIMINGS, &timings);
	if (a[4])
		((__u8 *)&timings.timings)[a[3] % sizeof(timings.timings)] += a[4];
	return file_ioctl(f, VIDIOC_S_DV_TIMINGS, &timings.timings);
}

/* Let the source do something else. */
static long set_source(struct file *f, __u32 id, __u8 value)
{
	struct v4l2_control control = { .id = id, .value = value };

	return file_ioctl(f, VIDIOC_S_CTRL, &control);
}

static long op_dv_timings(struct scene *s, const __u8 *a)
{
	struct file *f = chosen_file(s, a[0]);
	struct v4l2_enum_dv_timings enumerated = { .index = a[2], .pad = a[3] };
	struct v4l2_dv_timings_cap cap = { .pad = a[3] };
	struct v4l2_dv_timings timings;

	switch (a[1] % 7) {
	case 0:
		return file_ioctl(f, VIDIOC_G_DV_TIMINGS, &timings);
	case 1:
		return set_timings(f, a);
	case 2:
		return file_ioctl(f, VIDIOC_QUERY_DV_TIMINGS, &timings);
	case 3:
		return file_ioctl(f, VIDIOC_ENUM_DV_TIMINGS, &enumerated);
	case 4:
		return file_ioctl(f, VIDIOC_DV_TIMINGS_CAP, &cap);
	case 5:
		return set_source(f, VIPIN_CID_DV_TIMINGS_SIGNAL_MODE, a[2]);
	default:
		return set_source(f, VIPIN_CID_DV_TIMINGS, a[2]);
	}
}

static long op_edid(struct scene *s, const __u8 *a)
{
	__u8 block[EDID_BLOCKS * EDID_BLOCK];
	struct v4l2_edid edid = {
		.pad = a[2], .start_block = a[3],
		.blocks = a[4] < 255 ? a[4] : ~0U,
		.edid = a[6] == 255 ? NULL : block,
	};

	memset(block, a[5], sizeof(block));
	return file_ioctl(chosen_file(s, a[0]), a[1] & 1 ? VIDIOC_S_EDID : VIDIOC_G_EDID, &edid);
}

static long op_std(struct scene *s, const __u8 *a)
{
	static const unsigned long requests[] = { VIDIOC_G_STD, VIDIOC_S_STD, VIDIOC_QUERYSTD };
	struct file *f = chosen_file(s, a[0]);
	struct v4l2_standard standard = { .index = a[2] };
	v4l2_std_id std = a[2] < 64 ? 1ULL << a[2] : a[2] * 0x0101010101010101ULL;

	if (a[1] % 4 == 3)
		return file_ioctl(f, VIDIOC_ENUMSTD, &standard);
	return file_ioctl(f, requests[a[1] % 4], &std);
}

/* From now on, operations on the file use the other type of buffers. */
static long op_other_queue(struct scene *s, const __u8 *a)
{
	struct file *f = chosen_file(s, a[0]);
	const struct node *other = f->node->other;

	if (!other)
		return -EINVAL;
	f->node = other;
	return 0;
}

static const struct op ops[] = {
	{ "selection", "file call target left top width height", op_selection },
	{ "dv-timings", "file call index at change", op_dv_timings },
	{ "edid", "file call pad start blocks fill null", op_edid },
	{ "std", "file call index", op_std },
	{ "other-queue", "file", op_other_queue },
};

const struct op_table input_ops = { ops, ARRAY_SIZE(ops) };
