// SPDX-License-Identifier: GPL-2.0-only
/*
 * sight-bus.c - how pages look from the device
 *
 * Without an IOMMU, each contiguous piece of a frame is mapped by itself. Where the
 * device does not reach it, or bouncing is forced, it gets a bounce buffer (SWIOTLB),
 * which is no larger than BOUNCE_MAX. The first of them that is free is taken, so those
 * of one frame often lie side by side, and then the device sees contiguous memory where
 * there is none.
 */
#include "sight.h"

static void look_at_piece(struct sight *s, const struct device *d, __u64 pfn, size_t bytes,
			  bool is_last)
{
	__u64 last_byte = pfn * PAGE + memory_round_up(bytes, PAGE) - 1;

	if (!d->bounced && last_byte <= d->reach) {
		s->joins = false;
		return;
	}
	if (bytes > s->bounced)
		s->bounced = bytes;
	/* A buffer begins where a page does, so this one's end must be one's as well. */
	if (!is_last && bytes % PAGE)
		s->joins = false;
}

/**
 * sight_look_at_bus() - how pages look from the device
 * @s:		@bounced and @joins are filled in; they stay 0 where an IOMMU translates,
 *		or the device takes pieces anyway
 * @d:		the device
 * @pfns:	of the pages, all known
 * @nr:		how many
 * @offset:	of the frame in the first page
 */
void sight_look_at_bus(struct sight *s, const struct device *d, const __u64 *pfns,
		       size_t nr, size_t offset)
{
	size_t end = offset + s->length, from = offset, first = 0;

	if (d->translated || d->scattered)
		return;
	s->joins = s->contiguous < s->length;
	for (size_t i = 1; i <= nr; i++) {
		size_t to = i < nr ? i * PAGE : end;

		if (i < nr && pfns[i] == pfns[i - 1] + 1)
			continue;
		look_at_piece(s, d, pfns[first], to - from, i == nr);
		first = i;
		from = to;
	}
	s->joins &= s->bounced != 0;
}
