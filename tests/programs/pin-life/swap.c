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
	int err;

	/* A signal would end swapoff() with EINTR. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	err = zram_swapoff(swap) ? errno : 0;
	sigprocmask(SIG_SETMASK, &before, NULL);
	life_expect(!err, "swapoff: %s", strerror(err));
}

/**
 * swap_off_all() - remove the swap space that a scenario has left
 *
 * A scenario that goes wrong ends at once. The next one must not find its swap space.
 *
 * Return: true if there was any.
 */
bool swap_off_all(void)
{
	FILE *swaps = fopen("/proc/swaps", "re");
	bool left = false;
	char line[128];
	int number;

	while (swaps && fgets(line, sizeof(line), swaps))
		if (sscanf(line, "/dev/zram%d ", &number) == 1) {
			zram_swapoff(number);
			left = true;
		}
	if (swaps)
		fclose(swaps);
	return left;
}
