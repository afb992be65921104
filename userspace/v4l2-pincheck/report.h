/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * report.h - reports: ways to show rows
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdio.h>

#include "result.h"

/**
 * struct plan - what is going to run
 * @nr_rows:	number of rows
 * @devices:	the devices
 * @nr_devices:	number of devices
 */
struct plan {
	unsigned int nr_rows;
	const struct device *devices;
	unsigned int nr_devices;
};

/**
 * struct report - a way to show rows
 * @begin:	before the first row: file to write, NULL for the standard output, and
 *		what is going to run; returns 0, or -1 with errno set
 * @next:	a row is about to run; may be NULL
 * @row:	a row is done; returns 0, or -1 with errno set
 * @end:	after the last row; returns 0, or -1 with errno set
 */
struct report {
	int (*begin)(const char *path, const struct plan *plan);
	void (*next)(const struct device *d, const struct memory_kind *kind,
		     const struct variant *variant);
	int (*row)(const struct row *row);
	int (*end)(const struct total *total);
};

extern const struct report report_table;
extern const struct report report_ktap;
extern const struct report report_json;
extern const struct report report_html;
extern const struct report report_junit;

/**
 * enum color - when the table has colours
 * @COLOR_AUTO:		on a terminal, unless NO_COLOR is set (no-color.org)
 * @COLOR_ALWAYS:	always
 * @COLOR_NEVER:	never
 */
enum color {
	COLOR_AUTO,
	COLOR_ALWAYS,
	COLOR_NEVER,
};

/* report-table.c */
void report_set_color(enum color when);
void report_set_detail(bool verbose, bool no_skips);

/* report.html, report.css and report.js as strings. */
extern const char report_page[], report_style[], report_script[];

/* report-total.c: the last line of table and KTAP. */
void report_total(const struct total *total);

/* report-json.c: used by --json and --html. */
void json_begin(FILE *f, const struct plan *plan);
void json_row(FILE *f, bool first, const struct row *row);
void json_row_changes(FILE *f, bool first, const struct row *row);
void json_end(FILE *f, const struct total *total);
int json_flush(FILE *f);
int json_close(FILE *f);

#endif
