/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * options.h - the command line
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "device.h"
#include "report.h"

#define MAX_DEVICES	64

enum {
	EXIT_AS_EXPECTED = 0,
	EXIT_UNEXPECTED = 1,
	EXIT_CANNOT_RUN = 2,
	EXIT_NOTHING_TO_RUN = 4,	/* as a kselftest that is skipped */
};

/**
 * struct options - the command line
 * @paths:	paths of the devices
 * @nr_paths:	number of paths
 * @memory:	glob for names of rows
 * @all:	check all video devices of the machine
 * @basic:	run only the kinds of memory that demonstrate the most
 * @intrusive:	run kinds of memory that change the machine, too
 * @exclusive:	nothing else runs on the machine
 * @verbose:	say more about each row
 * @no_skips:	do not show skipped rows
 * @first_failure: stop after the first unexpected row
 * @trace:	show all calls of the device
 * @direction:	a direction, or -1 for both
 * @policy:	a policy, or -1 for all that the device has
 * @size:	size and format of frames, as far as the user asked for them
 * @plane:	the plane of a multi-planar device to check
 * @contiguous:	whether the device needs contiguous memory: 0, 1, or -1 to find out
 * @frames:	number of frames for each accepted memory, 0 for the usual number
 * @png:	file for the first frame, or NULL
 * @color:	when the table has colours
 * @report:	how to show rows
 * @json:	file for rows as JSON, or NULL
 * @html:	file for rows as a page, or NULL
 * @junit:	file for rows as JUnit's XML, or NULL
 * @expect:	file of rows that are known to fail, or NULL
 * @list:	list the kinds of memory and the rules, and do nothing else
 * @explain:	explain this kind of memory, and do nothing else, or NULL
 */
struct options {
	const char *paths[MAX_DEVICES];
	unsigned int nr_paths;
	const char *memory;
	bool all;
	bool basic;
	bool intrusive;
	bool exclusive;
	bool verbose;
	bool no_skips;
	bool first_failure;
	bool trace;
	int direction;
	int policy;
	struct frame_size size;
	unsigned int plane;
	int contiguous;
	unsigned int frames;
	const char *png;
	enum color color;
	const struct report *report;
	const char *json;
	const char *html;
	const char *junit;
	const char *expect;
	bool list;
	const char *explain;
};

bool options_parse(struct options *o, int argc, char **argv, int *status);
bool options_choose(const struct options *o, const struct memory_kind *kind,
		    const struct variant *variant);
bool options_change_format(const struct options *o);
int cannot_run(const char *what, const char *why);
int nothing_to_run(const char *what, const char *why);

#endif
