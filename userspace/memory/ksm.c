// SPDX-License-Identifier: GPL-2.0-only
/*
 * ksm.c - pages with equal contents that the kernel has merged
 */
#include <errno.h>
#include <linux/kernel-page-flags.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#include "common/number-file.h"
#include "common/pagemap.h"
#include "provider.h"

#define KSM		"/sys/kernel/mm/ksm/"

/* Merging takes tens of milliseconds, but longer with an emulated CPU. */
#define TIMEOUT_MS	5000

/* Settings that make the scanner of KSM quick, and their values before. */
static struct {
	const char *path;
	long quick;
	long before;
} settings[] = {
	{ .path = KSM "sleep_millisecs", .quick = 0 },
	{ .path = KSM "pages_to_scan", .quick = 5000 },
	{ .path = KSM "run", .quick = 1 },
};

/* /sys/kernel/mm/ksm/max_page_sharing: so many pages become one page. */
#define PAGES_IN_ONE	256

static bool is_first(const __u64 *pfns, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (pfns[k] == pfns[i])
			return false;
	return true;
}

/*
 * Check each page, because /proc/self/ksm_merging_pages exists only since 5.19. KPF_KSM is not
 * enough: 6.12 sets it for each anonymous page (stable_page_flags() looks at one of two bits).
 */
static bool all_merged(const void *start, size_t nr_pages)
{
	size_t most = (nr_pages + PAGES_IN_ONE - 1) / PAGES_IN_ONE, different = 0;
	__u64 *pfns = calloc(nr_pages, sizeof(*pfns));
	bool all = pfns && !pagemap_read(start, nr_pages, pfns);

	for (size_t i = 0; all && i < nr_pages; i++) {
		different += is_first(pfns, i);
		all = different <= most && pagemap_flags(pfns[i]) & (1ULL << KPF_KSM);
	}
	free(pfns);
	return all;
}

static bool wait_for_merged(const void *start, size_t nr_pages)
{
	const struct timespec pause = { .tv_nsec = 10000000 };

	for (int ms = 0; ms < TIMEOUT_MS; ms += 10) {
		if (all_merged(start, nr_pages))
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

/* Map the pages of the frame, and the same number of other pages with the same contents. */
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
		return memory_lacks(m, "this kernel cannot merge pages (CONFIG_KSM)");
	memset(m->base, m->fill, copies);

	for (i = 0; i < ARRAY_SIZE(settings); i++) {
		settings[i].before = number_file_read(settings[i].path);
		if (settings[i].before < 0 ||
		    number_file_write(settings[i].path, settings[i].quick))
			break;
		set++;
	}
	if (set == ARRAY_SIZE(settings))
		merged = wait_for_merged(m->base, copies / PAGE);
	saved = errno;
	for (i = set; i; i--)
		number_file_write(settings[i - 1].path, settings[i - 1].before);

	if (set < ARRAY_SIZE(settings))
		return memory_lacks(m, "cannot change settings of KSM (root): %s", strerror(saved));
	if (!merged)
		return memory_lacks(m, "the kernel merged no pages within %d s",
				    TIMEOUT_MS / 1000);
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
	return memory_lacks(m, "the device wrote to the copy, too");
}

static const struct memory_kind kinds[] = {
	{
		.name = "ksm",
		.sentence = "a pin gives the process its own copy of the pages that KSM has merged",
		.intrusive = "turns the scanner of KSM on",
		.map = ksm_map,
		.unmap = ksm_unmap,
		.check_while_pinned = copy_keeps_fill,
		.untouched = true,
	},
};

const struct memory_provider ksm_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
