// SPDX-License-Identifier: GPL-2.0-only
/*
 * perf-event.c - a perf event that counts nothing
 */
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "perf-event.h"

/**
 * perf_event_open_dummy() - open a perf event whose ring buffer can be mapped
 *
 * It counts nothing, so any user may open it unless the administrator forbids perf.
 *
 * Return: a file descriptor, or -1 with errno set.
 */
int perf_event_open_dummy(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_SW_DUMMY,
		.disabled = 1,
		.exclude_kernel = 1,
		.exclude_hv = 1,
	};

	return syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}
