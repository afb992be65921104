// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-fuzz - run programs of V4L2 calls and memory operations that a fuzzer has made
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/standard-output.h"
#include "coverage.h"
#include "server.h"
#include "trial.h"

static const char usage[] =
"Usage: vipin-fuzz [OPTION]... FILE...\n"
"Run each FILE, a sequence of V4L2 calls and memory operations, on the nodes of vipin.\n"
"After each FILE no page may be pinned that was not before, the kernel must have\n"
"reported nothing, and the nodes must be free. Blocks of the kernel that no earlier\n"
"FILE has reached are counted, if the kernel has KCOV.\n"
"A FILE has 8 bytes for each operation, or is a text that starts with '#', has printable\n"
"characters only and has a line for each: its name, and NAME=VALUE for each argument\n"
"that is not 0.\n"
"\n"
"  -v, --verbose       print each operation, its task and its result\n"
"  -t, --text          do not run FILE; print it as text\n"
"  -b, --bytes         do not run FILE; print it as bytes\n"
"  -l, --list          list all operations and the names of their arguments\n"
"  -c, --coverage OUT  write the addresses of the blocks of the kernel that were reached\n"
"                      to OUT\n"
"  -S, --server        be the fork server of afl-fuzz, which writes FILE\n"
"  -r, --record PORT   with --server: write each program to PORT before it runs, as a\n"
"                      line of hexadecimal digits\n"
"  -s, --status OUT    with --server: write figures to OUT every second\n"
"  -w, --wrong OUT     with --server: write the program after which something is wrong to\n"
"                      OUT, as text\n"
"  -h, --help          print this text\n"
"\n"
"Exit status: 0 all is right, 1 something is wrong, 2 could not run.\n";

static int convert(const char *path, bool to_text)
{
	struct program p;

	if (program_read(&p, path, true))
		return EXIT_NOT_PRINTED;
	if (to_text)
		program_print(&p, stdout);
	else
		program_write(&p, stdout);
	return 0;
}

static int replay(const char *path)
{
	unsigned long long calls = shared->calls;
	unsigned int blocks = coverage_blocks();
	char why[WHY_SIZE] = "";
	struct program p;
	pid_t child;
	int status;

	if (program_read(&p, path, true))
		return EXIT_NOT_PRINTED;
	printf("%s\n", path);
	child = trial_start(&p);
	if (child < 0) {
		perror("vipin-fuzz");
		return EXIT_NOT_PRINTED;
	}
	if (trial_end(child, &status, why)) {
		printf("wrong %s: %s\n", path, why);
		return 1;
	}
	printf("right %s: %u operations, %llu calls, %u new blocks%s\n", path, p.nr_records,
	       shared->calls - calls, coverage_blocks() - blocks,
	       WIFSIGNALED(status) ? ", killed" : "");
	return 0;
}

static void __noreturn wrong_usage(void)
{
	fputs(usage, stderr);
	exit(EXIT_NOT_PRINTED);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "verbose", no_argument, NULL, 'v' },
		{ "text", no_argument, NULL, 't' },
		{ "bytes", no_argument, NULL, 'b' },
		{ "list", no_argument, NULL, 'l' },
		{ "coverage", required_argument, NULL, 'c' },
		{ "server", no_argument, NULL, 'S' },
		{ "record", required_argument, NULL, 'r' },
		{ "status", required_argument, NULL, 's' },
		{ "wrong", required_argument, NULL, 'w' },
		{ "help", no_argument, NULL, 'h' },
		{}
	};
	struct server_options server = {};
	bool verbose = false, traced;
	int option, mode = 0, ret = 0;

	standard_output_check();
	while ((option = getopt_long(argc, argv, "vtblc:Sr:s:w:h", options, NULL)) != -1) {
		switch (option) {
		case 'v':
			verbose = true;
			break;
		case 't':
		case 'b':
		case 'S':
			mode = option;
			break;
		case 'l':
			program_list_ops();
			return 0;
		case 'c':
			server.coverage = optarg;
			break;
		case 'r':
			server.record = optarg;
			break;
		case 's':
			server.status = optarg;
			break;
		case 'w':
			server.wrong = optarg;
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		default:
			wrong_usage();
		}
	}
	argv += optind;
	if (!*argv)
		wrong_usage();
	if (mode == 't' || mode == 'b') {
		for (; *argv && !ret; argv++)
			ret = convert(*argv, mode == 't');
		return ret;
	}
	if (trial_set_up(verbose))
		return EXIT_NOT_PRINTED;
	traced = coverage_open();
	if (mode == 'S')
		return server_run(*argv, &server) ? EXIT_NOT_PRINTED : 0;
	for (; *argv; argv++) {
		int one = replay(*argv);

		ret = one > ret ? one : ret;
	}
	printf("%llu programs, %llu calls, %llu reports", shared->inputs, shared->calls,
	       shared->reports);
	if (traced)
		printf(", %u blocks of the kernel", coverage_blocks());
	putchar('\n');
	if (server.coverage)
		coverage_print(server.coverage);
	return ret;
}
