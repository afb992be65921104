// SPDX-License-Identifier: GPL-2.0-only
/*
 * rules.c - what a correct kernel does with a pointer
 *
 * docs/design.md has the seven rules in full, with their sources; .rule is the number there.
 * Rules use facts only. They know no kind of memory by its name.
 */
#include <errno.h>

#include "rules.h"

static bool has_to_move(const struct facts *f)
{
	return !f->by_fd && (f->in_cma || f->in_movable);
}

static bool has_driver_pages(const struct facts *f)
{
	return !f->by_fd && f->driver_pages;
}

/*
 * GUP-fast does not migrate pages. The slow path does, and it refuses the VMA of the file even
 * if the page is a private copy.
 */
static bool is_fsdax(const struct facts *f)
{
	return f->fsdax || (f->fsdax_file && has_to_move(f));
}

/*
 * GUP-fast pins the pages before the refused mapping, so the pin returns a short count
 * instead of an errno.
 */
static bool is_fsdax_later(const struct facts *f)
{
	return is_fsdax(f) && f->fsdax_from;
}

/* The errno is EEXIST only if the first page cannot be pinned. */
static bool has_no_struct_page(const struct facts *f)
{
	return !f->no_struct_page_from;
}

static bool has_no_struct_page_later(const struct facts *f)
{
	return f->no_struct_page_from < f->length;
}

/* kernel/dma/swiotlb.c: IO_TLB_SEGSIZE slots of IO_TLB_SIZE bytes */
#define BOUNCE_MAX	(128 * 2048UL)

static bool is_too_large_to_bounce(const struct facts *f)
{
	return !f->by_fd && f->bounced > BOUNCE_MAX;
}

static bool is_bounced(const struct facts *f)
{
	return f->bounced;
}

static bool is_scattered(const struct facts *f)
{
	return f->pfns_known && f->contiguous < f->needed;
}

static bool is_too_scattered(const struct facts *f)
{
	return !f->takes_scattered && is_scattered(f) &&
	       (!f->bounce_may_merge || f->in_pieces);
}

/* These facts are from after the pin: pages that still have to move could not be migrated. */
static bool could_not_move(const struct facts *f)
{
	return f->migration_may_fail && has_to_move(f);
}

static bool is_memory(const struct facts *f)
{
	return f->pfns_known || f->takes_scattered;
}

#define INSTEAD_OF_A_DRIVERS \
	"pass the dma-buf fd if its driver exports one, or use other memory"

#define INSTEAD_OF_STORAGE \
	"capture into anonymous memory, and write() it to the file"

#define BOTH(decider)	{ [0 ... 1] = (decider) }

/*
 * With policy strict, vipin checks the VMAs first, so the kernel no longer refuses them. The vipin
 * of "make kernel-patches" leaves that to the kernel.
 */
#define VMA	{ VIPIN_BY_FRAME_VECTOR, VIPIN_BY_VMA_CHECK }

/*
 * The first case that applies decides. Refusals come first, in the order in which a kernel
 * finds them. The last entry has no name.
 */
const struct rule_case rule_cases[] = {
	{
		.name = "too-short", .rule = 7,
		.when = { .if_fact = FACT(too_short) },
		.error = -EINVAL, .decided_by = BOTH(VIPIN_BY_ARGUMENT),
		.reasons = REASON(TOO_SHORT) | REASON(BYTESUSED),
		.source = "videobuf2-core.c, __prepare_userptr(): min_length",
		.instead = "give at least the length that VIDIOC_G_FMT returns as sizeimage",
	}, {
		.name = "over-limit", .rule = 7,
		.when = { .if_fact = FACT(over_limit) },
		.error = -ENOMEM, .decided_by = BOTH(VIPIN_BY_LIMIT),
		.reasons = REASON(MEMLOCK),
		.source = "vipin-account.c, vipin_charge(); as xdp_umem_account_pages()",
		.instead = "raise the limit (ulimit -l), or switch vipin's parameter memlock off",
	}, {
		.name = "misaligned", .rule = 5,
		.when = { .if_fact = FACT(misaligned) },
		.error = -EINVAL, .decided_by = BOTH(VIPIN_BY_ARGUMENT),
		.reasons = REASON(MISALIGNED),
		.source = "videobuf2-dma-contig.c, vb2_dc_get_userptr(): dma_get_cache_alignment()",
		.instead = "align the frame's start and length to a cache line (posix_memalign())",
	}, {
		.name = "wraps", .rule = 7,
		.when = { .if_fact = FACT(wraps) },
		.error = -EOVERFLOW, .decided_by = VMA, .reasons = REASON(BEYOND_LAST_ADDRESS),
		.source = "gup.c, gup_fast_fallback(): check_add_overflow()",
		.instead = "give the real length of the memory",
	}, {
		.name = "hole", .rule = 7,
		.when = { .if_fact = FACT(hole) },
		.error = -EFAULT, .decided_by = VMA,
		.reasons = REASON(NOT_MAPPED) | REASON(BEYOND_USER_MEMORY),
		.source = "videobuf2-memops.c, vb2_create_framevec(): a complete set or none",
		.instead = "map the whole frame",
	}, {
		.name = "device-mapped", .rule = 2,
		.when = { .if_fact = FACT(device_mapped) },
		.error = -EFAULT, .decided_by = VMA, .reasons = REASON(VMA_IO) | REASON(VMA_PFNMAP),
		.source = "gup.c, check_vma_flags(): VM_IO | VM_PFNMAP",
		.instead = INSTEAD_OF_A_DRIVERS,
	}, {
		.name = "file-system-dax-later", .rule = 3,
		.when = { .computed = is_fsdax_later },
		.facts = BEFORE,
		.error = -EFAULT, .decided_by = BOTH(VIPIN_BY_FRAME_VECTOR),
		.reasons = REASON(FSDAX),
		.source = "videobuf2-memops.c, vb2_create_framevec(): a complete set or none",
		.instead = INSTEAD_OF_STORAGE,
	}, {
		.name = "file-system-dax", .rule = 3,
		.when = { .computed = is_fsdax },
		.facts = BEFORE,
		.error = -EOPNOTSUPP, .decided_by = BOTH(VIPIN_BY_FRAME_VECTOR),
		.reasons = REASON(FSDAX),
		.source = "gup.c, check_vma_flags(): FOLL_LONGTERM and vma_is_fsdax()",
		.instead = INSTEAD_OF_STORAGE,
	}, {
		.name = "secret", .rule = 3,
		.when = { .if_fact = FACT(secret) },
		.error = -EFAULT, .decided_by = BOTH(VIPIN_BY_FRAME_VECTOR),
		.reasons = REASON(SECRETMEM),
		.source = "gup.c, check_vma_flags(): vma_is_secretmem()",
		.instead = "use other memory: only the process itself may access this memory",
	}, {
		.name = "unwritable", .rule = 4,
		.when = { .direction = ONLY_CAPTURE, .unless = FACT(writable) },
		.error = -EFAULT, .decided_by = VMA, .reasons = REASON(NOT_WRITABLE),
		.source = "gup.c, check_vma_flags(): FOLL_WRITE without VM_WRITE",
		.instead = "map it PROT_READ | PROT_WRITE",
	}, {
		.name = "unreadable", .rule = 4,
		.when = { .direction = ONLY_OUTPUT, .unless = FACT(readable) },
		.error = -EFAULT, .decided_by = VMA, .reasons = REASON(NOT_READABLE),
		.source = "gup.c, check_vma_flags(): no VM_READ",
		.instead = "map it PROT_READ",
	}, {
		.name = "driver-pages", .rule = 1,
		.when = { .computed = has_driver_pages },
		.error = -EFAULT, .decided_by = VMA, .reasons = REASON(DRIVER_PAGES),
		.source = "gup.c, collect_longterm_unpinnable_folios(): cannot be isolated",
		.instead = INSTEAD_OF_A_DRIVERS,
	}, {
		.name = "dirty-tracked", .rule = 3,
		.when = { .direction = ONLY_CAPTURE, .if_fact = FACT(dirty_tracked) },
		.error = -EFAULT, .decided_by = VMA,
		/* If the kernel allows such files, the fault handler of perf still refuses. */
		.reasons = REASON(TRACKS_WRITES) | REASON(SIGBUS_ON_WRITE),
		.source = "gup.c, writable_file_mapping_allowed(): vma_needs_dirty_tracking()",
		.instead = INSTEAD_OF_STORAGE,
	}, {
		.name = "pkey-denied", .rule = 4,
		.when = { .direction = ONLY_CAPTURE, .if_fact = FACT(pkey_denied) },
		.error = -EFAULT, .decided_by = BOTH(VIPIN_BY_FRAME_VECTOR),
		.reasons = REASON(PKEY),
		.source = "gup.c, check_vma_flags(): arch_vma_access_permitted()",
		.instead = "allow this thread to write by the key (pkey_set()) before QBUF",
	}, {
		.name = "beyond-file", .rule = 7,
		.when = { .if_fact = FACT(beyond_file) },
		.error = -EFAULT, .decided_by = BOTH(VIPIN_BY_FRAME_VECTOR),
		.reasons = REASON(BEYOND_FILE),
		.source = "filemap.c, filemap_fault(); shmem.c, shmem_fault(): SIGBUS",
		.instead = "make the file as long as its mapping (ftruncate()), and keep it so",
	}, {
		.name = "guard-region", .rule = 7,
		.when = { .if_fact = FACT(guarded) },
		.error = -EFAULT, .decided_by = BOTH(VIPIN_BY_FRAME_VECTOR),
		.reasons = REASON(GUARD_REGION),
		.source = "memory.c, handle_pte_marker(): a guard is VM_FAULT_SIGSEGV",
		.instead = "keep guard pages out of the frame",
	}, {
		.name = "fault-not-answered", .rule = 7,
		.when = { .if_fact = FACT(blocks_in_fault) },
		.error = -EINTR, .decided_by = BOTH(VIPIN_BY_FRAME_VECTOR),
		.reasons = REASON(KILLED),
		.source = "gup.c, __get_user_pages(): fatal_signal_pending()",
		.instead = "let the thread or process that handles page faults answer them",
	}, {
		.name = "no-struct-page", .rule = 2,
		.when = { .computed = has_no_struct_page },
		.error = -EEXIST, .decided_by = BOTH(VIPIN_BY_FRAME_VECTOR),
		.reasons = REASON(NO_STRUCT_PAGE),
		.source = "gup.c, follow_pfn_pte(): an entry, but no page (1027e4436b6a)",
		.instead = INSTEAD_OF_A_DRIVERS,
	}, {
		.name = "no-struct-page-later", .rule = 2,
		.when = { .computed = has_no_struct_page_later },
		.error = -EFAULT, .decided_by = BOTH(VIPIN_BY_FRAME_VECTOR),
		.reasons = REASON(NO_STRUCT_PAGE),
		.source = "videobuf2-memops.c, vb2_create_framevec(): a complete set or none",
		.instead = INSTEAD_OF_A_DRIVERS,
	}, {
		.name = "immovable", .rule = 1,
		.when = { .computed = could_not_move },
		.error = -ENOMEM, .decided_by = BOTH(VIPIN_BY_FRAME_VECTOR),
		.reasons = REASON(CMA_NOT_MIGRATED) | REASON(MOVABLE_NOT_MIGRATED),
		.source = "gup.c, migrate_longterm_unpinnable_folios()",
		.instead = "use memory that no other device or process has pinned",
	}, {
		.name = "bounce-too-large", .rule = 5,
		.when = { .computed = is_too_large_to_bounce },
		.error = -EIO, .decided_by = BOTH(VIPIN_BY_DMA_MAP),
		.reasons = REASON(BOUNCE_TOO_LARGE),
		.announces = "swiotlb buffer is full|failed to map scatterlist",
		.source = "swiotlb.c, swiotlb_tbl_map_single(): IO_TLB_SEGSIZE (256 KiB)",
		.instead = "use the device's MMAP buffers: the device can reach them",
	}, {
		.name = "scattered-dma-buf", .rule = 5,
		.when = { .if_fact = FACT(by_fd), .computed = is_too_scattered },
		.error = -EFAULT, .decided_by = BOTH(VIPIN_BY_UNKNOWN),
		.announces = "contiguous chunk is too small",
		.source = "videobuf2-dma-contig.c, vb2_dc_map_dmabuf()",
		.instead = "use a dma-buf of contiguous memory, for example from the CMA heap",
	}, {
		.name = "scattered", .rule = 5,
		.when = { .computed = is_too_scattered },
		.error = -EFAULT, .decided_by = BOTH(VIPIN_BY_CONTIGUITY),
		.reasons = REASON(NOT_CONTIGUOUS),
		.announces = "contiguous mapping is too small",
		.source = "videobuf2-dma-contig.c, vb2_dc_get_contiguous_size()",
		.instead = "use a huge page, the device's MMAP buffers, or a contiguous dma-buf",
	}, {
		.name = "dma-buf", .rule = 6,
		.when = { .if_fact = FACT(by_fd) },
		.decided_by = BOTH(VIPIN_BY_UNKNOWN),
		.source = "videobuf2-dma-contig.c, vb2_dc_map_dmabuf()",
	}, {
		.name = "migrated", .rule = 1,
		.when = { .computed = has_to_move },
		.facts = BEFORE_OR_AFTER,
		.decided_by = BOTH(VIPIN_BY_NOBODY), .reasons = REASON(PINNED),
		.source = "gup.c, check_and_migrate_movable_pages()",
	}, {
		.name = "bounced", .rule = 5,
		.when = { .computed = is_bounced },
		.decided_by = BOTH(VIPIN_BY_NOBODY), .reasons = REASON(PINNED),
		.announces = "contiguous mapping is too small",
		.source = "swiotlb.c, swiotlb_map(): a copy that the device reaches",
	}, {
		.name = "scattered-fits", .rule = 5,
		.when = { .computed = is_scattered },
		.decided_by = BOTH(VIPIN_BY_NOBODY), .reasons = REASON(PINNED),
		.source = "dma-iommu.c, iommu_dma_map_sg(); videobuf2-vmalloc.c",
	}, {
		.name = "memory", .rule = 7,
		.when = { .computed = is_memory },
		.decided_by = BOTH(VIPIN_BY_NOBODY), .reasons = REASON(PINNED),
		.source = "gup.c, pin_user_pages_fast()",
	}, { }
};

/**
 * rule_case_applies() - check whether a case is about some memory
 * @c:		the case
 * @before:	facts collected before the device got the memory
 * @after:	facts collected afterwards
 *
 * Pages may move in between. Only the facts from before show a page that had to move,
 * unless the pin itself faulted the page in where it must not stay. When vipin explains why
 * storage was refused, it faults in private copies of the mapping's pages.
 *
 * Return: true if the case applies.
 */
bool rule_case_applies(const struct rule_case *c, const struct facts *before,
		       const struct facts *after)
{
	if (c->facts != AFTER && facts_meet(before, &c->when))
		return true;
	return c->facts != BEFORE && facts_meet(after, &c->when);
}
