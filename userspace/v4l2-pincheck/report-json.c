// SPDX-License-Identifier: GPL-2.0-only
/*
 * report-json.c - rows as JSON for programs
 *
 * v4l2-pincheck(1) documents the keys. If one changes, or gets another meaning, SCHEMA is
 * raised by one.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "common/page.h"
#include "report.h"

#define SCHEMA	1

/* Escape "<" as well: it could end the script element of an HTML page. */
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

/* Is a row written for a page (json_row_changes())? */
static bool for_page;

/* Does a page's last row have the same text of this key? Remember the text for the next row. */
static bool repeats(const char *key, const char *text)
{
	static struct {
		const char *key;
		char *text;
	} last[24];
	size_t i = 0;

	while (i < ARRAY_SIZE(last) && last[i].key && strcmp(last[i].key, key))
		i++;
	if (i == ARRAY_SIZE(last))
		return false;
	if (last[i].key && last[i].text && !strcmp(last[i].text, text))
		return true;
	last[i].key = key;
	free(last[i].text);
	last[i].text = strdup(text);
	return false;
}

static void put_in_row(FILE *f, const char *key, const char *text)
{
	if (!for_page || !repeats(key, text ? text : ""))
		put(f, key, text);
}

static void put_cases(FILE *f)
{
	fputs("\"cases\": [", f);
	for (const struct rule_case *c = rule_cases; c->name; c++) {
		fputs(c == rule_cases ? "\n  {" : ",\n  {", f);
		put(f, "name", c->name);
		put(f, "source", c->source);
		put(f, "instead", c->instead);
		fprintf(f, "\"rule\": %u}", c->rule);
	}
	fputs("],\n", f);
}

static void put_sentence(FILE *f, bool first, const char *name, const char *sentence)
{
	fputs(first ? "\n  {" : ",\n  {", f);
	put(f, "name", name);
	fputs("\"sentence\": ", f);
	put_string(f, sentence);
	fputs("}", f);
}

/* These are the same in many rows, so each is written once. */
static void put_sentences(FILE *f)
{
	const struct memory_kind *kind;
	bool first = true;

	fputs("\"kinds\": [", f);
	memory_for_each_kind(kind) {
		put_sentence(f, first, kind->name, kind->sentence);
		first = false;
	}
	fputs("],\n\"variants\": [", f);
	for (const struct variant *v = variants; v->sentence; v++)
		put_sentence(f, v == variants, v->suffix, v->sentence);
	fputs("],\n", f);
}

/* Decode KERNEL(). The first version of a series has no third number. Write "" for no version. */
static void put_version(FILE *f, const char *key, unsigned int version)
{
	char text[16] = "";

	if (version == NOT_RELEASED)
		version = 0;
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

static void put_devices(FILE *f, const struct plan *plan)
{
	char letters[5];

	fputs("\"devices\": [", f);
	for (unsigned int i = 0; i < plan->nr_devices; i++) {
		const struct device *d = &plan->devices[i];

		device_format_name(letters, d->pix.pixelformat);
		fputs(i ? ",\n  {" : "\n  {", f);
		put(f, "path", d->path);
		put(f, "node", d->node);
		put(f, "driver", d->driver);
		put(f, "card", d->card);
		put(f, "bus_info", d->bus_info);
		put(f, "direction", direction_names[d->direction]);
		put(f, "format", letters);
		fprintf(f, "\"width\": %u, \"height\": %u, \"sizeimage\": %u, \"iommu\": %s}",
			d->pix.width, d->pix.height, d->pix.sizeimage,
			d->translated ? "true" : "false");
	}
	fputs("],\n", f);
}

static void put_limits(FILE *f)
{
	struct rlimit locked = {};

	getrlimit(RLIMIT_MEMLOCK, &locked);
	fprintf(f, "\"page_size\": %zu, \"huge_page_size\": %lu, \"memlock\": ", (size_t)PAGE,
		HUGE_PAGE);
	if (locked.rlim_cur == RLIM_INFINITY)
		fputs("null,\n", f);
	else
		fprintf(f, "%llu,\n", (unsigned long long)locked.rlim_cur);
}

/**
 * json_begin() - write everything before the first row
 * @f:		the file
 * @plan:	what is going to run
 */
void json_begin(FILE *f, const struct plan *plan)
{
	fprintf(f, "{\"schema\": %d, ", SCHEMA);
	put(f, "kernel", kernel_at_hand()->name);
	put(f, "build", kernel_at_hand()->build);
	put(f, "machine", kernel_at_hand()->machine);
	put_version(f, "version", kernel_at_hand()->version);
	put(f, "pincheck", PINCHECK_VERSION);
	put_limits(f);
	put_devices(f, plan);
	put_cases(f);
	put_features(f);
	put_sentences(f);
	fputs("\"rows\": [", f);
}

/* Without a verdict of vipin, the strings are empty. */
static void put_verdict(FILE *f, const struct verdict *v)
{
	put_in_row(f, "decided_by", v->serial ? decider_names[v->decided_by] : NULL);
	put_in_row(f, "reason", v->serial ? reason_names[v->reason] : NULL);
	put_in_row(f, "sentence", v->sentence);
	if (v->offset_known && !for_page)
		fprintf(f, "\"offset\": %zu, ", v->offset);
}

static void put_quirk(FILE *f, const struct quirk *quirk)
{
	if (!quirk && !for_page)
		return;
	put_in_row(f, "quirk", quirk ? quirk->sentence : NULL);
	put_in_row(f, "quirk_name", quirk ? quirk->name : NULL);
	put_in_row(f, "quirk_source", quirk ? quirk->source : NULL);
}

static void put_expected(FILE *f, const struct expectation *e)
{
	put_in_row(f, "case", e->broken ? e->broken->name : NULL);
	put_quirk(f, e->quirk);
	put_in_row(f, "expected", e->decides ? error_name(e->error) : NULL);
}

static void put_depends(FILE *f, const struct row *row)
{
	const char *comma = "";

	if (for_page)
		return;
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

static void put_texts(FILE *f, const char *key, const char (*texts)[FAULT_SIZE], unsigned int nr)
{
	if (for_page && !nr)
		return;
	fprintf(f, "\"%s\": [", key);
	for (unsigned int i = 0; i < nr; i++) {
		fputs(i ? ", " : "", f);
		put_string(f, texts[i]);
	}
	fputs("], ", f);
}

/**
 * json_row() - write a row
 * @f:		the file
 * @first:	whether it is the first row
 * @row:	the row
 */
void json_row(FILE *f, bool first, const struct row *row)
{
	const struct device *d = row->device;

	fputs(first ? "\n  {" : ",\n  {", f);
	put_in_row(f, "kind", row->kind->name);
	put_in_row(f, "variant", row->variant->suffix);
	put_in_row(f, "driver", d->driver);
	put_in_row(f, "bus", d->bus);
	put_in_row(f, "node", d->node);
	if (!for_page)
		fprintf(f, "\"scattered\": %s, ", d->takes_scattered ? "true" : "false");
	put_in_row(f, "direction", direction_names[d->direction]);
	put_in_row(f, "policy", policy_names[row->policy]);
	put_in_row(f, "outcome", outcome_names[row->outcome]);
	if (row->outcome == ROW_SKIPPED) {
		put_in_row(f, "skip", row->skip);
		put_quirk(f, row->expected.quirk);
	} else {
		put_in_row(f, "verdict", error_name(row->error));
		put_verdict(f, &row->verdict);
		put_expected(f, &row->expected);
		put_depends(f, row);
	}
	if (row->known)
		put(f, "known", row->known);
	put_texts(f, "faults", row->faults, row->nr_faults);
	put_texts(f, "notes", row->notes, row->nr_notes);
	fprintf(f, "\"frames\": %u}", row->frames);
}

/**
 * json_row_changes() - write a row for a page, without repetitions
 * @f:		the file
 * @first:	whether it is the first row
 * @row:	the row
 *
 * Thousands of rows have the same device, the same case and the same sentence as the row
 * before. Leave out the strings that repeat; whole() in report.js adds them again.
 */
void json_row_changes(FILE *f, bool first, const struct row *row)
{
	for_page = true;
	json_row(f, first, row);
	for_page = false;
}

/**
 * json_end() - write everything after the last row
 * @f:		the file
 * @total:	the total of all rows
 */
void json_end(FILE *f, const struct total *total)
{
	fprintf(f, "],\n\"total\": {\"pointers\": %u", total->pointers);
	for (int i = 0; i < NR_OUTCOMES; i++)
		fprintf(f, ", \"%s\": %u", outcome_names[i], total->outcomes[i]);
	fprintf(f, ", \"frames\": %u}}\n", total->frames);
}

/**
 * json_flush() - write everything that is still in the buffer
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
 * json_close() - close the file, and check that all of it was written
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

static int begin(const char *path, const struct plan *plan)
{
	file = fopen(path, "we");
	if (!file)
		return -1;
	json_begin(file, plan);
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
