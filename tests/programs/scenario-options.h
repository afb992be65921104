/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scenario-options.h - the command line of a program that runs scenarios on a node
 */
#ifndef SCENARIO_OPTIONS_H
#define SCENARIO_OPTIONS_H

#include <stdbool.h>

#include "common/macros.h"
#include "vipin/vipin-uapi.h"

/**
 * enum outcome - how a scenario ended; the values are exit statuses
 * @RIGHT:	the driver did as it must
 * @WRONG:	it did not
 * @CANNOT_RUN:	the scenario could not be run
 * @SKIPPED:	this kernel or this device has no such case
 * @EXPECTED_FAILURE:	it did not, because of a known kernel quirk
 */
enum outcome {
	RIGHT = 0,
	WRONG = 1,
	CANNOT_RUN = 2,
	SKIPPED = 4,
	EXPECTED_FAILURE = 5,
};

/**
 * struct scenario_options - what the program offers, and what the command line chose
 * @usage:	the text of --help
 * @name:	returns the name of scenario @n, counted from 0, and sets @sentence; returns NULL
 *		after the last one
 * @policies:	the program has the option --policy
 * @is_way:	returns true if a name is right for the option --way; NULL without this option
 * @locks:	the program has the option --lock
 * @way:	filled in: argument of --way, or NULL
 * @lock:	filled in: argument of --lock, or NULL
 * @policy:	filled in: the policy, strict by default
 * @device:	filled in: path of the node
 * @chosen:	filled in: the names on the command line, and a NULL after them
 */
struct scenario_options {
	const char *usage;
	const char *(*name)(unsigned int n, const char **sentence);
	bool policies;
	bool (*is_way)(const char *name);
	bool locks;
	const char *way;
	const char *lock;
	enum vipin_policy policy;
	const char *device;
	char **chosen;
};

/* Bytes of the text that says why a scenario ended as it did. */
#define SCENARIO_WHY	256

/* Record why a scenario ended, as for printf(), in "why" of a structure. Returns the outcome. */
#define ended(stage, ...)	scenario_ended((stage)->why, __VA_ARGS__)

enum outcome __printf(3, 4) scenario_ended(char why[SCENARIO_WHY], enum outcome how,
					   const char *format, ...);
void scenario_options_parse(struct scenario_options *options, int argc, char **argv);
bool scenario_is_chosen(const struct scenario_options *options, const char *name);
void scenario_print(enum outcome outcome, const char *name, const char *why);
enum outcome scenario_worse(enum outcome a, enum outcome b);
enum outcome scenario_run_chosen(const struct scenario_options *options,
				 enum outcome (*run)(unsigned int n, void *context), void *context,
				 const char *why);

#endif
