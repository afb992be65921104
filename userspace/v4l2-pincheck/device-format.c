// SPDX-License-Identifier: GPL-2.0-only
/*
 * device-format.c - formats and frame sizes that a device offers
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "common/macros.h"
#include "device.h"

/* Enough sizes and formats to show what the device offers. */
#define MAX_SIZES	8
#define MAX_SHOWN	150

/* Append to the device's message, as far as there is room. */
__printf(2, 3)
static void say(struct device *d, const char *format, ...)
{
	size_t used = strlen(d->why);
	va_list args;

	va_start(args, format);
	vsnprintf(d->why + used, sizeof(d->why) - used, format, args);
	va_end(args);
}

/**
 * device_format_name() - write the four letters of a format, without spaces at the end
 * @letters:	filled in
 * @format:	V4L2_PIX_FMT_...
 */
void device_format_name(char letters[5], __u32 format)
{
	for (int i = 0; i < 4; i++)
		letters[i] = format >> 8 * i & 0x7f;
	letters[4] = 0;
	for (int i = 3; i && letters[i] == ' '; i--)
		letters[i] = 0;
}

static void say_format(struct device *d, const char *before, __u32 format)
{
	char letters[5];

	device_format_name(letters, format);
	say(d, "%s%s", before, letters);
}

/* Append all formats if @say_them. Return whether @wanted is one of them. */
static bool say_formats(struct device *d, __u32 wanted, bool say_them)
{
	struct v4l2_fmtdesc format = { .type = device_buffer_type(d) };
	bool found = false;

	for (; format.index < MAX_FORMATS && !ioctl(d->fd, VIDIOC_ENUM_FMT, &format);
	     format.index++) {
		found |= format.pixelformat == wanted;
		if (say_them && format.index < MAX_SHOWN)
			say_format(d, format.index ? " " : "", format.pixelformat);
	}
	if (say_them && format.index > MAX_SHOWN)
		say(d, " ...");
	return found;
}

static bool say_sizes(struct device *d, __u32 format)
{
	struct v4l2_frmsizeenum size = { .pixel_format = format };
	const struct v4l2_frmsize_stepwise *steps = &size.stepwise;

	for (; size.index < MAX_SIZES && !ioctl(d->fd, VIDIOC_ENUM_FRAMESIZES, &size);
	     size.index++) {
		if (size.type != V4L2_FRMSIZE_TYPE_DISCRETE) {
			say(d, "sizes from %ux%u to %ux%u in steps of %ux%u", steps->min_width,
			    steps->min_height, steps->max_width, steps->max_height,
			    steps->step_width, steps->step_height);
			return true;
		}
		say(d, "%s%ux%u", size.index ? " " : "the sizes ", size.discrete.width,
		    size.discrete.height);
	}
	if (size.index == MAX_SIZES)
		say(d, " ...");
	return size.index;
}

/**
 * device_lacks_format() - set the message that a device has no such frames
 * @d:		the device; its format is the nearest one that it has; &device.why is set
 * @size:	requested size and format
 */
void device_lacks_format(struct device *d, const struct frame_size *size)
{
	d->why[0] = 0;
	if (!say_formats(d, size->pixelformat, false)) {
		say_format(d, "has no format ", size->pixelformat);
		say(d, "; it has ");
		say_formats(d, 0, true);
		return;
	}
	say(d, "has no frames of %ux%u in ", size->width, size->height);
	say_format(d, "", size->pixelformat);
	say(d, "; it has ");
	if (!say_sizes(d, size->pixelformat))
		say(d, "%ux%u", d->pix.width, d->pix.height);
	else if (d->pix.pixelformat == size->pixelformat)
		say(d, ", and %ux%u is the nearest", d->pix.width, d->pix.height);
}
