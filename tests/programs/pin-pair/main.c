// SPDX-License-Identifier: GPL-2.0-only
/*
 * pin-pair - pins in opposite directions: a memory-to-memory node copies frames from one
 * pointer to another one
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/macros.h"
#include "common/pins.h"
#include "pair.h"
#include "time-limit.h"

static const char usage[] =
"Usage: pin-pair -d DEVICE [SCENARIO]...\n"
"Let a memory-to-memory node of vipin copy frames between user pointers, and check that each\n"
"frame arrives, what is pinned meanwhile, and that nothing is pinned afterwards.\n"
"Runs all scenarios, or the named ones.\n"
"\n"
"  -d, --device DEVICE  the node\n"
"  -l, --list           list the scenarios and what each proves\n"
"  -h, --help           print this text\n"
"\n"
"Prints a line for each: \"right\", \"wrong\" or \"skipped\", the scenario's name, and why.\n"
"Exit status: 0 none is wrong, 1 some are wrong, 2 could not run, 4 all were skipped.\n";

static const struct scenario * const groups[] = {
	scenarios_copy, scenarios_memory, scenarios_end,
};

static const struct scenario *scenario_at(unsigned int n)
{
	const struct scenario *s;

	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		for (s = groups[i]; s->name; s++)
			if (!n--)
				return s;
	return NULL;
}

static const char *name_at(unsigned int n, const char **sentence)
{
	const struct scenario *s = scenario_at(n);

	if (!s)
		return NULL;
	*sentence = s->sentence;
	return s->name;
}

static enum outcome run(unsigned int n, void *context)
{
	struct pair *p = context;
	enum outcome outcome;
	long pinned, held;

	p->why[0] = 0;
	alarm(TIME_LIMIT);
	held = pins_count(-1);
	if (!pair_open(p))
		return ended(p, CANNOT_RUN, "%s: %s", p->path, strerror(errno));
	pinned = pair_pinned(p);
	outcome = scenario_at(n)->run(p);
	pair_close(p);
	if (outcome == RIGHT && !pair_pinned_becomes(p, pinned))
		outcome = ended(p, WRONG, "after close, %ld pages are counted as pinned",
				pair_pinned(p) - pinned);
	if (outcome == RIGHT && pins_count(held) != held)
		outcome = ended(p, WRONG, "after close, %ld pages are pinned",
				pins_count(held) - held);
	alarm(0);
	return outcome;
}

int main(int argc, char **argv)
{
	struct scenario_options options = { .usage = usage, .name = name_at };
	struct pair p = { };

	scenario_options_parse(&options, argc, argv);
	p.path = options.device;
	if (!pair_open(&p)) {
		fprintf(stderr, "pin-pair: %s: not a memory-to-memory node of vipin: %s\n",
			p.path, strerror(errno));
		return CANNOT_RUN;
	}
	pair_close(&p);
	return scenario_run_chosen(&options, run, &p, p.why);
}
