// SPDX-License-Identifier: GPL-2.0-only
/*
 * pin-life - what happens to a pin when its memory or its process changes?
 *
 * Each scenario runs in a process of its own. It hands user pointers to a vipin, makes
 * something happen, and verifies where the frames arrive and that nothing stays pinned.
 */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/pins.h"
#include "life.h"

#define TIME_LIMIT	60	/* s, for a scenario */

static const char usage[] =
"Usage: pin-life -d DEVICE [OPTION]... [SCENARIO]...\n"
"Change the memory of a user pointer that a vipin has pinned, and verify that each\n"
"frame arrives where it must and that nothing stays pinned.\n"
"Runs all scenarios, or the named ones.\n"
"\n"
"  -d, --device DEVICE  a vipin node, capture or output\n"
"  -p, --policy POLICY  kernel or strict (default: strict). With kernel, only the\n"
"                       scenarios of other processes run, and only if the kernel knows\n"
"                       whose pin it is\n"
"  -l, --list           list the scenarios and what each must lead to\n"
"  -h, --help           print this text\n"
"\n"
"Prints a line for each: \"right\", \"wrong\" or \"skipped\", the scenario's name, and why.\n"
"Exit status: 0 none is wrong, 1 some are wrong, 2 could not run, 4 all were skipped.\n";

/* Return scenario @n of all tables together, or NULL after the last one. */
static const struct scenario *scenario_at(unsigned int n)
{
	static const struct scenario * const tables[] = {
		owner_scenarios, prepared_scenarios, refusal_scenarios,
	};

	for (size_t table = 0; table < ARRAY_SIZE(tables); table++)
		for (const struct scenario *s = tables[table]; s->name; s++)
			if (!n--)
				return s;
	return NULL;
}

static const char *name_at(unsigned int n, const char **sentence)
{
	const struct scenario *s = scenario_at(n);

	*sentence = s ? s->sentence : NULL;
	return s ? s->name : NULL;
}

static void run_here(const struct scenario *s, const struct scenario_options *options)
{
	struct life l;

	/* SIGALRM ends the scenario if a call never returns. */
	alarm(TIME_LIMIT);
	life_open(&l, options->device, options->policy);
	life_buffers(&l, 1, V4L2_MEMORY_USERPTR);
	s->run(&l);
	_exit(RIGHT);
}

/* Run a scenario in a process of its own, and read the reason that it prints. */
static enum outcome run(const struct scenario *s, const struct scenario_options *options)
{
	long before = pins_count(-1), after;
	char why[512] = "";
	enum outcome outcome;
	int output[2], status;
	ssize_t length;
	pid_t child;

	fflush(stdout);
	if (pipe(output))
		return CANNOT_RUN;
	child = fork();
	if (!child) {
		dup2(output[1], STDOUT_FILENO);
		close(output[0]);
		close(output[1]);
		run_here(s, options);
	}
	close(output[1]);
	if (child < 0)
		return CANNOT_RUN;
	length = read(output[0], why, sizeof(why) - 1);
	why[length > 0 ? length : 0] = 0;
	why[strcspn(why, "\n")] = 0;
	close(output[0]);
	waitpid(child, &status, 0);
	outcome = WIFEXITED(status) ? WEXITSTATUS(status) : WRONG;
	if (WIFSIGNALED(status))
		snprintf(why, sizeof(why), "%s", strsignal(WTERMSIG(status)));
	if (outcome == CANNOT_RUN)
		return outcome;

	after = pins_count(before);
	if (after != before) {
		outcome = WRONG;
		snprintf(why, sizeof(why), "%ld pages stay pinned", after - before);
	}
	scenario_print(outcome, s->name, why);
	return outcome;
}

static bool is_of_owners(const struct scenario *scenario)
{
	for (const struct scenario *s = owner_scenarios; s->name; s++)
		if (s == scenario)
			return true;
	return false;
}

int main(int argc, char **argv)
{
	struct scenario_options options = {
		.usage = usage, .name = name_at, .policies = true,
	};
	enum outcome outcome = SKIPPED, one;
	const struct scenario *s;

	scenario_options_parse(&options, argc, argv);
	if (options.policy == VIPIN_POLICY_KERNEL) {
		outcome = run(&owner_is_known, &options);
		if (outcome != RIGHT)
			return outcome;
	}
	for (unsigned int n = 0; (s = scenario_at(n)); n++) {
		if (!scenario_is_chosen(&options, s->name) ||
		    (options.policy == VIPIN_POLICY_KERNEL && !is_of_owners(s)))
			continue;
		one = run(s, &options);
		if (one == CANNOT_RUN)
			return one;
		outcome = scenario_worse(outcome, one);
	}
	return outcome;
}
