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
"Hand each kind of memory to V4L2 devices as a user pointer, and compare what\n"
"they say with what they must say.\n"
"\n"
"  -d, --device DEVICE    a V4L2 device (default: each vipin)\n"
"  -m, --memory GLOB      only rows with such a name (see --list)\n"
"      --basic            only a handful of kinds of memory\n"
"      --direction WHICH  only capture or output (default: both)\n"
"  -p, --policy POLICY    only this policy: kernel or strict (default: those that\n"
"                         the device has; one that is no vipin has kernel)\n"
"      --contiguous YN    whether the device needs contiguous memory: yes or no\n"
"                         (default: a vipin tells, of others it is found out)\n"
"      --size WxH[:FMT]   frames of W x H pixels (default: 320x240), in the pixel\n"
"                         format FMT, four letters; a device that has no such\n"
"                         frames is named, with what it has instead\n"
"  -n, --frames N         frames for each accepted memory (default: 8; 3 for rows\n"
"                         about size and alignment, 2 on what is no vipin)\n"
"      --frame-png FILE   write the first frame that was captured by pointer there\n"
"      --json FILE        write all rows there as JSON\n"
"      --html FILE        write them there as one page to look at\n"
"      --ktap             speak KTAP\n"
"  -l, --list             list kinds of memory, what each proves, and the rules\n"
"      --explain NAME     all about one kind of memory\n"
"  -h, --help             this text\n"
"\n"
"Exit status: 0 all as the rules say, 1 a surprise, 2 could not run, 4 nothing to run.\n";

#define MAX_FRAMES	1000000

/* What a demonstration needs. */
static const char * const basic_kinds[] = {
	"malloc", "hugetlb", "thp", "unaligned", "read-only", "hole", "cma-pages",
	"cma-thp", "heap-system", "udmabuf", "udmabuf-fd", "v4l2-buffer",
	"vimap-pfn", "vimap-pfn-untouched", "vimap-page-io",
	"vimap-page-io-untouched", "vimap-page", "vimap-page-untouched",
	"vimap-cma", "vimap-cma-untouched", "vimap-bar", "vimap-bar-untouched",
};

/**
 * cannot_run() - say why there is no result
 * @what:	what it is about
 * @why:	why
 *
 * Return: the exit status.
 */
int cannot_run(const char *what, const char *why)
{
	fflush(stdout);
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, why);
	return EXIT_CANNOT_RUN;
}

/* Which of @names it is, or -1. */
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
	OPT_JSON, OPT_HTML, OPT_KTAP, OPT_EXPLAIN,
};

/* Options that have one of a few words; what is wrong with it, or NULL. */
static const char *parse_word(struct options *o, int option, const char *word)
{
	static const char * const no_yes[] = { "no", "yes" };

	switch (option) {
	case OPT_DIRECTION:
		o->direction = by_name(word, direction_names, NR_DIRECTIONS);
		return o->direction < 0 ? "no such direction: capture or output" : NULL;
	case 'p':
		o->policy = by_name(word, policy_names, NR_POLICIES);
		return o->policy < 0 ? "no such policy: kernel or strict" : NULL;
	default:
		o->contiguous = by_name(word, no_yes, ARRAY_SIZE(no_yes));
		return o->contiguous < 0 ? "yes or no?" : NULL;
	}
}

/* Returns what is wrong with an option's argument, or NULL. */
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
			"no size, such as 640x480 or 512x512:GREY";
	case 'n':
		return parse_number(&o->frames, argument, MAX_FRAMES) ? NULL :
			"no number of frames from 1 to 1000000";
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
 * options_parse() - read the command line
 * @o:		filled in; holds the defaults
 * @argc:	as main() has it
 * @argv:	as main() has it
 * @status:	filled in if there is no more to do: the exit status
 *
 * Return: whether the program shall go on.
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
		{ "list", no_argument, NULL, 'l' },
		{ "explain", required_argument, NULL, OPT_EXPLAIN },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	const char *wrong;
	int c;

	*status = EXIT_AS_RULED;
	while ((c = getopt_long(argc, argv, "d:m:p:n:lh", longs, NULL)) != -1) {
		switch (c) {
		case 'l':
			explain_list();
			return false;
		case OPT_EXPLAIN:
			if (!explain(optarg))
				*status = cannot_run(optarg, "not a kind of memory in --list");
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
		*status = cannot_run(argv[optind], "not an option; a device is named by -d");
		return false;
	}
	return true;
}

/**
 * options_choose() - whether the user wants a row
 * @o:		the command line
 * @kind:	its memory
 * @variant:	how a frame lies in it
 *
 * Return: whether that is so.
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
