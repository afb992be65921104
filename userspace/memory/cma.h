/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cma.h - for the kinds of memory that lie in the CMA area
 */
#ifndef CMA_H
#define CMA_H

#include <stddef.h>
#include <sys/types.h>

#include "provider.h"

/* cma_allocate() leaves the kernel hardly any other memory for a moment. */
#define CMA_INTRUSION	"takes most of the free memory"

int cma_allocate(struct memory *m, int (*allocate)(struct memory *m));
ssize_t cma_find_run(const unsigned char *region, size_t nr, size_t needed,
		     size_t step);
int cma_check_not_pinned(struct memory *m);

#endif
