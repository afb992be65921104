// SPDX-License-Identifier: GPL-2.0-only
/*
 * report-table.c - rows as a table for people
 *
 * The table is WIDTH columns wide. A line above the rows has the values that they share:
 * driver, bus, direction, policy. The table has the name of a reason; the decider and the
 * sentence are below the row.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "header.h"
#include "skips.h"

#define RED	"\033[31m"
#define GREEN	"\033[32m"
#define YELLOW	"\033[33m"
#define BOLD	"\033[1m"
#define DIM	"\033[2m"
#define PLAIN	"\033[0m"

/* Go back to the start of the line, and clear it. */
#define CLEAR_LINE	"\r\033[K"

#define WIDTH		100

#define MEMORY_WIDTH	23
#define VERDICT_WIDTH	19
#define RULE_WIDTH	21
#define VERDICT_AT	(MEMORY_WIDTH + 1)
#define RULE_AT		(VERDICT_AT + VERDICT_WIDTH + 1)
#define REASON_AT	(RULE_AT + RULE_WIDTH + 1)

static bool has_color, has_progress, is_verbose, hides_skips;
static unsigned int number, nr;

/**
 * report_set_color() - set when the table has colours
 * @when:	when
 */
void report_set_color(enum color when)
{
	const char *no_color = getenv("NO_COLOR");

	has_progress = isatty(STDOUT_FILENO);
	has_color = when == COLOR_ALWAYS ||
		    (when == COLOR_AUTO && has_progress && !(no_color && *no_color));
}

/**
 * report_set_detail() - set how much the table shows
 * @verbose:	also show what each row proves
 * @no_skips:	do not show skipped rows
 */
void report_set_detail(bool verbose, bool no_skips)
{
	is_verbose = verbose;
	hides_skips = no_skips;
}

static const char *color(const char *code)
{
	return has_color ? code : "";
}

/*
 * Print text word by word from column @at on; each further line starts at column @from. A
 * word that is longer than a line stays whole.
 */
static void print_wrapped(const char *text, int at, int from)
{
	bool is_first = true;

	while (*text) {
		int length = strcspn(text, " ");

		if (!is_first && at + 1 + length > WIDTH) {
			printf("\n%*s", from, "");
			at = from;
		} else if (!is_first) {
			putchar(' ');
			at++;
		}
		printf("%.*s", length, text);
		at += length;
		text += length;
		text += strspn(text, " ");
		is_first = false;
	}
	putchar('\n');
}

/* Print text in a column. After a text that is too long, start a new line. */
static void print_column(const char *text, int width, int end)
{
	if ((int)strlen(text) > width)
		printf("%s\n%*s", text, end, "");
	else
		printf("%-*s ", width, text);
}

/* Print a sentence below a row, after a label. */
static void print_note(const char *code, const char *label, const char *text)
{
	printf("%s    %s", color(code), label);
	print_wrapped(text, 4 + strlen(label), 8);
	fputs(color(PLAIN), stdout);
}

static int table_begin(const char *path, const struct plan *plan)
{
	(void)path;
	nr = plan->nr_rows;
	header_print("", plan);
	return 0;
}

/* Print the values that the next rows share, if they have changed. */
static void print_heading(const struct device *d)
{
	static enum vipin_policy policy;
	static const struct device *device;

	if (device == d && policy == d->policy)
		return;
	printf("\n%s%s on %s, %s, policy %s%s\n", color(BOLD), d->driver,
	       d->label, direction_names[d->direction], policy_names[d->policy], color(PLAIN));
	printf("%s%-*s %-*s %-*s %s%s\n", color(DIM), MEMORY_WIDTH, "memory", VERDICT_WIDTH,
	       "verdict", RULE_WIDTH, "rule", "reason", color(PLAIN));
	device = d;
	policy = d->policy;
}

/* Show the progress on the line that the row takes when it is done. */
static void table_next(const struct device *d, const struct memory_kind *kind,
		       const struct variant *variant)
{
	print_heading(d);
	number++;
	if (!has_progress)
		return;
	printf("row %u of %u: %s%s ...", number, nr, kind->name, variant->suffix);
	fflush(stdout);
}

static const char *row_color(const struct row *row)
{
	switch (row->outcome) {
	case ROW_UNEXPECTED:
		return RED;
	case ROW_EXPECTED_FAILURE:
		return YELLOW;
	case ROW_SKIPPED:
		return DIM;
	default:
		return row->error ? "" : GREEN;
	}
}

static void describe_verdict(const struct row *row, char *text, size_t size)
{
	if (!row->error)
		snprintf(text, size, "accepted, %u frame%s", row->frames,
			 row->frames == 1 ? "" : "s");
	else
		snprintf(text, size, "refused, %s", error_name(row->error));
}

static void describe_rule(const struct row *row, char *text, size_t size)
{
	const struct rule_case *c = row->expected.broken;

	if (c)
		snprintf(text, size, "%u: %s", c->rule, c->name);
	else
		snprintf(text, size, "-");
}

static const char *row_reason(const struct row *row)
{
	if (row->verdict.serial)
		return reason_names[row->verdict.reason];
	return row->kind->by_fd ? "a dma-buf" : "-";
}

static void print_notes(const struct row *row)
{
	const struct expectation *e = &row->expected;
	char label[80], text[400];

	if (is_verbose)
		print_note(DIM, "", row->kind->sentence);
	if (row->verdict.serial && (row->verdict.error || is_verbose)) {
		snprintf(label, sizeof(label), "%s: ", decider_names[row->verdict.decided_by]);
		print_note(DIM, label, row->verdict.sentence);
	}
	if (row->known)
		print_note(YELLOW, "expected failure (--expect): ", row->known);
	if (e->quirk) {
		snprintf(label, sizeof(label), "expected failure (kernel quirk %s): ",
			 e->quirk->name);
		snprintf(text, sizeof(text), "%s (%s)", e->quirk->sentence, e->quirk->source);
		print_note(row->outcome == ROW_EXPECTED_FAILURE ? YELLOW : "", label, text);
	}
	for (unsigned int i = 0; i < row->nr_faults; i++)
		print_note(row->known ? YELLOW : RED, row->known ? "known: " : "unexpected: ",
			   row->faults[i]);
	for (unsigned int i = 0; i < row->nr_notes; i++)
		print_note("", "note: ", row->notes[i]);
	if (row->nr_faults && e->decides) {
		snprintf(label, sizeof(label), "rule %u: %s: ", e->decides->rule,
			 e->decides->name);
		print_note("", label, e->decides->source);
	}
}

static void print_row(const struct row *row)
{
	char verdict[48], rule[48];

	describe_verdict(row, verdict, sizeof(verdict));
	print_column(verdict, VERDICT_WIDTH, RULE_AT);
	describe_rule(row, rule, sizeof(rule));
	print_column(rule, RULE_WIDTH, REASON_AT);
	puts(row_reason(row));
	fputs(color(PLAIN), stdout);
	print_notes(row);
}

static void print_skipped(const struct row *row)
{
	static const char label[] = "skipped: ";

	fputs(label, stdout);
	print_wrapped(row->skip, VERDICT_AT + strlen(label), VERDICT_AT);
	fputs(color(PLAIN), stdout);
}

static int table_row(const struct row *row)
{
	char name[64];

	skips_add(row);
	answer_add(row);
	snprintf(name, sizeof(name), "%s%s", row->kind->name, row->variant->suffix);
	fputs(has_progress ? CLEAR_LINE : "", stdout);
	if (hides_skips && row->outcome == ROW_SKIPPED)
		return fflush(stdout);
	fputs(color(row_color(row)), stdout);
	print_column(name, MEMORY_WIDTH, VERDICT_AT);
	if (row->outcome == ROW_SKIPPED)
		print_skipped(row);
	else
		print_row(row);
	return fflush(stdout);
}

static int table_end(const struct total *total)
{
	skips_print();
	answer_print();
	printf("%s: ", program_invocation_short_name);
	report_total(total);
	return fflush(stdout);
}

const struct report report_table = {
	.begin = table_begin,
	.next = table_next,
	.row = table_row,
	.end = table_end,
};
