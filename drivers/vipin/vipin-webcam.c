// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-webcam.c - an input that has a few sizes, and a few times per frame for each of them
 *
 * As on a USB camera, larger frames come at lower rates.
 */

#include <linux/kernel.h>

#include <media/v4l2-common.h>

#include "vipin.h"

/* In frames per second. */
static const u32 vipin_webcam_rates[] = { 5, 10, 15, 25, 30, 50, 60, 120 };

/**
 * struct vipin_webcam_size - a size of frames
 * @width:	in pixels
 * @height:	in lines
 * @rates:	how many of &vipin_webcam_rates it has: those before the fastest one, and that one
 */
struct vipin_webcam_size {
	u32 width;
	u32 height;
	unsigned int rates;
};

/* Neither width nor height becomes smaller, so a limit leaves out the last ones. */
static const struct vipin_webcam_size vipin_webcam_sizes[] = {
	{ 320, 180, 8 },
	{ 640, 360, 7 },
	{ 640, 480, 7 },
	{ 1280, 720, 6 },
	{ 1920, 1080, 5 },
	{ 3840, 2160, 3 },
};

/* Return how many sizes are not larger than @max. The first one always counts. */
static unsigned int vipin_webcam_count(struct v4l2_area max)
{
	unsigned int i;

	for (i = 1; i < ARRAY_SIZE(vipin_webcam_sizes); i++)
		if (vipin_webcam_sizes[i].width > max.width ||
		    vipin_webcam_sizes[i].height > max.height)
			break;
	return i;
}

/* The administrator may allow smaller frames only. The webcam has one size at least. 0: default. */
static void vipin_webcam_limit(const struct vipin_node *node, struct v4l2_area *max)
{
	if (max->width)
		max->width = max(max->width, vipin_webcam_sizes[0].width);
	if (max->height)
		max->height = max(max->height, vipin_webcam_sizes[0].height);
}

static const struct vipin_webcam_size *vipin_webcam_nearest(struct v4l2_area max, u32 width,
							    u32 height)
{
	return v4l2_find_nearest_size(vipin_webcam_sizes, vipin_webcam_count(max), width, height,
				      min(width, VIPIN_MAX_WIDTH), min(height, VIPIN_MAX_HEIGHT));
}

static void vipin_webcam_adjust_size(struct v4l2_area max, struct v4l2_pix_format *pix)
{
	const struct vipin_webcam_size *size = vipin_webcam_nearest(max, pix->width, pix->height);

	pix->width = size->width;
	pix->height = size->height;
}

/*
 * Return the rate whose time per frame is nearest. The times differ by |n * rate - d| / (d * rate);
 * d is the same for all of them.
 */
static u32 vipin_webcam_nearest_rate(const struct v4l2_fract *interval, unsigned int rates)
{
	u64 error, least = 0;
	u32 rate, best = 0;
	unsigned int i;

	for (i = 0; i < rates; i++) {
		rate = vipin_webcam_rates[i];
		error = abs((s64)interval->numerator * rate - interval->denominator);
		if (!best || error * best < least * rate) {
			best = rate;
			least = error;
		}
	}
	return best;
}

static void vipin_webcam_adjust_interval(struct vipin_node *node, struct v4l2_fract *interval)
{
	const struct v4l2_area any = { VIPIN_MAX_WIDTH, VIPIN_MAX_HEIGHT };
	const struct vipin_webcam_size *size = vipin_webcam_nearest(any, node->pix.width,
								    node->pix.height);

	vipin_interval_adjust(interval);
	*interval = (struct v4l2_fract){ 1, vipin_webcam_nearest_rate(interval, size->rates) };
}

static int vipin_webcam_enum_size(struct v4l2_area max, struct v4l2_frmsizeenum *size)
{
	if (size->index >= vipin_webcam_count(max))
		return -EINVAL;
	size->type = V4L2_FRMSIZE_TYPE_DISCRETE;
	size->discrete.width = vipin_webcam_sizes[size->index].width;
	size->discrete.height = vipin_webcam_sizes[size->index].height;
	return 0;
}

static int vipin_webcam_enum_interval(struct vipin_node *node, struct v4l2_area max,
				      struct v4l2_frmivalenum *ival)
{
	const struct vipin_webcam_size *size = vipin_webcam_nearest(max, ival->width,
								    ival->height);

	if (size->width != ival->width || size->height != ival->height ||
	    ival->index >= size->rates)
		return -EINVAL;
	ival->type = V4L2_FRMIVAL_TYPE_DISCRETE;
	ival->discrete = (struct v4l2_fract){ 1, vipin_webcam_rates[ival->index] };
	return 0;
}

/* V4L2 has no crop and compose with several discrete sizes. */
const struct vipin_input_kind vipin_input_webcam = {
	.name			= "webcam",
	.label			= "Webcam",
	.limit			= vipin_webcam_limit,
	.adjust_size		= vipin_webcam_adjust_size,
	.adjust_interval	= vipin_webcam_adjust_interval,
	.enum_size		= vipin_webcam_enum_size,
	.enum_interval		= vipin_webcam_enum_interval,
};
