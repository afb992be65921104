// SPDX-License-Identifier: GPL-2.0-only
/*
 * report-json.c - rows for programs
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "report.h"

/* "<" is written as a number: it might end the script element of a page. */
static void put_string(FILE *f, const char *text)
{
	fputc('"', f);
	for (; *text; text++) {
		unsigned char c = *text;

		if (c == '"' || c == '\\')
			fprintf(f, "\\%c", c);
		else if (c < ' ' || c == '<')
			fprintf(f, "\\u%04x", c);
		else
			fputc(c, f);
	}
	fputc('"', f);
}

static void put(FILE *f, const char *key, const char *text)
{
	fprintf(f, "\"%s\": ", key);
	put_string(f, text ? text : "");
	fputs(", ", f);
}

static void put_rules(FILE *f)
{
	fputs("\"rules\": [", f);
	for (const struct rule *r = rules; r->name; r++) {
		fputs(r == rules ? "\n  {" : ",\n  {", f);
		put(f, "name", r->name);
		put(f, "source", r->source);
		put(f, "instead", r->instead);
		fprintf(f, "\"law\": %u}", r->law);
	}
	fputs("],\n", f);
}

/* KERNEL() backwards. A version that is the first of its series has no third number. */
static void put_version(FILE *f, const char *key, unsigned int version)
{
	char text[16] = "";

	if (version & 1023)
		snprintf(text, sizeof(text), "%u.%u.%u", version >> 20,
			 version >> 10 & 1023, version & 1023);
	else if (version)
		snprintf(text, sizeof(text), "%u.%u", version >> 20, version >> 10 & 1023);
	if (key)
		put(f, key, text);
	else
		put_string(f, text);
}

static void put_features(FILE *f)
{
	fputs("\"features\": [", f);
	for (int i = 0; i < NR_FEATURES; i++) {
		const struct kernel_feature *feature = &kernel_features[i];

		fputs(i ? ",\n  {" : "\n  {", f);
		put(f, "name", feature->name);
		put(f, "sentence", feature->sentence);
		put(f, "source", feature->source);
		put(f, "ended_by", feature->ended_by);
		put_version(f, "since", feature->since);
		put_version(f, "until", feature->until);
		fputs("\"backports\": [", f);
		for (int b = 0; b < MAX_BACKPORTS && feature->backports[b]; b++) {
			fputs(b ? ", " : "", f);
			put_version(f, NULL, feature->backports[b]);
		}
		fputs("], ", f);
		fprintf(f, "\"here\": %s}",
			kernel_has(kernel_at_hand(), i) ? "true" : "false");
	}
	fputs("],\n", f);
}

/**
 * json_begin() - write what is before the first row
 * @f:	where to
 */
void json_begin(FILE *f)
{
	fputs("{", f);
	put(f, "kernel", kernel_at_hand()->name);
	put(f, "build", kernel_at_hand()->build);
	put_version(f, "version", kernel_at_hand()->version);
	fputs("\n", f);
	put_rules(f);
	put_features(f);
	fputs("\"rows\": [", f);
}

static void put_known(FILE *f, const struct known *known)
{
	put(f, "known", known ? known->sentence : NULL);
	put(f, "known_source", known ? known->source : NULL);
}

static void put_rule(FILE *f, const struct row *row)
{
	const struct expectation *e = &row->expected;

	put(f, "rule", e->law ? e->law->name : NULL);
	put_known(f, e->known);
	put(f, "expected", e->rule ? row_error_name(e->error) : NULL);
}

static void put_depends(FILE *f, const struct row *row)
{
	const char *comma = "";

	fputs("\"depends\": [", f);
	for (int i = 0; i < NR_FEATURES; i++) {
		if (!(row->depends >> i & 1))
			continue;
		fputs(comma, f);
		put_string(f, kernel_features[i].name);
		comma = ", ";
	}
	fputs("], ", f);
}

/**
 * json_row() - write a row
 * @f:		where to
 * @first:	it is the first one
 * @row:	the row
 */
void json_row(FILE *f, bool first, const struct row *row)
{
	const struct device *d = row->device;

	fputs(first ? "\n  {" : ",\n  {", f);
	put(f, "kind", row->kind->name);
	put(f, "variant", row->variant->suffix);
	put(f, "sentence", row->kind->sentence);
	put(f, "variant_sentence", row->variant->sentence);
	put(f, "driver", d->driver);
	put(f, "carrier", d->carrier);
	fprintf(f, "\"scattered\": %s, ", d->scattered ? "true" : "false");
	put(f, "direction", direction_names[d->direction]);
	put(f, "policy", policy_names[row->policy]);
	put(f, "outcome", outcome_names[row->outcome]);
	if (row->outcome == ROW_SKIPPED) {
		put(f, "skip", row->skip);
		put_known(f, row->expected.known);
	} else {
		put(f, "verdict", row_error_name(row->error));
		put(f, "who", row->told.serial ? decider_names[row->told.decided_by] : NULL);
		put(f, "reason", row->told.sentence);
		put_rule(f, row);
		put_depends(f, row);
	}
	fputs("\"faults\": [", f);
	for (unsigned int i = 0; i < row->nr_faults; i++) {
		fputs(i ? ", " : "", f);
		put_string(f, row->faults[i]);
	}
	fprintf(f, "], \"frames\": %u}", row->frames);
}

/**
 * json_end() - write what is behind the last row
 * @f:		where to
 * @total:	rows, counted
 */
void json_end(FILE *f, const struct total *total)
{
	fprintf(f, "],\n\"total\": {\"pointers\": %u", total->pointers);
	for (int i = 0; i < NR_OUTCOMES; i++)
		fprintf(f, ", \"%s\": %u", outcome_names[i], total->outcomes[i]);
	fprintf(f, ", \"frames\": %u}}\n", total->frames);
}

/**
 * json_flush() - write what waits in the buffer
 * @f:		the file
 *
 * Return: 0, or -1 with errno set.
 */
int json_flush(FILE *f)
{
	errno = 0;
	if (!fflush(f) && !ferror(f))
		return 0;
	if (!errno)
		errno = EIO;
	return -1;
}

/**
 * json_close() - close the file, and see that all of it was written
 * @f:		the file
 *
 * Return: 0, or -1 with errno set.
 */
int json_close(FILE *f)
{
	int flushed = json_flush(f), error = errno;

	if (fclose(f))
		return -1;
	errno = error;
	return flushed;
}

static FILE *file;
static unsigned int rows;

static int begin(const char *path, unsigned int nr_rows)
{
	(void)nr_rows;
	file = fopen(path, "we");
	if (!file)
		return -1;
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
	return json_close(file);
}

const struct report report_json = {
	.begin = begin,
	.row = row_done,
	.end = end,
};
