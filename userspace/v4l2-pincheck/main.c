// SPDX-License-Identifier: GPL-2.0-only
/*
 * v4l2-pincheck - which user pointers does a V4L2 device take, and is it right?
 */
#include <errno.h>
#include <fnmatch.h>
#include <getopt.h>
#include <glob.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "frame.h"
#include "probe.h"
#include "report.h"
#include "row.h"

enum {
	EXIT_AS_RULED = 0,
	EXIT_SURPRISE = 1,
	EXIT_CANNOT_RUN = 2,
	EXIT_NOTHING_TO_RUN = 4,
};

#define MAX_DEVICES	16
#define DEFAULT_FRAMES	10

/* On which a good pointer is tried first: contiguous memory, if there is some. */
static const struct memory_kind * const good_kinds[] = {
	&memory_hugetlb, &memory_thp, &memory_malloc,
};

/* What vipin does by default comes first. */
static const enum vipin_policy policies[NR_POLICIES] = {
	VIPIN_POLICY_STRICT, VIPIN_POLICY_KERNEL,
};

/**
 * struct options - the command line
 * @paths:	of the devices
 * @nr_paths:	how many
 * @memory:	glob that chooses kinds
 * @policy:	a policy, or -1 for all that the device has
 * @report:	how to show rows
 */
struct options {
	const char *paths[MAX_DEVICES];
	unsigned int nr_paths;
	const char *memory;
	int policy;
	const struct report *report;
};

static struct run run = { .frames = DEFAULT_FRAMES };

static const char usage_text[] =
"Usage: v4l2-pincheck [-d DEVICE]... [OPTION]...\n"
"Hand each kind of memory to V4L2 capture devices as a user pointer, and compare\n"
"what they say with what they must say.\n"
"\n"
"  -d, --device DEVICE    a V4L2 capture device (default: each vipin)\n"
"  -m, --memory GLOB      only kinds of memory with such a name\n"
"  -p, --policy POLICY    only this policy: kernel or strict (default: those that\n"
"                         the device has; one that is no vipin has kernel)\n"
"  -n, --frames N         frames to capture into each accepted memory (default: 10)\n"
"      --frame-png FILE   write the first frame that was captured by pointer there\n"
"      --ktap             speak KTAP\n"
"  -l, --list             list the kinds of memory, and what each proves\n"
"  -h, --help             this text\n"
"\n"
"Exit status: 0 all as the rules say, 1 a surprise, 2 could not run, 4 nothing to run.\n";

static void on_signal(int signal)
{
	(void)signal;
	run.stop = true;
}

static void list_kinds(void)
{
	for (size_t i = 0; memory_kinds[i]; i++)
		printf("%-23s  %s\n", memory_kinds[i]->name,
		       memory_kinds[i]->sentence);
}

static int cannot_run(const char *what, const char *why)
{
	fflush(stdout);
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, why);
	return EXIT_CANNOT_RUN;
}

static int policy_by_name(const char *name)
{
	for (int i = 0; i < NR_POLICIES; i++)
		if (!strcmp(name, policy_names[i]))
			return i;
	return -1;
}

/* Returns true if the program shall go on, else *status is its exit status. */
static bool parse_options(struct options *o, int argc, char **argv, int *status)
{
	enum { OPT_FRAME_PNG = 256, OPT_KTAP };
	static const struct option longs[] = {
		{ "device", required_argument, NULL, 'd' },
		{ "memory", required_argument, NULL, 'm' },
		{ "policy", required_argument, NULL, 'p' },
		{ "frames", required_argument, NULL, 'n' },
		{ "frame-png", required_argument, NULL, OPT_FRAME_PNG },
		{ "ktap", no_argument, NULL, OPT_KTAP },
		{ "list", no_argument, NULL, 'l' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	char *end;
	int c;

	*status = EXIT_CANNOT_RUN;
	while ((c = getopt_long(argc, argv, "d:m:p:n:lh", longs, NULL)) != -1) {
		switch (c) {
		case 'd':
			if (o->nr_paths == MAX_DEVICES) {
				*status = cannot_run(optarg, "too many devices");
				return false;
			}
			o->paths[o->nr_paths++] = optarg;
			break;
		case 'm':
			o->memory = optarg;
			break;
		case 'p':
			o->policy = policy_by_name(optarg);
			if (o->policy < 0) {
				*status = cannot_run(optarg, "no such policy: kernel or strict");
				return false;
			}
			break;
		case 'n':
			run.frames = strtoul(optarg, &end, 10);
			if (*end || !run.frames) {
				*status = cannot_run(optarg, "no number of frames");
				return false;
			}
			break;
		case OPT_FRAME_PNG:
			run.png = optarg;
			break;
		case OPT_KTAP:
			o->report = &report_ktap;
			break;
		case 'l':
			list_kinds();
			*status = 0;
			return false;
		case 'h':
			fputs(usage_text, stdout);
			*status = 0;
			return false;
		default:
			fputs("Try v4l2-pincheck --help\n", stderr);
			return false;
		}
	}
	if (optind < argc) {
		*status = cannot_run(argv[optind], "not an option; a device is named by -d");
		return false;
	}
	*status = 0;
	return true;
}

static bool has_policy(const struct options *o, const struct device *d,
		       enum vipin_policy policy)
{
	if (o->policy >= 0 && o->policy != (int)policy)
		return false;
	return d->vipin || policy == VIPIN_POLICY_KERNEL;
}

static unsigned int count_rows(const struct options *o,
			       const struct device *devices)
{
	unsigned int kinds = 0, runs = 0;

	for (size_t k = 0; memory_kinds[k]; k++)
		kinds += !fnmatch(o->memory, memory_kinds[k]->name, 0);
	for (unsigned int i = 0; i < o->nr_paths; i++)
		for (int k = 0; k < NR_POLICIES; k++)
			runs += has_policy(o, &devices[i], policies[k]);
	return kinds * runs;
}

/* Find memory that a frame fits into and every device should take. */
static int map_good(struct memory *m, const char *node, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(good_kinds); i++) {
		if (!memory_map(m, good_kinds[i], node, length)) {
			/* Have its pages now, not during the first row. */
			frame_fill(m);
			return 0;
		}
	}
	return cannot_run("no good memory", m->why);
}

static void count(struct total *total, const struct row *row)
{
	total->pointers += row->outcome != ROW_SKIPPED;
	total->as_ruled += row->outcome == ROW_AS_RULED;
	total->surprises += row->outcome == ROW_SURPRISE;
	total->skipped += row->outcome == ROW_SKIPPED;
	total->frames += row->frames;
}

static int run_policy(const struct options *o, struct device *d, int policy,
		      struct total *total)
{
	int ret = device_set_policy(d, policy);

	if (ret)
		return cannot_run(d->path, strerror(-ret));
	for (size_t k = 0; memory_kinds[k]; k++) {
		struct row row;

		if (fnmatch(o->memory, memory_kinds[k]->name, 0))
			continue;
		row_run(&row, &run, d, policy, memory_kinds[k]);
		if (run.stop)
			return cannot_run("stopped", "by a signal");
		count(total, &row);
		o->report->row(&row);
		fflush(stdout);
	}
	return 0;
}

static int run_device(const struct options *o, struct device *d,
		      struct total *total)
{
	size_t length = d->pix.sizeimage;
	int status = EXIT_CANNOT_RUN;

	if (map_good(&run.good, d->path, length))
		return EXIT_CANNOT_RUN;
	if (map_good(&run.spare, d->path, length))
		goto unmap_good;

	probe_scattered(d);
	if (probe_depth(d, &run.good)) {
		cannot_run(d->path, d->why);
		goto unmap_spare;
	}
	status = 0;
	for (int i = 0; i < NR_POLICIES && !status; i++)
		if (has_policy(o, d, policies[i]))
			status = run_policy(o, d, policies[i], total);

unmap_spare:
	memory_unmap(&run.spare);
unmap_good:
	memory_unmap(&run.good);
	return status;
}

static int run_all(const struct options *o, struct device *devices)
{
	unsigned int nr = count_rows(o, devices);
	struct total total = {};
	int status = 0;

	if (!nr) {
		fprintf(stderr, "%s: no kind of memory and policy like that\n",
			program_invocation_short_name);
		return EXIT_NOTHING_TO_RUN;
	}

	o->report->begin(nr);
	for (unsigned int i = 0; i < o->nr_paths && !status; i++)
		status = run_device(o, &devices[i], &total);
	if (status)
		return status;

	o->report->end(&total);
	if (total.surprises)
		return EXIT_SURPRISE;
	return total.pointers ? EXIT_AS_RULED : EXIT_NOTHING_TO_RUN;
}

static void find_vipins(struct options *o)
{
	static char paths[MAX_DEVICES][PATH_MAX];
	glob_t nodes;

	if (glob("/dev/video*", 0, NULL, &nodes))
		return;
	for (size_t i = 0; i < nodes.gl_pathc && o->nr_paths < MAX_DEVICES; i++) {
		if (!device_is_vipin(nodes.gl_pathv[i]))
			continue;
		snprintf(paths[o->nr_paths], PATH_MAX, "%s", nodes.gl_pathv[i]);
		o->paths[o->nr_paths] = paths[o->nr_paths];
		o->nr_paths++;
	}
	globfree(&nodes);
}

int main(int argc, char **argv)
{
	struct options options = {
		.memory = "*", .policy = -1, .report = &report_table,
	};
	struct sigaction action = { .sa_handler = on_signal };
	struct device devices[MAX_DEVICES];
	unsigned int nr = 0;
	int status = 0;

	if (!parse_options(&options, argc, argv, &status))
		return status;

	/* No SA_RESTART: a wait for a frame ends with the signal. */
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);

	if (!options.nr_paths)
		find_vipins(&options);
	if (!options.nr_paths)
		status = cannot_run("no vipin", "name another device by -d /dev/videoN");
	while (nr < options.nr_paths && !status) {
		struct device *d = &devices[nr];

		if (device_open(d, options.paths[nr])) {
			status = cannot_run(d->path, d->why);
			break;
		}
		nr++;
	}
	if (!status)
		status = run_all(&options, devices);
	while (nr)
		device_close(&devices[--nr]);
	return status;
}
