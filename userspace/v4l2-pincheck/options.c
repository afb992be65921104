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

static const char usage_text[] =
"Usage: v4l2-pincheck [-d DEVICE]... [OPTION]...\n"
"Hand each kind of memory to V4L2 devices as a user pointer, and check that each\n"
"answer is as expected.\n"
"\n"
"  -d, --device DEVICE    a V4L2 device (default: all vipin devices)\n"
"  -m, --memory GLOB      run only rows whose name matches (see --list)\n"
"      --basic            run only the kinds of memory that show the most\n"
"      --direction WHICH  run only capture or output devices (default: both)\n"
"  -p, --policy POLICY    run only with this policy: kernel or strict (default: all\n"
"                         that the device supports; other devices than vipin\n"
"                         support only \"kernel\")\n"
"      --contiguous YN    whether the device needs contiguous memory: yes or no\n"
"                         (default: known for vipin, found out for other devices)\n"
"      --size WxH[:FMT]   use frames of W x H pixels (default: 320x240) in the pixel\n"
"                         format FMT, four letters; if the device has no such\n"
"                         frames, the error says which it has\n"
"  -n, --frames N         verify N frames for each accepted memory (default: 8; 3 for\n"
"                         rows about size and alignment; 2 for other devices)\n"
"      --frame-png FILE   write the first frame that was captured into a pointer\n"
"      --json FILE        write all rows as JSON\n"
"      --html FILE        write all rows as one HTML page\n"
"      --ktap             print all rows as KTAP instead of a table\n"
"      --color WHEN       colour the table: auto, always or never (default: auto, that\n"
"                         is on a terminal, unless NO_COLOR is set)\n"
"  -l, --list             list kinds of memory, what each proves, and the rules\n"
"      --explain NAME     explain one kind of memory\n"
"  -h, --help             print this text\n"
"\n"
"Exit status: 0 all as expected (kernel quirks included), 1 a row is unexpected,\n"
"2 could not run, 4 no row to run.\n";

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

/* Return the index of a name, or -1 if it is none of @names. */
static int by_name(const char *name, const char * const *names, int nr)
{
	for (int i = 0; i < nr; i++)
		if (!strcmp(name, names[i]))
			return i;
	return -1;
}

static bool parse_number(unsigned int *number, const char *text, unsigned int max)
{
	unsigned long value;

	if (!number_parse(text, 1, max, &value))
		return false;
	*number = value;
	return true;
}

/* "640x480" or "640x480:GREY". The names of some formats end in a space: "Y16 ". */
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
	if (!parse_number(&size->width, copy, UINT_MAX) ||
	    !parse_number(&size->height, height, UINT_MAX))
		return false;
	o->exact = true;
	if (!format)
		return true;
	if (strlen(format) < 3 || strlen(format) > 4)
		return false;
	size->pixelformat = v4l2_fourcc(format[0], format[1], format[2],
					format[3] ? format[3] : ' ');
	return true;
}

enum {
	OPT_BASIC = 256, OPT_DIRECTION, OPT_CONTIGUOUS, OPT_SIZE, OPT_FRAME_PNG,
	OPT_JSON, OPT_HTML, OPT_KTAP, OPT_COLOR, OPT_EXPLAIN,
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

/* Parse an option. Return what is wrong with its argument, or NULL. */
static const char *parse_option(struct options *o, int option, const char *argument)
{
	switch (option) {
	case 'd':
		if (o->nr_paths == MAX_DEVICES)
			return "too many devices";
		o->paths[o->nr_paths++] = argument;
		return NULL;
	case 'm':
		o->memory = argument;
		return NULL;
	case OPT_BASIC:
		o->basic = true;
		return NULL;
	case OPT_SIZE:
		return parse_size(o, argument) ? NULL :
			"not a size, such as 640x480 or 512x512:GREY";
	case 'n':
		return parse_number(&o->frames, argument, MAX_FRAMES) ? NULL :
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
	case OPT_KTAP:
		o->report = &report_ktap;
		return NULL;
	default:
		return parse_word(o, option, argument);
	}
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
	static const struct option longs[] = {
		{ "device", required_argument, NULL, 'd' },
		{ "memory", required_argument, NULL, 'm' },
		{ "basic", no_argument, NULL, OPT_BASIC },
		{ "direction", required_argument, NULL, OPT_DIRECTION },
		{ "policy", required_argument, NULL, 'p' },
		{ "contiguous", required_argument, NULL, OPT_CONTIGUOUS },
		{ "size", required_argument, NULL, OPT_SIZE },
		{ "frames", required_argument, NULL, 'n' },
		{ "frame-png", required_argument, NULL, OPT_FRAME_PNG },
		{ "json", required_argument, NULL, OPT_JSON },
		{ "html", required_argument, NULL, OPT_HTML },
		{ "ktap", no_argument, NULL, OPT_KTAP },
		{ "color", required_argument, NULL, OPT_COLOR },
		{ "list", no_argument, NULL, 'l' },
		{ "explain", required_argument, NULL, OPT_EXPLAIN },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	const char *wrong;
	int c;

	*status = EXIT_AS_EXPECTED;
	while ((c = getopt_long(argc, argv, "d:m:p:n:lh", longs, NULL)) != -1) {
		switch (c) {
		case 'l':
			explain_list();
			return false;
		case OPT_EXPLAIN:
			if (!explain(optarg))
				*status = cannot_run(optarg, "not a kind of memory; see --list");
			return false;
		case 'h':
			fputs(usage_text, stdout);
			return false;
		case '?':
			fputs("Try v4l2-pincheck --help\n", stderr);
			*status = EXIT_CANNOT_RUN;
			return false;
		}
		wrong = parse_option(o, c, optarg);
		if (wrong) {
			*status = cannot_run(optarg, wrong);
			return false;
		}
	}
	if (optind < argc) {
		*status = cannot_run(argv[optind], "not an option; use -d for a device");
		return false;
	}
	return true;
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
