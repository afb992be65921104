// SPDX-License-Identifier: GPL-2.0-only
/*
 * report-html.c - rows as one HTML page
 *
 * The page is report.html. Three marks in it are replaced: @STYLE@ by report.css, @ROWS@ by the
 * rows as JSON, and @SCRIPT@ by report.js. The page loads nothing from elsewhere.
 */
#include <stdio.h>
#include <string.h>

#include "report.h"

static FILE *file;
static unsigned int rows;
static const char *rest;

/* Write the page up to a mark, and set @rest to the text after the mark. */
static void write_up_to(const char *mark)
{
	const char *end = strstr(rest, mark);

	fwrite(rest, 1, end - rest, file);
	rest = end + strlen(mark);
}

static int begin(const char *path, const struct plan *plan)
{
	file = fopen(path, "we");
	if (!file)
		return -1;
	rest = report_page;
	write_up_to("@STYLE@");
	fputs(report_style, file);
	write_up_to("@ROWS@");
	json_begin(file, plan);
	return json_flush(file);
}

static int row_done(const struct row *row)
{
	json_row_changes(file, !rows++, row);
	return json_flush(file);
}

static int end(const struct total *total)
{
	json_end(file, total);
	write_up_to("@SCRIPT@");
	fputs(report_script, file);
	fputs(rest, file);
	return json_close(file);
}

const struct report report_html = {
	.begin = begin,
	.row = row_done,
	.end = end,
};
