/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cma-area.h - find out which pages lie in CMA areas
 */
#ifndef CMA_AREA_H
#define CMA_AREA_H

#include <linux/types.h>
#include <stdbool.h>

bool cma_contains(__u64 pfn);
void cma_know(__u64 base_pfn, __u64 nr_pages);
void cma_read_log(void);

#endif
