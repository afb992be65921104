// SPDX-License-Identifier: GPL-2.0-only
/*
 * sample.c - how a measure of make bench is told, and the clocks it is taken with
 */
#include <dirent.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sample.h"

/**
 * sample() - tell one sample
 * @measure:	what was measured
 * @variant:	of what
 * @clock:	whose time it is: CLOCK_*
 * @unit:	of @value
 * @value:	how much it was
 */
void sample(const char *measure, const char *variant, const char *clock, const char *unit,
	    double value)
{
	printf("%s\t%s\t%s\t%s\t%.17g\n", measure, variant, clock, unit, value);
}

/**
 * sample_task_ns() - CPU time that a task has had
 * @tid:	the task, a kernel thread or one of a process; it sleeps, since what
 *		a running one has had since its last tick is not in there
 *
 * Return: nanoseconds.
 */
__u64 sample_task_ns(pid_t tid)
{
	char path[64];
	unsigned long long ns;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/schedstat", tid);
	file = fopen(path, "r");
	if (!file || fscanf(file, "%llu", &ns) != 1)
		err(1, "%s", path);
	fclose(file);
	return ns;
}

/**
 * sample_own_ns() - CPU time that the calling thread has had
 *
 * Return: nanoseconds.
 */
__u64 sample_own_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

/**
 * sample_find_task() - look for a kernel thread, of several the newest one: another
 *			 may be on its way out
 * @name:	its name
 *
 * Return: its number. Without such a thread, the program ends.
 */
pid_t sample_find_task(const char *name)
{
	char path[sizeof("/proc//comm") + 256], comm[32];
	struct dirent *entry;
	pid_t found = 0;
	DIR *dir;

	dir = opendir("/proc");
	if (!dir)
		err(1, "/proc");
	while ((entry = readdir(dir))) {
		FILE *file;

		snprintf(path, sizeof(path), "/proc/%s/comm", entry->d_name);
		file = atoi(entry->d_name) ? fopen(path, "r") : NULL;
		if (!file)
			continue;
		if (fgets(comm, sizeof(comm), file) && !strcmp(strtok(comm, "\n"), name) &&
		    atoi(entry->d_name) > found)
			found = atoi(entry->d_name);
		fclose(file);
	}
	closedir(dir);
	if (!found)
		errx(1, "there is no thread %s", name);
	return found;
}
