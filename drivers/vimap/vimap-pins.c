// SPDX-License-Identifier: GPL-2.0-only
/*
 * vimap-pins.c - count how many pages of a file's RAM are pinned, and how many changed
 */
#include <linux/string.h>

#include "vimap.h"
#include "vimap-compat.h"

/* Does the kind have memory from vimap-ram.c? */
static bool vimap_has_ram(unsigned int kind)
{
	switch (kind) {
	case VIMAP_BAR:
	case VIMAP_CMA:
	case VIMAP_CMA_PAGE_IO:
	case VIMAP_CMA_PAGE:
	case VIMAP_SHMEM_IO:
	case VIMAP_SHMEM_CMA:
	case VIMAP_FAULT_CMA:
		return false;
	default:
		return kind < VIMAP_NR_KINDS;
	}
}

/**
 * vimap_pins() - count the pinned and the changed pages of one kind
 * @vf:		the open file; its lock is not needed, because the RAM stays until
 *		release()
 * @pins:	kind and length; pinned and changed are filled in
 *
 * Return: 0, -EINVAL if the kind has no RAM, or if the length is 0 or above
 * VIMAP_SIZE, -ENXIO before the first mmap() of the kind.
 */
int vimap_pins(struct vimap_file *vf, struct vimap_pins *pins)
{
	unsigned long at;

	if (!vimap_has_ram(pins->kind))
		return -EINVAL;

	if (!pins->length || pins->length > VIMAP_SIZE)
		return -EINVAL;

	if (!vimap_ram_page(vf, pins->kind, 0))
		return -ENXIO;

	pins->pinned = 0;
	pins->changed = 0;
	for (at = 0; at < pins->length; at += PAGE_SIZE) {
		struct page *page = vimap_ram_page(vf, pins->kind,
						   at >> PAGE_SHIFT);

		pins->pinned += vimap_page_pinned(page);
		pins->changed += !!memchr_inv(page_address(page), VIMAP_PATTERN,
					      min(PAGE_SIZE, pins->length - at));
	}

	return 0;
}
