// SPDX-License-Identifier: GPL-2.0-only
/*
 * known.c - where kernels are known to break the law
 *
 * pin_user_pages_fast() walks page tables first and sees no VMA there: what it
 * finds, it pins. Only what it does not find, or is told to leave alone, goes the
 * slow way, where VMAs are looked at. So a breach needs all pages to be there
 * before. Under policy strict vipin looks at every VMA itself: none is known then.
 */
#include <errno.h>
#include <string.h>

#include "common/words.h"
#include "known.h"

/* Of 1 November 2020. */
#define THREAD	"the thread \"[PATCH v5 05/15] mm/frame-vector: Use FOLL_LONGTERM\""

/* Whether this kernel pins for writing. Before 6.2 it always did. */
static bool pins_for_writing(enum direction direction, const struct kernel *k)
{
	return direction == CAPTURE || !kernel_has(k, PINS_BY_DIRECTION);
}

/*
 * Pages that a driver allocated have no mapping, so from 6.5 on GUP-fast leaves
 * them alone when they are to be written, and from 6.10 on to 7.3 single ones
 * when they are to be read, too. Pages of shmem that a driver inserted have one,
 * which GUP-fast lets be written as well. A PFN mapping's entries are special to it,
 * and what would have to be moved it leaves to the slow path as well. That one does
 * not say no to what it cannot move: it begins again.
 */
static bool fast_pins_pages(const struct sight *before, enum direction direction,
			    const struct kernel *k)
{
	if (!kernel_has(k, PINS_LONG_TERM) || !before->pfns_known || before->moves_first)
		return false;
	if (pins_for_writing(direction, k))
		return before->writable &&
		       (!kernel_has(k, REFUSES_FILE_WRITES) || before->swap_backed);
	return !kernel_has(k, STRICT_NULL_MAPPING) || before->compound ||
	       before->swap_backed;
}

static bool fast_pins_io(const struct sight *before, enum direction direction,
			 const struct kernel *k)
{
	return !before->pfn_mapped && fast_pins_pages(before, direction, k);
}

static bool migrates_for_ever(const struct sight *before,
			      enum direction direction, const struct kernel *k)
{
	(void)before;
	(void)direction;
	return kernel_has(k, PINS_LONG_TERM);
}

/* What is in the page tables. Of a PFN mapping nobody is shown that. */
static bool takes_pfns(const struct sight *before, enum direction direction,
		       const struct kernel *k)
{
	(void)direction;
	return !kernel_has(k, REFUSES_PFNS) &&
	       (before->pfn_mapped || before->pfns_known);
}

static bool pins_files_for_writing(const struct sight *before,
				   enum direction direction, const struct kernel *k)
{
	(void)direction;
	return !kernel_has(k, REFUSES_FILE_WRITES) && !before->unwritable_shared;
}

static bool forces_private(const struct sight *before, enum direction direction,
			   const struct kernel *k)
{
	(void)direction;
	return !kernel_has(k, PINS_WITHOUT_FORCE) && !before->unwritable_shared;
}

/* A read-only mapping that is shared cannot be forced. */
static bool writes_what_is_read(const struct sight *before, enum direction direction,
				const struct kernel *k)
{
	return direction == OUTPUT && !kernel_has(k, PINS_BY_DIRECTION) &&
	       !before->by_fd && (before->unwritable_shared || before->locked);
}

static bool tells_no_overflow(const struct sight *before, enum direction direction,
			      const struct kernel *k)
{
	(void)before;
	(void)direction;
	return !kernel_has(k, TELLS_OVERFLOW);
}

static bool leaves_in_place(const struct sight *before, enum direction direction,
			    const struct kernel *k)
{
	(void)direction;
	return !kernel_has(k, PINS_LONG_TERM) ||
	       (before->in_movable && !kernel_has(k, MIGRATES_MOVABLE));
}

static bool cannot_migrate_movable(const struct sight *before, enum direction direction,
				   const struct kernel *k)
{
	(void)direction;
	return before->in_movable && !kernel_has(k, MIGRATES_MOVABLE);
}

/* Before a pin, who looks at VMAs sees a file's storage, and not a private copy. */
static bool takes_copies_for_storage(const struct sight *before, enum direction direction,
				     const struct kernel *k)
{
	(void)direction;
	return before->fsdax_file && !kernel_has(k, PINS_LONG_TERM);
}

/* What a driver has allocated in CMA is its own, and has not to leave. */
static bool exports_in_place(const struct sight *before, enum direction direction,
			     const struct kernel *k)
{
	(void)direction;
	return sight_misplaced(before) && !kernel_has(k, EXPORTERS_PIN);
}

static bool exports_no_mapping(const struct sight *before, enum direction direction,
			       const struct kernel *k)
{
	(void)direction;
	return before->udmabuf && before->by_cpu && !kernel_has(k, EXPORTERS_MAP);
}

static bool passes_over_bare(const struct sight *before, enum direction direction,
			     const struct kernel *k)
{
	(void)before;
	(void)direction;
	return !kernel_has(k, FAILS_AT_BARE_ENTRIES);
}

/* What is there already nobody has to be asked for. */
static bool does_not_wait(const struct sight *before, enum direction direction,
			  const struct kernel *k)
{
	(void)direction;
	return before->userfault && !before->pfns_known &&
	       kernel_has(k, PINS_LONG_TERM) && !kernel_has(k, LONG_TERM_WAITS);
}

/*
 * It waits with the mmap lock held, and so takes what comes of a fault for its last word.
 * The process that is killed meanwhile does not live to see it.
 */
static bool takes_a_kill_for_a_fault(const struct sight *before, enum direction direction,
				     const struct kernel *k)
{
	(void)direction;
	return before->unanswered && kernel_has(k, PINS_LONG_TERM) &&
	       !kernel_has(k, LONG_TERM_WAITS);
}

/* All rules that are about pages, and so about what a pin has found. */
#define WHATEVER_IS_PINNED \
	"memory|migrated|immovable|scattered|scattered-fits|bounced|bounce-overflow"

/* The first that applies to a rule is the one that holds. */
static const struct known breaches[] = {
	{
		.name = "gup-fast-vm-io",
		.sentence = "GUP-fast lets VM_IO pages through: it sees no VMA flags",
		.breaks = "device-mapped", .applies = fast_pins_io,
		.source = THREAD "; gup.c, gup_fast_folio_allowed()",
	}, {
		.name = "pfns-unpinned",
		.sentence = "page frames of a driver's mapping are taken without a pin",
		.breaks = "device-mapped", .applies = takes_pfns,
		.source = "before 6647e76ab623, get_vaddr_frames() fell back to follow_pfn()",
	}, {
		.name = "endless-migration",
		.sentence = "what cannot be migrated is tried again without an end, until SIGKILL",
		.breaks = "inserted", .applies = migrates_for_ever, .error = -EINTR,
		.reasons = REASON(KILLED),
		.source = "517f496e1e61, which took an end back (1aaf8c122918) that had pinned it; "
			  "gup.c, __gup_longterm_locked()",
	}, {
		.name = "files-written-unseen",
		.sentence = "a file that needs dirty tracking is pinned for writing",
		.breaks = "dirty-tracked", .applies = pins_files_for_writing,
		.source = "before a6e79df92e4a, no GUP-fast writing to file-backed mappings",
	}, {
		.name = "forced-writes",
		.sentence = "FOLL_FORCE overrides a private mapping that is read-only",
		.breaks = "unwritable|unreadable", .applies = forces_private,
		.source = "before \"mm/frame-vector: remove FOLL_FORCE usage\"",
	}, {
		.name = "outputs-pinned-for-writing",
		.sentence = "an output buffer is pinned for writing, so it must be writable",
		.breaks = WHATEVER_IS_PINNED, .applies = writes_what_is_read, .error = -EFAULT,
		.reasons = REASON(NOT_WRITABLE) | REASON(PKEY), .pinned_for_writing = true,
		.strict = BEARS,
		.source = "before e2fc6edd37ba, videobuf2 pinned all buffers for writing",
	}, {
		.name = "userfault-not-waited-for",
		.sentence = "a long-term pin does not wait for who answers userfaultfd",
		.breaks = WHATEVER_IS_PINNED "|unanswered", .applies = does_not_wait,
		.error = -EFAULT, .strict = BEARS,
		.reasons = REASON(USERFAULTFD),
		.source = "before \"mm/gup: remove the restriction on locked with FOLL_LONGTERM\"",
	}, {
		.name = "kill-told-as-fault",
		.sentence = "a long-term pin that is killed while it waits fails by a fault",
		.breaks = "unanswered", .applies = takes_a_kill_for_a_fault, .error = -EINTR,
		.untold = true,
		.source = "before \"mm/gup: remove the restriction on locked with FOLL_LONGTERM\"",
	}, {
		.name = "wrap-told-as-fault",
		.sentence = "a range that wraps around is an EFAULT like any other",
		.breaks = "wraps", .applies = tells_no_overflow, .error = -EFAULT,
		.reasons = REASON(BEYOND_LAST_ADDRESS),
		.source = "before 9883c7f84053, GUP-fast returned 0 for bad arguments",
	}, {
		.name = "copies-taken-for-storage",
		.sentence = "private copies of file system DAX are refused as storage is",
		.breaks = WHATEVER_IS_PINNED "|file-system-dax-behind",
		.applies = takes_copies_for_storage,
		.error = -EOPNOTSUPP, .strict = BEARS,
		.reasons = REASON(FSDAX),
		.source = "before \"mm/frame-vector: Use FOLL_LONGTERM\" vma_is_fsdax() decided",
	}, {
		.name = "exported-unmapped",
		.sentence = "udmabuf has no mapping for a driver that fills frames by the CPU",
		.breaks = "dma-buf", .applies = exports_no_mapping, .error = -EFAULT,
		.strict = BEARS,
		.source = "before \"udmabuf: add vmap and vunmap methods to udmabuf_ops\"",
	}, {
		.name = "exported-in-place",
		.sentence = "an exporter of dma-bufs keeps pages that have to stay movable",
		.breaks = "dma-buf", .applies = exports_in_place, .strict = BEARS,
		.in_place = true,
		.source = "before \"udmabuf: pin the pages using memfd_pin_folios() API\"; "
			  "vgem before \"drm/vgem: use shmem helpers\"",
	}, {
		.name = "pinned-in-place",
		.sentence = "a page that has to stay movable is pinned where it is",
		.breaks = "migrated|immovable|inserted", .applies = leaves_in_place,
		.in_place = true,
		.source = "before \"mm/frame-vector: Use FOLL_LONGTERM\" and d1e153fea2a8",
	}, {
		.name = "movable-refused",
		.sentence = "no pin migrates pages out of ZONE_MOVABLE, so strict refuses them",
		.breaks = WHATEVER_IS_PINNED, .applies = cannot_migrate_movable,
		.error = -ENOMEM, .strict = CAUSES,
		.reasons = REASON(MOVABLE_NOT_MIGRATED),
		.source = "before d1e153fea2a8, migrate pinned pages out of movable zone",
	}, {
		.name = "bare-told-as-fault",
		.sentence = "an entry without a struct page is an EFAULT like any other",
		.breaks = "bare", .applies = passes_over_bare, .error = -EFAULT,
		.reasons = REASON(NO_STRUCT_PAGE),
		.strict = CAUSES,
		.source = "before 1027e4436b6a, only FOLL_GET failed there, with EFAULT",
	},
};

/* Under policy kernel, what strict brings about is not there. */
static bool happens(const struct known *known, enum vipin_policy policy)
{
	return policy == VIPIN_POLICY_STRICT ? known->strict != PREVENTS :
					       known->strict != CAUSES;
}

/**
 * known_breach() - whether a kernel is known to break a rule
 * @rule:	the rule's name
 * @before:	what was observed before a device got the memory
 * @direction:	which way data goes
 * @policy:	who decides
 * @k:		the kernel
 *
 * Return: the breach, or NULL.
 */
const struct known *known_breach(const char *rule, const struct sight *before,
				 enum direction direction, enum vipin_policy policy,
				 const struct kernel *k)
{
	for (size_t i = 0; i < ARRAY_SIZE(breaches); i++) {
		const struct known *known = &breaches[i];

		if (is_one_of(rule, known->breaks) && happens(known, policy) &&
		    known->applies(before, direction, k))
			return known;
	}
	return NULL;
}

/**
 * known_to_prevent() - what keeps some memory from being handed to a kernel at all
 * @before:	what is observed of it
 * @direction:	which way data goes
 * @policy:	who decides
 * @k:		the kernel
 *
 * Return: what the kernel would do, or NULL.
 */
const struct known *known_to_prevent(const struct sight *before, enum direction direction,
				     enum vipin_policy policy, const struct kernel *k)
{
	static const struct known crash = {
		.name = "bare-entries-followed",
		.sentence = "this kernel would crash: a pin passes over entries without a page",
		.source = "before 1027e4436b6a, invalid page pointer returned with FOLL_PIN",
	};
	static const struct known parted = {
		.name = "forced-pins-part",
		.sentence = "what is pinned by force here may not be the process's page any more",
		.source = "before 5.12: do_wp_page() copies whatever page has another user",
	};
	static const struct known warning = {
		.name = "hugetlb-not-migrated",
		.sentence = "this kernel would warn, and refuse huge pages that it should migrate",
		.source = "before \"mm/gup: retire follow_hugetlb_page()\": try_grab_folio()",
	};
	bool maybe_bare = before->bare_from < before->length ||
			  (before->mixed && !before->pfns_known);

	if (before->by_fd)
		return NULL;
	if (maybe_bare && policy == VIPIN_POLICY_KERNEL && !kernel_has(k, FAILS_AT_BARE_ENTRIES))
		return &crash;
	if (before->moves_huge && kernel_has(k, PINS_LONG_TERM) &&
	    !kernel_has(k, MIGRATES_HUGETLB))
		return &warning;
	if (direction == OUTPUT && !before->writable && !before->unwritable_shared &&
	    !kernel_has(k, PINS_LONG_TERM))
		return &parted;
	return NULL;
}
