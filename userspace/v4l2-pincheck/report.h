/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * report.h - how rows are shown
 */
#ifndef REPORT_H
#define REPORT_H

#include "row.h"

/**
 * struct total - rows, counted
 * @pointers:	rows that were run
 * @as_ruled:	of them, as the rules say
 * @surprises:	of them, not
 * @skipped:	rows that were not run
 * @frames:	frames verified
 */
struct total {
	unsigned int pointers;
	unsigned int as_ruled;
	unsigned int surprises;
	unsigned int skipped;
	unsigned int frames;
};

/**
 * struct report - a way to show rows
 * @begin:	before the first; how many there will be
 * @row:	one row, when it is done
 * @end:	after the last
 */
struct report {
	void (*begin)(unsigned int nr_rows);
	void (*row)(const struct row *row);
	void (*end)(const struct total *total);
};

extern const struct report report_table;
extern const struct report report_ktap;

#endif
