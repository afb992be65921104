// SPDX-License-Identifier: GPL-2.0-only
/*
 * skips.c - skipped rows, counted by reason
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "skips.h"

#define MAX_REASONS	64
#define WIDTH		86

static struct skip {
	char reason[160];
	unsigned int rows;
} skips[MAX_REASONS];
static unsigned int nr, others;

/**
 * skips_add() - count a row
 * @row:	the row; only skipped ones are counted
 */
void skips_add(const struct row *row)
{
	unsigned int i = 0;

	if (row->outcome != ROW_SKIPPED)
		return;
	while (i < nr && strcmp(skips[i].reason, row->skip))
		i++;
	if (i == MAX_REASONS) {
		others++;
		return;
	}
	if (i == nr)
		snprintf(skips[nr++].reason, sizeof(skips[i].reason), "%s", row->skip);
	skips[i].rows++;
}

static int more_rows(const void *a, const void *b)
{
	const struct skip *one = a, *other = b;

	if (one->rows != other->rows)
		return one->rows < other->rows ? 1 : -1;
	return strcmp(one->reason, other->reason);
}

/**
 * skips_print() - print how many rows were skipped for each reason
 */
void skips_print(void)
{
	if (!nr)
		return;
	qsort(skips, nr, sizeof(*skips), more_rows);
	printf("\nSkipped rows, by reason:\n");
	for (unsigned int i = 0; i < nr; i++)
		printf("%6u  %.*s%s\n", skips[i].rows, WIDTH, skips[i].reason,
		       strlen(skips[i].reason) > WIDTH ? " ..." : "");
	if (others)
		printf("%6u  other reasons\n", others);
}
