// SPDX-License-Identifier: GPL-2.0-only
/*
 * known.c - rows that are known to fail on a device (--expect)
 *
 * A line of the file is a glob for names of rows, a space and the reason. For rows of some devices
 * only, the glob may begin with a direction, a driver or a node, each followed by "/". Text after
 * "#" is a comment.
 */
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "known.h"

/**
 * struct known - a line of the file
 * @next:	the next line
 * @glob:	for names of rows
 * @reason:	why they fail
 * @used:	a row has matched
 */
struct known {
	struct known *next;
	char *glob;
	char *reason;
	bool used;
};

static struct known *lines, **last = &lines;

static char *trim(char *text)
{
	size_t length;

	text += strspn(text, " \t");
	length = strlen(text);
	while (length && strchr(" \t\r\n", text[length - 1]))
		text[--length] = 0;
	return text;
}

/* Return false if a line has no reason, or there is no memory. */
static bool add_line(char *text)
{
	struct known *known;
	size_t length;

	text[strcspn(text, "#")] = 0;
	text = trim(text);
	if (!*text)
		return true;
	length = strcspn(text, " \t");
	if (!text[length])
		return false;
	known = calloc(1, sizeof(*known));
	if (!known)
		return false;
	text[length] = 0;
	known->glob = strdup(text);
	known->reason = strdup(trim(text + length + 1));
	*last = known;
	last = &known->next;
	return known->glob && known->reason;
}

/**
 * known_read() - read a file of rows that are known to fail
 * @path:	of the file
 * @why:	filled in on failure
 * @size:	room in @why
 *
 * Return: 0, or -1.
 */
int known_read(const char *path, char *why, size_t size)
{
	FILE *f = fopen(path, "re");
	unsigned int number = 0;
	char *line = NULL;
	size_t room = 0;
	int ret = 0;

	if (!f) {
		snprintf(why, size, "%s", strerror(errno));
		return -1;
	}
	while (!ret && getline(&line, &room, f) > 0) {
		number++;
		if (add_line(line))
			continue;
		snprintf(why, size, "line %u: a name of rows needs a reason after it", number);
		ret = -1;
	}
	free(line);
	fclose(f);
	return ret;
}

static bool is_word(const char *word, const char *text, size_t length)
{
	return strlen(word) == length && !strncmp(word, text, length);
}

static bool matches(const struct known *known, const struct row *row)
{
	const struct device *d = row->device;
	const char *glob = known->glob, *slash;
	char name[64];

	for (; (slash = strchr(glob, '/')); glob = slash + 1) {
		size_t length = slash - glob;

		if (!is_word(direction_names[d->direction], glob, length) &&
		    !is_word(d->driver, glob, length) && !is_word(d->node, glob, length))
			return false;
	}
	snprintf(name, sizeof(name), "%s%s", row->kind->name, row->variant->suffix);
	return !fnmatch(glob, name, FNM_EXTMATCH);
}

/**
 * known_apply() - compare a row with the file
 * @row:	the row, done; the first line that matches decides. A row that fails becomes an
 *		expected failure. A row that does not fail becomes unexpected. A row that fails
 *		because of a kernel quirk is an expected failure already, and stays as it is
 */
void known_apply(struct row *row)
{
	for (struct known *known = lines; known; known = known->next) {
		if (!matches(known, row))
			continue;
		if (row->outcome == ROW_UNEXPECTED) {
			row->outcome = ROW_EXPECTED_FAILURE;
			row->known = known->reason;
		} else if (row->outcome == ROW_AS_EXPECTED) {
			row_fault(row, "passes, but was expected to fail: %.120s", known->reason);
			row->outcome = ROW_UNEXPECTED;
		}
		known->used = true;
		return;
	}
}

/**
 * known_print_unused() - print the lines of the file that no row has matched
 * @path:	of the file
 */
void known_print_unused(const char *path)
{
	for (struct known *known = lines; known; known = known->next)
		if (!known->used)
			fprintf(stderr, "%s: %s: no row matches %s\n",
				program_invocation_short_name, path, known->glob);
}
