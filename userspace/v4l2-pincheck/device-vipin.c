// SPDX-License-Identifier: GPL-2.0-only
/*
 * device-vipin.c - what only a vipin has: policies, stamps, counted frames
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "device.h"

/* What is set here, and put back when the device is closed. */
static const __u32 controls[NR_CONTROLS] = {
	VIPIN_CID_POLICY, VIPIN_CID_FREE_RUN, VIPIN_CID_FRAME_STAMP,
};

/* An output node looks for stamps, and has no control to put them there. */
static int nr_controls(const struct device *d)
{
	return d->direction == OUTPUT ? NR_CONTROLS - 1 : NR_CONTROLS;
}

static int set_control(struct device *d, __u32 id, __s32 value)
{
	struct v4l2_control control = { .id = id, .value = value };

	return ioctl(d->fd, VIDIOC_S_CTRL, &control) ? -errno : 0;
}

/**
 * device_is_vipin() - look whether a node is a vipin's, without opening it
 * @path:	of the node
 * @direction:	filled in: which way data goes
 *
 * A node that this user may not open is a vipin's all the same. sysfs has the name
 * that the driver gave it: "vipin.0-cap", "vipin.0-out".
 *
 * Return: true if it is.
 */
bool device_is_vipin(const char *path, enum direction *direction)
{
	char name_path[64], name[64] = "";
	struct stat st;
	FILE *f;

	if (stat(path, &st) || !S_ISCHR(st.st_mode))
		return false;
	snprintf(name_path, sizeof(name_path), "/sys/dev/char/%u:%u/name",
		 major(st.st_rdev), minor(st.st_rdev));
	f = fopen(name_path, "re");
	if (!f)
		return false;
	if (!fgets(name, sizeof(name), f))
		name[0] = 0;
	fclose(f);
	*direction = strstr(name, "-out") ? OUTPUT : CAPTURE;
	return !strncmp(name, "vipin", 5);
}

/**
 * device_open_vipin() - have a vipin do what is needed here
 * @d:	the device; &device.vipin is set once it is a vipin's whole set of controls
 *
 * Return: 0, or a negative errno.
 */
int device_open_vipin(struct device *d)
{
	for (int i = 0; i < nr_controls(d); i++) {
		struct v4l2_control control = { .id = controls[i] };

		if (ioctl(d->fd, VIDIOC_G_CTRL, &control))
			return -errno;
		d->controls_before[i] = control.value;
	}
	d->vipin = true;

	/* As fast as buffers come: there is nobody to watch the frames. */
	for (int i = 1; i < nr_controls(d); i++)
		if (set_control(d, controls[i], 1))
			return -errno;
	return 0;
}

/**
 * device_close_vipin() - put its controls back
 * @d:	the device
 */
void device_close_vipin(struct device *d)
{
	for (int i = 0; d->vipin && i < nr_controls(d); i++)
		set_control(d, controls[i], d->controls_before[i]);
}

/**
 * device_set_policy() - choose who decides about pointers
 * @d:		the device, without buffers
 * @policy:	who
 *
 * Return: 0, or a negative errno: EINVAL if the device knows no such policy. A
 * driver that adds nothing of its own is one of VIPIN_POLICY_KERNEL.
 */
int device_set_policy(struct device *d, enum vipin_policy policy)
{
	if (!d->vipin)
		return policy == VIPIN_POLICY_KERNEL ? 0 : -EINVAL;
	return set_control(d, VIPIN_CID_POLICY, policy);
}

/**
 * device_count_frames() - ask an output node what it has found
 * @d:		the device
 * @count:	filled in; of a device that does not count, with 0
 *
 * Return: 0, or a negative errno.
 */
int device_count_frames(struct device *d, struct frame_count *count)
{
	struct v4l2_ext_control values[] = {
		{ .id = VIPIN_CID_GOOD_FRAMES }, { .id = VIPIN_CID_BAD_FRAMES },
	};
	struct v4l2_ext_controls all = { .count = 2, .controls = values };

	*count = (struct frame_count) {};
	if (!d->vipin || d->direction != OUTPUT)
		return 0;
	if (ioctl(d->fd, VIDIOC_G_EXT_CTRLS, &all))
		return -errno;
	count->good = values[0].value64;
	count->bad = values[1].value64;
	return 0;
}
