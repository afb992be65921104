// SPDX-License-Identifier: GPL-2.0-only
/*
 * health.c - the state of the system that a row must leave unchanged
 */
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "health.h"
#include "macros.h"
#include "memory/memory.h"
#include "words.h"

/* Read the number after each of @labels from a file; -1 if it is missing. */
static void read_numbers(const char *path, const char * const *labels, int nr,
			 long *numbers)
{
	FILE *f = fopen(path, "re");
	char line[128];

	for (int i = 0; i < nr; i++)
		numbers[i] = -1;
	if (!f)
		return;
	while (fgets(line, sizeof(line), f)) {
		for (int i = 0; i < nr; i++) {
			size_t length = strlen(labels[i]);

			if (!strncmp(line, labels[i], length))
				numbers[i] = strtol(line + length, NULL, 10);
		}
	}
	fclose(f);
}

/* Have the kernel add up the counters of all CPUs. Return whether it did. */
static bool refresh_counters(void)
{
	int fd = open("/proc/sys/vm/stat_refresh", O_WRONLY | O_CLOEXEC);
	bool done;

	if (fd < 0)
		return false;
	done = write(fd, "1", 1) == 1;
	close(fd);
	return done;
}

static long pins_held(void)
{
	static const char * const labels[] = {
		"nr_foll_pin_acquired ", "nr_foll_pin_released ",
	};
	long numbers[ARRAY_SIZE(labels)];

	read_numbers("/proc/vmstat", labels, ARRAY_SIZE(labels), numbers);
	return numbers[0] - numbers[1];
}

/**
 * health_pins() - count the pages that are pinned in the whole system
 * @expected:	expected number, or -1
 *
 * Without permission to refresh the counters, the kernel does it once a second: wait for
 * that. Wait a moment as well while the number is not the expected one, because other
 * programs may have a pin.
 *
 * Return: the number; @expected if that was seen.
 */
long health_pins(long expected)
{
	const struct timespec pause = { .tv_nsec = 50000000 };
	bool fresh = refresh_counters();
	int patience = fresh ? 10 : 60;

	for (int i = 0; ; i++) {
		long held = pins_held();

		if (expected < 0 ? fresh || i == 30 : held == expected || i == patience)
			return held;
		nanosleep(&pause, NULL);
		refresh_counters();
	}
}

/**
 * health_migrations() - count the migrations of pages, failed ones included
 *
 * Return: the number since boot, -2 if the kernel does not count them.
 */
long health_migrations(void)
{
	static const char * const labels[] = { "pgmigrate_success ", "pgmigrate_fail " };
	long numbers[ARRAY_SIZE(labels)];

	read_numbers("/proc/vmstat", labels, ARRAY_SIZE(labels), numbers);
	return numbers[0] + numbers[1];
}

/**
 * health_huge_pages() - count the free huge pages
 *
 * Return: the number, -1 if the kernel has no huge pages.
 */
long health_huge_pages(void)
{
	int fd = open("/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages",
		      O_RDONLY | O_CLOEXEC);
	char text[32] = "";
	ssize_t got;

	if (fd < 0)
		return -1;
	got = read(fd, text, sizeof(text) - 1);
	close(fd);
	return got > 0 ? strtol(text, NULL, 10) : -1;
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
	return bytes / 4096;
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
	long kib;

	/* Memory that malloc() keeps for later is not left over. */
	malloc_trim(0);
	read_numbers("/proc/self/smaps_rollup", &label, 1, &kib);
	f->anonymous = kib < 0 ? -1 : kib / 4;
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

/*
 * Messages of slow machines, above all emulated ones. They are about time, never about pins
 * or memory.
 */
static const char * const noise[] = {
	"clocksource:", "hrtimer: interrupt took", "perf: interrupt took",
	"hogged CPU",
	/* vivid reads the clock twice, and may be late the second time. */
	"schedule_timeout: wrong timeout value",
	/* If all DMA is bounced, udmabuf's own device cannot map large buffers. */
	"misc udmabuf: swiotlb buffer is full",
	/* The messages before it were checked. */
	"callbacks suppressed",
};

static bool is_noise(const char *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(noise); i++)
		if (strstr(text, noise[i]))
			return true;
	return false;
}

/**
 * klog_end() - stop watching the kernel log
 * @log:	filled in by klog_begin()
 * @announced:	texts of messages that are expected, separated by "|", or NULL
 * @line:	filled in: the first other message at warning level or above
 * @size:	room in @line
 *
 * Return: whether there was no such message.
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
		    (announced && has_one_of(text, announced)) || is_noise(text))
			continue;
		snprintf(line, size, "%.*s", (int)strcspn(text, "\n"), text);
		clean = false;
	}
	close(log->fd);
	return clean;
}
