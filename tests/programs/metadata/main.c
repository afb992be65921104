// SPDX-License-Identifier: GPL-2.0-only
/*
 * metadata - do metadata arrive wherever a few bytes fit?
 *
 * Metadata have 53 bytes, so buffers begin in the middle of pages, and share pages and cache lines
 * with other buffers and with other data of the program.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/macros.h"
#include "node.h"
#include "time-limit.h"

static const char usage[] =
"Usage: metadata -d DEVICE [SCENARIO]...\n"
"Have metadata of frames written to memory, by a vipin device that was bound with the module\n"
"parameters metadata and error_injection: check that all bytes arrive, that no byte beside\n"
"them changes, and that no page stays pinned.\n"
"Runs all scenarios, or the named ones. Root only.\n"
"\n"
"  -d, --device DEVICE  the metadata node\n"
"  -p, --policy POLICY  the policy for user pointers: strict (the default) or kernel\n"
"  -l, --list           list the scenarios and what each proves\n"
"  -h, --help           print this text\n"
"\n"
"After the scenario unbound, the device must be bound again.\n"
"Prints a line for each: \"right\", \"wrong\", \"skipped\" or \"expected-failure\", the\n"
"scenario's name, and why.\n"
"Exit status: 0 none is wrong, 1 some are wrong, 2 could not run, 4 all were skipped.\n";

static const struct scenario * const groups[] = {
	scenarios_places, scenarios_memory, scenarios_frames, scenarios_device,
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

static enum outcome run(unsigned int index, void *context)
{
	struct node *n = context;
	enum outcome outcome;

	n->why[0] = 0;
	alarm(TIME_LIMIT);
	if (node_open(n))
		outcome = node_close(n, scenario_at(index)->run(n));
	else
		outcome = ended(n, CANNOT_RUN, "%s: not a metadata node of vipin: %s", n->path,
				strerror(errno));
	alarm(0);
	return outcome;
}

int main(int argc, char **argv)
{
	struct scenario_options options = { .usage = usage, .name = name_at, .policies = true };
	struct node n = { };

	scenario_options_parse(&options, argc, argv);
	n.path = options.device;
	n.policy = options.policy;
	return scenario_run_chosen(&options, run, &n, n.why);
}
