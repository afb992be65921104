// SPDX-License-Identifier: GPL-2.0-only
/*
 * quirks.c - kernel quirks: how some kernels break a rule
 *
 * pin_user_pages_fast() first walks the page tables (GUP-fast). It sees no VMA there, and
 * pins every page that it finds. For the remaining pages, and for those that GUP-fast
 * leaves alone, the kernel looks at the VMA. So GUP-fast pins pages of a VM_IO mapping only
 * if all pages are there before. Under policy strict, vipin checks every VMA first, which
 * prevents most quirks. The vipin of "make kernel-patches" leaves that to a fixed videobuf2.
 */
#include <errno.h>

#include "common/words.h"
#include "quirks.h"
#include "rules.h"

/* Posted on 1 November 2020. */
#define THREAD	"the thread \"[PATCH v5 05/15] mm/frame-vector: Use FOLL_LONGTERM\""

#define BIT(feature)	(1U << (feature))

/* Before 6.2, videobuf2 pinned all buffers for writing. */
static bool pins_for_writing(const struct facts *before, const struct kernel *k)
{
	return before->direction == CAPTURE || !kernel_has(k, PINS_BY_DIRECTION);
}

/*
 * Does GUP-fast pin the pages that a driver mapped?
 *
 * Pages that a driver allocated have no page->mapping. Since 6.5, GUP-fast leaves such
 * pages to the slow path when it pins for writing. From 6.10 until 7.3 it does so for
 * reading as well, if the page is no part of a larger folio. Pages of shmem have a mapping,
 * and GUP-fast pins them for writing, too. GUP-fast also leaves two kinds of pages to the slow
 * path: those of PFN mappings, whose page table entries are special, and pages that have to
 * move. The slow path refuses the mapping, but retries an impossible migration until SIGKILL.
 */
static bool gup_fast_pins(const struct facts *before, const struct kernel *k)
{
	if (before->pfn_mapped || !before->pfns_known || before->moves_first)
		return false;
	if (pins_for_writing(before, k))
		return before->writable &&
		       (!kernel_has(k, REFUSES_FILE_WRITES) || before->swap_backed);
	return !kernel_has(k, STRICT_NULL_MAPPING) || before->compound ||
	       before->swap_backed;
}

/*
 * The page table has no separate right to read: a page that may be written may be read. This is
 * not about the mapping of a driver, so STRICT_NULL_MAPPING does not matter. GUP-fast leaves a
 * page that has to move to the slow path.
 */
static bool gup_fast_pins_writable(const struct facts *before)
{
	return before->writable && before->pfns_known && !facts_misplaced(before);
}

static bool pins_in_place(const struct facts *before, const struct kernel *k)
{
	return !kernel_has(k, PINS_LONG_TERM) ||
	       (before->in_movable && !kernel_has(k, MIGRATES_MOVABLE));
}

/* /proc does not show the entries of a PFN mapping; assume that they are there. */
static bool has_pfns(const struct facts *before)
{
	return before->pfn_mapped || before->pfns_known;
}

/* FOLL_FORCE overrides a read-only mapping only if it is private. */
static bool may_only_be_read(const struct facts *before)
{
	return !before->by_fd && (before->unwritable_shared || before->pkey_denied);
}

static bool is_in_movable(const struct facts *before)
{
	return before->in_movable;
}

/* The exporter of a dma-buf may keep pages that its driver allocated from CMA. */
static bool is_misplaced(const struct facts *before)
{
	return facts_misplaced(before);
}

/* Cases that are about pages, so they apply to every pin. */
#define ANY_PINNED_PAGE \
	"memory|migrated|immovable|scattered|scattered-fits|bounced|bounce-too-large"

/* The first quirk that applies to a case is the one that counts. */
static const struct quirk quirks[] = {
	{
		.name = "gup-fast-pins-vm-io",
		.sentence = "GUP-fast pins pages of VM_IO mappings: it does not see VMA flags",
		.breaks = "device-mapped",
		.has = BIT(PINS_LONG_TERM), .lacks = BIT(LOOKS_AT_VMAS),
		.applies = gup_fast_pins,
		.source = THREAD "; gup.c, gup_fast_folio_allowed()",
	}, {
		.name = "page-frames-not-pinned",
		.sentence = "page frames of a driver's mapping are used without a pin",
		.breaks = "device-mapped",
		.lacks = BIT(REFUSES_PFNS), .when = { .computed = has_pfns },
		.source = "before 6647e76ab623, get_vaddr_frames() fell back to follow_pfn()",
	}, {
		.name = "migration-retried-until-killed",
		.sentence = "the kernel retries an impossible migration until SIGKILL",
		.breaks = "driver-pages",
		.has = BIT(PINS_LONG_TERM), .lacks = BIT(FAILS_UNMOVABLE), .error = -EINTR,
		.reasons = REASON(KILLED),
		.source = "517f496e1e61, revert of 1aaf8c122918, which gave up but pinned; "
			  "gup.c, __gup_longterm_locked()",
	}, {
		.name = "tracked-files-pinned-for-writing",
		.sentence = "a file whose dirty pages are tracked is pinned for writing",
		.breaks = "dirty-tracked",
		.lacks = BIT(REFUSES_FILE_WRITES), .when = { .unless = FACT(unwritable_shared) },
		.source = "before a6e79df92e4a, no GUP-fast writing to file-backed mappings",
	}, {
		.name = "read-only-mapping-overridden",
		.sentence = "FOLL_FORCE overrides a read-only private mapping",
		.breaks = "unwritable|unreadable",
		.lacks = BIT(PINS_WITHOUT_FORCE), .when = { .unless = FACT(unwritable_shared) },
		.source = "before \"mm/frame-vector: remove FOLL_FORCE usage\"",
	}, {
		.name = "gup-fast-pins-write-only",
		.sentence = "GUP-fast pins write-only memory for reading: it sees no VMA flags",
		.breaks = "unreadable",
		.has = BIT(PINS_LONG_TERM), .when = { .computed = gup_fast_pins_writable },
		.source = "gup.c, gup_fast_pte_range(): pte_access_permitted() for reading",
	}, {
		.name = "output-pinned-for-writing",
		.sentence = "an output buffer is pinned for writing, so it must be writable",
		.breaks = ANY_PINNED_PAGE,
		.lacks = BIT(PINS_BY_DIRECTION),
		.when = { .direction = ONLY_OUTPUT, .computed = may_only_be_read },
		.error = -EFAULT,
		.reasons = REASON(NOT_WRITABLE) | REASON(PKEY) | REASON(SIGBUS_ON_WRITE),
		.pinned_for_writing = true,
		.strict = STRICT_KEEPS,
		.source = "before e2fc6edd37ba, videobuf2 pinned all buffers for writing",
	}, {
		.name = "userfaultfd-not-waited-for",
		.sentence = "a long-term pin does not wait until userfaultfd is answered",
		.breaks = ANY_PINNED_PAGE "|fault-not-answered",
		.has = BIT(PINS_LONG_TERM), .lacks = BIT(LONG_TERM_WAITS),
		.when = { .if_fact = FACT(userfault), .unless = FACT(pfns_known) },
		.error = -EFAULT, .strict = STRICT_KEEPS,
		.reasons = REASON(USERFAULTFD),
		.source = "before \"mm/gup: remove the restriction on locked with FOLL_LONGTERM\"",
	}, {
		/* The pin waits with the mmap lock held: any end of the wait counts as a fault. */
		.name = "kill-reported-as-fault",
		.sentence = "a long-term pin whose task is killed while it waits reports a fault",
		.breaks = "fault-not-answered",
		.has = BIT(PINS_LONG_TERM), .lacks = BIT(LONG_TERM_WAITS),
		.when = { .if_fact = FACT(blocks_in_fault) },
		.error = -EINTR, .no_reason = true,
		.source = "before \"mm/gup: remove the restriction on locked with FOLL_LONGTERM\"",
	}, {
		.name = "wrap-reported-as-EFAULT",
		.sentence = "a range that wraps around returns EFAULT instead of EOVERFLOW",
		.breaks = "wraps",
		.lacks = BIT(REPORTS_OVERFLOW), .error = -EFAULT,
		.reasons = REASON(BEYOND_LAST_ADDRESS),
		.source = "before 9883c7f84053, GUP-fast returned 0 for bad arguments",
	}, {
		/* The kernel checks the VMA, which is of the file, and does not look at copies. */
		.name = "dax-copies-refused",
		.sentence = "private copies of file system DAX are refused, like its storage",
		.breaks = ANY_PINNED_PAGE "|file-system-dax-later",
		.lacks = BIT(PINS_LONG_TERM), .when = { .if_fact = FACT(fsdax_file) },
		.error = -EOPNOTSUPP, .strict = STRICT_KEEPS,
		.reasons = REASON(FSDAX),
		.source = "before \"mm/frame-vector: Use FOLL_LONGTERM\" vma_is_fsdax() decided",
	}, {
		.name = "udmabuf-not-mapped-for-cpu",
		.sentence = "udmabuf cannot be mapped for a driver that fills frames by the CPU",
		.breaks = "dma-buf",
		.lacks = BIT(EXPORTERS_MAP), .when = { .if_fact = FACT(udmabuf_for_cpu) },
		.error = -EFAULT, .strict = STRICT_KEEPS,
		.source = "before \"udmabuf: add vmap and vunmap methods to udmabuf_ops\"",
	}, {
		.name = "exported-in-place",
		.sentence = "the exporter of a dma-buf keeps pages that have to stay movable",
		.breaks = "dma-buf",
		.lacks = BIT(EXPORTERS_PIN), .when = { .computed = is_misplaced },
		.strict = STRICT_KEEPS, .in_place = true,
		.source = "before \"udmabuf: pin the pages using memfd_pin_folios() API\"; "
			  "vgem before \"drm/vgem: use shmem helpers\"",
	}, {
		.name = "pinned-in-place",
		.sentence = "a page that has to stay movable is pinned where it is",
		.breaks = "migrated|immovable|driver-pages", .applies = pins_in_place,
		.in_place = true,
		.source = "before \"mm/frame-vector: Use FOLL_LONGTERM\" and d1e153fea2a8",
	}, {
		.name = "movable-refused",
		.sentence = "pins do not migrate pages out of ZONE_MOVABLE, so strict refuses them",
		.breaks = ANY_PINNED_PAGE,
		.lacks = BIT(MIGRATES_MOVABLE), .when = { .computed = is_in_movable },
		.error = -ENOMEM, .strict = STRICT_ADDS,
		.reasons = REASON(MOVABLE_NOT_MIGRATED),
		.source = "before d1e153fea2a8, migrate pinned pages out of movable zone",
	}, {
		.name = "no-struct-page-reported-as-EFAULT",
		.sentence = "a page frame without a struct page returns EFAULT instead of EEXIST",
		.breaks = "no-struct-page",
		.lacks = BIT(FAILS_WITHOUT_STRUCT_PAGE), .error = -EFAULT,
		.reasons = REASON(NO_STRUCT_PAGE),
		.strict = STRICT_ADDS,
		.source = "before 1027e4436b6a, only FOLL_GET failed there, with EFAULT",
	},
};

static bool has_features(const struct quirk *q, const struct kernel *k)
{
	for (unsigned int i = 0; i < NR_FEATURES; i++)
		if ((q->has & BIT(i) && !kernel_has(k, i)) ||
		    (q->lacks & BIT(i) && kernel_has(k, i)))
			return false;
	return true;
}

/**
 * quirk_number() - get a quirk by its place in the table
 * @n:	its number, from 0
 *
 * Return: the quirk, or NULL after the last one.
 */
const struct quirk *quirk_number(unsigned int n)
{
	return n < ARRAY_SIZE(quirks) ? &quirks[n] : NULL;
}

static bool is_for(const struct condition *when, enum direction direction)
{
	return when->direction == EITHER ||
	       (when->direction == ONLY_OUTPUT) == (direction == OUTPUT);
}

static bool breaks_any(const struct quirk *q, enum direction direction)
{
	for (const struct rule_case *c = rule_cases; c->name; c++)
		if (is_one_of(c->name, q->breaks) && is_for(&c->when, direction))
			return true;
	return false;
}

/**
 * quirk_is_possible() - check whether a kernel can break a rule by a quirk
 * @q:		the quirk
 * @k:		the kernel
 * @direction:	of the device
 *
 * Return: true if there is memory for which it does so, without policy strict.
 */
bool quirk_is_possible(const struct quirk *q, const struct kernel *k, enum direction direction)
{
	/* Facts of memory to which most quirks apply. */
	const struct facts any = {
		.direction = direction, .readable = true, .writable = true, .pfns_known = true,
		.compound = true, .swap_backed = true, .in_movable = 1,
	};

	return q->strict != STRICT_ADDS && has_features(q, k) && is_for(&q->when, direction) &&
	       breaks_any(q, direction) && (!q->applies || q->applies(&any, k));
}

static bool happens_under_policy(const struct quirk *q, const struct facts *before)
{
	if (q->strict == STRICT_FIXES)
		return !before->driver_checks;
	return q->strict == STRICT_KEEPS || before->policy == VIPIN_POLICY_STRICT;
}

static bool applies(const struct quirk *q, const struct facts *before, const struct kernel *k)
{
	return happens_under_policy(q, before) && has_features(q, k) &&
	       facts_meet(before, &q->when) && (!q->applies || q->applies(before, k));
}

/**
 * quirk_find() - find the quirk by which a kernel breaks a case of a rule
 * @rule_case:	name of the case
 * @before:	facts collected before a device got the memory
 * @k:		the kernel
 *
 * Return: the quirk, or NULL.
 */
const struct quirk *quirk_find(const char *rule_case, const struct facts *before,
			       const struct kernel *k)
{
	for (size_t i = 0; i < ARRAY_SIZE(quirks); i++)
		if (is_one_of(rule_case, quirks[i].breaks) && applies(&quirks[i], before, k))
			return &quirks[i];
	return NULL;
}

static bool may_lack_struct_page(const struct facts *before)
{
	return !before->by_fd && (before->no_struct_page_from < before->length ||
				  (before->mixed && !before->pfns_known));
}

static bool moves_huge(const struct facts *before)
{
	return !before->by_fd && before->moves_huge;
}

static bool is_forced(const struct facts *before)
{
	return !before->by_fd && !before->writable && !before->unwritable_shared;
}

/* If one of these applies, the row is skipped: it would harm the kernel or prove nothing. */
static const struct quirk preventing[] = {
	{
		.name = "no-struct-page-crashes",
		.sentence = "this kernel would crash: a pin skips entries without a struct page",
		.lacks = BIT(FAILS_WITHOUT_STRUCT_PAGE),
		.when = { .computed = may_lack_struct_page },
		.source = "before 1027e4436b6a, invalid page pointer returned with FOLL_PIN",
	}, {
		.name = "hugetlb-not-migrated",
		.sentence = "this kernel would warn, and refuse huge pages that it should migrate",
		.has = BIT(PINS_LONG_TERM), .lacks = BIT(MIGRATES_HUGETLB),
		.when = { .computed = moves_huge }, .strict = STRICT_KEEPS,
		.source = "before \"mm/gup: retire follow_hugetlb_page()\": try_grab_folio()",
	}, {
		.name = "forced-pin-loses-page",
		.sentence = "after a forced pin, the process may have another page than the device",
		.lacks = BIT(PINS_LONG_TERM),
		.when = { .direction = ONLY_OUTPUT, .computed = is_forced },
		.strict = STRICT_KEEPS,
		.source = "before 5.12: do_wp_page() copies each page that has another user",
	},
};

/**
 * quirk_prevents_run() - find a quirk that does harm if memory is handed over
 * @before:	facts about the memory
 * @k:		the kernel
 *
 * Return: the quirk, or NULL.
 */
const struct quirk *quirk_prevents_run(const struct facts *before, const struct kernel *k)
{
	for (size_t i = 0; i < ARRAY_SIZE(preventing); i++)
		if (applies(&preventing[i], before, k))
			return &preventing[i];
	return NULL;
}
