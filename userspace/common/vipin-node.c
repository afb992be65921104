// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-node.c - what only a video node of vipin has: settings, counted frames and pages, verdicts
 */
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include <linux/videodev2.h>

#include "macros.h"
#include "number-file.h"
#include "vipin-node.h"
#include "vipin/vipin-uapi.h"

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Does a directory of configfs belong to a device of sysfs? */
static bool has_made(const char *folder, const char *device)
{
	char path[PATH_MAX], line[128] = "";
	FILE *f;

	snprintf(path, sizeof(path), "%s/device", folder);
	f = fopen(path, "re");
	if (!f)
		return false;
	if (!fgets(line, sizeof(line), f))
		line[0] = 0;
	fclose(f);
	line[strcspn(line, "\n")] = 0;
	return !strcmp(line, last_part(device));
}

/**
 * vipin_node_setting() - read how the device of a node was made
 * @path:	path of the node, /dev/videoN
 * @name:	attribute of configfs and module parameter: a number
 *
 * The parameter may have changed since the device was bound. A PCI function and a device that the
 * module made have no directory in configfs.
 *
 * Return: the number, or -1 if neither configfs nor the module has it.
 */
long vipin_node_setting(const char *path, const char *name)
{
	char file[PATH_MAX], link[96], device[PATH_MAX];
	glob_t made = { 0 };
	size_t i;

	snprintf(file, sizeof(file), "/sys/module/vipin/parameters/%s", name);
	snprintf(link, sizeof(link), "/sys/class/video4linux/%.32s/device", last_part(path));
	if (realpath(link, device) && !glob("/sys/kernel/config/vipin/*", 0, NULL, &made)) {
		for (i = 0; i < made.gl_pathc; i++)
			if (has_made(made.gl_pathv[i], device))
				snprintf(file, sizeof(file), "%s/%s", made.gl_pathv[i], name);
		globfree(&made);
	}
	return number_file_read(file);
}

/**
 * vipin_node_count_frames() - read the frame counters of an output node
 * @fd:		the node
 * @good:	filled in: frames with a correct stamp
 * @bad:	filled in: all others
 *
 * Return: 0, or a negative errno.
 */
int vipin_node_count_frames(int fd, long long *good, long long *bad)
{
	struct v4l2_ext_control control[] = {
		{ .id = VIPIN_CID_GOOD_FRAMES }, { .id = VIPIN_CID_BAD_FRAMES },
	};
	struct v4l2_ext_controls controls = { .count = ARRAY_SIZE(control), .controls = control };

	if (ioctl(fd, VIDIOC_G_EXT_CTRLS, &controls))
		return -errno;
	*good = control[0].value64;
	*bad = control[1].value64;
	return 0;
}

/**
 * vipin_node_pinned() - read from debugfs how many pages a node counts as pinned
 * @path:	of the node, /dev/videoN
 *
 * Return: the number of pages, or -1 if debugfs does not have it.
 */
long vipin_node_pinned(const char *path)
{
	char file[96];

	snprintf(file, sizeof(file), "/sys/kernel/debug/vipin/%.32s/pinned_pages",
		 last_part(path));
	return number_file_read(file);
}

/**
 * vipin_node_open_verdicts() - open the list of verdicts in debugfs
 * @name:	of the node, videoN
 *
 * Return: the file, or NULL with errno set.
 */
FILE *vipin_node_open_verdicts(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/kernel/debug/vipin/%.32s/verdicts", name);
	return fopen(path, "re");
}

/**
 * vipin_node_verdict() - read the newest verdict from debugfs
 * @path:	of the node, /dev/videoN
 * @line:	filled in: the verdict without its newline, or "" if there is none
 * @size:	room in @line
 *
 * Return: the verdict's number, 0 if there is none, or a negative errno if the list of
 * verdicts cannot be read.
 */
long vipin_node_verdict(const char *path, char *line, size_t size)
{
	const char *slash = strrchr(path, '/');
	FILE *f = vipin_node_open_verdicts(slash ? slash + 1 : path);
	char next[512];

	line[0] = 0;
	if (!f)
		return -errno;
	while (fgets(next, sizeof(next), f))
		snprintf(line, size, "%.*s", (int)strcspn(next, "\n"), next);
	fclose(f);
	return line[0] ? strtol(line + 1, NULL, 10) : 0;
}
