// SPDX-License-Identifier: GPL-2.0-only
/*
 * bind.c - let the allocations of bind and unbind fail
 *
 * The driver core, sysfs and devtmpfs do without some allocations. So a bind that succeeds may
 * lack a file, such as the node in /dev: the frame is captured with a node of our own.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "bind.h"
#include "common/text-file.h"
#include "injector.h"
#include "row.h"
#include "scenario-options.h"
#include "tally.h"

#define FRAMES_EVERY	8	/* faults, since frames take long on a kernel with KASAN */
#define OUR_NODE	"/run/fail-nth-node"

/**
 * struct pair - a call that can be undone, and the call that undoes it
 * @name:	of the call
 * @driver:	folder of the driver in sysfs
 * @device:	name of the device
 * @take:	makes the call; returns 0 or a negative errno
 * @undo:	undoes it; returns 0 or a negative errno
 * @binds:	it binds the device, else it unbinds it
 */
struct pair {
	const char *name;
	const char *driver;
	const char *device;
	int (*take)(const struct pair *pair);
	int (*undo)(const struct pair *pair);
	bool binds;
};

static void die(const char *what)
{
	fprintf(stderr, "fail-nth: %s: %s\n", what, strerror(errno));
	exit(CANNOT_RUN);
}

static int write_name(const struct pair *pair, const char *file)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", pair->driver, file);
	return text_file_write(path, pair->device);
}

static int take_bind(const struct pair *pair)
{
	return write_name(pair, "bind");
}

static int take_unbind(const struct pair *pair)
{
	return write_name(pair, "unbind");
}

static bool is_bound(const struct pair *pair)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", pair->driver, pair->device);
	return !access(path, F_OK);
}

/*
 * Count the nodes whose file "dev" matches @pattern. After some of the faults, get a frame of each.
 */
static int check_nodes(const char *pattern, struct tally *t)
{
	unsigned int major, minor;
	glob_t files;
	size_t i;
	FILE *f;
	int n;

	if (glob(pattern, 0, NULL, &files))
		return 0;
	for (i = 0; i < files.gl_pathc; i++) {
		f = fopen(files.gl_pathv[i], "re");
		if (!f || fscanf(f, "%u:%u", &major, &minor) != 2)
			die(files.gl_pathv[i]);
		fclose(f);
		if (t->faults % FRAMES_EVERY)
			continue;
		unlink(OUR_NODE);
		if (mknod(OUR_NODE, S_IFCHR | 0600, makedev(major, minor)))
			die(OUR_NODE);
		if (!row_one_frame(OUR_NODE))
			tally_complain(t, files.gl_pathv[i], 0);
		unlink(OUR_NODE);
	}
	n = files.gl_pathc;
	globfree(&files);
	return n;
}

/* A bound vipin has two nodes. The device of vimap has none. */
static void check_bound(const struct pair *pair, struct tally *t)
{
	char pattern[PATH_MAX];
	const char *name = strrchr(pair->driver, '/');
	int nodes;

	if (!name || strcmp(name, "/vipin"))
		return;
	snprintf(pattern, sizeof(pattern), "%s/%s/video4linux/video*/dev", pair->driver,
		 pair->device);
	nodes = check_nodes(pattern, t);
	if (nodes != 2)
		tally_complain(t, "the device does not have two nodes", 0);
}

/*
 * EBUSY: pci_request_region() has no other errno. EINVAL: device_add() without a name, since
 * __video_register_device() and media_devnode_register() ignore that dev_set_name() has failed.
 */
static bool is_expected(int error)
{
	return error == -ENOMEM || error == -EFAULT || error == -EBUSY || error == -EINVAL;
}

/*
 * Make a call with one fault after the other. The device must be bound, or not, as the call's
 * result says.
 */
static bool all_faults(const struct pair *pair)
{
	struct tally t = { .name = pair->name, .with = pair->device };
	bool reached = true;

	while (reached && tally_has_room(&t)) {
		int error;

		injector_arm(t.faults + 1);
		error = pair->take(pair);
		reached = injector_disarm();
		if (reached)
			tally_add(&t, error);
		if (error && (!reached || !is_expected(error)))
			tally_complain(&t, "it returns", error);
		if (is_bound(pair) != (error ? !pair->binds : pair->binds))
			tally_complain(&t, "the result is not what it returns", error);
		if (is_bound(pair) != pair->binds) {
			error = pair->take(pair);
			if (error) {
				tally_complain(&t, "the same call no longer works", error);
				break;
			}
		}
		if (pair->binds)
			check_bound(pair, &t);
		error = pair->undo(pair);
		if (error) {
			tally_complain(&t, "it cannot be undone", error);
			break;
		}
	}
	if (reached)
		t.wrong++;
	return tally_print(&t);
}

/**
 * bind_all_faults() - let all allocations of bind and unbind fail
 * @driver:	folder of the driver in sysfs
 * @device:	name of a device that is bound to it
 *
 * Return: true if all failures were handled, and the device is bound again.
 */
bool bind_all_faults(const char *driver, const char *device)
{
	const struct pair bind = {
		.name = "bind", .driver = driver, .device = device,
		.take = take_bind, .undo = take_unbind, .binds = true,
	};
	const struct pair unbind = {
		.name = "unbind", .driver = driver, .device = device,
		.take = take_unbind, .undo = take_bind,
	};
	bool well;

	well = all_faults(&unbind);
	if (take_unbind(&bind))
		die("unbind");
	well &= all_faults(&bind);
	if (take_bind(&bind))
		die("bind");
	return well;
}
