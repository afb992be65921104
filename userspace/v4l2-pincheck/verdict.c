// SPDX-License-Identifier: GPL-2.0-only
/*
 * verdict.c - the verdicts that vipin records
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/macros.h"
#include "common/vipin-node.h"
#include "verdict.h"

const char * const decider_names[VIPIN_DECIDERS] = { VIPIN_DECIDER_NAMES };
const char * const reason_names[VIPIN_REASONS] = { VIPIN_REASON_NAMES };

/* Look a name up. Return its index, or -1. */
static int index_of(const char *name, const char * const names[], int nr)
{
	for (int i = 0; i < nr; i++)
		if (!strcmp(name, names[i]))
			return i;
	return -1;
}

/* Keys that a verdict must have, as a set. */
enum {
	HAS_POINTER = 1,
	HAS_LENGTH = 2,
	HAS_ERROR = 4,
	HAS_REASON = 8,
	HAS_DECIDER = 16,
	HAS_ALL = 31,
};

static bool parse_names(struct verdict *v, const char *key, const char *value,
			unsigned int *has)
{
	int index;

	if (!strcmp(key, "reason")) {
		index = index_of(value, reason_names, VIPIN_REASONS);
		v->reason = index;
		*has |= HAS_REASON;
	} else if (!strcmp(key, "by")) {
		index = index_of(value, decider_names, VIPIN_DECIDERS);
		v->decided_by = index;
		*has |= HAS_DECIDER;
	} else {
		return true;
	}
	return index >= 0;
}

static bool parse_key(struct verdict *v, const char *key, const char *value,
		      unsigned long *address, size_t *size, unsigned int *has)
{
	if (!strcmp(key, "userptr")) {
		*address = strtoul(value, NULL, 0);
		*has |= HAS_POINTER;
	} else if (!strcmp(key, "length")) {
		*size = strtoul(value, NULL, 0);
		*has |= HAS_LENGTH;
	} else if (!strcmp(key, "errno")) {
		v->error = atoi(value);
		*has |= HAS_ERROR;
	} else if (!strcmp(key, "offset")) {
		v->offset = strtoul(value, NULL, 0);
		v->offset_known = true;
	} else if (!strcmp(key, "pinned_for_writing")) {
		v->pinned_for_writing = atoi(value);
	}
	return parse_names(v, key, value, has);
}

/*
 * Parse one line, "#12 policy=strict ... userptr=0x7f12c0000000 ... by=vma-check: sentence".
 * Return false if a name is not known, or a key is missing: a dma-buf has no userptr.
 */
static bool parse(char *line, struct verdict *v, unsigned long *address, size_t *size)
{
	char *sentence = strstr(line, ": "), *key, *value;
	unsigned int has = 0;

	*v = (struct verdict) {};
	if (!sentence || *line != '#')
		return false;
	*sentence = 0;
	sentence += 2;
	sentence[strcspn(sentence, "\n")] = 0;
	snprintf(v->sentence, sizeof(v->sentence), "%s", sentence);

	key = strtok_r(line, " ", &line);
	v->serial = strtoul(key + 1, NULL, 10);
	while ((key = strtok_r(NULL, " ", &line))) {
		value = strchr(key, '=');
		if (!value)
			return false;
		*value++ = 0;
		if (!parse_key(v, key, value, address, size, &has))
			return false;
	}
	return has == HAS_ALL;
}

static unsigned int serial_of(const char *line)
{
	return *line == '#' ? strtoul(line + 1, NULL, 10) : 0;
}

static FILE *open_verdicts(const struct device *d)
{
	return d->vipin ? vipin_node_open_verdicts(d->node) : NULL;
}

/**
 * verdict_may_be_read() - check whether this user may read the device's verdicts
 * @d:	the device
 *
 * Return: false for another driver than vipin, or without permission for debugfs. If the
 * verdicts of vipin are missing for another reason, it is true, and rows are unexpected.
 */
bool verdict_may_be_read(const struct device *d)
{
	FILE *f = open_verdicts(d);

	if (!f)
		return d->vipin && errno != EACCES && errno != EPERM;
	fclose(f);
	return true;
}

/**
 * verdict_last_serial() - get the number of the newest verdict
 * @d:	the device
 *
 * Return: the number, 0 if there is no verdict.
 */
unsigned int verdict_last_serial(const struct device *d)
{
	FILE *f = open_verdicts(d);
	unsigned int last = 0;
	char line[512];

	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f))
		last = serial_of(line);
	fclose(f);
	return last;
}

/**
 * verdict_read() - read the verdict on a pointer
 * @d:		the device
 * @after:	number of a verdict; only newer ones are read
 * @pointer:	the pointer
 * @size:	length that was passed to VIDIOC_QBUF
 * @v:		filled in
 *
 * Return: true if there is such a verdict.
 */
bool verdict_read(const struct device *d, unsigned int after, void *pointer,
		  size_t size, struct verdict *v)
{
	FILE *f = open_verdicts(d);
	struct verdict line_v;
	bool found = false;
	char line[512];
	unsigned long address;
	size_t line_size;

	*v = (struct verdict) {};
	if (!f)
		return false;
	while (fgets(line, sizeof(line), f)) {
		if (serial_of(line) <= after ||
		    !parse(line, &line_v, &address, &line_size) ||
		    address != (unsigned long)pointer || line_size != size)
			continue;
		*v = line_v;
		found = true;
	}
	fclose(f);
	return found;
}
