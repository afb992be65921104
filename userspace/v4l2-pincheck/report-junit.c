// SPDX-License-Identifier: GPL-2.0-only
/*
 * report-junit.c - rows as JUnit's XML, which GitLab and Jenkins read
 *
 * The root element has the number of failures, so it is written after the last row. Until then the
 * rows are kept in memory.
 */
#include <stdio.h>
#include <stdlib.h>

#include "report.h"

static FILE *file, *rows;
static char *text;
static size_t size;

static void put(FILE *f, const char *string)
{
	for (; *string; string++) {
		switch (*string) {
		case '&':
			fputs("&amp;", f);
			break;
		case '<':
			fputs("&lt;", f);
			break;
		case '"':
			fputs("&quot;", f);
			break;
		default:
			/* XML 1.0 has no other control characters. */
			fputc((unsigned char)*string < ' ' && *string != '\n' ? '?' : *string, f);
		}
	}
}

static int begin(const char *path, const struct plan *plan)
{
	(void)plan;
	file = fopen(path, "we");
	rows = open_memstream(&text, &size);
	return file && rows ? 0 : -1;
}

static void put_attribute(const char *name, const char *value)
{
	fprintf(rows, " %s=\"", name);
	put(rows, value);
	fputc('"', rows);
}

static void put_failure(const struct row *row)
{
	fputs("<failure", rows);
	put_attribute("message", row->nr_faults ? row->faults[0] : "unexpected");
	fputc('>', rows);
	for (unsigned int i = 0; i < row->nr_faults; i++) {
		put(rows, row->faults[i]);
		fputc('\n', rows);
	}
	fputs("</failure>", rows);
}

static int row_done(const struct row *row)
{
	const struct device *d = row->device;
	char name[128];

	snprintf(name, sizeof(name), "%s.%s.%s.%s.%s", d->driver, d->bus, d->node,
		 direction_names[d->direction], policy_names[row->policy]);
	fputs("  <testcase", rows);
	put_attribute("classname", name);
	snprintf(name, sizeof(name), "%s%s", row->kind->name, row->variant->suffix);
	put_attribute("name", name);
	fputc('>', rows);
	if (row->outcome == ROW_UNEXPECTED) {
		put_failure(row);
	} else if (row->outcome == ROW_SKIPPED) {
		fputs("<skipped", rows);
		put_attribute("message", row->skip);
		fputs("/>", rows);
	}
	if (row->outcome == ROW_EXPECTED_FAILURE) {
		fputs("<system-out>expected failure: ", rows);
		put(rows, row->known ? row->known : row->expected.quirk->sentence);
		fputs("</system-out>", rows);
	}
	fputs("</testcase>\n", rows);
	return ferror(rows) ? -1 : 0;
}

static void put_property(const char *name, const char *value)
{
	fprintf(file, "  <property name=\"%s\" value=\"", name);
	put(file, value);
	fputs("\"/>\n", file);
}

static int end(const struct total *total)
{
	unsigned int skipped = total->outcomes[ROW_SKIPPED];

	if (fclose(rows))
		return -1;
	fprintf(file, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
		"<testsuite name=\"v4l2-pincheck\" tests=\"%u\" failures=\"%u\" skipped=\"%u\">\n"
		"<properties>\n",
		total->pointers + skipped, total->outcomes[ROW_UNEXPECTED], skipped);
	put_property("linux", kernel_at_hand()->name);
	put_property("v4l2-pincheck", PINCHECK_VERSION);
	fputs("</properties>\n", file);
	fwrite(text, 1, size, file);
	fputs("</testsuite>\n</testsuites>\n", file);
	free(text);
	return json_close(file);
}

const struct report report_junit = {
	.begin = begin,
	.row = row_done,
	.end = end,
};
