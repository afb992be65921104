/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clock.h - the clock of the time stamps of frames
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <time.h>

/**
 * clock_ns() - read CLOCK_MONOTONIC; signal handlers may do so
 *
 * Return: the time in nanoseconds.
 */
static inline unsigned long long clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

#endif
