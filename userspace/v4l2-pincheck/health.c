// SPDX-License-Identifier: GPL-2.0-only
/*
 * health.c - the state of the system that a row must leave unchanged
 */
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "common/counters.h"
#include "common/harmless-messages.h"
#include "common/kmsg.h"
#include "common/macros.h"
#include "common/number-file.h"
#include "common/page.h"
#include "common/words.h"
#include "health.h"

/**
 * health_migrations() - count the migrations of pages, failed ones included
 *
 * Return: the number since boot, -2 if the kernel does not count them.
 */
long health_migrations(void)
{
	static const char * const labels[] = { "pgmigrate_success ", "pgmigrate_fail " };
	long numbers[ARRAY_SIZE(labels)];

	counters_read("/proc/vmstat", labels, ARRAY_SIZE(labels), numbers);
	return numbers[0] + numbers[1];
}

/**
 * health_huge_pages() - count the free huge pages
 *
 * Return: the number, -1 if the kernel has no huge pages.
 */
long health_huge_pages(void)
{
	return number_file_read("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages");
}

/* Count mapped pages, without heap and stack: these grow now and then. */
static long pages_mapped(void)
{
	FILE *f = fopen("/proc/self/maps", "re");
	unsigned long start, end, bytes = 0;
	char *line = NULL;
	size_t room = 0;

	if (!f)
		return 0;
	while (getline(&line, &room, f) > 0)
		if (sscanf(line, "%lx-%lx", &start, &end) == 2 &&
		    !strstr(line, "[heap]") && !strstr(line, "[stack]"))
			bytes += end - start;
	free(line);
	fclose(f);
	return bytes / PAGE;
}

/**
 * health_footprint() - count the pages of this process
 * @f:	filled in; with -1 or 0 if the kernel does not show it
 *
 * Since 6.2, the resident set in statm and status may be wrong by dozens of pages, because
 * each CPU has its own counter. smaps_rollup counts page by page.
 */
void health_footprint(struct footprint *f)
{
	static const char * const label = "Anonymous:";
	unsigned char random;
	long kib;

	/* Do not count freed memory that malloc() keeps for later. */
	malloc_trim(0);
	/* Since 2.41, glibc maps memory at the first getrandom(). Let that be before the count. */
	(void)!getrandom(&random, sizeof(random), GRND_NONBLOCK);
	counters_read("/proc/self/smaps_rollup", &label, 1, &kib);
	f->anonymous = kib < 0 ? -1 : kib / (long)(PAGE >> 10);
	f->mapped = pages_mapped();
}

/**
 * klog_begin() - start to watch the kernel log
 * @log:	filled in
 */
void klog_begin(struct klog *log)
{
	log->fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (log->fd >= 0)
		lseek(log->fd, 0, SEEK_END);
}

/**
 * klog_end() - stop watching the kernel log
 * @log:	filled in by klog_begin()
 * @announced:	texts of messages that are expected, separated by "|", or NULL
 * @line:	filled in: the first other message at warning level or above
 * @size:	room in @line
 *
 * Return: true if there was no such message.
 */
bool klog_end(struct klog *log, const char *announced, char *line, size_t size)
{
	char record[KMSG_SIZE];
	unsigned int priority;
	const char *text;
	bool clean = true;

	if (log->fd < 0)
		return true;
	while ((text = kmsg_read(log->fd, record))) {
		if (sscanf(record, "%u,", &priority) != 1)
			continue;
		if ((priority & 7) > 4 || priority >> 3 || !clean ||
		    (announced && has_one_of(text, announced)) || message_is_harmless(text))
			continue;
		snprintf(line, size, "%.*s", (int)strcspn(text, "\n"), text);
		clean = false;
	}
	close(log->fd);
	return clean;
}
