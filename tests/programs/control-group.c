// SPDX-License-Identifier: GPL-2.0-only
/*
 * control-group.c - a control group for the processes of a scenario
 *
 * Documentation/admin-guide/cgroup-v2.rst
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/text-file.h"
#include "control-group.h"

static void explain(const char *what, int err, char *why, size_t room)
{
	snprintf(why, room, "%s: %s", what, strerror(err));
}

/**
 * control_group_make() - mount cgroup2 at CONTROL_GROUPS, and make CONTROL_GROUP there
 * @memory:	the group has the memory controller
 * @why:	filled in on failure
 * @room:	bytes of @why
 *
 * Return: 0; -EOPNOTSUPP if the kernel has no such groups; or another negative errno.
 */
int control_group_make(bool memory, char *why, size_t room)
{
	int err = 0;

	mkdir(CONTROL_GROUPS, 0700);
	if (mount("none", CONTROL_GROUPS, "cgroup2", 0, NULL) && errno != EBUSY) {
		explain("cgroup2", errno, why, room);
		return -EOPNOTSUPP;
	}
	if (memory)
		err = text_file_write(CONTROL_GROUPS "/cgroup.subtree_control", "+memory");
	if (err) {
		explain("no memory controller", -err, why, room);
		return -EOPNOTSUPP;
	}
	/* A scenario that went wrong may have left the group, with its limits. */
	rmdir(CONTROL_GROUP);
	if (!mkdir(CONTROL_GROUP, 0700))
		return 0;
	err = errno;
	explain("mkdir " CONTROL_GROUP, err, why, room);
	return -err;
}

/**
 * control_group_remove() - undo control_group_make()
 *
 * The last process leaves the group when it ends, which may be a little later. So wait.
 *
 * Return: 0, or a negative errno: -EBUSY if a process is still there after five seconds.
 */
int control_group_remove(void)
{
	int err = 0;

	for (int i = 0; i < 500; i++) {
		err = rmdir(CONTROL_GROUP) ? -errno : 0;
		if (err != -EBUSY)
			break;
		usleep(10000);
	}
	umount2(CONTROL_GROUPS, MNT_DETACH);
	rmdir(CONTROL_GROUPS);
	return err;
}
