// SPDX-License-Identifier: GPL-2.0-only
/*
 * report-ktap.c - rows for machines (Documentation/dev-tools/ktap.rst)
 */
#include <stdio.h>

#include "report.h"

static unsigned int number;

static int ktap_begin(const char *path, unsigned int nr_rows)
{
	(void)path;
	printf("KTAP version 1\n1..%u\n", nr_rows);
	return fflush(stdout);
}

static void verdict(const char *label, int error, enum vipin_decider decided_by)
{
	printf("# %s: %s", label, row_error_name(error));
	if (error && decided_by && decided_by != VIPIN_BY_UNKNOWN)
		printf(" by %s", decider_names[decided_by]);
}

static void explain_surprise(const struct row *row)
{
	const struct expectation *e = &row->expected;

	if (e->rule) {
		verdict("expected", e->error, e->decided_by);
		printf(", rule '%s' of law %u (%s)\n", e->rule->name, e->rule->law,
		       e->rule->source);
	}
	verdict("got", row->error, row->told.decided_by);
	printf(", %u frames verified%s%s\n", row->frames,
	       *row->told.sentence ? ": " : "", row->told.sentence);
	for (unsigned int i = 0; i < row->nr_faults; i++)
		printf("# %s\n", row->faults[i]);
}

static int ktap_row(const struct row *row)
{
	const struct known *known = row->expected.known;

	if (row->outcome == ROW_SURPRISE)
		explain_surprise(row);
	if (row->outcome == ROW_AS_KNOWN)
		printf("# known: %s (%s)\n", known->sentence, known->source);
	printf("%sok %u - %s%s: %s on %s with %s policy",
	       row->outcome == ROW_SURPRISE ? "not " : "", ++number,
	       row->kind->name, row->variant->suffix,
	       direction_names[row->device->direction], row->device->carrier,
	       policy_names[row->policy]);
	if (row->outcome == ROW_SKIPPED)
		printf(" # SKIP %s", row->skip);
	printf("\n");
	return fflush(stdout);
}

static int ktap_end(const struct total *total)
{
	printf("# %u pointers, %u as the rules say, %u as known, %u surprises\n",
	       total->pointers, total->outcomes[ROW_AS_RULED],
	       total->outcomes[ROW_AS_KNOWN], total->outcomes[ROW_SURPRISE]);
	printf("# %u frames verified, %u rows skipped\n", total->frames,
	       total->outcomes[ROW_SKIPPED]);
	return fflush(stdout);
}

const struct report report_ktap = {
	.begin = ktap_begin,
	.row = ktap_row,
	.end = ktap_end,
};
