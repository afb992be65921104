// SPDX-License-Identifier: GPL-2.0-only
/*
 * pin-account - are the pages of all pins counted, and does RLIMIT_MEMLOCK limit them?
 *
 * Other processes queue memory, and root compares VmPin of each one, the count of the node in
 * debugfs and the counters of the whole system.
 */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "account.h"
#include "common/pins.h"
#include "time-limit.h"

static const char usage[] =
"Usage: pin-account -d DEVICE [--policy POLICY] [SCENARIO]...\n"
"Check that a device counts the pages that it pins: in VmPin of the process and for\n"
"RLIMIT_MEMLOCK of the user (vipin: with the module parameter memlock), and vipin in\n"
"debugfs. Runs all scenarios, or the named ones. Root only.\n"
"\n"
"  -d, --device DEVICE  a node of vipin, or of another driver with account_userptr\n"
"  -p, --policy POLICY  of vipin: strict (default) or kernel\n"
"  -l, --list           list the scenarios and what each proves\n"
"  -h, --help           print this text\n"
"\n"
"Prints a line for each: \"right\", \"wrong\" or \"skipped\", the scenario's name, and why.\n"
"Exit status: 0 none is wrong, 1 some are wrong, 2 could not run, 4 all were skipped.\n";

/**
 * struct table - scenarios
 * @scenarios:	end with one that has no name
 * @memlock:	they need the module parameter memlock
 * @planes:	they need a node with the multi-planar API, else one without it
 */
struct table {
	const struct scenario *scenarios;
	bool memlock;
	bool planes;
};

static bool node_is_known, node_has_planes;

/* unbind comes last. */
static const struct table tables[] = {
	{ .scenarios = plane_scenarios, .memlock = true, .planes = true },
	{ .scenarios = limit_scenarios, .memlock = true },
	{ .scenarios = group_scenarios },
	{ .scenarios = count_scenarios },
};

/* Once the node is known, leave out the tables for the other API. */
static const struct scenario *scenario_at(unsigned int n, const struct table **table)
{
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		if (node_is_known && tables[i].planes != node_has_planes)
			continue;
		*table = &tables[i];
		for (const struct scenario *s = tables[i].scenarios; s->name; s++)
			if (!n--)
				return s;
	}
	return NULL;
}

static const char *name_at(unsigned int n, const char **sentence)
{
	const struct table *table;
	const struct scenario *s = scenario_at(n, &table);

	if (!s)
		return NULL;
	*sentence = s->sentence;
	return s->name;
}

static void __noreturn run_here(const struct scenario *s, const struct scenario_options *options)
{
	struct node n;

	alarm(TIME_LIMIT);
	node_open(&n, options->device, options->policy);
	node_remember_pins();
	s->run(&n);
	_exit(RIGHT);
}

/**
 * struct job - what each scenario is run with
 * @options:	the parsed command line
 * @why:	why the scenario ended as it did
 */
struct job {
	const struct scenario_options *options;
	char why[512];
};

/* Run a scenario in a process of its own, and read the reason that it prints. */
static enum outcome run(unsigned int n, void *context)
{
	struct job *job = context;
	long before = pins_count(-1), after;
	const struct table *table;
	const struct scenario *s;
	enum outcome outcome;
	int output[2], status;
	ssize_t length;
	pid_t child;

	job->why[0] = 0;
	s = scenario_at(n, &table);
	if (pipe(output))
		return CANNOT_RUN;
	node_set_memlock(table->memlock);
	child = fork();
	if (!child) {
		dup2(output[1], STDOUT_FILENO);
		close(output[0]);
		close(output[1]);
		run_here(s, job->options);
	}
	close(output[1]);
	if (child < 0)
		return CANNOT_RUN;
	waitpid(child, &status, 0);
	node_set_memlock(false);
	length = read(output[0], job->why, sizeof(job->why) - 1);
	job->why[length > 0 ? length : 0] = 0;
	close(output[0]);
	outcome = WIFEXITED(status) ? WEXITSTATUS(status) : WRONG;
	if (WIFSIGNALED(status))
		snprintf(job->why, sizeof(job->why), "%s", strsignal(WTERMSIG(status)));

	after = pins_count(before);
	if (after != before) {
		outcome = WRONG;
		snprintf(job->why, sizeof(job->why), "%ld pages stay pinned", after - before);
	}
	return outcome;
}

int main(int argc, char **argv)
{
	struct scenario_options options = { .usage = usage, .name = name_at, .policies = true };
	struct job job = { .options = &options };
	enum outcome outcome;

	scenario_options_parse(&options, argc, argv);
	node_has_planes = node_is_multiplanar(options.device);
	node_is_known = true;
	outcome = scenario_run_chosen(&options, run, &job, job.why);
	node_restore(options.device);
	return outcome;
}
