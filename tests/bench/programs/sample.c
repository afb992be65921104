// SPDX-License-Identifier: GPL-2.0-only
/*
 * sample.c - prints the samples of make bench, and reads CPU clocks
 */
#include <dirent.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sample.h"

/**
 * sample() - print one sample
 * @measure:	name of the measure
 * @variant:	its variant
 * @clock:	the clock that was used: CLOCK_*
 * @unit:	of @value
 * @value:	the measured value
 */
void sample(const char *measure, const char *variant, const char *clock, const char *unit,
	    double value)
{
	printf("%s\t%s\t%s\t%s\t%.17g\n", measure, variant, clock, unit, value);
}

/**
 * sample_task_ns() - read the CPU time of a task
 * @tid:	the task, a kernel thread or a thread of a process. It must sleep: the time of a
 *		running task since its last tick is not counted yet.
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
 * sample_own_ns() - read the CPU time of the calling thread
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
 * sample_find_task() - find a kernel thread
 * @name:	its name
 *
 * If there are several, this finds the newest one, since an older one may be ending.
 *
 * Return: its number. The program ends if there is none.
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
