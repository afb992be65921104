// SPDX-License-Identifier: GPL-2.0-only
/*
 * perf.c - the ring buffer of a perf event, mapped (kernel/events/core.c)
 */
#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "provider.h"

static int perf_map(struct memory *m)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_DUMMY,
		.disabled = 1,
		.exclude_kernel = 1,
		.exclude_hv = 1,
	};
	size_t data = PAGE;

	m->fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (m->fd < 0)
		return memory_lacks(m, "perf_event_open: %s", strerror(errno));

	/* A page that is perf's own, then data: a power of two. */
	while (data < m->length)
		data *= 2;
	m->size = PAGE + data;
	m->base = mmap(NULL, m->size, PROT_READ | PROT_WRITE, MAP_SHARED, m->fd, 0);
	if (m->base == MAP_FAILED) {
		m->base = NULL;
		return memory_lacks(m, "mmap of a perf ring: %s", strerror(errno));
	}
	m->frame = m->base + PAGE;
	return 0;
}

/* To write to the data raises SIGBUS, though the mapping says it may be. */
const struct memory_kind memory_perf_ring = {
	.name = "perf-ring",
	.sentence = "a perf event's ring is perf's alone, and says so: VM_PFNMAP",
	.map = perf_map,
	.unmap = memory_unmap_plain,
	.not_ours = true,
};
