// SPDX-License-Identifier: GPL-2.0-only
/*
 * pkey.c - memory that a protection key locks
 *
 * Documentation/core-api/protection-keys.rst
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "memory.h"

static int key = -1;

static int pkey_map(struct memory *m)
{
	if (memory_map_plain(m, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1))
		return -1;
	memset(m->base, m->fill, m->size);
	key = pkey_alloc(0, m->kind->variant);
	if (key < 0)
		return memory_lacks(m, "this CPU or kernel has no protection keys: %s",
				    strerror(errno));
	if (pkey_mprotect(m->base, m->size, PROT_READ | PROT_WRITE, key))
		return memory_lacks(m, "pkey_mprotect: %s", strerror(errno));
	return 0;
}

static void pkey_unmap(struct memory *m)
{
	/* In this order: else the next owner of the key would own the memory. */
	memory_unmap_plain(m);
	if (key >= 0)
		pkey_free(key);
	key = -1;
}

const struct memory_kind memory_pkey = {
	.name = "pkey",
	.sentence = "a protection key that denies writing denies it to a device as well",
	.map = pkey_map,
	.unmap = pkey_unmap,
	.variant = PKEY_DISABLE_WRITE,
	.untouched = true,
	.keyed = true,
};

const struct memory_kind memory_pkey_open = {
	.name = "pkey-open",
	.sentence = "a protection key that denies nothing changes nothing",
	.map = pkey_map,
	.unmap = pkey_unmap,
	.variant = 0,
	.keyed = true,
};
