// SPDX-License-Identifier: GPL-2.0-only
/*
 * health.c - what a row must leave as it found it
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

/* The number behind each of @labels in a file of such lines; -1 where it is missing. */
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

/* Have what the CPUs counted each for itself added up; true if that is done. */
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
 * health_pins() - how many pages are pinned in the whole system
 * @expected:	the number that it should be, or -1
 *
 * Where the counters cannot be refreshed by asking they are so once a second:
 * waits for that, and for others that happen to pin something, a little.
 *
 * Return: how many, @expected if that was to be seen.
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
 * health_migrations() - how often the kernel has moved a page, or tried to
 *
 * Return: how often since it was booted, -2 where it does not count.
 */
long health_migrations(void)
{
	static const char * const labels[] = { "pgmigrate_success ", "pgmigrate_fail " };
	long numbers[ARRAY_SIZE(labels)];

	read_numbers("/proc/vmstat", labels, ARRAY_SIZE(labels), numbers);
	return numbers[0] + numbers[1];
}

/**
 * health_huge_pages() - how many huge pages are free
 *
 * Return: how many, -1 where there are none.
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

/* All but the heap and the stack, which have a page more now and then. */
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
 * health_footprint() - how much memory this process itself has
 * @f:	filled in; with -1 or 0 where the kernel does not tell
 *
 * The resident set that statm and status show may be wrong by dozens of pages, since
 * 6.2: each CPU counts for itself. smaps_rollup counts page by page.
 */
void health_footprint(struct footprint *f)
{
	static const char * const label = "Anonymous:";
	long kib;

	/* What was freed and is kept for the next malloc() is not left over. */
	malloc_trim(0);
	read_numbers("/proc/self/smaps_rollup", &label, 1, &kib);
	f->anonymous = kib < 0 ? -1 : kib / 4;
	f->mapped = pages_mapped();
}

/**
 * klog_begin() - start listening to the kernel's log
 * @log:	filled in
 */
void klog_begin(struct klog *log)
{
	log->fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (log->fd >= 0)
		lseek(log->fd, 0, SEEK_END);
}

/*
 * What a slow machine, an emulated one above all, says about itself. It is
 * about time, and never about pins or memory.
 */
static const char * const noise[] = {
	"clocksource:", "hrtimer: interrupt took", "perf: interrupt took",
	"hogged CPU",
	/* vivid's thread looks at the clock twice, and may come too late at the second time. */
	"schedule_timeout: wrong timeout value",
	/* Where all is bounced, a device that udmabuf has maps nothing large. */
	"misc udmabuf: swiotlb buffer is full",
	/* There was more of the same, and that was looked at. */
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
 * klog_end() - stop listening
 * @log:	what klog_begin() filled in
 * @announced:	text of messages that had to be expected, "|" between one and another,
 *		or NULL
 * @line:	filled in: the first other message at warning level or above
 * @size:	room in @line
 *
 * Return: whether there was none.
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
