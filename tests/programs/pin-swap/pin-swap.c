// SPDX-License-Identifier: GPL-2.0-only
/*
 * pin-swap - is a frame right if its memory is swapped before or during the pin?
 *
 * pin-race meets such a moment by chance. Each scenario of pin-swap makes it happen: it
 * changes the mapping under a pointer at one certain moment, and then checks the result
 * of QBUF and where the frame arrived.
 */
#include <stdio.h>
#include <unistd.h>

#include "scenarios.h"
#include "time-limit.h"

static const char usage[] =
"Usage: pin-swap -d DEVICE [SCENARIO]...\n"
"Change the mapping under a pointer while it is handed to a vipin device, each\n"
"time at the same moment, and check where the frame arrives.\n"
"Runs all scenarios, or the named ones. Root only.\n"
"\n"
"  -d, --device DEVICE  a vipin node, capture or output\n"
"  -l, --list           list the scenarios and what each proves\n"
"  -h, --help           print this text\n"
"\n"
"Prints a line for each: \"right\", \"wrong\" or \"skipped\", the scenario's name, and why.\n"
"Exit status: 0 none is wrong, 1 some are wrong, 2 could not run, 4 all were skipped.\n";

static const char *name_at(unsigned int n, const char **sentence)
{
	*sentence = scenarios[n].sentence;
	return scenarios[n].name;
}

static enum outcome run(unsigned int index, void *context)
{
	struct stage *s = context;
	enum outcome outcome;

	*s->why = 0;
	alarm(TIME_LIMIT);
	outcome = scenarios[index].run(s);
	alarm(0);
	if (outcome == RIGHT)
		*s->why = 0;
	return outcome;
}

int main(int argc, char **argv)
{
	struct scenario_options options = { .usage = usage, .name = name_at };
	struct stage s;

	scenario_options_parse(&options, argc, argv);
	stage_open(&s, options.device);
	return scenario_run_chosen(&options, run, &s, s.why);
}
