// SPDX-License-Identifier: GPL-2.0-only
/*
 * pin-swap - a frame's memory is swapped while, or before, it is pinned
 *
 * What pin-race has to meet by chance, this has happen every time: each scenario
 * changes the mapping under a pointer at one moment, and then looks at what QBUF said and
 * where the frame went.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "scenarios.h"

#define PATIENCE	20	/* seconds for one scenario; then SIGALRM kills */

static const char usage[] =
"Usage: pin-swap -d DEVICE [SCENARIO]...\n"
"Change the mapping under a pointer while it is handed to a vipin device, each\n"
"time at the same moment, and see where the frame goes.\n"
"\n"
"  -d, --device DEVICE  a vipin node, capture or output\n"
"  -l, --list           list the scenarios, and what each proves\n"
"  -h, --help           this text\n"
"\n"
"Without a SCENARIO all of them. Root only. Prints a line for each.\n"
"Exit status: 0 all were right, 1 one was wrong, 2 could not run, 4 all were skipped.\n";

static const char *name_of(enum outcome outcome)
{
	switch (outcome) {
	case RIGHT:
		return "right";
	case WRONG:
		return "wrong";
	case SKIPPED:
		return "skipped";
	default:
		return "cannot";
	}
}

/* The worse one: wrong before "cannot", before right, before skipped. */
static enum outcome worse(enum outcome a, enum outcome b)
{
	static const int badness[] = { [SKIPPED] = 0, [RIGHT] = 1, [CANNOT] = 2, [WRONG] = 3 };

	return badness[a] > badness[b] ? a : b;
}

static bool is_named(const char *name, char **names)
{
	bool any = false;

	for (; *names; names++, any = true)
		if (!strcmp(name, *names))
			return true;
	return !any;
}

static bool is_known(const char *name)
{
	const struct scenario *scenario;

	for (scenario = scenarios; scenario->name; scenario++)
		if (!strcmp(name, scenario->name))
			return true;
	return false;
}

static enum outcome play(struct stage *s, const struct scenario *scenario)
{
	enum outcome outcome;

	*s->said = 0;
	alarm(PATIENCE);
	outcome = scenario->play(s);
	alarm(0);
	printf("%s %s%s%s\n", name_of(outcome), scenario->name, *s->said ? ": " : "",
	       outcome == RIGHT ? "" : s->said);
	fflush(stdout);
	return outcome;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "device", required_argument, NULL, 'd' },
		{ "list", no_argument, NULL, 'l' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	const struct scenario *scenario;
	enum outcome outcome = SKIPPED;
	const char *path = NULL;
	struct stage s;
	int c;

	while ((c = getopt_long(argc, argv, "d:lh", options, NULL)) != -1) {
		switch (c) {
		case 'd':
			path = optarg;
			break;
		case 'l':
			for (scenario = scenarios; scenario->name; scenario++)
				printf("%-20s %s\n", scenario->name, scenario->sentence);
			return RIGHT;
		case 'h':
			fputs(usage, stdout);
			return RIGHT;
		default:
			return CANNOT;
		}
	}
	if (!path) {
		fputs(usage, stderr);
		return CANNOT;
	}
	for (c = optind; c < argc; c++)
		if (!is_known(argv[c]))
			die(argv[c], "there is no such scenario, see --list");

	stage_open(&s, path);
	for (scenario = scenarios; scenario->name; scenario++)
		if (is_named(scenario->name, argv + optind))
			outcome = worse(outcome, play(&s, scenario));
	return outcome;
}
