// SPDX-License-Identifier: GPL-2.0-only
/*
 * clock.c - the clock, and how a size is written
 */
#include <stdio.h>
#include <time.h>

#include "pins.h"

/**
 * clock_now() - the time
 *
 * A QBUF that nobody disturbs never sleeps, so its time is the caller's. To ask for the
 * caller's own CPU time is a way into the kernel that costs as much as a pin.
 *
 * Return: the time in nanoseconds.
 */
__u64 clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

/**
 * size_name() - a size as people write it
 * @size:	in bytes, whole KiB
 *
 * Return: its name, until the next call.
 */
const char *size_name(size_t size)
{
	static char name[32];

	if (size % MIB)
		snprintf(name, sizeof(name), "%zuKiB", size / KIB);
	else
		snprintf(name, sizeof(name), "%zuMiB", size / MIB);
	return name;
}
