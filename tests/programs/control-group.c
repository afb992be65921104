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

static bool fails(const char *what, int err, char *why, size_t room)
{
	snprintf(why, room, "%s: %s", what, strerror(err));
	return false;
}

/**
 * control_group_make() - mount cgroup2 at CONTROL_GROUPS, and make CONTROL_GROUP there
 * @memory:	the group has the memory controller
 * @why:	filled in on failure
 * @room:	bytes of @why
 *
 * Return: true, or false if the kernel has no such groups.
 */
bool control_group_make(bool memory, char *why, size_t room)
{
	int err = 0;

	mkdir(CONTROL_GROUPS, 0700);
	if (mount("none", CONTROL_GROUPS, "cgroup2", 0, NULL) && errno != EBUSY)
		return fails("cgroup2", errno, why, room);
	if (memory)
		err = text_file_write(CONTROL_GROUPS "/cgroup.subtree_control", "+memory");
	if (err)
		return fails("no memory controller", -err, why, room);
	/* A scenario that went wrong may have left the group, with its limits. */
	rmdir(CONTROL_GROUP);
	if (mkdir(CONTROL_GROUP, 0700))
		return fails("mkdir " CONTROL_GROUP, errno, why, room);
	return true;
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
