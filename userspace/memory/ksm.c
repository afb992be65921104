// SPDX-License-Identifier: GPL-2.0-only
/*
 * ksm.c - pages that the kernel has merged because they are the same
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kernel-page-flags.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "provider.h"

#define KSM		"/sys/kernel/mm/ksm/"

/* Tens of milliseconds are enough, where the CPU is not emulated. */
#define PATIENCE_MS	5000

/* How to make the kernel's scanner quick, and what it was before. */
static struct {
	const char *path;
	long quick;
	long before;
} settings[] = {
	{ .path = KSM "sleep_millisecs", .quick = 0 },
	{ .path = KSM "pages_to_scan", .quick = 5000 },
	{ .path = KSM "run", .quick = 1 },
};

static long number_in(const char *path)
{
	FILE *f = fopen(path, "re");
	long number = -1;

	if (!f)
		return -1;
	if (fscanf(f, "%ld", &number) != 1)
		number = -1;
	fclose(f);
	return number;
}

static int write_number(const char *path, long number)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -1;
	ret = dprintf(fd, "%ld", number) < 0 ? -1 : 0;
	close(fd);
	return ret;
}

/* Of page after page: /proc/self/ksm_merging_pages is only there since 5.19. */
static bool all_merged(const void *start, size_t nr_pages)
{
	__u64 *pfns = calloc(nr_pages, sizeof(*pfns));
	bool all = pfns && !pagemap_read(start, nr_pages, pfns);

	for (size_t i = 0; all && i < nr_pages; i++)
		all = pagemap_flags(pfns[i]) & (1ULL << KPF_KSM);
	free(pfns);
	return all;
}

static bool wait_for_merged(const void *start, size_t nr_pages)
{
	const struct timespec pause = { .tv_nsec = 10000000 };

	for (int ms = 0; ms < PATIENCE_MS; ms += 10) {
		if (all_merged(start, nr_pages))
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

/* The frame's pages and as many more that are the same. */
static int ksm_map(struct memory *m)
{
	size_t i, set = 0, copies;
	bool merged = false;
	int saved;

	m->size = memory_round_up(m->length, PAGE) + 2 * PAGE;
	copies = 2 * m->size;
	m->base = mmap(NULL, copies, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (m->base == MAP_FAILED) {
		m->base = NULL;
		return memory_lacks(m, "mmap: %s", strerror(errno));
	}
	m->frame = m->base + PAGE;
	if (madvise(m->base, copies, MADV_NOHUGEPAGE) && errno != EINVAL)
		return memory_lacks(m, "madvise(MADV_NOHUGEPAGE): %s", strerror(errno));
	if (madvise(m->base, copies, MADV_MERGEABLE))
		return memory_lacks(m, "this kernel merges no pages (CONFIG_KSM)");
	memset(m->base, m->fill, copies);

	for (i = 0; i < ARRAY_SIZE(settings); i++) {
		settings[i].before = number_in(settings[i].path);
		if (settings[i].before < 0 ||
		    write_number(settings[i].path, settings[i].quick))
			break;
		set++;
	}
	if (set == ARRAY_SIZE(settings))
		merged = wait_for_merged(m->base, copies / PAGE);
	saved = errno;
	for (i = set; i; i--)
		write_number(settings[i - 1].path, settings[i - 1].before);

	if (set < ARRAY_SIZE(settings))
		return memory_lacks(m, "to have pages merged takes root: %s", strerror(saved));
	if (!merged)
		return memory_lacks(m, "the kernel merged no pages within %d s",
				    PATIENCE_MS / 1000);
	return 0;
}

static void ksm_unmap(struct memory *m)
{
	if (m->base)
		munmap(m->base, 2 * m->size);
}

static int copy_keeps_fill(struct memory *m)
{
	if (memory_is_filled(m->base + m->size, m->size, m->fill))
		return 0;
	return memory_lacks(m, "the device wrote to a page that was merged with this one");
}

const struct memory_kind memory_ksm = {
	.name = "ksm",
	.sentence = "pages merged with others of the same contents are parted before a write",
	.map = ksm_map,
	.unmap = ksm_unmap,
	.check_while_pinned = copy_keeps_fill,
	.untouched = true,
};
