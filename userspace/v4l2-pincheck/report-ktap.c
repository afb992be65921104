// SPDX-License-Identifier: GPL-2.0-only
/*
 * report-ktap.c - rows as KTAP for programs (Documentation/dev-tools/ktap.rst)
 */
#include <stdio.h>

#include "header.h"

static unsigned int number, nr;

static int ktap_begin(const char *path, const struct plan *plan)
{
	(void)path;
	nr = plan->nr_rows;
	printf("KTAP version 1\n1..%u\n", plan->nr_rows);
	header_print("# ", plan);
	return fflush(stdout);
}

static void print_verdict(const char *label, int error, enum vipin_decider decided_by)
{
	printf("# %s: %s", label, error_name(error));
	if (error && decided_by && decided_by != VIPIN_BY_UNKNOWN)
		printf(" by %s", decider_names[decided_by]);
}

static void explain_unexpected(const struct row *row)
{
	const struct expectation *e = &row->expected;
	const struct rule_case *c = e->decides;

	if (c) {
		print_verdict("expected", e->error, e->decided_by);
		printf(", rule %u: %s (%s)\n", c->rule, c->name, c->source);
	}
	print_verdict("got", row->error, row->verdict.decided_by);
	printf(", %u frames verified%s%s\n", row->frames,
	       *row->verdict.sentence ? ": " : "", row->verdict.sentence);
	for (unsigned int i = 0; i < row->nr_faults; i++)
		printf("# unexpected: %s\n", row->faults[i]);
}

static int ktap_row(const struct row *row)
{
	const struct quirk *quirk = row->expected.quirk;

	if (row->outcome == ROW_UNEXPECTED)
		explain_unexpected(row);
	if (row->known && row->outcome == ROW_EXPECTED_FAILURE)
		printf("# expected failure (--expect): %s\n", row->known);
	else if (row->outcome == ROW_EXPECTED_FAILURE)
		printf("# expected failure (kernel quirk %s): %s (%s)\n", quirk->name,
		       quirk->sentence, quirk->source);
	for (unsigned int i = 0; i < row->nr_notes; i++)
		printf("# note: %s\n", row->notes[i]);
	printf("%sok %u - %s%s: %s on %s with %s policy",
	       row->outcome == ROW_UNEXPECTED ? "not " : "", ++number,
	       row->kind->name, row->variant->suffix,
	       direction_names[row->device->direction], row->device->label,
	       policy_names[row->policy]);
	if (row->outcome == ROW_SKIPPED)
		printf(" # SKIP %s", row->skip);
	printf("\n");
	return fflush(stdout);
}

static int ktap_end(const struct total *total)
{
	printf("# ");
	report_total(total);
	if (number < nr)
		printf("Bail out! %u of %u rows were run\n", number, nr);
	return fflush(stdout);
}

const struct report report_ktap = {
	.begin = ktap_begin,
	.row = ktap_row,
	.end = ktap_end,
};
