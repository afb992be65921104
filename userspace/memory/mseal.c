// SPDX-License-Identifier: GPL-2.0-only
/*
 * mseal.c - a mapping that can no longer be changed or unmapped
 *
 * Documentation/userspace-api/mseal.rst. The mapping exists until its process exits, so a
 * child process makes it.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "provider.h"

#ifndef SYS_mseal
#define SYS_mseal	462
#endif

static int mseal_map(struct memory *m)
{
	/* With a length of 0, mseal() seals nothing. It fails if the kernel does not have it. */
	if (syscall(SYS_mseal, 0, 0, 0))
		return memory_lacks(m, "mseal: %s", strerror(errno));
	if (memory_map_plain(m, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1))
		return -1;
	memset(m->base, m->fill, m->size);
	return 0;
}

static int mseal_in_child(struct memory *m)
{
	if (syscall(SYS_mseal, m->base, m->size, 0))
		return memory_lacks(m, "mseal: %s", strerror(errno));
	return 0;
}

static const struct memory_kind kinds[] = {
	{
		.name = "mseal",
		.sentence = "mseal() seals the mapping, not its contents: it is pinned as usual",
		.map = mseal_map,
		.unmap = memory_unmap_plain,
		.prepare_in_child = mseal_in_child,
		.queued_by_child = true,
	},
};

const struct memory_provider mseal_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
