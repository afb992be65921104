// SPDX-License-Identifier: GPL-2.0-only
/*
 * reports.c - the reports of a run: one on the standard output, others in files
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "reports.h"

static struct {
	const struct report *report;
	const char *path;
	bool open;
} reports[4];
static int nr;

static void add(const struct report *report, const char *path)
{
	reports[nr].report = report;
	reports[nr++].path = path;
}

/* Write no more to a report. An error of the standard output is printed when the program ends. */
static int failed(int i)
{
	reports[i].open = false;
	return reports[i].path ? cannot_run(reports[i].path, strerror(errno)) : EXIT_CANNOT_RUN;
}

/**
 * reports_choose() - choose the reports
 * @o:	the options that name them
 */
void reports_choose(const struct options *o)
{
	report_set_color(o->color);
	report_set_detail(o->verbose, o->no_skips);
	add(o->report, NULL);
	if (o->json)
		add(&report_json, o->json);
	if (o->html)
		add(&report_html, o->html);
	if (o->junit)
		add(&report_junit, o->junit);
}

/**
 * reports_begin() - begin all reports
 * @plan:	what is going to run
 *
 * Return: 0, or an exit status.
 */
int reports_begin(const struct plan *plan)
{
	for (int i = 0; i < nr; i++) {
		if (reports[i].report->begin(reports[i].path, plan))
			return failed(i);
		reports[i].open = true;
	}
	return 0;
}

/**
 * reports_next() - show which row runs
 * @d:		the device
 * @kind:	the kind of memory
 * @variant:	the variant
 */
void reports_next(const struct device *d, const struct memory_kind *kind,
		  const struct variant *variant)
{
	for (int i = 0; i < nr; i++)
		if (reports[i].report->next)
			reports[i].report->next(d, kind, variant);
}

/**
 * reports_row() - show a row in all reports
 * @row:	the row, done
 *
 * Return: 0, or an exit status if a report cannot be written.
 */
int reports_row(const struct row *row)
{
	int status = 0;

	for (int i = 0; i < nr; i++)
		if (reports[i].open && reports[i].report->row(row))
			status = failed(i);
	return status;
}

/**
 * reports_end() - complete all reports
 * @total:	the total of all rows
 *
 * Call this function also if a run ends early. Then the reports have the rows that were run. A
 * report that could not begin, or could not be written, stays as it is.
 *
 * Return: 0, or an exit status if a report cannot be written.
 */
int reports_end(const struct total *total)
{
	int status = 0;

	for (int i = 0; i < nr; i++)
		if (reports[i].open && reports[i].report->end(total))
			status = failed(i);
	return status;
}
