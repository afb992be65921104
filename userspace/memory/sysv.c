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

/* Fill it while it may be written, and attach it once more if that is to end. */
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
	/* It goes with the last mapping of it. */
	shmctl(id, IPC_RMID, NULL);
	return ret;
}

const struct memory_kind memory_sysv = {
	.name = "sysv-shm",
	.sentence = "System V shared memory, as X clients have it, is shared memory like any",
	.map = sysv_map,
	.unmap = memory_unmap_plain,
};

const struct memory_kind memory_sysv_read_only = {
	.name = "sysv-shm-read-only",
	.sentence = "a segment attached with SHM_RDONLY is not written by way of a device",
	.map = sysv_map,
	.unmap = memory_unmap_plain,
	.variant = SHM_RDONLY,
};
