// SPDX-License-Identifier: GPL-2.0-only
/*
 * device-vipin.c - what only vipin has: policies, stamps, counted frames
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "common/vipin-node.h"
#include "device.h"

/* Controls that are set here, and restored when the device is closed. */
static const __u32 controls[NR_CONTROLS] = {
	VIPIN_CID_POLICY, VIPIN_CID_FREE_RUN, VIPIN_CID_FRAME_STAMP,
};

static int set_control(const struct device *d, __u32 id, int value)
{
	struct v4l2_control control = { .id = id, .value = value };

	return DEVICE_IOCTL(d, VIDIOC_S_CTRL, &control) ? -errno : 0;
}

/*
 * An output node has no Frame Stamp control: it checks stamps, but writes none. Metadata have a CRC
 * instead. A memory-to-memory node has no frame clock, and no frames of its own.
 */
static int nr_controls(const struct device *d)
{
	if (d->m2m)
		return 1;
	return d->direction == OUTPUT || d->content ? NR_CONTROLS - 1 : NR_CONTROLS;
}

/**
 * device_is_vipin() - check whether a node belongs to vipin, without opening it
 * @path:	path of the node
 * @direction:	filled in: direction of the node, -1 for both
 *
 * This user may not be allowed to open the node, so look at the name that the driver set,
 * which sysfs shows: "vipin.0-cap", "vipin.0-out", "vipin.0-meta", "vipin.0-m2m".
 *
 * Return: true if it does.
 */
bool device_is_vipin(const char *path, int *direction)
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
	if (strstr(name, "-m2m"))
		*direction = -1;
	return !strncmp(name, "vipin", 5);
}

/**
 * device_open_vipin() - set the controls of a vipin device
 * @d:	the device; &device.vipin is set once it is known to have all controls
 *
 * Return: 0, or a negative errno.
 */
int device_open_vipin(struct device *d)
{
	for (int i = 0; i < nr_controls(d); i++) {
		struct v4l2_control control = { .id = controls[i] };

		if (DEVICE_IOCTL(d, VIDIOC_G_CTRL, &control))
			return -errno;
		d->controls_before[i] = control.value;
	}
	d->vipin = true;

	/* Free run: a frame for each queued buffer, as fast as possible. */
	for (int i = 1; i < nr_controls(d); i++)
		if (set_control(d, controls[i], 1))
			return -errno;
	return 0;
}

/**
 * device_close_vipin() - restore the controls of a vipin device
 * @d:	the device
 */
void device_close_vipin(struct device *d)
{
	for (int i = 0; d->vipin && i < nr_controls(d); i++)
		set_control(d, controls[i], d->controls_before[i]);
}

/**
 * device_set_policy() - set the policy of a device
 * @d:		the device, without buffers
 * @policy:	the policy
 *
 * Other drivers than vipin add no check of their own: that is VIPIN_POLICY_KERNEL.
 *
 * Return: 0, or a negative errno: EINVAL if the device has no such policy.
 */
int device_set_policy(struct device *d, enum vipin_policy policy)
{
	int ret;

	if (!d->vipin)
		ret = policy == VIPIN_POLICY_KERNEL ? 0 : -EINVAL;
	else
		ret = set_control(d, VIPIN_CID_POLICY, policy);
	if (!ret)
		d->policy = policy;
	return ret;
}

/**
 * device_count_frames() - get the number of frames that an output node has counted
 * @d:		the device
 * @count:	filled in; 0 for a device that does not count
 *
 * Return: 0, or a negative errno.
 */
int device_count_frames(struct device *d, struct frame_count *count)
{
	*count = (struct frame_count) {};
	if (!d->vipin || d->m2m || d->direction != OUTPUT)
		return 0;
	return vipin_node_count_frames(d->fd, &count->good, &count->bad);
}
