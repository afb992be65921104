// SPDX-License-Identifier: GPL-2.0-only
/*
 * report-ktap.c - rows for machines (Documentation/dev-tools/ktap.rst)
 */
#include <stdio.h>
#include <string.h>

#include "report.h"

static unsigned int number;

static void ktap_begin(unsigned int nr_rows)
{
	printf("KTAP version 1\n1..%u\n", nr_rows);
}

static void verdict(const char *label, int error, enum who who)
{
	printf("# %s: %s", label, error ? strerrorname_np(-error) : "accepted");
	if (error && who)
		printf(" by %s", who_names[who]);
}

static void ktap_row(const struct row *row)
{
	const struct rule *rule = row->rule;

	if (row->outcome == ROW_SURPRISE) {
		if (rule) {
			verdict("expected", rule->error, rule->who[row->policy]);
			printf(", rule '%s' of law %u (%s)\n", rule->name,
			       rule->law, rule->source);
		}
		verdict("got", row->error, row->told.who);
		printf(", %u frames verified%s%s\n", row->frames,
		       *row->told.reason ? ": " : "", row->told.reason);
		for (unsigned int i = 0; i < row->nr_faults; i++)
			printf("# %s\n", row->faults[i]);
	}
	printf("%sok %u - %s on %s with %s policy",
	       row->outcome == ROW_SURPRISE ? "not " : "", ++number,
	       row->kind->name, row->device->carrier, policy_names[row->policy]);
	if (row->outcome == ROW_SKIPPED)
		printf(" # SKIP %s", row->skip);
	printf("\n");
}

static void ktap_end(const struct total *total)
{
	printf("# %u pointers, %u as the rules say, %u surprises, %u frames verified, %u skipped\n",
	       total->pointers, total->as_ruled, total->surprises,
	       total->frames, total->skipped);
}

const struct report report_ktap = {
	.begin = ktap_begin,
	.row = ktap_row,
	.end = ktap_end,
};
