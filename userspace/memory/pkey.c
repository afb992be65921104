// SPDX-License-Identifier: GPL-2.0-only
/*
 * pkey.c - memory that a protection key locks
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
 * Before 5.14 a task had its keys back from XSAVE's area alone. QEMU's qemu64 with +pku has
 * no XSAVE, as no real CPU does: there such a kernel lets a task that was switched away do
 * all that it likes.
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
		return memory_lacks(m, "this kernel loses keys without XSAVE (before 5.14)");
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
	.has_pkey = true,
};

const struct memory_kind memory_pkey_open = {
	.name = "pkey-open",
	.sentence = "a protection key that denies nothing changes nothing",
	.map = pkey_map,
	.unmap = pkey_unmap,
	.variant = 0,
	.has_pkey = true,
};
