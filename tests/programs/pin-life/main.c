// SPDX-License-Identifier: GPL-2.0-only
/*
 * pin-life - what happens to a pin when its memory or its process changes?
 *
 * Each scenario runs in a process of its own. It hands user pointers to a vipin, makes
 * something happen, and verifies where the frames arrive and that nothing stays pinned.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "asleep.h"
#include "common/video-node.h"
#include "event.h"
#include "lock.h"
#include "time-limit.h"

#define NODES		4	/* two buses, two directions */
#define TIME_TO_PRINT	10	/* s before a scenario is ended: print where it sleeps */

static const char usage[] =
"Usage: pin-life -d DEVICE [OPTION]... [SCENARIO]...\n"
"Change the memory of a user pointer that a vipin has pinned, and verify that each\n"
"frame arrives where it must and that nothing stays pinned.\n"
"Runs all scenarios, or the named ones.\n"
"\n"
"  -d, --device DEVICE  a vipin node, capture or output\n"
"  -p, --policy POLICY  kernel or strict (default: strict). With kernel, scenarios that\n"
"                       need policy strict are left out, and those of other processes\n"
"                       run only if the kernel knows whose pin it is\n"
"  -w, --way WAY        in which state the device is when memory changes: idle,\n"
"                       streaming, idle/signals, streaming/signals (signals arrive all\n"
"                       the time), or all of them. By default each scenario has one of\n"
"                       these; it has another one on each other node, so four nodes\n"
"                       have all. With policy kernel, or with the multi-planar API,\n"
"                       each runs on one node only (on none with both), and so do those\n"
"                       that take long or change the whole machine. The scenarios\n"
"                       out-of-memory and offline-pinned make the kernel log warnings:\n"
"                       they run only if they are named\n"
"  -k, --lock FILE      other pin-life use other nodes at the same time, with the same\n"
"                       FILE. A scenario that needs the whole machine waits until no\n"
"                       other one runs. Pinned pages are counted only in these.\n"
"                       Scenarios that make the kernel log warnings are left out\n"
"  -l, --list           list the scenarios, what each must lead to, and its source\n"
"  -h, --help           print this text\n"
"\n"
"\"make check-scenarios\" runs the full cross product: --way all, with each policy, on\n"
"each node, and again with the module's parameter multiplanar=1. \"make check\" does the\n"
"default.\n"
"\n"
"Prints a line for each: \"right\", \"wrong\", \"expected-failure\" or \"skipped\", the\n"
"scenario's name and way, and why.\n"
"Exit status: 0 none is wrong, 1 some are wrong, 2 could not run, 4 all were skipped.\n";

static const char * const ways[] = {
	[IDLE] = "idle",
	[STREAMING] = "streaming",
	[IDLE | SIGNALS] = "idle/signals",
	[STREAMING | SIGNALS] = "streaming/signals",
};

/**
 * struct family - a table of scenarios
 * @scenarios:	the table
 * @needs_owner:	with policy kernel they need a kernel that knows whose pin it is
 * @strict_only:	they need policy strict
 */
static const struct family {
	const struct scenario *scenarios;
	bool needs_owner;
	bool strict_only;
} families[] = {
	{ .scenarios = owner_scenarios, .needs_owner = true },
	{ .scenarios = prepared_scenarios, .strict_only = true },
	{ .scenarios = refusal_scenarios, .strict_only = true },
	{ .scenarios = mapping_scenarios },
	{ .scenarios = protect_scenarios },
	{ .scenarios = advice_scenarios },
	{ .scenarios = file_scenarios },
	{ .scenarios = process_scenarios },
	{ .scenarios = cow_scenarios },
	{ .scenarios = end_scenarios },
	{ .scenarios = overlap_scenarios },
	{ .scenarios = kernel_scenarios },
	{ .scenarios = cgroup_scenarios },
	{ .scenarios = stress_scenarios },
	{ .scenarios = forked_scenarios, .needs_owner = true },
};

/* Return scenario @n of all tables together, or NULL after the last one. */
static const struct scenario *scenario_at(unsigned int n, const struct family **family)
{
	for (*family = families; *family < families + ARRAY_SIZE(families); ++*family)
		for (const struct scenario *s = (*family)->scenarios; s->name; s++)
			if (!n--)
				return s;
	return NULL;
}

static const char *name_at(unsigned int n, const char **sentence)
{
	const struct family *family;
	const struct scenario *s = scenario_at(n, &family);

	*sentence = s ? event_sentence(s) : NULL;
	return s ? s->name : NULL;
}

static bool has_ways(const struct scenario *s)
{
	return !s->run || s->ways;
}

static void run_here(const struct scenario *s, const struct scenario_options *options,
		     unsigned int way)
{
	struct life l;

	/* SIGALRM ends the scenario if a call never returns. */
	alarm(TIME_LIMIT);
	life_open(&l, options->device, options->policy, way);
	life_buffers(&l, s->run ? 1 : 2, V4L2_MEMORY_USERPTR);
	if (s->run)
		s->run(&l);
	else
		event_run(&l, s);
	_exit(RIGHT);
}

static void on_signal(int signal)
{
	(void)signal;
}

/*
 * Wait until the scenario prints something or ends, and send signals meanwhile if its way says so.
 * Before SIGALRM ends it, print where its processes sleep.
 */
static void wait_for_end(const char *name, pid_t child, int output, unsigned int way)
{
	struct pollfd end = { .fd = output, .events = POLLIN };
	const time_t late = time(NULL) + TIME_LIMIT - TIME_TO_PRINT;
	bool printed = false;

	for (int sent = 0; !poll(&end, 1, way & SIGNALS ? life_signal_pause(sent) : 1000); sent++) {
		if (way & SIGNALS)
			kill(child, SIGUSR1);
		if (printed || time(NULL) < late)
			continue;
		printf("# %s has not ended after %d s. Its processes sleep here:\n",
		       name, TIME_LIMIT - TIME_TO_PRINT);
		asleep_print(child);
		printed = true;
	}
}

/*
 * Run a scenario in a process of its own, and read the reason that it prints. Swap space that is
 * there afterwards can be that of another scenario, unless this one runs alone.
 */
static enum outcome run_now(const struct scenario *s, const struct scenario_options *options,
			    unsigned int way, bool alone)
{
	const struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	long before = life_pins(-1), after;
	char name[80], why[512] = "";
	enum outcome outcome;
	int output[2], status;
	ssize_t length;
	pid_t child;

	snprintf(name, sizeof(name), has_ways(s) ? "%s/%s" : "%s", s->name, ways[way]);
	sigaction(SIGUSR1, &action, NULL);
	fflush(stdout);
	if (pipe(output))
		return CANNOT_RUN;
	child = fork();
	if (!child) {
		setpgid(0, 0);
		dup2(output[1], STDOUT_FILENO);
		close(output[0]);
		close(output[1]);
		run_here(s, options, way);
	}
	close(output[1]);
	if (child < 0)
		return CANNOT_RUN;
	wait_for_end(name, child, output[0], way);
	length = read(output[0], why, sizeof(why) - 1);
	why[length > 0 ? length : 0] = 0;
	why[strcspn(why, "\n")] = 0;
	close(output[0]);
	waitpid(child, &status, 0);
	outcome = WIFEXITED(status) ? WEXITSTATUS(status) : WRONG;
	if (WIFSIGNALED(status) && !*why)
		snprintf(why, sizeof(why), "%s", strsignal(WTERMSIG(status)));
	if (outcome == CANNOT_RUN)
		return outcome;

	if (alone && swap_off_all() && outcome != WRONG) {
		outcome = WRONG;
		snprintf(why, sizeof(why), "swap space is left");
	}
	after = life_pins(before);
	if (after != before) {
		outcome = WRONG;
		snprintf(why, sizeof(why), "%ld pages stay pinned", after - before);
	}
	scenario_print(outcome, name, why);
	return outcome;
}

static enum outcome run(const struct scenario *s, const struct scenario_options *options,
			unsigned int way)
{
	const bool alone = lock_take(s->alone || s->exclusive);
	enum outcome outcome;

	life_count_pins(alone);
	outcome = run_now(s, options, way, alone);
	lock_release();
	return outcome;
}

/**
 * struct turn - which scenarios run on a node, and in which way
 * @options:	the command line
 * @node:	a number of the node's bus and direction
 * @multiplanar:	the node has the multi-planar API
 * @owner_known:	the kernel knows whose pin it is
 */
struct turn {
	const struct scenario_options *options;
	unsigned int node;
	bool multiplanar;
	bool owner_known;
};

static bool runs(const struct turn *t, const struct family *family)
{
	return t->options->policy == VIPIN_POLICY_STRICT ||
	       (family->needs_owner ? t->owner_known : !family->strict_only);
}

/* Without --way and without names, does scenario @n run on this node? */
static bool has_turn(const struct turn *t, const struct scenario *s, unsigned int n)
{
	const bool kernel = t->options->policy == VIPIN_POLICY_KERNEL;

	if (kernel && t->multiplanar)
		return false;
	if (!s->alone && !kernel && !t->multiplanar)
		return true;
	return (n + kernel + 2 * t->multiplanar) % NODES == t->node;
}

static bool runs_in_way(const struct turn *t, const struct scenario *s, unsigned int n,
			unsigned int way)
{
	const bool kernel = t->options->policy == VIPIN_POLICY_KERNEL;
	const char *wanted = t->options->way;

	if (!has_ways(s))
		return way == IDLE;
	if (wanted)
		return !strcmp(wanted, "all") || !strcmp(wanted, ways[way]);
	if (!*t->options->chosen && !has_turn(t, s, n))
		return false;
	/* Those that run on one node only must not have one way only. */
	return (n + t->node + n / NODES + kernel) % WAYS == way;
}

static bool is_way(const char *name)
{
	for (unsigned int way = 0; way < WAYS; way++)
		if (!strcmp(name, ways[way]))
			return true;
	return !strcmp(name, "all");
}

static enum outcome run_all(const struct turn *t)
{
	enum outcome outcome = SKIPPED, one;
	const struct family *family;
	const struct scenario *s;

	for (unsigned int n = 0; (s = scenario_at(n, &family)); n++) {
		if (!scenario_is_chosen(t->options, s->name) || !runs(t, family) ||
		    (s->loud && (t->options->lock || !*t->options->chosen)))
			continue;
		for (unsigned int way = 0; way < WAYS; way++) {
			if (!runs_in_way(t, s, n, way))
				continue;
			one = run(s, t->options, way);
			if (one == CANNOT_RUN)
				return one;
			outcome = scenario_worse(outcome, one);
		}
	}
	return outcome;
}

int main(int argc, char **argv)
{
	struct scenario_options options = {
		.usage = usage, .name = name_at, .policies = true, .is_way = is_way,
		.locks = true,
	};
	struct turn turn = { .options = &options };
	enum outcome outcome = SKIPPED;
	enum v4l2_buf_type type;
	int fd;

	scenario_options_parse(&options, argc, argv);
	if (options.lock)
		lock_open(options.lock);
	fd = video_node_open(options.device, &type);
	if (fd >= 0) {
		turn.node = 2 * video_node_is_translated(options.device) +
			    V4L2_TYPE_IS_OUTPUT(type);
		turn.multiplanar = V4L2_TYPE_IS_MULTIPLANAR(type);
		close(fd);
	}
	if (options.policy == VIPIN_POLICY_KERNEL) {
		outcome = run(&owner_is_known, &options, IDLE);
		if (outcome == CANNOT_RUN)
			return outcome;
		turn.owner_known = outcome == RIGHT;
	}
	outcome = scenario_worse(outcome, run_all(&turn));
	if (outcome != CANNOT_RUN)
		life_restore(options.device);
	return outcome;
}
