// SPDX-License-Identifier: GPL-2.0-only
/*
 * asleep.c - where do the processes of a scenario sleep?
 */
#include <ctype.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "asleep.h"
#include "common/macros.h"

/* Print the lines of a file, if it can be read. */
static void print_file(const char *folder, const char *thread, const char *file)
{
	char path[128], line[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%.20s/%.20s", folder, thread, file);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = 0;
		printf("#     %s: %s\n", file, line);
	}
	if (f)
		fclose(f);
}

static void print_threads(const char *process)
{
	static const char * const files[] = { "comm", "wchan", "syscall", "stack" };
	char folder[64];
	struct dirent *thread;
	DIR *dir;

	snprintf(folder, sizeof(folder), "/proc/%.20s/task", process);
	dir = opendir(folder);
	while (dir && (thread = readdir(dir))) {
		if (!isdigit((unsigned char)*thread->d_name))
			continue;
		printf("#   thread %s of process %s:\n", thread->d_name, process);
		for (size_t i = 0; i < ARRAY_SIZE(files); i++)
			print_file(folder, thread->d_name, files[i]);
	}
	if (dir)
		closedir(dir);
}

/* The name of a process may contain spaces and parentheses. The group follows it. */
static bool is_in_group(const char *process, pid_t group)
{
	char path[64], stat[512];
	const char *end;
	FILE *f;
	int of;

	snprintf(path, sizeof(path), "/proc/%.20s/stat", process);
	f = fopen(path, "re");
	if (!f)
		return false;
	end = fgets(stat, sizeof(stat), f) ? strrchr(stat, ')') : NULL;
	fclose(f);
	return end && sscanf(end, ") %*c %*d %d", &of) == 1 && of == group;
}

/**
 * asleep_print() - print where each thread of a process group sleeps
 * @group:	number of the process group
 *
 * Prints lines that begin with "#", which tests/guest/ktap.sh passes on.
 */
void asleep_print(pid_t group)
{
	struct dirent *process;
	DIR *dir = opendir("/proc");

	while (dir && (process = readdir(dir)))
		if (isdigit((unsigned char)*process->d_name) &&
		    is_in_group(process->d_name, group))
			print_threads(process->d_name);
	if (dir)
		closedir(dir);
	fflush(stdout);
}
