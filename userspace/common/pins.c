// SPDX-License-Identifier: GPL-2.0-only
/*
 * pins.c - how many pages are pinned
 */
#include <stdbool.h>
#include <time.h>

#include "counters.h"
#include "macros.h"
#include "pins.h"
#include "text-file.h"

/* Add up the counters of all CPUs. Return false if this process is not allowed to. */
static bool refresh_counters(void)
{
	return !text_file_write("/proc/sys/vm/stat_refresh", "1");
}

static long pins_held(void)
{
	static const char * const labels[] = {
		"nr_foll_pin_acquired ", "nr_foll_pin_released ",
	};
	long numbers[ARRAY_SIZE(labels)];

	counters_read("/proc/vmstat", labels, ARRAY_SIZE(labels), numbers);
	return numbers[0] - numbers[1];
}

/**
 * pins_count() - count the pages that are pinned in the whole system
 * @expected:	the number that should be seen, or -1 for any
 *
 * A pin may be released a moment late: by a task's last exit work, or after an RCU grace
 * period. So this waits up to half a second for @expected. A process that may not refresh
 * the counters waits up to three seconds, since the kernel adds them up once a second.
 *
 * Return: the number of pinned pages, which is @expected if that was seen.
 */
long pins_count(long expected)
{
	const struct timespec pause = { .tv_nsec = 50000000 };
	bool fresh = refresh_counters();
	int tries = fresh ? 10 : 60;

	for (int i = 0; ; i++) {
		long held = pins_held();

		if (expected < 0 ? fresh || i == 30 : held == expected || i == tries)
			return held;
		nanosleep(&pause, NULL);
		refresh_counters();
	}
}
