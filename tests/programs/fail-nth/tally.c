// SPDX-License-Identifier: GPL-2.0-only
/*
 * tally.c - how the faults of one call ended
 */
#include <stdio.h>
#include <string.h>

#include "tally.h"

#define MOST_FAULTS	5000	/* in one call; STREAMON has a few hundred */
#define MOST_WRONG	5	/* of one call, until the next call */

/**
 * tally_has_room() - find out whether to make the call again
 * @t:	the tally
 *
 * Return: false after too many faults, or if too many were not handled.
 */
bool tally_has_room(const struct tally *t)
{
	return t->faults < MOST_FAULTS && t->wrong < MOST_WRONG;
}

/**
 * tally_add() - count a fault
 * @t:		the tally
 * @error:	negative errno of the call, or 0
 */
void tally_add(struct tally *t, int error)
{
	unsigned int i;

	t->faults++;
	if (!error)
		return;
	for (i = 0; i < MAX_DIFFERENT - 1 && t->times[i] && t->error[i] != error; i++)
		;
	t->error[i] = error;
	t->times[i]++;
}

/**
 * tally_times() - get how many times an error was returned
 * @t:		the tally
 * @error:	negative errno
 *
 * Return: the number.
 */
unsigned int tally_times(const struct tally *t, int error)
{
	unsigned int i;

	for (i = 0; i < MAX_DIFFERENT && t->times[i]; i++)
		if (t->error[i] == error)
			return t->times[i];
	return 0;
}

/**
 * tally_complain() - report a fault that was not handled
 * @t:		the tally
 * @what:	what went wrong
 * @error:	negative errno, or 0
 */
void tally_complain(struct tally *t, const char *what, int error)
{
	t->wrong++;
	printf("wrong: %s, %s: allocation %u failed: %s%s%s\n", t->name, t->with, t->faults, what,
	       error ? ": " : "", error ? strerror(-error) : "");
}

/**
 * tally_print() - print the figures of a call
 * @t:	the tally
 *
 * Return: true if all faults were handled.
 */
bool tally_print(const struct tally *t)
{
	unsigned int i;

	printf("%s, %s: %u faults", t->name, t->with, t->faults);
	for (i = 0; i < MAX_DIFFERENT && t->times[i]; i++)
		printf("%s %u %s", i ? "," : ":", t->times[i], strerror(-t->error[i]));
	puts("");
	return !t->wrong;
}
