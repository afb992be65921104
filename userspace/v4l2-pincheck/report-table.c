// SPDX-License-Identifier: GPL-2.0-only
/*
 * report-table.c - rows for people
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "report.h"

#define RED	"\033[31m"
#define GREEN	"\033[32m"
#define YELLOW	"\033[33m"
#define DIM	"\033[2m"
#define PLAIN	"\033[0m"

/* Back to the start of a line, and empty it. */
#define AGAIN	"\r\033[K"

#define COLUMNS	"%-24s %-10s %-8s %-7s %-32s  %-14s  %s"

static unsigned int number, nr;

/* Nothing where it is no terminal. */
static const char *colour(const char *code)
{
	static int is_terminal = -1;

	if (is_terminal < 0)
		is_terminal = isatty(STDOUT_FILENO);
	return is_terminal ? code : "";
}

static int table_begin(const char *path, unsigned int nr_rows)
{
	(void)path;
	nr = nr_rows;
	printf("%s" COLUMNS "%s\n", colour(DIM), "memory", "carrier", "way", "policy",
	       "verdict", "rule", "reason", colour(PLAIN));
	return fflush(stdout);
}

/* What runs now, on the line that the row takes when it is done. */
static void table_next(const struct memory_kind *kind, const struct variant *variant)
{
	number++;
	if (!*colour(DIM))
		return;
	printf(DIM "%u/%u %s%s ..." PLAIN, number, nr, kind->name, variant->suffix);
	fflush(stdout);
}

static void verdict_words(const struct row *row, char *words, size_t size)
{
	if (!row->error)
		snprintf(words, size, "accepted, %u frames verified", row->frames);
	else if (row->told.serial && row->told.decided_by != VIPIN_BY_UNKNOWN)
		snprintf(words, size, "refused by %s, %s", decider_names[row->told.decided_by],
			 row_error_name(row->error));
	else
		snprintf(words, size, "refused, %s", row_error_name(row->error));
}

static void table_line(const struct row *row, const char *code, const char *verdict,
		       const char *rule, const char *reason)
{
	const struct device *d = row->device;
	char name[64];

	snprintf(name, sizeof(name), "%s%s", row->kind->name, row->variant->suffix);
	printf("%s%s" COLUMNS "%s\n", colour(AGAIN), colour(code), name, d->carrier,
	       direction_names[d->direction], policy_names[row->policy], verdict,
	       rule, reason, colour(PLAIN));
}

static const char *row_colour(const struct row *row)
{
	if (row->outcome == ROW_SURPRISE)
		return RED;
	if (row->outcome == ROW_AS_KNOWN)
		return YELLOW;
	return row->error ? "" : GREEN;
}

static void table_verdict(const struct row *row)
{
	const struct expectation *e = &row->expected;
	const char *reason = row->told.sentence;
	char verdict[48], rule[32] = "";

	verdict_words(row, verdict, sizeof(verdict));
	if (e->rule)
		snprintf(rule, sizeof(rule), "law %u: %s", e->law->law,
			 e->law->error ? "refuse" : "accept");
	if (!*reason && e->rule)
		reason = row->kind->by_fd ? "a dma-buf, not a pointer" : e->rule->name;
	table_line(row, row_colour(row), verdict, rule, reason);
	if (e->known)
		printf("    known: %s (%s)\n", e->known->sentence, e->known->source);
	for (unsigned int i = 0; i < row->nr_faults; i++)
		printf("%s    surprise: %s%s\n", colour(RED), row->faults[i],
		       colour(PLAIN));
	if (row->nr_faults && e->rule)
		printf("    rule '%s': %s\n", e->rule->name, e->rule->source);
}

static int table_row(const struct row *row)
{
	if (row->outcome == ROW_SKIPPED)
		table_line(row, DIM, "skipped", "", row->skip);
	else
		table_verdict(row);
	return fflush(stdout);
}

static int table_end(const struct total *total)
{
	printf("%s: %u pointers, %u as the rules say, ", program_invocation_short_name,
	       total->pointers, total->outcomes[ROW_AS_RULED]);
	if (total->outcomes[ROW_AS_KNOWN])
		printf("%u as known of this kernel, ", total->outcomes[ROW_AS_KNOWN]);
	printf("%u surprises, %u frames verified", total->outcomes[ROW_SURPRISE],
	       total->frames);
	if (total->outcomes[ROW_SKIPPED])
		printf(", %u skipped", total->outcomes[ROW_SKIPPED]);
	printf("\n");
	return fflush(stdout);
}

const struct report report_table = {
	.begin = table_begin,
	.next = table_next,
	.row = table_row,
	.end = table_end,
};
