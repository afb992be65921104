// SPDX-License-Identifier: GPL-2.0-only
/*
 * pkey.c - memory with a protection key
 *
 * Documentation/core-api/protection-keys.rst
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "provider.h"

static int key = -1;

/*
 * Check that the task still has the key's rights after a context switch. Before 5.14, the
 * kernel restored them only with XSAVE. Every real CPU with protection keys has XSAVE, but
 * QEMU's qemu64 with +pku does not. There, such a kernel drops all restrictions of a task
 * at a context switch.
 */
static bool key_is_kept(const struct memory *m)
{
	const struct timespec pause = { .tv_nsec = 1000 * 1000 };

	nanosleep(&pause, NULL);
	nanosleep(&pause, NULL);
	return pkey_get(key) == (int)m->kind->variant;
}

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
	if (!key_is_kept(m))
		return memory_lacks(m, "this kernel needs XSAVE to keep a key's rights (< 5.14)");
	if (pkey_mprotect(m->base, m->size, PROT_READ | PROT_WRITE, key))
		return memory_lacks(m, "pkey_mprotect: %s", strerror(errno));
	return 0;
}

static void pkey_unmap(struct memory *m)
{
	/* Unmap before the key is freed: its next user must not get this memory with it. */
	memory_unmap_plain(m);
	if (key >= 0)
		pkey_free(key);
	key = -1;
}

static const struct memory_kind kinds[] = {
	{
		.name = "pkey",
		.sentence = "a protection key that denies writing denies it to a device, too",
		.map = pkey_map,
		.unmap = pkey_unmap,
		.variant = PKEY_DISABLE_WRITE,
		.untouched = true,
		.has_pkey = true,
	}, {
		.name = "pkey-open",
		.sentence = "a protection key that denies nothing makes no difference",
		.map = pkey_map,
		.unmap = pkey_unmap,
		.variant = 0,
		.has_pkey = true,
	},
};

const struct memory_provider pkey_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
