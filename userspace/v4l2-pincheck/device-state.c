// SPDX-License-Identifier: GPL-2.0-only
/*
 * device-state.c - the state of a device that is restored at the end
 *
 * A driver may change the crop and compose rectangles and the frame rate when the format is set.
 */
#include <errno.h>
#include <string.h>

#include "device.h"

static bool get_selection(const struct device *d, __u32 target, struct v4l2_selection *selection)
{
	*selection = (struct v4l2_selection) { .type = device_buffer_type(d), .target = target };
	return !DEVICE_IOCTL(d, VIDIOC_G_SELECTION, selection);
}

static bool get_rate(const struct device *d, struct v4l2_streamparm *rate)
{
	*rate = (struct v4l2_streamparm) { .type = device_buffer_type(d) };
	return !DEVICE_IOCTL(d, VIDIOC_G_PARM, rate);
}

static int get_format(const struct device *d, struct v4l2_format *format)
{
	*format = (struct v4l2_format) { .type = device_buffer_type(d) };
	return DEVICE_IOCTL(d, VIDIOC_G_FMT, format) ? -errno : 0;
}

/**
 * device_save_state() - read the state of a device
 * @d:	the device; &device.before and &device.pix are set
 *
 * Return: 0, or a negative errno.
 */
int device_save_state(struct device *d)
{
	struct device_state state = {};
	int ret = get_format(d, &state.format);

	if (ret)
		return ret;
	state.has_crop = get_selection(d, V4L2_SEL_TGT_CROP, &state.crop);
	state.has_compose = get_selection(d, V4L2_SEL_TGT_COMPOSE, &state.compose);
	state.has_rate = get_rate(d, &state.rate);
	d->before = state;
	device_know_format(d, &state.format);
	return 0;
}

static void restore_selection(const struct device *d, struct v4l2_selection *before)
{
	struct v4l2_selection now;

	if (!get_selection(d, before->target, &now) ||
	    memcmp(&now.r, &before->r, sizeof(now.r)))
		DEVICE_IOCTL(d, VIDIOC_S_SELECTION, before);
}

/**
 * device_restore_state() - restore the state of a device, as far as it has changed
 * @d:	the device, without buffers
 */
void device_restore_state(struct device *d)
{
	struct device_state *before = &d->before;
	struct v4l2_streamparm rate;
	struct v4l2_format format;

	if (get_format(d, &format) ||
	    memcmp(&format.fmt, &before->format.fmt, sizeof(format.fmt)))
		DEVICE_IOCTL(d, VIDIOC_S_FMT, &before->format);
	if (before->has_crop)
		restore_selection(d, &before->crop);
	if (before->has_compose)
		restore_selection(d, &before->compose);
	/* The frame interval is at the same place for capture and for output. */
	if (before->has_rate &&
	    (!get_rate(d, &rate) ||
	     memcmp(&rate.parm.capture.timeperframe, &before->rate.parm.capture.timeperframe,
		    sizeof(rate.parm.capture.timeperframe))))
		DEVICE_IOCTL(d, VIDIOC_S_PARM, &before->rate);
}
