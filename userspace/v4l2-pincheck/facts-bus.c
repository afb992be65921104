// SPDX-License-Identifier: GPL-2.0-only
/*
 * facts-bus.c - facts about how the device sees the pages
 *
 * Without an IOMMU, the kernel maps each contiguous piece of a frame on its own. If
 * the device does not reach a piece, or if bouncing is forced, that piece gets a bounce
 * buffer (SWIOTLB) of up to BOUNCE_MAX bytes. SWIOTLB takes the first free slots, so
 * the bounce buffers of one frame are often adjacent. Then the device sees contiguous
 * memory although the frame's memory is not.
 */
#include "facts.h"

static void collect_piece(struct facts *f, const struct device *d, __u64 pfn, size_t bytes,
			  bool is_last)
{
	__u64 last_byte = pfn * PAGE + memory_round_up(bytes, PAGE) - 1;

	if (!d->bounced && last_byte <= d->reach) {
		f->bounce_may_merge = false;
		return;
	}
	if (bytes > f->bounced)
		f->bounced = bytes;
	/* The next buffer starts at a page, so this one must end at a page. */
	if (!is_last && bytes % PAGE)
		f->bounce_may_merge = false;
}

/**
 * facts_collect_bus() - collect facts about how the device sees the pages
 * @f:		@bounced and @bounce_may_merge are filled in; they stay 0 if an IOMMU
 *		translates or the device takes pieces
 * @d:		the device
 * @pfns:	page frame numbers of the pages; all are known
 * @nr:		number of pages
 * @offset:	offset of the frame in the first page
 */
void facts_collect_bus(struct facts *f, const struct device *d, const __u64 *pfns,
		       size_t nr, size_t offset)
{
	size_t end = offset + f->length, from = offset, first = 0;

	if (d->translated || d->takes_scattered)
		return;
	f->bounce_may_merge = f->contiguous < f->length;
	for (size_t i = 1; i <= nr; i++) {
		size_t to = i < nr ? i * PAGE : end;

		if (i < nr && pfns[i] == pfns[i - 1] + 1)
			continue;
		collect_piece(f, d, pfns[first], to - from, i == nr);
		first = i;
		from = to;
	}
	f->bounce_may_merge &= f->bounced != 0;
}
