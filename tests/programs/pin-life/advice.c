// SPDX-License-Identifier: GPL-2.0-only
/*
 * advice.c - scenarios: the program gives advice about memory that is pinned
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "common/pagemap.h"
#include "event.h"

/* Of newer kernels than the oldest C library. */
#define ADVICE_POPULATE_READ	22
#define ADVICE_POPULATE_WRITE	23
#define ADVICE_DONTNEED_LOCKED	24
#define ADVICE_COLLAPSE		25
#define ADVICE_HWPOISON		100
#define ADVICE_SOFT_OFFLINE	101
#define ADVICE_GUARD_INSTALL	102
#define ADVICE_GUARD_REMOVE	103

#ifndef SYS_process_madvise
#define SYS_process_madvise	440
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open		434
#endif

#define SWAP_SIZE		(4UL << 20)
#define SWAP_TRIES		20

/* Give advice about the frame. Skip the scenario if the kernel does not know it. */
static void advise(struct subject *s, int advice)
{
	if (!madvise(s->frame, s->size, advice))
		return;
	if (errno == EINVAL)
		life_skip("this kernel has no madvise() of %d", advice);
	life_expect(false, "madvise() of %d: %s", advice, strerror(errno));
}

static void drop(struct subject *s)
{
	advise(s, MADV_DONTNEED);
}

static void drop_locked(struct subject *s)
{
	must(mlock(s->frame, s->size));
	advise(s, ADVICE_DONTNEED_LOCKED);
	must(munlock(s->frame, s->size));
}

static void free_lazily(struct subject *s)
{
	advise(s, MADV_FREE);
}

static void free_and_reclaim(struct subject *s)
{
	advise(s, MADV_FREE);
	advise(s, MADV_PAGEOUT);
}

static void remove_pages(struct subject *s)
{
	advise(s, MADV_REMOVE);
}

static void make_cold(struct subject *s)
{
	advise(s, MADV_COLD);
}

static void will_need(struct subject *s)
{
	advise(s, MADV_WILLNEED);
}

static void populate_reading(struct subject *s)
{
	advise(s, ADVICE_POPULATE_READ);
}

static void populate_writing(struct subject *s)
{
	advise(s, ADVICE_POPULATE_WRITE);
}

static void expect_in_memory(struct subject *s)
{
	life_expect(!pagemap_swapped(s->frame, s->size / PAGE), "a pinned page is swapped out");
}

static void page_out(struct subject *s)
{
	int swap = swap_on(SWAP_SIZE);

	advise(s, MADV_PAGEOUT);
	expect_in_memory(s);
	swap_off(swap);
}

/* Swap out the pages next to the frame, and let swapoff() bring them back. */
static void swap_out_neighbours(struct subject *s)
{
	const size_t pages = s->map_size / PAGE;
	int swap = swap_on(SWAP_SIZE);
	size_t swapped = 0;

	/* The first tries may miss pages that are not on the kernel's LRU lists yet. */
	for (int i = 0; i < SWAP_TRIES && swapped < 2; i++) {
		if (i)
			usleep(10000);
		must(madvise(s->map, s->map_size, MADV_PAGEOUT));
		swapped = pagemap_swapped(s->map, pages);
	}
	expect_in_memory(s);
	swap_off(swap);
	life_expect(!pagemap_swapped(s->map, pages), "swapoff() left a page");
	if (!swapped)
		life_skip("the kernel swapped nothing out");
}

/* Another process gives the advice. */
static void page_out_from_outside(struct subject *s)
{
	const struct iovec frame = { .iov_base = s->frame, .iov_len = s->size };
	int swap = swap_on(SWAP_SIZE), status = 0;
	pid_t child = event_fork();

	if (!child) {
		int pidfd = syscall(SYS_pidfd_open, getppid(), 0);

		if (syscall(SYS_process_madvise, pidfd, &frame, 1, MADV_PAGEOUT, 0) < 0)
			_exit(errno);
		_exit(0);
	}
	status = event_exit_code(child);
	expect_in_memory(s);
	swap_off(swap);
	if (status)
		life_skip("process_madvise: %s", strerror(status));
}

/* All small pages of the huge page's area are there, so only the pin prevents it. */
static void collapse(struct subject *s)
{
	must(madvise(s->map, s->map_size, MADV_HUGEPAGE));
	if (!madvise(s->map, s->map_size, ADVICE_COLLAPSE))
		life_expect(false, "a pinned page becomes part of a huge page");
	if (errno == EINVAL)
		life_skip("this kernel has no MADV_COLLAPSE");
}

static void move_out_of_bad_memory(struct subject *s)
{
	int err = madvise(s->frame, PAGE, ADVICE_SOFT_OFFLINE) ? errno : 0;

	if (err == EINVAL || err == EPERM || err == EOPNOTSUPP)
		life_skip("MADV_SOFT_OFFLINE: %s", strerror(err));
	life_expect(err, "a pinned page is moved out of bad memory");
}

static void take_signal(int number)
{
	(void)number;
}

/*
 * The page tables lose a bad page, and nothing may get it again. EBUSY: the page is still in use,
 * by the pin.
 */
static void let_memory_fail(struct subject *s)
{
	int err;

	/* The kernel sends SIGBUS, and kills a process that ignores it. */
	signal(SIGBUS, take_signal);
	for (size_t at = 0; at < s->size; at += PAGE) {
		err = madvise(s->frame + at, PAGE, ADVICE_HWPOISON) ? errno : 0;
		if (err == EINVAL || err == EPERM)
			life_skip("MADV_HWPOISON: %s", strerror(err));
		life_expect(!err || err == EBUSY, "MADV_HWPOISON: %s", strerror(err));
	}
}

static void guard(struct subject *s)
{
	advise(s, ADVICE_GUARD_INSTALL);
}

static void guard_and_remove(struct subject *s)
{
	advise(s, ADVICE_GUARD_INSTALL);
	advise(s, ADVICE_GUARD_REMOVE);
}

static void fork_after_advice(struct subject *s, int advice)
{
	advise(s, advice);
	event_fork_and_exit();
}

static void keep_from_fork(struct subject *s)
{
	fork_after_advice(s, MADV_DONTFORK);
}

static void wipe_on_fork(struct subject *s)
{
	fork_after_advice(s, MADV_WIPEONFORK);
}

const struct scenario advice_scenarios[] = {
	{
		.name = "dontneed",
		.sentence = "MADV_DONTNEED",
		.happens = drop,
		.leads_to = OTHER_PAGES,
		.source = "mm/madvise.c, madvise_dontneed_single_vma()",
	}, {
		.name = "dontneed-shared",
		.sentence = "MADV_DONTNEED of a shared file",
		.happens = drop,
		.memory = SHARED,
		.leads_to = SAME_PAGES,
		.source = "mm/madvise.c, madvise_dontneed_single_vma(): the page stays in the file",
	}, {
		.name = "dontneed-huge",
		.sentence = "MADV_DONTNEED of a part of a huge page",
		.happens = drop,
		.memory = HUGE,
		.leads_to = OTHER_PAGES,
		.source = "mm/huge_memory.c, __split_huge_pmd(): zapped as small pages",
	}, {
		.name = "dontneed-locked",
		.sentence = "MADV_DONTNEED_LOCKED of memory that is locked",
		.happens = drop_locked,
		.leads_to = OTHER_PAGES,
		.source = "mm/madvise.c, madvise_dontneed_free_valid_vma()",
	}, {
		.name = "free",
		.sentence = "MADV_FREE",
		.happens = free_lazily,
		.leads_to = SAME_PAGES,
		.source = "mm/madvise.c, madvise_free_pte_range(): it goes when reclaimed",
	}, {
		.name = "free-and-reclaim",
		.sentence = "MADV_FREE and MADV_PAGEOUT",
		.happens = free_and_reclaim,
		.leads_to = SAME_PAGES,
		.source = "mm/rmap.c, try_to_unmap_one(): a page with other references stays",
	}, {
		.name = "remove",
		.sentence = "MADV_REMOVE of a shared file",
		.happens = remove_pages,
		.memory = SHARED,
		.leads_to = OTHER_PAGES,
		.source = "mm/madvise.c, madvise_remove(): punches a hole",
	}, {
		.name = "cold",
		.sentence = "MADV_COLD",
		.happens = make_cold,
		.leads_to = SAME_PAGES,
		.source = "mm/madvise.c, madvise_cold_or_pageout_pte_range()",
	}, {
		.name = "pageout",
		.sentence = "MADV_PAGEOUT with swap space",
		.happens = page_out,
		.leads_to = SAME_PAGES,
		.exclusive = true,
		.source = "mm/vmscan.c, shrink_folio_list(): folio_maybe_dma_pinned()",
	}, {
		.name = "pageout-shared",
		.sentence = "MADV_PAGEOUT of a shared file with swap space",
		.happens = page_out,
		.memory = SHARED,
		.leads_to = SAME_PAGES,
		.exclusive = true,
		.source = "mm/vmscan.c, shrink_folio_list(): folio_maybe_dma_pinned()",
	}, {
		.name = "pageout-by-other",
		.sentence = "another process calls process_madvise(MADV_PAGEOUT)",
		.happens = page_out_from_outside,
		.leads_to = SAME_PAGES,
		.exclusive = true,
		.source = "mm/vmscan.c, shrink_folio_list(): folio_maybe_dma_pinned()",
	}, {
		.name = "swapoff",
		.sentence = "its neighbours are swapped out and come back by swapoff()",
		.happens = swap_out_neighbours,
		.leads_to = SAME_PAGES,
		.exclusive = true,
		.source = "mm/swapfile.c, unuse_pte()",
	}, {
		.name = "willneed",
		.sentence = "MADV_WILLNEED",
		.happens = will_need,
		.leads_to = SAME_PAGES,
		.source = "mm/madvise.c, madvise_willneed()",
	}, {
		.name = "populate-read",
		.sentence = "MADV_POPULATE_READ",
		.happens = populate_reading,
		.leads_to = SAME_PAGES,
		.source = "mm/gup.c, faultin_page_range(): the page is there",
	}, {
		.name = "populate-write",
		.sentence = "MADV_POPULATE_WRITE",
		.happens = populate_writing,
		.leads_to = SAME_PAGES,
		.source = "mm/gup.c, faultin_page_range(): the page is there",
	}, {
		.name = "collapse",
		.sentence = "MADV_COLLAPSE, which fails",
		.happens = collapse,
		.memory = AREA,
		.leads_to = SAME_PAGES,
		.alone = true,
		.source = "mm/khugepaged.c, collapse_scan_pmd(): pages with other references stay",
	}, {
		.name = "soft-offline",
		.sentence = "MADV_SOFT_OFFLINE, which fails",
		.happens = move_out_of_bad_memory,
		.leads_to = SAME_PAGES,
		.source = "mm/memory-failure.c, soft_offline_in_use_page()",
	}, {
		.name = "memory-failure",
		.sentence = "its memory fails (MADV_HWPOISON)",
		.happens = let_memory_fail,
		.leads_to = NO_PAGES,
		.capture = "poisoned", .output = "poisoned",
		.loud = true,
		.source = "mm/memory-failure.c, hwpoison_user_mappings()",
	}, {
		.name = "guard-install",
		.sentence = "MADV_GUARD_INSTALL",
		.happens = guard,
		.leads_to = NO_PAGES,
		.capture = "guard-region", .output = "guard-region",
		.source = "mm/madvise.c, madvise_guard_install(): the page is zapped first",
	}, {
		.name = "guard-remove",
		.sentence = "MADV_GUARD_INSTALL and MADV_GUARD_REMOVE",
		.happens = guard_and_remove,
		.leads_to = OTHER_PAGES,
		.source = "mm/madvise.c, madvise_guard_remove()",
	}, {
		.name = "dontfork",
		.sentence = "MADV_DONTFORK and fork()",
		.happens = keep_from_fork,
		.leads_to = SAME_PAGES,
		.source = "mm/mmap.c, dup_mmap(): VM_DONTCOPY",
	}, {
		.name = "wipeonfork",
		.sentence = "MADV_WIPEONFORK and fork()",
		.happens = wipe_on_fork,
		.leads_to = SAME_PAGES,
		.source = "mm/mmap.c, dup_mmap(): VM_WIPEONFORK",
	},
	{ }
};
