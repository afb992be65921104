// SPDX-License-Identifier: GPL-2.0-only
/*
 * server.c - run programs for AFL++
 *
 * This is AFL++'s fork server, in its first version: for each input afl-fuzz writes 4 bytes to one
 * pipe and reads the process and its exit status from another one. See instrumentation/
 * README.persistent_mode.md and src/afl-forkserver.c of AFL++. The code of this program is not
 * instrumented: AFL++'s map has the coverage of the kernel only.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "coverage.h"
#include "place.h"
#include "server.h"
#include "trial.h"

#define FROM_AFL	198
#define TO_AFL		199
#define DEFAULT_SIZE	65536

/**
 * server_map() - get AFL++'s map
 * @size:	filled in: its size in bytes
 *
 * Return: the map, or NULL if AFL++ does not run this program.
 */
void *server_map(size_t *size)
{
	static void *map;
	static size_t map_size;

	if (!map_size) {
		const char *segment = getenv("__AFL_SHM_ID"), *length = getenv("AFL_MAP_SIZE");

		map_size = length ? strtoul(length, NULL, 10) : 0;
		if (!map_size)
			map_size = DEFAULT_SIZE;
		if (segment)
			map = place_segment(atoi(segment));
	}
	*size = map_size;
	return map;
}

/* Write a program to a file outside of this machine, in case the kernel ends with it. */
static void record_program(int fd, const struct program *p)
{
	char line[2 * MAX_PROGRAM + 1];
	size_t size = p->nr_records * RECORD;

	if (fd < 0)
		return;
	for (size_t i = 0; i < size; i++)
		snprintf(line + 2 * i, 3, "%02x", p->bytes[i]);
	line[2 * size] = '\n';
	for (size_t done = 0; done < 2 * size + 1; ) {
		ssize_t n = write(fd, line + done, 2 * size + 1 - done);

		if (n <= 0)
			return;
		done += n;
	}
}

/* Write figures once a second, and addresses every ten seconds. Write all of it after a report. */
static void write_status(const struct server_options *options, const char *why)
{
	static time_t last;
	time_t now = time(NULL);
	char partial[256];
	FILE *file;

	if (!options->status || (now == last && !*why))
		return;
	if (options->coverage && (now / 10 != last / 10 || *why))
		coverage_print(options->coverage);
	last = now;
	snprintf(partial, sizeof(partial), "%s.partial", options->status);
	file = fopen(partial, "we");
	if (!file)
		return;
	fprintf(file, "inputs %llu\ncalls %llu\nblocks %u\nreports %llu\n", shared->inputs,
		shared->calls, coverage_blocks(), shared->reports);
	if (*why)
		fprintf(file, "why %s\n", why);
	fclose(file);
	rename(partial, options->status);
}

/*
 * Write a program to a file, as a text. AFL++ does not keep every program that it takes for a
 * crash: not if it runs the program to measure it, or has killed it because of a timeout.
 */
static void write_wrong(const char *path, const struct program *p, const char *why)
{
	FILE *file = path ? fopen(path, "we") : NULL;

	if (!file)
		return;
	fprintf(file, "# %s\n", why);
	program_print(p, file);
	fclose(file);
}

static int serve(unsigned char *map, const char *path, int record,
		 const struct server_options *options)
{
	int asked, status = 0;
	struct program p;

	if (write(TO_AFL, &status, sizeof(status)) != sizeof(status))
		return -1;
	while (read(FROM_AFL, &asked, sizeof(asked)) == sizeof(asked)) {
		char why[WHY_SIZE] = "";
		pid_t child;

		if (program_read(&p, path, false))
			return -1;
		record_program(record, &p);
		child = trial_start(&p);
		if (child < 0 || write(TO_AFL, &child, sizeof(child)) != sizeof(child))
			return -1;
		/* AFL++ takes a process that was aborted for a crash. */
		status = trial_end(child, &status, why) ? SIGABRT : 0;
		write_status(options, why);
		if (*why)
			write_wrong(options->wrong, &p, why);
		/* AFL++ gives up if a program reaches nothing. */
		map[0] = 1;
		if (write(TO_AFL, &status, sizeof(status)) != sizeof(status))
			return -1;
		/* Another program could hide what is wrong. */
		if (*why)
			break;
	}
	return 0;
}

/**
 * server_run() - run programs until AFL++ ends, or something is wrong
 * @path:	the file that AFL++ writes each program to
 * @options:	what else to write
 *
 * Return: 0, or -1 if there is no AFL++ or something fails.
 */
int server_run(const char *path, const struct server_options *options)
{
	unsigned char *map;
	int record = -1;
	size_t size;

	map = server_map(&size);
	if (!map) {
		fprintf(stderr, "vipin-fuzz: --server is for afl-fuzz\n");
		return -1;
	}
	if (options->record) {
		record = open(options->record, O_WRONLY | O_CLOEXEC);
		if (record < 0)
			fprintf(stderr, "vipin-fuzz: %s: %s\n", options->record, strerror(errno));
	}
	return serve(map, path, record, options);
}
