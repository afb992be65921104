// SPDX-License-Identifier: GPL-2.0-only
/*
 * zram.c - private swap space in compressed memory
 *
 * Documentation/admin-guide/blockdev/zram.rst
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/swap.h>
#include <unistd.h>

#include "common/number-file.h"
#include "memory.h"
#include "zram.h"

#define CONTROL		"/sys/class/zram-control/"

/* The start of a swap device: union swap_header of include/linux/swap.h. */
struct swap_header {
	char boot[1024];
	__u32 version;
	__u32 last_page;
	__u32 nr_badpages;
};

/* It ends the page, whatever the size of a page is. */
#define MAGIC		"SWAPSPACE2"
#define MAGIC_LENGTH	10

static int write_file(const char *path, const void *text, size_t size)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), saved;
	ssize_t done;

	if (fd < 0)
		return -1;
	done = write(fd, text, size);
	saved = errno;
	/* close() writes the rest to a block device, so it can fail, too. */
	if (done == (ssize_t)size && close(fd))
		return -1;
	if (done == (ssize_t)size)
		return 0;
	close(fd);
	errno = saved;
	return -1;
}

static void zram_remove(int number)
{
	char text[64];

	snprintf(text, sizeof(text), "/sys/block/zram%d/reset", number);
	write_file(text, "1", 1);
	write_file(CONTROL "hot_remove", text, snprintf(text, sizeof(text), "%d", number));
}

/**
 * zram_swapon() - set up a new zram device as swap space
 * @size:	in bytes
 *
 * Return: number of the device, for zram_swapoff(), or -1 with errno set: ENOENT if the
 * module zram is not loaded, EACCES or EPERM without root rights.
 */
int zram_swapon(size_t size)
{
	const struct swap_header header = { .version = 1, .last_page = size / PAGE - 1 };
	char page[PAGE];
	char path[64], text[32];
	int number = number_file_read(CONTROL "hot_add"), saved;

	if (number < 0)
		return -1;
	memset(page, 0, PAGE);
	memcpy(page, &header, sizeof(header));
	memcpy(page + PAGE - MAGIC_LENGTH, MAGIC, MAGIC_LENGTH);
	snprintf(path, sizeof(path), "/sys/block/zram%d/disksize", number);
	if (!write_file(path, text, snprintf(text, sizeof(text), "%zu", size))) {
		snprintf(path, sizeof(path), "/dev/zram%d", number);
		/* The highest priority: the kernel uses this swap space first. */
		if (!write_file(path, page, PAGE) &&
		    !swapon(path, SWAP_FLAG_PREFER | SWAP_FLAG_PRIO_MASK))
			return number;
	}
	saved = errno;
	zram_remove(number);
	errno = saved;
	return -1;
}

/**
 * zram_swapoff() - remove swap space
 * @number:	return value of zram_swapon()
 *
 * Return: 0, or -1 with errno set: EINTR if a signal arrives, ENOMEM if there is no memory for the
 * pages. The swap space is then still in use.
 */
int zram_swapoff(int number)
{
	char path[64];

	snprintf(path, sizeof(path), "/dev/zram%d", number);
	if (swapoff(path))
		return -1;
	zram_remove(number);
	return 0;
}
