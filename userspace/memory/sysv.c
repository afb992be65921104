// SPDX-License-Identifier: GPL-2.0-only
/*
 * sysv.c - System V shared memory (shmget(2))
 */
#include <errno.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>

#include "provider.h"

static unsigned char *attach(struct memory *m, int id, int flags)
{
	void *at = shmat(id, NULL, flags);

	if (at != (void *)-1)
		return at;
	memory_lacks(m, "shmat: %s", strerror(errno));
	return NULL;
}

/* Fill the segment. If it must be read-only, attach it a second time. */
static int attach_filled(struct memory *m, int id)
{
	unsigned char *writable = attach(m, id, 0);

	if (!writable)
		return -1;
	memset(writable, m->fill, m->size);
	m->base = writable;
	if (m->kind->variant) {
		m->base = attach(m, id, m->kind->variant);
		shmdt(writable);
	}
	m->frame = m->base + PAGE;
	return m->base ? 0 : -1;
}

/* The variant is a flag of shmat(). */
static int sysv_map(struct memory *m)
{
	int id, ret;

	m->size = memory_round_up(m->length, PAGE) + 2 * PAGE;
	id = shmget(IPC_PRIVATE, m->size, IPC_CREAT | 0600);
	if (id < 0)
		return memory_lacks(m, "shmget: %s", strerror(errno));
	ret = attach_filled(m, id);
	/* The segment is destroyed when it is no longer attached. */
	shmctl(id, IPC_RMID, NULL);
	return ret;
}

static const struct memory_kind kinds[] = {
	{
		.name = "sysv-shm",
		.sentence = "System V shared memory, which X clients use, is accepted",
		.map = sysv_map,
		.unmap = memory_unmap_plain,
	}, {
		.name = "sysv-shm-read-only",
		.sentence = "a device must not write to a segment attached with SHM_RDONLY",
		.map = sysv_map,
		.unmap = memory_unmap_plain,
		.variant = SHM_RDONLY,
	},
};

const struct memory_provider sysv_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
