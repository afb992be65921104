// SPDX-License-Identifier: GPL-2.0-only
/*
 * verdict.c - what vipin told about a pointer
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/macros.h"
#include "verdict.h"

const char * const who_names[] = {
	[WHO_UNKNOWN] = "unknown",
	[WHO_ACCEPTED] = "accepted",
	[WHO_VMA_CHECK] = "vma-check",
	[WHO_FRAME_VECTOR] = "frame-vector",
	[WHO_CONTIGUITY] = "contiguity",
	[WHO_DMA_MAP] = "dma-map",
	[WHO_RACE] = "race",
	[WHO_ARGUMENT] = "argument",
	[WHO_MEMORY] = "memory",
};

static enum who who_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(who_names); i++)
		if (!strcmp(name, who_names[i]))
			return i;
	return WHO_UNKNOWN;
}

/* One line: "#12 strict capture 0x7f12c0000000+921600 -14 vma-check: why" */
static bool parse(const char *line, struct verdict *v, unsigned long *address,
		  size_t *size)
{
	char who[32];
	int used = 0;

	v->reason[0] = 0;
	if (sscanf(line, "#%u %*s %*s 0x%lx+%zu %d %31[a-z-]%n", &v->serial,
		   address, size, &v->error, who, &used) != 5)
		return false;
	v->who = who_by_name(who);
	line += used;
	line += strspn(line, ": ");
	snprintf(v->reason, sizeof(v->reason), "%.*s",
		 (int)strcspn(line, "\n"), line);
	return true;
}

static unsigned int serial_of(const char *line)
{
	return *line == '#' ? strtoul(line + 1, NULL, 10) : 0;
}

static FILE *open_verdicts(const struct device *d)
{
	char path[96];

	snprintf(path, sizeof(path), "/sys/kernel/debug/vipin/%s/verdicts",
		 d->node);
	return d->vipin ? fopen(path, "re") : NULL;
}

/**
 * verdict_may_be_read() - whether the device's verdicts are for us to see
 * @d:	the device
 *
 * Return: false if it is no vipin, or debugfs is closed to this user. A vipin
 * whose verdicts are missing for another reason is not let off.
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
 * verdict_last_serial() - the newest verdict so far
 * @d:	the device
 *
 * Return: its number, 0 if there is none.
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
 * verdict_read() - what was said of a pointer
 * @d:		the device
 * @after:	number of a verdict that is older
 * @pointer:	the pointer
 * @size:	bytes it was said to point to
 * @v:		filled in
 *
 * Return: false if nothing was told.
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
