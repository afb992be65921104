/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sight.h - what can be observed about a frame's memory
 */
#ifndef SIGHT_H
#define SIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "device.h"
#include "memory/memory.h"

/**
 * struct sight - what the rules are about
 * @by_fd:		handed over as a dma-buf
 * @hole:		part of it is not mapped
 * @device_mapped:	part of it is VM_IO or VM_PFNMAP
 * @bare_from:		where in it the first page frame is mapped without its
 *			struct page; @length if none is
 * @writable:		the process may write all of it
 * @aligned:		its start and length suit the DMA API
 * @pfns_known:		the kernel shows page frame numbers, and all are there
 * @contiguous:		bytes at its start that are contiguous in memory
 * @length:		bytes of the frame
 * @in_cma:		how many of its pages lie in the CMA area
 * @in_movable:		how many lie in ZONE_MOVABLE
 * @stuck:		something may keep its pages from being moved
 * @scattered_fits:	the device takes memory that is not contiguous
 */
struct sight {
	bool by_fd;
	bool hole;
	bool device_mapped;
	size_t bare_from;
	bool writable;
	bool aligned;
	bool pfns_known;
	size_t contiguous;
	size_t length;
	size_t in_cma;
	size_t in_movable;
	bool stuck;
	bool scattered_fits;
};

int sight_take(struct sight *s, const struct device *d, const struct memory *m);

#endif
