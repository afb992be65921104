// SPDX-License-Identifier: GPL-2.0-only
/*
 * facts-limit.c - facts about limits of this process
 */
#include <stdio.h>
#include <sys/resource.h>

#include <linux/capability.h>

#include "common/page.h"
#include "facts.h"

static bool has_ipc_lock(void)
{
	FILE *f = fopen("/proc/self/status", "re");
	unsigned long long effective = 0;
	char line[256];

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "CapEff: %llx", &effective) == 1)
			break;
	if (f)
		fclose(f);
	return effective >> CAP_IPC_LOCK & 1;
}

/* vipin counts pins for RLIMIT_MEMLOCK if its module parameter memlock is set. */
static bool vipin_counts_pins(void)
{
	FILE *f = fopen("/sys/module/vipin/parameters/memlock", "re");
	bool on = f && fgetc(f) == 'Y';

	if (f)
		fclose(f);
	return on;
}

/**
 * limit_is_exceeded() - check whether a pin alone has more pages than RLIMIT_MEMLOCK allows
 * @d:		the device that gets the pointer
 * @pointer:	the pointer
 * @length:	bytes that are pinned
 *
 * No program can read how many pages its user has pinned already, so the limit may be reached
 * although this returns false.
 *
 * Return: true if the device refuses the pointer for that reason.
 */
bool limit_is_exceeded(const struct device *d, const void *pointer, size_t length)
{
	size_t offset = (uintptr_t)pointer % PAGE;
	struct rlimit limit;

	if (!d->vipin || !vipin_counts_pins() || has_ipc_lock() ||
	    getrlimit(RLIMIT_MEMLOCK, &limit))
		return false;
	return (offset + length + PAGE - 1) / PAGE > limit.rlim_cur / PAGE;
}
