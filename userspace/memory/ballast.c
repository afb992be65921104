// SPDX-License-Identifier: GPL-2.0-only
/*
 * ballast.c - memory that is allocated only to reduce the free memory
 *
 * The memory is a file with huge pages, in a tmpfs that is not mounted anywhere. fallocate()
 * allocates 512 pages at a time and clears none of them. So a gigabyte takes milliseconds,
 * even with an emulated CPU, or a second if the kernel clears all allocations
 * (init_on_alloc=). The memory is freed when the file is closed, also by an exit.
 */
#include <fcntl.h>
#include <linux/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ballast.h"

/* Use syscall(): glibc has a wrapper since 2.36 only. */
static int set(int fs, unsigned int command, const char *key, const char *value)
{
	return syscall(SYS_fsconfig, fs, command, key, value, 0);
}

/**
 * ballast_open() - create an empty ballast
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

	/* A size of 0 means no limit. */
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
 * ballast_add() - allocate more memory
 * @b:		the ballast
 * @size:	bytes to add
 *
 * Return: 0, or -1 with errno set if there is not enough memory.
 */
int ballast_add(struct ballast *b, size_t size)
{
	if (fallocate(b->fd, 0, b->size, size))
		return -1;
	b->size += size;
	return 0;
}

/**
 * ballast_drop() - free all memory of a ballast
 * @b:	the ballast
 */
void ballast_drop(struct ballast *b)
{
	if (b->fd >= 0)
		close(b->fd);
	b->fd = -1;
}
