/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pin-cost-compat.h - differences between the kernels from 5.10 to the newest, each with
 * the commit that made it
 */
#ifndef _PIN_COST_COMPAT_H
#define _PIN_COST_COMPAT_H

#include <linux/mm.h>
#include <linux/version.h>

/*
 * 6.5: 4c630f307455 ("mm/gup: remove vmas parameter from pin_user_pages()")
 */
static inline long pin_cost_pin_slow(unsigned long addr, unsigned long nr,
				     unsigned int gup_flags, struct page **pages)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
	return pin_user_pages(addr, nr, gup_flags, pages, NULL);
#else
	return pin_user_pages(addr, nr, gup_flags, pages);
#endif
}

#endif /* _PIN_COST_COMPAT_H */
