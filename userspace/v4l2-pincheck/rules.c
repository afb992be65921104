// SPDX-License-Identifier: GPL-2.0-only
/*
 * rules.c - what a correct kernel must say to a pointer
 *
 * The law, for capture, where the device writes:
 * 1. A long-term pin never holds a page that has to stay movable; such a page is
 *    migrated away first.
 * 2. A VM_IO or VM_PFNMAP mapping is refused, whatever lies behind it, and
 *    whether or not it was touched; so is, in any other, a frame that is mapped
 *    without its struct page.
 * 4. A pointer that the process may not write is refused.
 * 5. The device needs one contiguous bus range: contiguous memory without an
 *    IOMMU, any behind one.
 * 6. The dma-buf's fd is the right way in for what is refused as a pointer.
 * 7. What is neither is accepted; what is not there at all is refused.
 *
 * Rules are about what is observed. They know no kind of memory by name.
 */
#include <errno.h>

#include "rules.h"

static bool has_hole(const struct sight *s)
{
	return s->hole;
}

static bool is_device_mapped(const struct sight *s)
{
	return s->device_mapped;
}

static bool is_unwritable(const struct sight *s)
{
	return !s->writable;
}

static bool is_misaligned(const struct sight *s)
{
	return !s->aligned;
}

/* The first page that cannot be pinned tells why; a later one, only that. */
static bool is_bare(const struct sight *s)
{
	return !s->bare_from;
}

static bool becomes_bare(const struct sight *s)
{
	return s->bare_from < s->length;
}

static bool is_too_scattered(const struct sight *s)
{
	return !s->scattered_fits && s->pfns_known && s->contiguous < s->length;
}

static bool is_scattered_dma_buf(const struct sight *s)
{
	return s->by_fd && is_too_scattered(s);
}

static bool is_dma_buf(const struct sight *s)
{
	return s->by_fd;
}

static bool has_to_move(const struct sight *s)
{
	return s->in_cma || s->in_movable;
}

/* Asked when all is over: what could be moved away has been. */
static bool could_not_move(const struct sight *s)
{
	return s->stuck && has_to_move(s);
}

/* Where it does not fit, is_too_scattered() was asked before. */
static bool scattered_fits(const struct sight *s)
{
	return s->pfns_known && s->contiguous < s->length;
}

static bool is_memory(const struct sight *s)
{
	return s->pfns_known || s->scattered_fits;
}

#define BOTH(w)	{ [0 ... NR_POLICIES - 1] = (w) }

/* Strict: vipin's check comes first, and leaves the kernel nothing to refuse. */
#define VMA	{ [VIPIN_POLICY_KERNEL] = WHO_FRAME_VECTOR, \
		  [VIPIN_POLICY_STRICT] = WHO_VMA_CHECK }

/* The first that applies is the one that holds. */
static const struct rule refusals[] = {
	{
		.name = "hole", .law = 7, .applies = has_hole,
		.error = -EFAULT, .who = VMA,
		.source = "videobuf2-memops.c, vb2_create_framevec(): a complete set or none",
	}, {
		.name = "device-mapped", .law = 2, .applies = is_device_mapped,
		.error = -EFAULT, .who = VMA,
		.source = "gup.c, check_vma_flags(): VM_IO | VM_PFNMAP",
	}, {
		.name = "unwritable", .law = 4, .applies = is_unwritable,
		.error = -EFAULT, .who = VMA,
		.source = "gup.c, check_vma_flags(): FOLL_WRITE without VM_WRITE",
	}, {
		.name = "misaligned", .law = 5, .applies = is_misaligned,
		.error = -EINVAL, .who = BOTH(WHO_ARGUMENT),
		.source = "videobuf2-dma-contig.c, vb2_dc_get_userptr(): dma_get_cache_alignment()",
	}, {
		.name = "bare", .law = 2, .applies = is_bare,
		.error = -EEXIST, .who = BOTH(WHO_FRAME_VECTOR),
		.source = "gup.c, follow_pfn_pte(): an entry, but no page (1027e4436b6a)",
	}, {
		.name = "becomes-bare", .law = 2, .applies = becomes_bare,
		.error = -EFAULT, .who = BOTH(WHO_FRAME_VECTOR),
		.source = "videobuf2-memops.c, vb2_create_framevec(): a complete set or none",
	}, {
		.name = "immovable", .law = 1, .applies = could_not_move,
		.error = -ENOMEM, .who = BOTH(WHO_FRAME_VECTOR),
		.source = "gup.c, migrate_longterm_unpinnable_folios()",
	}, {
		.name = "scattered-dma-buf", .law = 5, .applies = is_scattered_dma_buf,
		.error = -EFAULT,
		.announces = "contiguous chunk is too small",
		.source = "videobuf2-dma-contig.c, vb2_dc_map_dmabuf()",
	}, {
		.name = "scattered", .law = 5, .applies = is_too_scattered,
		.error = -EFAULT, .who = BOTH(WHO_CONTIGUITY),
		.announces = "contiguous mapping is too small",
		.source = "videobuf2-dma-contig.c, vb2_dc_get_contiguous_size()",
	},
};

static const struct rule acceptances[] = {
	{
		.name = "dma-buf", .law = 6, .applies = is_dma_buf,
		.source = "videobuf2-dma-contig.c, vb2_dc_map_dmabuf()",
	}, {
		.name = "migrated", .law = 1, .applies = has_to_move,
		.who = BOTH(WHO_ACCEPTED),
		.source = "gup.c, check_and_migrate_movable_pages()",
	}, {
		.name = "scattered-fits", .law = 5, .applies = scattered_fits,
		.who = BOTH(WHO_ACCEPTED),
		.source = "dma-iommu.c, iommu_dma_map_sg(), or videobuf2-vmalloc.c and the like",
	}, {
		.name = "memory", .law = 7, .applies = is_memory,
		.who = BOTH(WHO_ACCEPTED),
		.source = "gup.c, pin_user_pages_fast()",
	},
};

/**
 * rule_for() - the rule that holds for some memory
 * @before:	what was observed before the device got it
 * @after:	what was observed afterwards: pages may have moved
 *
 * Return: the rule, or NULL if not enough can be observed to know.
 */
const struct rule *rule_for(const struct sight *before,
			    const struct sight *after)
{
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++)
		if (refusals[i].applies(after))
			return &refusals[i];

	/* Where a page had to move from is seen only before it moved. */
	for (size_t i = 0; i < ARRAY_SIZE(acceptances); i++) {
		const struct rule *r = &acceptances[i];

		if (r->applies(r->applies == has_to_move ? before : after))
			return r;
	}
	return NULL;
}
