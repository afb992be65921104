// SPDX-License-Identifier: GPL-2.0-only
/*
 * fail-nth - does vipin handle each allocation that fails?
 *
 * A program's calls are made many times, from open() to close(). The kernel's fault injection
 * makes the first allocation (or copy from or to the user) of one call fail, then only the second
 * one, and so on until no allocation is left to fail. The call must either succeed without that
 * allocation, or return an errno of its list. It must then work when it is made again, the
 * remaining calls must work, and a frame must arrive.
 *
 * The caller of this program checks for warnings.
 */
#include <getopt.h>
#include <stdio.h>

#include "bind.h"
#include "common/standard-output.h"
#include "injector.h"
#include "row.h"
#include "scenario-options.h"

static const char usage[] =
"Usage: fail-nth [--patched] [--page-tables] NODE\n"
"       fail-nth --bind DRIVER DEVICE\n"
"Make each allocation fail, one by one, in each call that a program makes to capture or to\n"
"send a frame with a vipin, and check that it reports the error and works afterwards. Needs a\n"
"kernel with fault injection that is configured in /sys/kernel/debug.\n"
"\n"
"  --patched      the kernel has the patches of this project: also make those allocations fail that\n"
"                 videobuf2 does not handle without them\n"
"  --page-tables  only hand over large pointers, for which an IOMMU needs many page tables\n"
"  --bind         bind and unbind DEVICE instead; DRIVER is a folder in /sys/bus/BUS/drivers\n"
"  --help         print this text\n"
"\n"
"Prints a line for each call: how many allocations have failed, and how many times it has\n"
"returned an error for that.\n"
"Exit status: 0 all failures were handled, 1 some were not, 2 could not run.\n";

static int usage_error(void)
{
	fputs(usage, stderr);
	return CANNOT_RUN;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "patched", no_argument, NULL, 'p' },
		{ "page-tables", no_argument, NULL, 't' },
		{ "bind", no_argument, NULL, 'b' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	bool large = false, bind = false, patched = false;
	int c;

	standard_output_check();
	/* The last lines say what was done if the kernel panics. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case 'p':
			patched = true;
			break;
		case 't':
			large = true;
			break;
		case 'b':
			bind = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		default:
			return CANNOT_RUN;
		}
	}
	if (argc - optind != (bind ? 2 : 1))
		return usage_error();
	injector_open();
	if (bind)
		return bind_all_faults(argv[optind], argv[optind + 1]) ? RIGHT : WRONG;
	return rows_all_faults(argv[optind], large, patched) ? RIGHT : WRONG;
}
