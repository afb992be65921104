// SPDX-License-Identifier: GPL-2.0-only
/*
 * pin-life - what becomes of a pin, whatever happens to the memory and its processes?
 *
 * Each scenario runs in a process of its own. It hands a vipin user pointers, makes
 * something happen, and verifies where the frames arrive and what is left pinned.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/pins.h"
#include "life.h"

#define TIME_LIMIT	60	/* s, for a scenario */

static const struct scenario * const tables[] = {
	owner_scenarios, prepared_scenarios, refusal_scenarios,
};

static const char usage[] =
"Usage: pin-life -d DEVICE [SCENARIO]...\n"
"Let things happen to the memory of a user pointer that a vipin has pinned, with policy\n"
"strict, and see that each frame arrives where it must and that nothing stays pinned.\n"
"Runs all scenarios, or those named.\n"
"\n"
"  -d, --device DEVICE  a vipin node, capture or output\n"
"  -l, --list           list the scenarios, and what must come of each\n"
"  -h, --help           this text\n"
"\n"
"Prints a line for each: \"right\", \"wrong\" or \"skipped\", the scenario's name, and why.\n"
"Exit status: 0 all are right, 1 some are wrong, 2 could not run, 4 all were skipped.\n";

/* The next scenario after @table and @n, over all tables; NULL after the last one. */
static const struct scenario *next_scenario(size_t *table, size_t *n)
{
	while (*table < ARRAY_SIZE(tables)) {
		const struct scenario *s = &tables[*table][*n];

		if (s->name) {
			(*n)++;
			return s;
		}
		(*table)++;
		*n = 0;
	}
	return NULL;
}

static int list(void)
{
	const struct scenario *s;
	size_t table = 0, n = 0;

	while ((s = next_scenario(&table, &n)))
		printf("%-28s %s\n", s->name, s->sentence);
	return LIFE_RIGHT;
}

static bool is_named(const char *name, char **names, int nr)
{
	for (int i = 0; i < nr; i++)
		if (!strcmp(name, names[i]))
			return true;
	return !nr;
}

static bool exists(const char *name)
{
	const struct scenario *s;
	size_t table = 0, n = 0;

	while ((s = next_scenario(&table, &n)))
		if (!strcmp(name, s->name))
			return true;
	return false;
}

static void play(const struct scenario *s, const char *path)
{
	struct life l;

	/* A call that never returns ends the scenario. */
	alarm(TIME_LIMIT);
	life_open(&l, path);
	life_buffers(&l, 1, V4L2_MEMORY_USERPTR);
	s->run(&l);
	_exit(LIFE_RIGHT);
}

/* Runs a scenario in a process of its own, and reads what it says. */
static int run(const struct scenario *s, const char *path)
{
	static const char * const names[] = {
		[LIFE_RIGHT] = "right", [LIFE_WRONG] = "wrong", [LIFE_SKIPPED] = "skipped",
	};
	long before = pins_count(-1), after;
	char why[512] = "";
	int said[2], status, result;
	ssize_t length;
	pid_t child;

	fflush(stdout);
	if (pipe(said))
		return LIFE_CANNOT_RUN;
	child = fork();
	if (!child) {
		dup2(said[1], STDOUT_FILENO);
		close(said[0]);
		close(said[1]);
		play(s, path);
	}
	close(said[1]);
	if (child < 0)
		return LIFE_CANNOT_RUN;
	length = read(said[0], why, sizeof(why) - 1);
	why[length > 0 ? length : 0] = 0;
	close(said[0]);
	waitpid(child, &status, 0);
	result = WIFEXITED(status) ? WEXITSTATUS(status) : LIFE_WRONG;
	if (WIFSIGNALED(status))
		snprintf(why, sizeof(why), "%s\n", strsignal(WTERMSIG(status)));
	if (result == LIFE_CANNOT_RUN)
		return result;

	after = pins_count(before);
	if (after != before) {
		result = LIFE_WRONG;
		snprintf(why, sizeof(why), "%ld pages stay pinned\n", after - before);
	}
	printf("%s %s%s%s", names[result], s->name, *why ? ": " : "\n", why);
	return result;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "device", required_argument, NULL, 'd' },
		{ "list", no_argument, NULL, 'l' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	unsigned int right = 0, wrong = 0;
	const struct scenario *s;
	const char *path = NULL;
	size_t table = 0, n = 0;
	int c;

	while ((c = getopt_long(argc, argv, "d:lh", options, NULL)) != -1) {
		switch (c) {
		case 'd':
			path = optarg;
			break;
		case 'l':
			return list();
		case 'h':
			fputs(usage, stdout);
			return LIFE_RIGHT;
		default:
			fputs("Try pin-life --help\n", stderr);
			return LIFE_CANNOT_RUN;
		}
	}
	if (!path) {
		fputs(usage, stderr);
		return LIFE_CANNOT_RUN;
	}
	for (int i = optind; i < argc; i++) {
		if (!exists(argv[i])) {
			fprintf(stderr, "pin-life: %s: not a scenario in --list\n", argv[i]);
			return LIFE_CANNOT_RUN;
		}
	}

	while ((s = next_scenario(&table, &n))) {
		int result;

		if (!is_named(s->name, argv + optind, argc - optind))
			continue;
		result = run(s, path);
		if (result == LIFE_CANNOT_RUN)
			return result;
		right += result == LIFE_RIGHT;
		wrong += result == LIFE_WRONG;
	}
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "pin-life: standard output: %s\n", strerror(errno));
		return LIFE_CANNOT_RUN;
	}
	return wrong ? LIFE_WRONG : right ? LIFE_RIGHT : LIFE_SKIPPED;
}
