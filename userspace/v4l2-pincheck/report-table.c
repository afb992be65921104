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
#define DIM	"\033[2m"
#define PLAIN	"\033[0m"

#define COLUMNS	"%-23s %-11s %-6s  %-32s  %-14s  %s"

static const char *colour(const char *code)
{
	static int is_terminal = -1;

	if (is_terminal < 0)
		is_terminal = isatty(STDOUT_FILENO);
	return is_terminal ? code : "";
}

static void table_begin(unsigned int nr_rows)
{
	(void)nr_rows;
	printf("%s" COLUMNS "%s\n", colour(DIM), "memory", "carrier", "policy",
	       "verdict", "rule", "reason", colour(PLAIN));
}

static void verdict_words(const struct row *row, char *words, size_t size)
{
	if (!row->error)
		snprintf(words, size, "accepted, %u frames verified", row->frames);
	else if (row->told.who)
		snprintf(words, size, "refused by %s, %s", who_names[row->told.who],
			 strerrorname_np(-row->error));
	else
		snprintf(words, size, "refused, %s", strerrorname_np(-row->error));
}

static void table_row(const struct row *row)
{
	char verdict[48], rule[32];
	const char *reason = row->told.reason;

	if (row->outcome == ROW_SKIPPED) {
		printf("%s" COLUMNS "%s\n", colour(DIM), row->kind->name,
		       row->device->carrier, policy_names[row->policy],
		       "skipped", "", row->skip, colour(PLAIN));
		return;
	}

	verdict_words(row, verdict, sizeof(verdict));
	snprintf(rule, sizeof(rule), "law %u: %s", row->rule->law,
		 row->rule->error ? "refuse" : "accept");
	if (!*reason)
		reason = row->kind->by_fd ? "a dma-buf, not a pointer" : row->rule->name;
	printf("%s" COLUMNS "%s\n",
	       colour(row->outcome == ROW_SURPRISE ? RED : row->error ? "" : GREEN),
	       row->kind->name, row->device->carrier, policy_names[row->policy],
	       verdict, rule, reason, colour(PLAIN));
	for (unsigned int i = 0; i < row->nr_faults; i++)
		printf("%s    surprise: %s%s\n", colour(RED), row->faults[i],
		       colour(PLAIN));
	if (row->nr_faults)
		printf("    rule '%s': %s\n", row->rule->name, row->rule->source);
}

static void table_end(const struct total *total)
{
	printf("%s: %u pointers, %u as the rules say, %u surprises, %u frames verified",
	       program_invocation_short_name, total->pointers, total->as_ruled,
	       total->surprises, total->frames);
	if (total->skipped)
		printf(", %u skipped", total->skipped);
	printf("\n");
}

const struct report report_table = {
	.begin = table_begin,
	.row = table_row,
	.end = table_end,
};
