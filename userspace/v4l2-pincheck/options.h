/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * options.h - the command line
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "device.h"
#include "report.h"

#define MAX_DEVICES	16

enum {
	EXIT_AS_EXPECTED = 0,
	EXIT_UNEXPECTED = 1,
	EXIT_CANNOT_RUN = 2,
	EXIT_NOTHING_TO_RUN = 4,
};

/**
 * struct options - the command line
 * @paths:	paths of the devices
 * @nr_paths:	number of paths
 * @memory:	glob for names of rows
 * @basic:	run only the kinds of memory that demonstrate the most
 * @direction:	a direction, or -1 for both
 * @policy:	a policy, or -1 for all that the device has
 * @size:	size and format of frames
 * @exact:	the user asked for this size, so a device must have it
 * @contiguous:	whether the device needs contiguous memory: 0, 1, or -1 to find out
 * @frames:	number of frames for each accepted memory, 0 for the usual number
 * @png:	file for the first frame, or NULL
 * @color:	when the table has colours
 * @report:	how to show rows
 * @json:	file for rows as JSON, or NULL
 * @html:	file for rows as a page, or NULL
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
	enum color color;
	const struct report *report;
	const char *json;
	const char *html;
};

bool options_parse(struct options *o, int argc, char **argv, int *status);
bool options_choose(const struct options *o, const struct memory_kind *kind,
		    const struct variant *variant);
int cannot_run(const char *what, const char *why);

#endif
