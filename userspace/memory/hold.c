// SPDX-License-Identifier: GPL-2.0-only
/*
 * hold.c - a page that is held, so that it cannot be moved
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "provider.h"

/**
 * memory_hold() - have somebody hold a page in the middle of the frame
 * @m:	the memory, its pages present
 *
 * vmsplice() puts the page itself into a pipe, without a copy and without a pin:
 * a mere reference. Closing the pipe lets go of it.
 *
 * Return: 0, or -1 with @m->why set.
 */
int memory_hold(struct memory *m)
{
	struct iovec page = {
		.iov_base = m->frame + memory_round_up(m->length / 2, PAGE),
		.iov_len = PAGE,
	};
	int ends[2];
	ssize_t moved;

	if (pipe2(ends, O_CLOEXEC))
		return memory_lacks(m, "pipe: %s", strerror(errno));
	m->holder = ends[0];
	moved = vmsplice(ends[1], &page, 1, SPLICE_F_NONBLOCK);
	close(ends[1]);
	if (moved != PAGE)
		return memory_lacks(m, "vmsplice: %s", strerror(errno));
	return 0;
}
