// SPDX-License-Identifier: GPL-2.0-only
/*
 * stage-scenarios.c - the program around a table of scenarios that share a stage
 */
#include <unistd.h>

#include "stage-scenarios.h"
#include "time-limit.h"

/* What play_run() runs: the callbacks of scenario-options.c do not pass it on. */
static const struct play *playing;

static const char *name_at(unsigned int n, const char **sentence)
{
	*sentence = playing->scenarios[n].sentence;
	return playing->scenarios[n].name;
}

static enum outcome run(unsigned int index, void *context)
{
	struct stage *s = context;
	enum outcome outcome = CANNOT_RUN;

	*s->why = 0;
	alarm(TIME_LIMIT);
	if (playing->open(s))
		outcome = playing->scenarios[index].run(s);
	outcome = playing->close(s, outcome);
	alarm(0);
	return outcome;
}

/**
 * play_run() - run the scenarios that the command line names, or all of them
 * @play:	the program
 * @argc:	of main()
 * @argv:	of main()
 *
 * Return: the exit status of the program.
 */
int play_run(const struct play *play, int argc, char **argv)
{
	struct scenario_options options = { .usage = play->usage, .name = name_at };
	struct stage s = { .fd = -1 };

	playing = play;
	scenario_options_parse(&options, argc, argv);
	s.path = options.device;
	return scenario_run_chosen(&options, run, &s, s.why);
}
