// SPDX-License-Identifier: GPL-2.0-only
/*
 * clock.c - the clock, and names of sizes
 */
#include <stdio.h>
#include <time.h>

#include "pins.h"

/**
 * clock_now() - read the wall clock
 *
 * An undisturbed QBUF never sleeps, so the wall clock shows its CPU time. Reading the CPU
 * clock would be a system call that costs as much as a pin.
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
 * size_name() - format a size, such as "4KiB"
 * @size:	in bytes, whole KiB
 *
 * Return: the text, which is valid until the next call.
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
