/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * options.h - the command line
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "device.h"
#include "report.h"
#include "row.h"

#define MAX_DEVICES	16

enum {
	EXIT_AS_RULED = 0,
	EXIT_SURPRISE = 1,
	EXIT_CANNOT_RUN = 2,
	EXIT_NOTHING_TO_RUN = 4,
};

/**
 * struct options - the command line
 * @paths:	of the devices
 * @nr_paths:	how many
 * @memory:	glob that chooses rows by name
 * @basic:	only a handful of kinds
 * @direction:	a direction, or -1 for both
 * @policy:	a policy, or -1 for all that the device has
 * @size:	of frames
 * @exact:	the user asked for that size: a device must have it
 * @contiguous:	whether the device needs contiguous memory: 0, 1, or -1 to try
 * @frames:	how many into each accepted memory, 0 for as many as are usual
 * @png:	where to write the first frame, or NULL
 * @report:	how to show rows
 * @json:	where to write them as JSON, or NULL
 * @html:	where to write them as a page, or NULL
 */
struct options {
	const char *paths[MAX_DEVICES];
	unsigned int nr_paths;
	const char *memory;
	bool basic;
	int direction;
	int policy;
	struct frame_size size;
	bool exact;
	int contiguous;
	unsigned int frames;
	const char *png;
	const struct report *report;
	const char *json;
	const char *html;
};

bool options_parse(struct options *o, int argc, char **argv, int *status);
bool options_choose(const struct options *o, const struct memory_kind *kind,
		    const struct variant *variant);
int cannot_run(const char *what, const char *why);

#endif
