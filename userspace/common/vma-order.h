/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vma-order.h - does the kernel look at the VMAs of a pointer before it pins?
 */
#ifndef VMA_ORDER_H
#define VMA_ORDER_H

#include <stddef.h>

int vmas_come_first(size_t size, int (*queue)(void *context, void *pointer, size_t size),
		    void *context);

#endif
