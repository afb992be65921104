// SPDX-License-Identifier: GPL-2.0-only
/*
 * kernel.c - scenarios: the kernel moves, merges or collects pages while some are pinned
 *
 * In each of them something of the same kind that is not pinned shows that the kernel was at
 * work.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/kernel-page-flags.h>
#include <linux/mempolicy.h>

#include "common/number-file.h"
#include "common/pagemap.h"
#include "common/text-file.h"
#include "event.h"

#define KSM		"/sys/kernel/mm/ksm/"
#define KHUGEPAGED	"/sys/kernel/mm/transparent_hugepage/khugepaged/"
#define BLOCKS		"/sys/devices/system/memory/"
#define NODES		"/sys/devices/system/node/"

#define PATIENCE	5000	/* ms, for a kernel thread */
#define OFFLINE_TIME	1	/* s */
#define TRIES		20	/* to set a block offline */

/* Settings of a kernel thread that make it quick, and their values before. */
struct setting {
	const char *path;
	long quick;
	long before;
};

static void hurry(struct setting *settings, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		settings[i].before = number_file_read(settings[i].path);
		if (settings[i].before < 0 ||
		    number_file_write(settings[i].path, settings[i].quick))
			life_skip("%s: %s", settings[i].path, strerror(errno));
	}
}

static void slow_down(const struct setting *settings, size_t nr)
{
	while (nr--)
		number_file_write(settings[nr].path, settings[nr].before);
}

static bool is_huge(const unsigned char *page)
{
	return pagemap_flags(pagemap_pfn(page)) >> KPF_THP & 1;
}

static bool are_one_page(const unsigned char *a, const unsigned char *b)
{
	return pagemap_pfn(a) == pagemap_pfn(b);
}

static bool is_merged_with_next(const unsigned char *page)
{
	return are_one_page(page, page + PAGE);
}

/* Wait until a kernel thread has changed a page. */
static bool wait_until(bool (*changed)(const unsigned char *page), const unsigned char *page)
{
	for (int ms = 0; ms < PATIENCE; ms += 10) {
		if (changed(page))
			return true;
		usleep(10000);
	}
	return false;
}

/*
 * A copy of the frame and two equal pages. KSM merges these two only. KPF_KSM does not show it:
 * 6.12 sets it for each anonymous page (stable_page_flags() looks at one of two bits).
 */
static void merge_equal(struct subject *s)
{
	static struct setting settings[] = {
		{ .path = KSM "sleep_millisecs", .quick = 0 },
		{ .path = KSM "pages_to_scan", .quick = 5000 },
		{ .path = KSM "run", .quick = 1 },
	};
	unsigned char *copy = event_memory(s->size + 2 * PAGE);
	unsigned char *equal = copy + s->size;
	bool merged, pinned_merged;

	memcpy(copy, s->frame, s->size);
	memset(equal, 0x77, 2 * PAGE);
	if (madvise(copy, s->size + 2 * PAGE, MADV_MERGEABLE) ||
	    madvise(s->frame, s->size, MADV_MERGEABLE))
		life_skip("this kernel cannot merge pages (CONFIG_KSM)");
	hurry(settings, ARRAY_SIZE(settings));
	merged = wait_until(is_merged_with_next, equal);
	pinned_merged = are_one_page(copy, s->frame);
	slow_down(settings, ARRAY_SIZE(settings));
	life_expect(!pinned_merged, "KSM has merged a pinned page");
	if (!merged)
		life_skip("KSM merged nothing in %d s", PATIENCE / 1000);
}

/* khugepaged makes a huge page of an area next to that of the frame. */
static void collapse_by_thread(struct subject *s)
{
	static struct setting settings[] = {
		{ .path = KHUGEPAGED "scan_sleep_millisecs", .quick = 0 },
		{ .path = KHUGEPAGED "alloc_sleep_millisecs", .quick = 0 },
		{ .path = KHUGEPAGED "pages_to_scan", .quick = 100000 },
	};
	unsigned char *other = event_area();
	bool huge, pinned_huge;

	madvise(other, THP, MADV_NOHUGEPAGE);
	memset(other, 1, THP);
	if (madvise(other, THP, MADV_HUGEPAGE) ||
	    madvise(s->map, s->map_size, MADV_HUGEPAGE))
		life_skip("no transparent huge pages: %s", strerror(errno));
	hurry(settings, ARRAY_SIZE(settings));
	huge = wait_until(is_huge, other);
	pinned_huge = is_huge(s->frame);
	slow_down(settings, ARRAY_SIZE(settings));
	life_expect(!pinned_huge, "khugepaged has moved a pinned page");
	if (!huge)
		life_skip("khugepaged made no huge page in %d s", PATIENCE / 1000);
}

static void expect_in_place(struct subject *s, __u64 pfn, const char *what)
{
	life_expect(pagemap_pfn(s->frame) == pfn, "%s has moved a pinned page", what);
}

static void compact(struct subject *s)
{
	const __u64 pfn = pagemap_pfn(s->frame);

	if (number_file_write("/proc/sys/vm/compact_memory", 1))
		life_skip("compact_memory: %s", strerror(errno));
	expect_in_place(s, pfn, "compaction");
}

static unsigned long block_of(__u64 pfn)
{
	unsigned long size = 0;
	FILE *f = fopen(BLOCKS "block_size_bytes", "re");

	if (f && fscanf(f, "%lx", &size) != 1)
		size = 0;
	if (f)
		fclose(f);
	if (!size)
		life_skip("this kernel has no memory hotplug");
	return pfn / (size / PAGE);
}

static void block_path(char *path, size_t size, unsigned long block)
{
	snprintf(path, size, BLOCKS "memory%lu/state", block);
}

static int set_block(unsigned long block, const char *state)
{
	char path[80];

	block_path(path, sizeof(path), block);
	return text_file_write(path, state);
}

/* The kernel retries until a signal comes, so a child tries it for a second. */
static void offline_pinned(struct subject *s)
{
	const __u64 pfn = pagemap_pfn(s->frame);
	const unsigned long block = block_of(pfn);
	pid_t child = event_fork();
	int status = 0;

	if (!child) {
		alarm(OFFLINE_TIME);
		_exit(!set_block(block, "offline"));
	}
	life_expect(waitpid(child, &status, 0) == child, "waitpid: %s", strerror(errno));
	if (WIFEXITED(status) && WEXITSTATUS(status)) {
		set_block(block, "online");
		life_expect(false, "a memory block with a pinned page went offline");
	}
	expect_in_place(s, pfn, "offlining");
}

static bool is_offline(unsigned long block)
{
	char path[80], state[16] = "";
	FILE *f;

	block_path(path, sizeof(path), block);
	f = fopen(path, "re");
	if (f && !fgets(state, sizeof(state), f))
		state[0] = 0;
	if (f)
		fclose(f);
	return !strcmp(state, "offline\n");
}

/* A signal would end it, but none comes to this process. */
static int set_offline(unsigned long block)
{
	int err = set_block(block, "offline");

	for (int i = 1; err && i < TRIES; i++) {
		usleep(10000);
		err = set_block(block, "offline");
	}
	return err;
}

/* Return 0, or a negative errno. */
static int bring_block_online_and_back(void)
{
	int err = -ENOENT;

	for (unsigned long block = 2; block <= 4 && err; block++) {
		if (!is_offline(block))
			continue;
		err = set_block(block, "online_movable");
		if (!err)
			err = set_offline(block);
	}
	return err;
}

/* One block goes online and offline again. It has no pinned page. */
static void offline_other(struct subject *s)
{
	pid_t child = event_fork();
	int err;

	(void)s;
	if (!child)
		_exit(-bring_block_online_and_back());
	err = event_exit_code(child);
	if (err)
		life_skip("no block of memory goes offline here: %s", strerror(err));
}

/* Return the second node of a NUMA machine. Skip the scenario if there is none. */
static int other_node(void)
{
	if (access(NODES "node1", F_OK))
		life_skip("this machine has one NUMA node");
	return 1;
}

static void move_pages_away(struct subject *s)
{
	const __u64 pfn = pagemap_pfn(s->frame);
	void *pages[] = { s->frame, s->map };
	int nodes[] = { other_node(), other_node() }, status[] = { 0, 0 };

	if (syscall(SYS_move_pages, 0, 1UL, pages, nodes, status, MPOL_MF_MOVE) < 0)
		life_skip("move_pages: %s", strerror(errno));
	expect_in_place(s, pfn, "move_pages()");
}

static void migrate_process(struct subject *s)
{
	const __u64 pfn = pagemap_pfn(s->frame);
	unsigned long from = 1, to = 1UL << other_node();

	if (syscall(SYS_migrate_pages, 0, 8 * sizeof(long), &from, &to) < 0)
		life_skip("migrate_pages: %s", strerror(errno));
	expect_in_place(s, pfn, "migrate_pages()");
}

const struct scenario kernel_scenarios[] = {
	{
		.name = "ksm",
		.sentence = "KSM merges other pages with equal contents",
		.happens = merge_equal,
		.leads_to = SAME_PAGES,
		.alone = true,
		.source = "mm/ksm.c, write_protect_page(): pages with other references stay",
	}, {
		.name = "khugepaged",
		.sentence = "khugepaged makes huge pages of other memory",
		.happens = collapse_by_thread,
		.memory = AREA,
		.leads_to = SAME_PAGES,
		.alone = true,
		.source = "mm/khugepaged.c, collapse_scan_pmd(): pages with other references stay",
	}, {
		.name = "compaction",
		.sentence = "all memory is compacted",
		.happens = compact,
		.leads_to = SAME_PAGES,
		.alone = true,
		.source = "mm/compaction.c, isolate_migratepages_block()",
	}, {
		.name = "offline-pinned",
		.sentence = "its memory block is to go offline, which fails",
		.happens = offline_pinned,
		.leads_to = SAME_PAGES,
		.loud = true,
		.source = "mm/memory_hotplug.c, do_migrate_range()",
	}, {
		.name = "offline-other",
		.sentence = "another memory block goes offline",
		.happens = offline_other,
		.leads_to = SAME_PAGES,
		.alone = true,
		.source = "mm/memory_hotplug.c, offline_pages()",
	}, {
		.name = "move-pages",
		.sentence = "move_pages() to another NUMA node",
		.happens = move_pages_away,
		.leads_to = SAME_PAGES,
		.alone = true,
		.source = "mm/migrate.c, __folio_migrate_mapping(): counts references",
	}, {
		.name = "migrate-pages",
		.sentence = "migrate_pages() to another NUMA node",
		.happens = migrate_process,
		.leads_to = SAME_PAGES,
		.alone = true,
		.source = "mm/migrate.c, __folio_migrate_mapping(): counts references",
	},
	{ }
};
