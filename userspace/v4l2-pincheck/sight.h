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
 * @udmabuf:		that is one of udmabuf's
 * @by_cpu:		no DMA: the device's driver fills frames by the CPU
 * @too_short:		the device is told of fewer bytes than a frame has
 * @wraps:		it would end behind the last address that there can be
 * @aligned:		its start and length suit the DMA API
 * @scattered_fits:	the device takes memory that is not contiguous
 * @hole:		part of it is not mapped
 * @device_mapped:	part of it is VM_IO or VM_PFNMAP
 * @device_end:		where the last such part ends, an address
 * @pfn_mapped:		part of it is VM_PFNMAP
 * @bare_from:		where in it the first page frame is mapped without its
 *			struct page; @length if none is
 * @readable:		the process may read all of it
 * @writable:		the process may write all of it
 * @unwritable_shared:	part of it is a shared mapping that it may not write
 * @dirty_tracked:	part of it is a shared mapping of a file system that must
 *			see what is written
 * @fsdax:		part of it is a file's storage, mapped without a page cache
 * @fsdax_file:		part of it maps such a file, be it by copies of its own
 * @fsdax_from:		where in it a pin begins to ask that mapping: at storage, or at
 *			what has to move; @length if nowhere
 * @userfault:		part of it is registered with userfaultfd
 * @mixed:		part of it is VM_MIXEDMAP: it may have entries without a page
 * @secret:		part of it is secret memory
 * @beyond_file:	part of it lies behind the end of the file that is mapped
 * @locked:		part of it has a protection key that denies writing
 * @pfns_known:		the kernel shows page frame numbers, and all are there
 * @compound:		each of its pages is part of a larger folio
 * @swap_backed:	each of its pages is one of shmem, or anonymous
 * @contiguous:		bytes at its start that are contiguous in memory
 * @length:		bytes of the frame
 * @bounced:		bytes of the largest contiguous piece that needs a bounce
 *			buffer; 0 if none does
 * @joins:		it has several pieces, each has a bounce buffer of its own, and
 *			these may happen to lie side by side
 * @apart:		they do not: only the device's answer shows where they lie
 * @in_cma:		how many of its pages lie in the CMA area
 * @inserted:		how many of its pages have to stay movable, and a driver has
 *			put them there: they are on no list to migrate them from
 * @in_movable:		how many lie in ZONE_MOVABLE
 * @zones_told:		the kernel says of each of its pages in which zone it lies
 * @moves_first:	before or in what is VM_IO or VM_PFNMAP is one of these
 * @moves_huge:		one of these is of a huge page of hugetlb
 * @stuck:		something may keep its pages from being moved
 * @unanswered:		who pins it waits for its pages until he is killed
 */
struct sight {
	bool by_fd;
	bool udmabuf;
	bool by_cpu;
	bool too_short;
	bool wraps;
	bool aligned;
	bool scattered_fits;
	bool hole;
	bool device_mapped;
	uintptr_t device_end;
	bool pfn_mapped;
	size_t bare_from;
	bool readable;
	bool writable;
	bool unwritable_shared;
	bool userfault;
	bool mixed;
	bool dirty_tracked;
	bool fsdax;
	bool fsdax_file;
	size_t fsdax_from;
	bool secret;
	bool beyond_file;
	bool locked;
	bool pfns_known;
	bool compound;
	bool swap_backed;
	size_t contiguous;
	size_t length;
	size_t bounced;
	bool joins;
	bool apart;
	size_t in_cma;
	size_t inserted;
	size_t in_movable;
	bool zones_told;
	bool moves_first;
	bool moves_huge;
	bool stuck;
	bool unanswered;
};

int sight_take(struct sight *s, const struct device *d, const struct memory *m);

size_t sight_misplaced(const struct sight *s);

/* Of sight-file.c: what the file system behind a mapping says. */
void sight_look_at_file(struct sight *s, const struct memory *m, const struct vma *vma);

/* Of sight-bus.c: how its pages look from the device. */
void sight_look_at_bus(struct sight *s, const struct device *d, const __u64 *pfns,
		       size_t nr, size_t offset);

/* Of sight-page.c: what the kernel says of a page frame. */
bool page_is_compound(__u64 flags);
bool page_is_inserted(__u64 flags);
bool page_is_swap_backed(__u64 flags);
bool page_is_hugetlb(__u64 flags);
bool page_is_ram(__u64 pfn);

#endif
