/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tally.h - how the faults of one call ended
 */
#ifndef TALLY_H
#define TALLY_H

#include <stdbool.h>

#define MAX_DIFFERENT	6

/**
 * struct tally - how the faults of one call ended
 * @name:	of the call
 * @with:	what it was made with
 * @faults:	allocations that have failed
 * @error:	different errors of the call
 * @times:	how many times each error was returned; 0 ends the list
 * @no_memory:	verdicts that say that vipin itself had no memory
 * @wrong:	faults that were not handled
 */
struct tally {
	const char *name;
	const char *with;
	unsigned int faults;
	int error[MAX_DIFFERENT];
	unsigned int times[MAX_DIFFERENT];
	unsigned int no_memory;
	unsigned int wrong;
};

bool tally_has_room(const struct tally *t);
void tally_add(struct tally *t, int error);
void tally_complain(struct tally *t, const char *what, int error);
unsigned int tally_times(const struct tally *t, int error);
bool tally_print(const struct tally *t);

#endif
