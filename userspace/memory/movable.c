// SPDX-License-Identifier: GPL-2.0-only
/*
 * movable.c - anonymous memory whose pages lie in ZONE_MOVABLE
 *
 * A memory block that is offline is brought online in that zone, from which the kernel
 * takes movable pages first. Later it is taken offline again, which succeeds only if all
 * pages can be migrated out. Without such a block, the kernel may still have the zone
 * (movablecore=).
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/pagemap.h"
#include "provider.h"
#include "zone.h"

/* The kernel retries until it succeeds or a signal arrives. */
#define TIMEOUT	10	/* seconds */

static int block_write(int fd, const char *state)
{
	size_t length = strlen(state);

	zone_forget();
	return pwrite(fd, state, length, 0) == (ssize_t)length ? 0 : -1;
}

static bool block_is_offline(int fd)
{
	char state[16] = "";

	return pread(fd, state, sizeof(state) - 1, 0) > 0 && !strcmp(state, "offline\n");
}

static void on_alarm(int signal)
{
	(void)signal;
}

static int block_take_offline(int fd)
{
	struct sigaction action = { .sa_handler = on_alarm }, before;
	int ret;

	sigaction(SIGALRM, &action, &before);
	alarm(TIMEOUT);
	ret = block_write(fd, "offline");
	alarm(0);
	sigaction(SIGALRM, &before, NULL);
	return ret;
}

/* Bring one block online. Returns a file descriptor of its state file, or -1. */
static int block_bring_online(void)
{
	glob_t files;
	int fd = -1;

	if (glob("/sys/devices/system/memory/memory*/state", 0, NULL, &files))
		return -1;
	for (size_t i = 0; i < files.gl_pathc && fd < 0; i++) {
		fd = open(files.gl_pathv[i], O_RDWR | O_CLOEXEC);
		if (fd < 0)
			break;
		if (!block_is_offline(fd) || block_write(fd, "online_movable")) {
			close(fd);
			fd = -1;
		}
	}
	globfree(&files);
	return fd;
}

static bool all_in_zone(const struct memory *m)
{
	size_t nr = m->size / PAGE;
	__u64 *pfns = calloc(nr, sizeof(*pfns));
	bool all = pfns && !pagemap_read(m->base, nr, pfns);

	for (size_t i = 0; all && i < nr; i++)
		all = zone_movable_contains(pfns[i]);
	free(pfns);
	return all;
}

static int movable_map(struct memory *m)
{
	size_t step = m->kind->variant ? THP : PAGE;

	m->fd = block_bring_online();
	m->size = memory_round_up(m->length + 2 * PAGE, step);
	if (memory_map_aligned(m, step))
		return -1;
	madvise(m->base, m->size, step == THP ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
	memset(m->base, MEMORY_FILL, m->size);
	if (all_in_zone(m))
		return 0;
	if (m->fd < 0)
		return memory_lacks(m, "no memory block is offline, and no other ZONE_MOVABLE");
	return memory_lacks(m, "the kernel allocated outside ZONE_MOVABLE");
}

static int movable_held_map(struct memory *m)
{
	return movable_map(m) ? -1 : memory_hold(m);
}

static int movable_check_not_pinned(struct memory *m)
{
	if (m->fd >= 0 && block_take_offline(m->fd))
		return memory_lacks(m, "cannot empty ZONE_MOVABLE while the frame is pinned: %s",
				    strerror(errno));
	return 0;
}

static void movable_unmap(struct memory *m)
{
	memory_unmap_plain(m);

	/* A page with an extra reference could not be migrated out of the block. */
	if (m->holder >= 0)
		close(m->holder);
	m->holder = -1;
	if (m->fd >= 0 && !block_is_offline(m->fd))
		block_take_offline(m->fd);
}

#define INTRUSION	"brings a memory block online"

static const struct memory_kind kinds[] = {
	{
		.name = "movable-pages",
		.sentence = "single pages in ZONE_MOVABLE are migrated out before the pin",
		.intrusive = INTRUSION,
		.map = movable_map,
		.unmap = movable_unmap,
		.check_while_pinned = movable_check_not_pinned,
		.in_movable = true,
	}, {
		.name = "movable-thp",
		.sentence = "a huge page in ZONE_MOVABLE is migrated out, and stays contiguous",
		.intrusive = INTRUSION,
		.map = movable_map,
		.unmap = movable_unmap,
		.check_while_pinned = movable_check_not_pinned,
		.in_movable = true,
		.variant = true,
	}, {
		.name = "movable-held",
		.sentence = "a ZONE_MOVABLE page with an extra reference cannot move: refused",
		.intrusive = INTRUSION,
		.map = movable_held_map,
		.unmap = movable_unmap,
		.check_while_pinned = movable_check_not_pinned,
		.in_movable = true,
		.migration_may_fail = true,
	},
};

const struct memory_provider movable_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
