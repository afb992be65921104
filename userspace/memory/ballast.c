// SPDX-License-Identifier: GPL-2.0-only
/*
 * ballast.c - memory taken only so that others cannot have it
 *
 * A file in a tmpfs that is mounted nowhere, with huge pages: fallocate() takes
 * its pages 512 at a time and clears none, so a gigabyte is taken in milliseconds
 * even where the CPU is emulated (in a second, where the kernel clears all memory
 * that it gives out: init_on_alloc=). It is gone with its descriptor, however the
 * program ends.
 */
#include <fcntl.h>
#include <linux/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ballast.h"

/* glibc has these calls since 2.36. */
static int set(int fs, unsigned int command, const char *key, const char *value)
{
	return syscall(SYS_fsconfig, fs, command, key, value, 0);
}

/**
 * ballast_open() - begin with none
 * @b:	filled in
 *
 * Return: 0, or -1 with errno set: EPERM without CAP_SYS_ADMIN.
 */
int ballast_open(struct ballast *b)
{
	int fs = syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC), mnt = -1;

	*b = (struct ballast) { .fd = -1 };
	if (fs < 0)
		return -1;

	/* A size of 0 is no limit. */
	if (!set(fs, FSCONFIG_SET_STRING, "huge", "always") &&
	    !set(fs, FSCONFIG_SET_STRING, "size", "0") &&
	    !set(fs, FSCONFIG_CMD_CREATE, NULL, NULL))
		mnt = syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, 0);
	close(fs);
	if (mnt < 0)
		return -1;

	b->fd = openat(mnt, ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	close(mnt);
	return b->fd < 0 ? -1 : 0;
}

/**
 * ballast_add() - take more
 * @b:		the ballast
 * @size:	bytes
 *
 * Return: 0, or -1 with errno set if there is not that much.
 */
int ballast_add(struct ballast *b, size_t size)
{
	if (fallocate(b->fd, 0, b->size, size))
		return -1;
	b->size += size;
	return 0;
}

/**
 * ballast_drop() - give all of it back
 * @b:	the ballast
 */
void ballast_drop(struct ballast *b)
{
	if (b->fd >= 0)
		close(b->fd);
	b->fd = -1;
}
