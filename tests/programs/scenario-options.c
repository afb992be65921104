// SPDX-License-Identifier: GPL-2.0-only
/*
 * scenario-options.c - the command line of a program that runs scenarios on a node
 */
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/macros.h"
#include "common/standard-output.h"
#include "scenario-options.h"

static void list(const struct scenario_options *options)
{
	const char *name, *sentence;

	for (unsigned int n = 0; (name = options->name(n, &sentence)); n++)
		printf("%-28s %s\n", name, sentence);
}

static bool exists(const struct scenario_options *options, const char *wanted)
{
	const char *name, *sentence;

	for (unsigned int n = 0; (name = options->name(n, &sentence)); n++)
		if (!strcmp(name, wanted))
			return true;
	return false;
}

static bool parse_policy(struct scenario_options *options, const char *name)
{
	if (!options->policies) {
		fprintf(stderr, "%s: there is no option --policy\n",
			program_invocation_short_name);
		return false;
	}
	if (strcmp(name, "kernel") && strcmp(name, "strict")) {
		fprintf(stderr, "%s: %s: not a policy\n", program_invocation_short_name, name);
		return false;
	}
	options->policy = strcmp(name, "kernel") ? VIPIN_POLICY_STRICT : VIPIN_POLICY_KERNEL;
	return true;
}

static bool parse_way(struct scenario_options *options, const char *name)
{
	if (!options->is_way) {
		fprintf(stderr, "%s: there is no option --way\n", program_invocation_short_name);
		return false;
	}
	if (!options->is_way(name)) {
		fprintf(stderr, "%s: %s: not a way\n", program_invocation_short_name, name);
		return false;
	}
	options->way = name;
	return true;
}

static bool parse_lock(struct scenario_options *options, const char *path)
{
	if (!options->locks) {
		fprintf(stderr, "%s: there is no option --lock\n", program_invocation_short_name);
		return false;
	}
	options->lock = path;
	return true;
}

static void __noreturn point_to_help(void)
{
	fprintf(stderr, "Try %s --help\n", program_invocation_short_name);
	exit(CANNOT_RUN);
}

/**
 * scenario_ended() - record why a scenario ended; see ended()
 * @why:	filled in
 * @how:	its outcome
 * @format:	why, as for printf()
 *
 * Return: @how.
 */
enum outcome scenario_ended(char why[SCENARIO_WHY], enum outcome how, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(why, SCENARIO_WHY, format, args);
	va_end(args);
	return how;
}

/**
 * scenario_options_parse() - parse the command line
 * @options:	@usage, @name, @policies, @is_way and @locks are set by the caller; the rest is
 *		filled in
 * @argc:	of main()
 * @argv:	of main()
 *
 * Ends the program after --help and --list, and after an error.
 */
void scenario_options_parse(struct scenario_options *options, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "device", required_argument, NULL, 'd' },
		{ "policy", required_argument, NULL, 'p' },
		{ "way", required_argument, NULL, 'w' },
		{ "lock", required_argument, NULL, 'k' },
		{ "list", no_argument, NULL, 'l' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	int c;

	standard_output_check();
	options->device = NULL;
	options->way = NULL;
	options->lock = NULL;
	options->policy = VIPIN_POLICY_STRICT;
	while ((c = getopt_long(argc, argv, "d:p:w:k:lh", longs, NULL)) != -1) {
		switch (c) {
		case 'd':
			options->device = optarg;
			break;
		case 'p':
			if (parse_policy(options, optarg))
				break;
			point_to_help();
		case 'w':
			if (parse_way(options, optarg))
				break;
			point_to_help();
		case 'k':
			if (parse_lock(options, optarg))
				break;
			point_to_help();
		case 'l':
			list(options);
			exit(RIGHT);
		case 'h':
			fputs(options->usage, stdout);
			exit(RIGHT);
		default:
			point_to_help();
		}
	}
	if (!options->device) {
		fputs(options->usage, stderr);
		exit(CANNOT_RUN);
	}
	options->chosen = argv + optind;
	for (char **name = options->chosen; *name; name++) {
		if (!exists(options, *name)) {
			fprintf(stderr, "%s: %s: not a scenario in --list\n",
				program_invocation_short_name, *name);
			exit(CANNOT_RUN);
		}
	}
}

/**
 * scenario_is_chosen() - check whether to run a scenario
 * @options:	the parsed command line
 * @name:	of the scenario
 *
 * Return: true if the command line has the name, or no name at all.
 */
bool scenario_is_chosen(const struct scenario_options *options, const char *name)
{
	char **chosen;

	for (chosen = options->chosen; *chosen; chosen++)
		if (!strcmp(name, *chosen))
			return true;
	return chosen == options->chosen;
}

/**
 * scenario_print() - print the line of a scenario, which tests/guest/ktap.sh reads
 * @outcome:	how it ended
 * @name:	of the scenario
 * @why:	why it ended so, or ""
 */
void scenario_print(enum outcome outcome, const char *name, const char *why)
{
	static const char * const words[] = {
		[RIGHT] = "right", [WRONG] = "wrong", [CANNOT_RUN] = "cannot",
		[SKIPPED] = "skipped", [EXPECTED_FAILURE] = "expected-failure",
	};

	printf("%s %s%s%s\n", words[outcome], name, *why ? ": " : "", why);
	fflush(stdout);
}

/**
 * scenario_worse() - combine the outcomes of two scenarios
 * @a:	one outcome
 * @b:	another one
 *
 * Return: the worse one, in the order wrong, cannot run, right, skipped. An expected failure
 * counts as right.
 */
enum outcome scenario_worse(enum outcome a, enum outcome b)
{
	static const int badness[] = { [SKIPPED] = 0, [RIGHT] = 1, [CANNOT_RUN] = 2, [WRONG] = 3 };

	if (b == EXPECTED_FAILURE)
		b = RIGHT;
	return badness[a] > badness[b] ? a : b;
}

/**
 * scenario_run_chosen() - run the chosen scenarios, and print a line for each
 * @options:	the parsed command line
 * @run:	runs scenario @n, counted from 0, and returns its outcome
 * @context:	passed to @run
 * @why:	where @run writes why a scenario ended as it did
 *
 * Return: the worst outcome, which is the exit status of the program.
 */
enum outcome scenario_run_chosen(const struct scenario_options *options,
				 enum outcome (*run)(unsigned int n, void *context), void *context,
				 const char *why)
{
	enum outcome all = SKIPPED, outcome;
	const char *name, *sentence;

	for (unsigned int n = 0; (name = options->name(n, &sentence)); n++) {
		if (!scenario_is_chosen(options, name))
			continue;
		outcome = run(n, context);
		scenario_print(outcome, name, why);
		all = scenario_worse(all, outcome);
	}
	return all;
}
