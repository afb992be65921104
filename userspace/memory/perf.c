// SPDX-License-Identifier: GPL-2.0-only
/*
 * perf.c - the ring buffer of a perf event, mapped (kernel/events/core.c)
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "common/perf-event.h"
#include "provider.h"

static int perf_map(struct memory *m)
{
	size_t data = PAGE;

	m->fd = perf_event_open_dummy();
	if (m->fd < 0)
		return memory_lacks(m, "perf_event_open: %s", strerror(errno));

	/* One page of perf's header, then the data, whose size is a power of two. */
	while (data < m->length)
		data *= 2;
	m->size = PAGE + data;
	if (memory_mmap(m, PROT_READ | PROT_WRITE, MAP_SHARED, m->fd, 0))
		return memory_lacks(m, "mmap of a perf ring: %s", strerror(errno));
	m->frame = m->base + PAGE;
	return 0;
}

static const struct memory_kind kinds[] = {
	{
		.name = "perf-ring",
		.sentence = "the ring of a perf event belongs to perf, as VM_PFNMAP says",
		.map = perf_map,
		.unmap = memory_unmap_plain,
		/* A write raises SIGBUS, although the mapping is writable. */
		.not_ours = true,
	},
};

const struct memory_provider perf_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
