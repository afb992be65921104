// SPDX-License-Identifier: GPL-2.0-only
/*
 * rules.c - what a correct kernel must say to a pointer
 *
 * The law:
 * 1. A long-term pin never holds a page that has to stay movable; such a page is
 *    migrated away first.
 * 2. A VM_IO or VM_PFNMAP mapping is refused, whatever lies behind it, and
 *    whether or not it was touched; so is, in any other, a frame that is mapped
 *    without its struct page.
 * 3. Secret memory is refused, and so is what a file system must see written:
 *    file system DAX, and for a device that writes, any file whose dirty pages
 *    are tracked.
 * 4. A device does for a process only what the process may do: a capture device
 *    needs memory that may be written, an output device memory that may be read.
 * 5. The device needs one contiguous bus range: contiguous memory without an
 *    IOMMU, any behind one. What it does not reach comes through a bounce buffer, which
 *    holds 256 KiB.
 * 6. The dma-buf's fd is the right way in for what is refused as a pointer.
 * 7. What is none of that is accepted; what is not there at all is refused.
 *
 * Rules are about what is observed. They know no kind of memory by name.
 */
#include <errno.h>
#include <string.h>

#include "common/words.h"
#include "known.h"
#include "mutate.h"
#include "rules.h"

static bool is_too_short(const struct sight *s, enum direction direction)
{
	(void)direction;
	return s->too_short;
}

static bool wraps(const struct sight *s, enum direction direction)
{
	(void)direction;
	return s->wraps;
}

static bool is_unanswered(const struct sight *s, enum direction direction)
{
	(void)direction;
	return s->unanswered;
}

static bool is_locked(const struct sight *s, enum direction direction)
{
	return direction == CAPTURE && s->locked;
}

static bool is_beyond_file(const struct sight *s, enum direction direction)
{
	(void)direction;
	return s->beyond_file;
}

static bool is_guarded(const struct sight *s, enum direction direction)
{
	(void)direction;
	return s->guarded;
}

static bool is_misaligned(const struct sight *s, enum direction direction)
{
	(void)direction;
	return !s->by_fd && !s->aligned;
}

static bool has_hole(const struct sight *s, enum direction direction)
{
	(void)direction;
	return s->hole;
}

static bool is_device_mapped(const struct sight *s, enum direction direction)
{
	(void)direction;
	return s->device_mapped;
}

static bool is_inserted(const struct sight *s, enum direction direction)
{
	(void)direction;
	return !s->by_fd && s->inserted;
}

static bool has_to_move(const struct sight *s, enum direction direction)
{
	(void)direction;
	return !s->by_fd && (s->in_cma || s->in_movable);
}

/* What has to move is pinned the slow way, where the file counts, and not the copy. */
static bool is_fsdax(const struct sight *s, enum direction direction)
{
	return s->fsdax || (s->fsdax_file && has_to_move(s, direction));
}

/*
 * What the fast walk has pinned counts, though the mapping is refused behind it: that
 * is fewer pages than were asked for, and not an errno.
 */
static bool is_fsdax_behind(const struct sight *s, enum direction direction)
{
	return is_fsdax(s, direction) && s->fsdax_from;
}

static bool is_secret(const struct sight *s, enum direction direction)
{
	(void)direction;
	return s->secret;
}

static bool is_unwritable(const struct sight *s, enum direction direction)
{
	return direction == CAPTURE && !s->writable;
}

static bool is_unreadable(const struct sight *s, enum direction direction)
{
	return direction == OUTPUT && !s->readable;
}

static bool is_dirty_tracked(const struct sight *s, enum direction direction)
{
	return direction == CAPTURE && s->dirty_tracked;
}

/* The first page that cannot be pinned tells why; a later one, only that. */
static bool is_bare(const struct sight *s, enum direction direction)
{
	(void)direction;
	return !s->bare_from;
}

static bool becomes_bare(const struct sight *s, enum direction direction)
{
	(void)direction;
	return s->bare_from < s->length;
}

/* kernel/dma/swiotlb.c: IO_TLB_SEGSIZE slots of IO_TLB_SIZE bytes */
#define BOUNCE_MAX	(128 * 2048UL)

static bool overflows_bounce(const struct sight *s, enum direction direction)
{
	(void)direction;
	return !s->by_fd && s->bounced > BOUNCE_MAX;
}

static bool is_too_scattered(const struct sight *s, enum direction direction)
{
	(void)direction;
	return !s->scattered_fits && s->pfns_known && s->contiguous < s->length &&
	       (!s->joins || s->apart);
}

static bool is_scattered_dma_buf(const struct sight *s, enum direction direction)
{
	return s->by_fd && is_too_scattered(s, direction);
}

static bool is_dma_buf(const struct sight *s, enum direction direction)
{
	(void)direction;
	return s->by_fd;
}

/* Asked when all is over: what could be moved away has been. */
static bool could_not_move(const struct sight *s, enum direction direction)
{
	return s->stuck && has_to_move(s, direction);
}

static bool is_bounced(const struct sight *s, enum direction direction)
{
	(void)direction;
	return s->bounced;
}

/* Where it does not fit, is_too_scattered() was asked before. */
static bool scattered_fits(const struct sight *s, enum direction direction)
{
	(void)direction;
	return s->pfns_known && s->contiguous < s->length;
}

static bool is_memory(const struct sight *s, enum direction direction)
{
	(void)direction;
	return s->pfns_known || s->scattered_fits;
}

#define INSTEAD_OF_A_DRIVERS \
	"hand over its dma-buf by fd if its driver exports one, else use own memory"

#define INSTEAD_OF_STORAGE \
	"capture into anonymous memory, and write() that to the file"

#define BOTH(decider)	{ [0 ... NR_POLICIES - 1] = (decider) }

/* Strict: vipin's check comes first, and leaves the kernel nothing to refuse. */
#define VMA	{ [VIPIN_POLICY_KERNEL] = VIPIN_BY_FRAME_VECTOR, \
		  [VIPIN_POLICY_STRICT] = VIPIN_BY_VMA_CHECK }

/*
 * The first that applies is the one that holds: refusals in the order in which a
 * kernel comes to them, then what is accepted. Ends with a rule of no name.
 */
const struct rule rules[] = {
	{
		.name = "too-short", .law = 7, .applies = is_too_short,
		.error = -EINVAL, .decided_by = BOTH(VIPIN_BY_ARGUMENT),
		.reasons = REASON(TOO_SHORT) | REASON(BYTESUSED),
		.source = "videobuf2-core.c, __prepare_userptr(): min_length",
		.instead = "say the length that VIDIOC_G_FMT calls sizeimage, or more",
	}, {
		.name = "wraps", .law = 7, .applies = wraps,
		.error = -EOVERFLOW, .decided_by = VMA, .reasons = REASON(BEYOND_LAST_ADDRESS),
		.source = "gup.c, gup_fast_fallback(): check_add_overflow()",
		.instead = "say a length that the memory has",
	}, {
		.name = "hole", .law = 7, .applies = has_hole,
		.error = -EFAULT, .decided_by = VMA,
		.reasons = REASON(NOT_MAPPED) | REASON(BEYOND_USER_MEMORY),
		.source = "videobuf2-memops.c, vb2_create_framevec(): a complete set or none",
		.instead = "map all of the frame",
	}, {
		.name = "device-mapped", .law = 2, .applies = is_device_mapped,
		.error = -EFAULT, .decided_by = VMA, .reasons = REASON(VMA_IO) | REASON(VMA_PFNMAP),
		.source = "gup.c, check_vma_flags(): VM_IO | VM_PFNMAP",
		.instead = INSTEAD_OF_A_DRIVERS,
	}, {
		.name = "inserted", .law = 1, .applies = is_inserted,
		.error = -EFAULT, .decided_by = VMA, .reasons = REASON(DRIVER_PAGES),
		.source = "gup.c, collect_longterm_unpinnable_folios(): not to be isolated",
		.instead = INSTEAD_OF_A_DRIVERS,
	}, {
		.name = "file-system-dax-behind", .law = 3, .applies = is_fsdax_behind,
		.error = -EFAULT, .decided_by = BOTH(VIPIN_BY_FRAME_VECTOR), .reasons = REASON(FSDAX),
		.source = "videobuf2-memops.c, vb2_create_framevec(): a complete set or none",
		.instead = INSTEAD_OF_STORAGE,
	}, {
		.name = "file-system-dax", .law = 3, .applies = is_fsdax,
		.error = -EOPNOTSUPP, .decided_by = BOTH(VIPIN_BY_FRAME_VECTOR),
		.reasons = REASON(FSDAX),
		.source = "gup.c, check_vma_flags(): FOLL_LONGTERM and vma_is_fsdax()",
		.instead = INSTEAD_OF_STORAGE,
	}, {
		.name = "secret", .law = 3, .applies = is_secret,
		.error = -EFAULT, .decided_by = BOTH(VIPIN_BY_FRAME_VECTOR),
		.reasons = REASON(SECRETMEM),
		.source = "gup.c, check_vma_flags(): vma_is_secretmem()",
		.instead = "use other memory: nothing but the process may see this one",
	}, {
		.name = "unwritable", .law = 4, .applies = is_unwritable,
		.error = -EFAULT, .decided_by = VMA, .reasons = REASON(NOT_WRITABLE),
		.source = "gup.c, check_vma_flags(): FOLL_WRITE without VM_WRITE",
		.instead = "map it PROT_READ | PROT_WRITE",
	}, {
		.name = "unreadable", .law = 4, .applies = is_unreadable,
		.error = -EFAULT, .decided_by = VMA, .reasons = REASON(NOT_READABLE),
		.source = "gup.c, check_vma_flags(): no VM_READ",
		.instead = "map it PROT_READ",
	}, {
		.name = "dirty-tracked", .law = 3, .applies = is_dirty_tracked,
		.error = -EFAULT, .decided_by = VMA,
		/* Kernels that pin such files for writing are refused by a perf ring itself. */
		.reasons = REASON(TRACKS_WRITES) | REASON(SIGBUS_ON_WRITE),
		.source = "gup.c, writable_file_mapping_allowed(): vma_needs_dirty_tracking()",
		.instead = "capture into anonymous memory, and write() that to the file",
	}, {
		.name = "locked", .law = 4, .applies = is_locked,
		.error = -EFAULT, .decided_by = BOTH(VIPIN_BY_FRAME_VECTOR), .reasons = REASON(PKEY),
		.source = "gup.c, check_vma_flags(): arch_vma_access_permitted()",
		.instead = "allow this thread to write by the key (pkey_set()) before QBUF",
	}, {
		.name = "beyond-file", .law = 7, .applies = is_beyond_file,
		.error = -EFAULT, .decided_by = BOTH(VIPIN_BY_FRAME_VECTOR),
		.reasons = REASON(BEYOND_FILE),
		.source = "filemap.c, filemap_fault(); shmem.c, shmem_fault(): SIGBUS",
		.instead = "make the file as long as its mapping (ftruncate()), and keep it so",
	}, {
		.name = "guard-region", .law = 7, .applies = is_guarded,
		.error = -EFAULT, .decided_by = BOTH(VIPIN_BY_FRAME_VECTOR),
		.reasons = REASON(GUARD_REGION),
		.source = "memory.c, handle_pte_marker(): a guard is VM_FAULT_SIGSEGV",
		.instead = "leave out the guard pages around an allocation",
	}, {
		.name = "unanswered", .law = 7, .applies = is_unanswered,
		.error = -EINTR, .decided_by = BOTH(VIPIN_BY_FRAME_VECTOR), .reasons = REASON(KILLED),
		.source = "gup.c, __get_user_pages(): fatal_signal_pending()",
		.instead = "have the thread or process that brings the pages answer",
	}, {
		.name = "misaligned", .law = 5, .applies = is_misaligned,
		.error = -EINVAL, .decided_by = BOTH(VIPIN_BY_ARGUMENT), .reasons = REASON(MISALIGNED),
		.source = "videobuf2-dma-contig.c, vb2_dc_get_userptr(): dma_get_cache_alignment()",
		.instead = "align the frame's start and length to a cache line",
	}, {
		.name = "bare", .law = 2, .applies = is_bare,
		.error = -EEXIST, .decided_by = BOTH(VIPIN_BY_FRAME_VECTOR),
		.reasons = REASON(NO_STRUCT_PAGE),
		.source = "gup.c, follow_pfn_pte(): an entry, but no page (1027e4436b6a)",
		.instead = INSTEAD_OF_A_DRIVERS,
	}, {
		.name = "becomes-bare", .law = 2, .applies = becomes_bare,
		.error = -EFAULT, .decided_by = BOTH(VIPIN_BY_FRAME_VECTOR),
		.reasons = REASON(NO_STRUCT_PAGE),
		.source = "videobuf2-memops.c, vb2_create_framevec(): a complete set or none",
		.instead = INSTEAD_OF_A_DRIVERS,
	}, {
		.name = "immovable", .law = 1, .applies = could_not_move,
		.error = -ENOMEM, .decided_by = BOTH(VIPIN_BY_FRAME_VECTOR),
		.reasons = REASON(CMA_NOT_MIGRATED) | REASON(MOVABLE_NOT_MIGRATED),
		.source = "gup.c, migrate_longterm_unpinnable_folios()",
		.instead = "use memory that nobody else has pinned or holds",
	}, {
		.name = "bounce-overflow", .law = 5, .applies = overflows_bounce,
		.error = -EIO, .decided_by = BOTH(VIPIN_BY_DMA_MAP), .reasons = REASON(BOUNCE_TOO_LARGE),
		.announces = "swiotlb buffer is full|failed to map scatterlist",
		.source = "swiotlb.c, swiotlb_tbl_map_single(): IO_TLB_SEGSIZE (256 KiB)",
		.instead = "use the device's MMAP buffers: they are made where it reaches",
	}, {
		.name = "scattered-dma-buf", .law = 5, .applies = is_scattered_dma_buf,
		.error = -EFAULT, .decided_by = BOTH(VIPIN_BY_UNKNOWN),
		.announces = "contiguous chunk is too small",
		.source = "videobuf2-dma-contig.c, vb2_dc_map_dmabuf()",
		.instead = "use a dma-buf of contiguous memory, as from the CMA heap",
	}, {
		.name = "scattered", .law = 5, .applies = is_too_scattered,
		.error = -EFAULT, .decided_by = BOTH(VIPIN_BY_CONTIGUITY),
		.reasons = REASON(NOT_CONTIGUOUS),
		.announces = "contiguous mapping is too small",
		.source = "videobuf2-dma-contig.c, vb2_dc_get_contiguous_size()",
		.instead = "use a huge page, the device's MMAP buffers, or a contiguous dma-buf",
	}, {
		.name = "dma-buf", .law = 6, .applies = is_dma_buf,
		.decided_by = BOTH(VIPIN_BY_UNKNOWN),
		.source = "videobuf2-dma-contig.c, vb2_dc_map_dmabuf()",
	}, {
		.name = "migrated", .law = 1, .applies = has_to_move,
		.decided_by = BOTH(VIPIN_BY_NOBODY), .reasons = REASON(PINNED),
		.source = "gup.c, check_and_migrate_movable_pages()",
	}, {
		.name = "bounced", .law = 5, .applies = is_bounced,
		.decided_by = BOTH(VIPIN_BY_NOBODY), .reasons = REASON(PINNED),
		.announces = "contiguous mapping is too small",
		.source = "swiotlb.c, swiotlb_map(): a copy that the device reaches",
	}, {
		.name = "scattered-fits", .law = 5, .applies = scattered_fits,
		.decided_by = BOTH(VIPIN_BY_NOBODY), .reasons = REASON(PINNED),
		.source = "dma-iommu.c, iommu_dma_map_sg(); videobuf2-vmalloc.c",
	}, {
		.name = "memory", .law = 7, .applies = is_memory,
		.decided_by = BOTH(VIPIN_BY_NOBODY), .reasons = REASON(PINNED),
		.source = "gup.c, pin_user_pages_fast()",
	}, { }
};

/*
 * Where a page had to move from is seen only before it moved; unless it was not there,
 * and the pin itself had it put where it must not stay. And to find out why storage was
 * refused, vipin has a private mapping's copies made.
 */
static bool applies(const struct rule *rule, enum direction direction,
		    const struct sight *before, const struct sight *after)
{
	if (rule->applies == is_fsdax || rule->applies == is_fsdax_behind)
		return rule->applies(before, direction);
	if (rule->applies == has_to_move && has_to_move(before, direction))
		return true;
	return rule->applies(after, direction);
}

/**
 * rules_expect() - what a kernel should say to some memory
 * @e:		filled in
 * @k:		the kernel
 * @policy:	who decides; under policy strict a kernel may refuse what it should not,
 *		but never the other way round
 * @direction:	which way data goes
 * @before:	what was observed before the device got it
 * @after:	what was observed afterwards: pages may have moved
 *
 * Return: whether enough can be observed to know.
 */
bool rules_expect(struct expectation *e, const struct kernel *k,
		  enum vipin_policy policy, enum direction direction,
		  const struct sight *before, const struct sight *after)
{
	const struct known *known = NULL;
	const struct rule *broken = NULL;

	for (const struct rule *r = rules; r->name; r++) {
		const struct known *breach;

		if (!applies(r, direction, before, after))
			continue;
		breach = known_breach(r->name, before, direction, policy, k);
		if (breach) {
			known = breach;
			broken = r;
		}
		if (breach && !breach->error && r->error)
			continue;

		*e = (struct expectation) {
			.rule = r, .known = known, .law = broken ? broken : r,
			.error = r->error, .decided_by = r->decided_by[policy],
			.reasons = r->reasons,
		};
		if (breach && breach->error) {
			e->error = breach->error;
			e->decided_by = VIPIN_BY_FRAME_VECTOR;
			e->reasons = breach->reasons;
			e->pinned_for_writing = breach->pinned_for_writing;
		}
		mutate(e);
		return true;
	}
	return false;
}

/**
 * rules_depend() - what of a kernel decides about some memory
 * @k:		the kernel
 * @policy:	who decides
 * @direction:	which way data goes
 * @before:	what was observed before the device got it
 * @after:	what was observed afterwards
 *
 * Return: a bit for each feature without which, or with which, this kernel would
 * say something else.
 */
unsigned int rules_depend(const struct kernel *k, enum vipin_policy policy,
			  enum direction direction, const struct sight *before,
			  const struct sight *after)
{
	struct expectation here, there;
	unsigned int features = 0;

	if (!rules_expect(&here, k, policy, direction, before, after))
		return 0;
	for (unsigned int i = 0; i < NR_FEATURES; i++) {
		struct kernel other = *k;

		other.flipped ^= 1U << i;
		if (!rules_expect(&there, &other, policy, direction, before, after) ||
		    there.error != here.error || there.known != here.known)
			features |= 1U << i;
	}
	return features;
}

static bool has_reason(unsigned long long reasons, const struct verdict *told,
		       bool pinned_for_writing)
{
	return reasons >> told->reason & 1 && told->pinned_for_writing == pinned_for_writing;
}

/**
 * rules_tell() - check whether a reason is that of a rule which decides about this memory
 * @e:		what is expected
 * @told:	the verdict that vipin reported
 * @k:		the kernel
 * @policy:	who decides
 * @direction:	which way data goes
 * @before:	what was observed before the device got it
 * @after:	what was observed when it had been given
 *
 * If several rules forbid the memory, vipin may report another than the first: a range has
 * more than one mapping, and the first that is refused ends the search. The same decider
 * must apply that rule on this kernel, though.
 *
 * Return: whether it is.
 */
bool rules_tell(const struct expectation *e, const struct verdict *told,
		const struct kernel *k, enum vipin_policy policy, enum direction direction,
		const struct sight *before, const struct sight *after)
{
	if (!e->reasons)
		return false;
	if (has_reason(e->reasons, told, e->pinned_for_writing))
		return true;
	if (!e->error || (e->known && e->known->error))
		return false;

	for (const struct rule *r = rules; r->name; r++)
		if (r->error && r->decided_by[policy] == told->decided_by &&
		    applies(r, direction, before, after) &&
		    !known_breach(r->name, before, direction, policy, k) &&
		    has_reason(r->reasons, told, false))
			return true;
	return false;
}
