/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * report.h - how rows are shown
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdio.h>

#include "row.h"

/**
 * struct total - rows, counted
 * @pointers:	rows that were run
 * @outcomes:	rows of each outcome
 * @frames:	frames verified
 */
struct total {
	unsigned int pointers;
	unsigned int outcomes[NR_OUTCOMES];
	unsigned int frames;
};

/**
 * struct report - a way to show rows
 * @begin:	before the first; where to, NULL for the standard output, and how
 *		many there will be; returns 0, or -1 with errno set
 * @next:	a row is about to run; may be NULL
 * @row:	one row, when it is done; returns 0, or -1 with errno set
 * @end:	after the last; returns 0, or -1 with errno set
 */
struct report {
	int (*begin)(const char *path, unsigned int nr_rows);
	void (*next)(const struct memory_kind *kind, const struct variant *variant);
	int (*row)(const struct row *row);
	int (*end)(const struct total *total);
};

extern const struct report report_table;
extern const struct report report_ktap;
extern const struct report report_json;
extern const struct report report_html;

/* report.html, report.css and report.js as strings (report-html.c). */
extern const char report_page[], report_style[], report_script[];

/* Of report-json.c: what both of them write. */
void json_begin(FILE *f);
void json_row(FILE *f, bool first, const struct row *row);
void json_end(FILE *f, const struct total *total);
int json_flush(FILE *f);
int json_close(FILE *f);

#endif
