// SPDX-License-Identifier: GPL-2.0-only
/*
 * options.c - the command line
 */
#include <errno.h>
#include <fnmatch.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/number.h"
#include "explain.h"
#include "options.h"
#include "suggest.h"

static const char usage_text[] =
"Usage: v4l2-pincheck [OPTION]... [DEVICE]...\n"
"Hand each kind of memory to V4L2 devices as a user pointer, and check that each\n"
"answer is as expected. The state of a device is restored at the end.\n"
"\n"
"Devices:\n"
"  -d, --device DEVICE    a V4L2 device, or its number (default: all vipin devices)\n"
"  -a, --all              all V4L2 devices of this machine\n"
"      --direction WHICH  run only capture or output devices, or only this queue of\n"
"                         memory-to-memory devices (default: both)\n"
"      --size WxH[:FMT]   use frames of W x H pixels in the pixel format FMT, four\n"
"                         letters; if the device has no such frames, the error says\n"
"                         which it has (default: what the device is set to)\n"
"      --format FMT       use this pixel format, and the device's size\n"
"      --plane N          check this plane, from 0, of frames with several planes; the\n"
"                         others get good memory (default: 0)\n"
"      --contiguous YN    whether the device needs contiguous memory: yes or no\n"
"                         (default: known for vipin, found out for other devices)\n"
"\n"
"Rows:\n"
"  -m, --memory GLOB      run only rows whose name matches (see --list)\n"
"      --basic            run only the kinds of memory that show the most\n"
"      --intrusive        also run kinds of memory that change this machine\n"
"  -p, --policy POLICY    run only with this policy: kernel or strict (default: all\n"
"                         that the device supports; other devices than vipin\n"
"                         support only \"kernel\")\n"
"  -n, --frames N         verify N frames for each accepted memory (default: 8; 3 for\n"
"                         rows about size and alignment; 2 for other devices)\n"
"\n"
"Result:\n"
"      --exclusive        nothing else runs here: if pins, huge pages or the kernel's\n"
"                         log change, it is the device's fault (vipin: always)\n"
"      --expect FILE      rows that are known to fail on this device, with reasons\n"
"  -E, --exit-on-fail     stop after the first row that is unexpected\n"
"\n"
"Output:\n"
"  -v, --verbose          say what each row proves\n"
"      --no-skips         do not show skipped rows in the table\n"
"      --ktap             print all rows as KTAP instead of a table\n"
"      --json FILE        write all rows as JSON\n"
"      --html FILE        write all rows as one HTML page\n"
"      --junit FILE       write all rows as JUnit's XML, for GitLab and Jenkins\n"
"      --frame-png FILE   write the first frame that was captured into a pointer; it\n"
"                         must be in RGB24: --format RGB3\n"
"      --color WHEN       colour the table: auto, always or never (default: auto, that\n"
"                         is on a terminal, unless NO_COLOR is set)\n"
"  -T, --trace            show each call of a device on the standard error\n"
"\n"
"Other:\n"
"  -l, --list             list kinds of memory, what each proves, rules and kernel quirks\n"
"      --explain NAME     explain one kind of memory\n"
"      --version          print the version\n"
"  -h, --help             print this text\n"
"\n"
"Exit status: 0 all as expected (kernel quirks included), 1 a row is unexpected,\n"
"2 could not run, 4 nothing to run: no row, or no device with user pointers.\n";

#define MAX_FRAMES	1000000

/* The kinds for --basic, which make demo uses. */
static const char * const basic_kinds[] = {
	"malloc", "hugetlb", "thp", "unaligned", "read-only", "hole", "cma-pages",
	"cma-thp", "heap-system", "udmabuf", "udmabuf-fd", "v4l2-buffer",
	"vimap-pfn", "vimap-pfn-untouched", "vimap-page-io",
	"vimap-page-io-untouched", "vimap-page", "vimap-page-untouched",
	"vimap-cma", "vimap-cma-untouched", "vimap-bar", "vimap-bar-untouched",
};

/**
 * cannot_run() - print why the program cannot run
 * @what:	the device, file or argument that is the cause
 * @why:	what is wrong with it
 *
 * Return: the exit status.
 */
int cannot_run(const char *what, const char *why)
{
	fflush(stdout);
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, why);
	return EXIT_CANNOT_RUN;
}

/**
 * nothing_to_run() - print why there is nothing to run
 * @what:	the device or argument that is the cause
 * @why:	what it lacks
 *
 * Return: the exit status.
 */
int nothing_to_run(const char *what, const char *why)
{
	cannot_run(what, why);
	return EXIT_NOTHING_TO_RUN;
}

/* Return the index of a name, or -1 if it is none of @names. */
static int by_name(const char *name, const char * const *names, int nr)
{
	for (int i = 0; i < nr; i++)
		if (!strcmp(name, names[i]))
			return i;
	return -1;
}

static bool parse_number(unsigned int *number, const char *text, unsigned int min,
			 unsigned int max)
{
	unsigned long value;

	if (!number_parse(text, min, max, &value))
		return false;
	*number = value;
	return true;
}

/* Four letters. The names of some formats end in a space: "Y16 ". */
static bool parse_format(struct options *o, const char *format)
{
	if (strlen(format) < 3 || strlen(format) > 4)
		return false;
	o->size.pixelformat = v4l2_fourcc(format[0], format[1], format[2],
					  format[3] ? format[3] : ' ');
	return true;
}

/* "640x480" or "640x480:GREY" */
static bool parse_size(struct options *o, const char *text)
{
	char copy[32], *height, *format;
	struct frame_size *size = &o->size;

	if (snprintf(copy, sizeof(copy), "%s", text) >= (int)sizeof(copy))
		return false;
	format = strchr(copy, ':');
	if (format)
		*format++ = 0;
	height = strchr(copy, 'x');
	if (!height)
		return false;
	*height++ = 0;
	return parse_number(&size->width, copy, 1, UINT_MAX) &&
	       parse_number(&size->height, height, 1, UINT_MAX) &&
	       (!format || parse_format(o, format));
}

/* A path, or the number of a node: 0 for /dev/video0. */
static const char *parse_device(struct options *o, const char *text)
{
	static char paths[MAX_DEVICES][sizeof("/dev/video4294967295")];
	unsigned int nr = o->nr_paths;
	unsigned long number;

	if (nr == MAX_DEVICES)
		return "too many devices";
	o->paths[nr] = text;
	if (number_parse(text, 0, UINT_MAX, &number)) {
		snprintf(paths[nr], sizeof(paths[nr]), "/dev/video%lu", number);
		o->paths[nr] = paths[nr];
	}
	o->nr_paths++;
	return NULL;
}

enum {
	OPT_BASIC = 256, OPT_DIRECTION, OPT_CONTIGUOUS, OPT_SIZE, OPT_FORMAT, OPT_PLANE,
	OPT_FRAME_PNG, OPT_JSON, OPT_HTML, OPT_JUNIT, OPT_KTAP, OPT_COLOR, OPT_EXPLAIN,
	OPT_INTRUSIVE, OPT_EXCLUSIVE, OPT_NO_SKIPS, OPT_EXPECT, OPT_VERSION,
};

/* Parse an option that takes one of a few words. Return what is wrong with it, or NULL. */
static const char *parse_word(struct options *o, int option, const char *word)
{
	static const char * const no_yes[] = { "no", "yes" };
	static const char * const colors[] = {
		[COLOR_AUTO] = "auto", [COLOR_ALWAYS] = "always", [COLOR_NEVER] = "never",
	};
	int found;

	switch (option) {
	case OPT_DIRECTION:
		o->direction = by_name(word, direction_names, NR_DIRECTIONS);
		return o->direction < 0 ? "not a direction: capture or output" : NULL;
	case 'p':
		o->policy = by_name(word, policy_names, NR_POLICIES);
		return o->policy < 0 ? "not a policy: kernel or strict" : NULL;
	case OPT_COLOR:
		found = by_name(word, colors, ARRAY_SIZE(colors));
		o->color = found;
		return found < 0 ? "not a choice: auto, always or never" : NULL;
	default:
		o->contiguous = by_name(word, no_yes, ARRAY_SIZE(no_yes));
		return o->contiguous < 0 ? "neither yes nor no" : NULL;
	}
}

/* Parse an option without an argument. Return false if it is none. */
static bool parse_flag(struct options *o, int option)
{
	switch (option) {
	case 'a':
		o->all = true;
		return true;
	case 'v':
		o->verbose = true;
		return true;
	case 'E':
		o->first_failure = true;
		return true;
	case 'T':
		o->trace = true;
		return true;
	case 'l':
		o->list = true;
		return true;
	case OPT_BASIC:
		o->basic = true;
		return true;
	case OPT_INTRUSIVE:
		o->intrusive = true;
		return true;
	case OPT_EXCLUSIVE:
		o->exclusive = true;
		return true;
	case OPT_NO_SKIPS:
		o->no_skips = true;
		return true;
	case OPT_KTAP:
		o->report = &report_ktap;
		return true;
	default:
		return false;
	}
}

/* Parse an option with an argument. Return what is wrong with the argument, or NULL. */
static const char *parse_option(struct options *o, int option, const char *argument)
{
	switch (option) {
	case 'd':
		return parse_device(o, argument);
	case 'm':
		o->memory = argument;
		return NULL;
	case OPT_SIZE:
		return parse_size(o, argument) ? NULL :
			"not a size, such as 640x480 or 512x512:GREY";
	case OPT_FORMAT:
		return parse_format(o, argument) ? NULL : "not a pixel format, such as GREY";
	case OPT_PLANE:
		return parse_number(&o->plane, argument, 0, VIDEO_MAX_PLANES - 1) ? NULL :
			"not a plane from 0 to 7";
	case 'n':
		return parse_number(&o->frames, argument, 1, MAX_FRAMES) ? NULL :
			"not a number of frames from 1 to 1000000";
	case OPT_FRAME_PNG:
		o->png = argument;
		return NULL;
	case OPT_JSON:
		o->json = argument;
		return NULL;
	case OPT_HTML:
		o->html = argument;
		return NULL;
	case OPT_JUNIT:
		o->junit = argument;
		return NULL;
	case OPT_EXPECT:
		o->expect = argument;
		return NULL;
	case OPT_EXPLAIN:
		o->explain = argument;
		return NULL;
	default:
		return parse_word(o, option, argument);
	}
}

static const struct option longs[] = {
	{ "device", required_argument, NULL, 'd' },
	{ "all", no_argument, NULL, 'a' },
	{ "memory", required_argument, NULL, 'm' },
	{ "basic", no_argument, NULL, OPT_BASIC },
	{ "intrusive", no_argument, NULL, OPT_INTRUSIVE },
	{ "exclusive", no_argument, NULL, OPT_EXCLUSIVE },
	{ "expect", required_argument, NULL, OPT_EXPECT },
	{ "exit-on-fail", no_argument, NULL, 'E' },
	{ "direction", required_argument, NULL, OPT_DIRECTION },
	{ "policy", required_argument, NULL, 'p' },
	{ "contiguous", required_argument, NULL, OPT_CONTIGUOUS },
	{ "size", required_argument, NULL, OPT_SIZE },
	{ "format", required_argument, NULL, OPT_FORMAT },
	{ "plane", required_argument, NULL, OPT_PLANE },
	{ "frames", required_argument, NULL, 'n' },
	{ "frame-png", required_argument, NULL, OPT_FRAME_PNG },
	{ "json", required_argument, NULL, OPT_JSON },
	{ "html", required_argument, NULL, OPT_HTML },
	{ "junit", required_argument, NULL, OPT_JUNIT },
	{ "ktap", no_argument, NULL, OPT_KTAP },
	{ "no-skips", no_argument, NULL, OPT_NO_SKIPS },
	{ "verbose", no_argument, NULL, 'v' },
	{ "color", required_argument, NULL, OPT_COLOR },
	{ "trace", no_argument, NULL, 'T' },
	{ "list", no_argument, NULL, 'l' },
	{ "explain", required_argument, NULL, OPT_EXPLAIN },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ "help", no_argument, NULL, 'h' },
	{ }
};

static const char *name_of_option(size_t index)
{
	return index < ARRAY_SIZE(longs) ? longs[index].name : NULL;
}

/* getopt_long() has printed what is wrong. If it knows the option, its argument is wrong. */
static int wrong_option(const char *argument)
{
	const char *similar = NULL;

	if (!optopt && argument && !strncmp(argument, "--", 2))
		similar = suggest(argument + 2, name_of_option);
	if (similar)
		fprintf(stderr, "%s: did you mean --%s?\n", program_invocation_short_name, similar);
	fputs("Try v4l2-pincheck --help\n", stderr);
	return EXIT_CANNOT_RUN;
}

static const char *name_of_kind(size_t index)
{
	const struct memory_kind *kind = memory_kind_at(index);

	return kind ? kind->name : NULL;
}

/* Print that a kind of memory does not exist, and the one that the user may have meant. */
static int unknown_kind(const char *name)
{
	const char *similar = suggest(name, name_of_kind);
	char why[100] = "not a kind of memory; see --list";

	if (similar)
		snprintf(why, sizeof(why), "not a kind of memory; did you mean %s?", similar);
	return cannot_run(name, why);
}

/* Check --memory: a name without wildcards must exist. */
static bool memory_exists(const char *glob)
{
	size_t length = strcspn(glob, ":@");
	char name[64];

	if (strpbrk(glob, "*?[(!") || length >= sizeof(name))
		return true;
	snprintf(name, sizeof(name), "%.*s", (int)length, glob);
	return memory_find(name);
}

/* Do what needs no device. Return false if there is no such request. */
static bool answer_at_once(const struct options *o, int *status)
{
	if (o->list)
		explain_list();
	else if (o->explain && !memory_find(o->explain))
		*status = unknown_kind(o->explain);
	else if (o->explain)
		explain(o->explain, o->intrusive);
	else if (!memory_exists(o->memory))
		*status = unknown_kind(o->memory);
	else
		return false;
	return true;
}

/**
 * options_parse() - parse the command line
 * @o:		the defaults; options are filled in
 * @argc:	argument of main()
 * @argv:	argument of main()
 * @status:	the exit status, if the program is done
 *
 * Return: true if the program has more to do.
 */
bool options_parse(struct options *o, int argc, char **argv, int *status)
{
	const char *wrong;
	int c;

	*status = EXIT_AS_EXPECTED;
	while ((c = getopt_long(argc, argv, "d:am:p:n:EvTlh", longs, NULL)) != -1) {
		switch (c) {
		case 'h':
			fputs(usage_text, stdout);
			return false;
		case OPT_VERSION:
			puts("v4l2-pincheck " PINCHECK_VERSION);
			return false;
		case '?':
			*status = wrong_option(argv[optind - 1]);
			return false;
		}
		wrong = parse_flag(o, c) ? NULL : parse_option(o, c, optarg);
		if (wrong) {
			*status = cannot_run(optarg, wrong);
			return false;
		}
	}
	for (; optind < argc; optind++) {
		wrong = parse_device(o, argv[optind]);
		if (wrong) {
			*status = cannot_run(argv[optind], wrong);
			return false;
		}
	}
	return !answer_at_once(o, status);
}

/**
 * options_change_format() - check whether the user allows another format of the device
 * @o:	the command line
 *
 * Return: true if an option asks for a size or a format.
 */
bool options_change_format(const struct options *o)
{
	return o->size.width || o->size.pixelformat;
}

/**
 * options_choose() - check whether the user wants a row
 * @o:		the command line
 * @kind:	kind of memory of the row
 * @variant:	variant of the row
 *
 * Return: true if the row must be run.
 */
bool options_choose(const struct options *o, const struct memory_kind *kind,
		    const struct variant *variant)
{
	char name[64];

	if (!variant_suits(variant, kind))
		return false;
	if (o->basic && (*variant->suffix ||
			 by_name(kind->name, basic_kinds, ARRAY_SIZE(basic_kinds)) < 0))
		return false;
	snprintf(name, sizeof(name), "%s%s", kind->name, variant->suffix);
	return !fnmatch(o->memory, name, FNM_EXTMATCH);
}
