// SPDX-License-Identifier: GPL-2.0-only
/*
 * report-html.c - rows as one HTML page
 *
 * The page is report.html, with the rows as JSON in the place of its line "@ROWS@". It loads
 * nothing from the network.
 */
#include <stdio.h>
#include <string.h>

#include "report.h"

#define MARK	"@ROWS@"

static FILE *file;
static unsigned int rows;

static int begin(const char *path, unsigned int nr_rows)
{
	(void)nr_rows;
	file = fopen(path, "we");
	if (!file)
		return -1;
	fwrite(report_page, 1, strstr(report_page, MARK) - report_page, file);
	json_begin(file);
	return json_flush(file);
}

static int row_done(const struct row *row)
{
	json_row(file, !rows++, row);
	return json_flush(file);
}

static int end(const struct total *total)
{
	json_end(file, total);
	fputs(strstr(report_page, MARK) + strlen(MARK), file);
	return json_close(file);
}

const struct report report_html = {
	.begin = begin,
	.row = row_done,
	.end = end,
};
