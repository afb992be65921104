// SPDX-License-Identifier: GPL-2.0-only
/*
 * swap.c - swap space for the time of a scenario
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "event.h"
#include "memory/zram.h"

/**
 * swap_on() - set up swap space, or skip the scenario
 * @size:	in bytes
 *
 * Return: its number, for swap_off().
 */
int swap_on(size_t size)
{
	int swap = zram_swapon(size);

	if (swap < 0)
		life_skip("there is no zram to swap to: %s", strerror(errno));
	return swap;
}

/**
 * swap_off() - remove swap space
 * @swap:	return value of swap_on()
 */
void swap_off(int swap)
{
	sigset_t all, before;
	char line[128] = "";
	int lines = 0;
	FILE *f;

	/* A signal would end swapoff() with EINTR. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	zram_swapoff(swap);
	sigprocmask(SIG_SETMASK, &before, NULL);

	/* The first line is a heading. */
	f = fopen("/proc/swaps", "re");
	while (f && fgets(line, sizeof(line), f))
		lines++;
	if (f)
		fclose(f);
	life_expect(lines <= 1, "swap space is left: %s", line);
}
