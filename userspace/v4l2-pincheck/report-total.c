// SPDX-License-Identifier: GPL-2.0-only
/*
 * report-total.c - the total of all rows in one line
 */
#include "report.h"

static void print_number(unsigned int number, const char *one, const char *several)
{
	printf("%u %s", number, number == 1 ? one : several);
}

/**
 * report_total() - print the total of all rows in one line
 * @total:	the total
 */
void report_total(const struct total *total)
{
	print_number(total->pointers, "pointer: ", "pointers: ");
	printf("%u as expected, ", total->outcomes[ROW_AS_EXPECTED]);
	print_number(total->outcomes[ROW_EXPECTED_FAILURE], "expected failure",
		     "expected failures");
	printf(" (kernel quirks");
	if (total->known)
		printf("; %u by --expect", total->known);
	printf("), %u unexpected, %u skipped; ",
	       total->outcomes[ROW_UNEXPECTED], total->outcomes[ROW_SKIPPED]);
	print_number(total->frames, "frame verified\n", "frames verified\n");
}
