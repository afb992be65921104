/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * facts.h - facts about a frame's memory, and about the device that gets it
 *
 * Everything that a rule or a quirk may depend on is here, except the kernel's version.
 */
#ifndef FACTS_H
#define FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "device.h"
#include "memory/memory.h"

/**
 * struct facts - facts about a frame's memory, and about the device that gets it
 * @direction:		direction of the device
 * @policy:		policy of the device
 * @driver_checks:	the driver checks VMAs before the kernel does
 * @by_fd:		the memory is handed over as a dma-buf
 * @udmabuf_for_cpu:	this dma-buf was exported by udmabuf, and the device does no DMA: its
 *			driver fills frames by the CPU
 * @takes_scattered:	the device takes memory that is not contiguous
 * @too_short:		the length given to the device is less than a frame
 * @over_limit:		the pages are more than RLIMIT_MEMLOCK, and the driver counts them
 * @wraps:		the pages of the range end after the last address
 * @misaligned:		start or length of a pointer do not suit the DMA API
 * @hole:		a part is not mapped
 * @device_mapped:	a part is VM_IO or VM_PFNMAP
 * @device_end:		address where the last such part ends
 * @pfn_mapped:		a part is VM_PFNMAP
 * @no_struct_page_from: offset of the first page frame that is mapped without its
 *			struct page; @length if there is none
 * @readable:		the process may read all of it
 * @writable:		the process may write all of it
 * @unwritable_shared:	a part is a shared mapping that the process may not write
 * @dirty_tracked:	a part is a shared mapping of a file whose writes are tracked
 * @fsdax:		a part maps the storage of a file, without a page cache (DAX)
 * @fsdax_file:		a part maps such a file, possibly by private copies
 * @fsdax_from:		offset of the first page for which a pin checks that mapping: storage is
 *			mapped there, or the page has to move; @length if there is none
 * @userfault:		a part is registered with userfaultfd
 * @mixed:		a part is VM_MIXEDMAP: it may have entries without a struct page
 * @secret:		a part is secret memory
 * @beyond_file:	a part lies after the end of the mapped file
 * @guarded:		a part is a guard region
 * @pkey_denied:	a part has a protection key that denies this thread to write
 * @pfns_known:		all pages are there, and the kernel shows their page frame numbers
 * @compound:		each page is a part of a larger folio
 * @swap_backed:	each page is anonymous or belongs to shmem
 * @contiguous:		bytes at the start that are contiguous in memory
 * @length:		bytes that are pinned or mapped: the frame, or the whole dma-buf
 * @needed:		bytes at the start that the device needs contiguous
 * @bounced:		bytes of the largest contiguous piece that needs a bounce buffer;
 *			0 if none does
 * @bounce_may_merge:	each piece has a bounce buffer, and by chance these may be
 *			adjacent, so that the device sees contiguous memory
 * @in_pieces:		the device has refused, so the bounce buffers are not adjacent
 * @in_cma:		number of pages in the CMA area
 * @in_movable:		number of pages in ZONE_MOVABLE
 * @driver_pages:	number of these that a driver mapped; they are on no LRU list, so
 *			the kernel cannot migrate them
 * @zones_known:	the kernel shows the zone of each page
 * @moves_first:	one of these comes before the end of the last part that is VM_IO or
 *			VM_PFNMAP
 * @moves_huge:		one of these is a part of a hugetlb page
 * @migration_may_fail:		something may prevent the kernel from migrating its pages
 * @blocks_in_fault:	a page fault waits for another task until SIGKILL
 */
struct facts {
	enum direction direction;
	enum vipin_policy policy;
	bool driver_checks;
	bool by_fd;
	bool udmabuf_for_cpu;
	bool takes_scattered;
	bool too_short;
	bool over_limit;
	bool wraps;
	bool misaligned;
	bool hole;
	bool device_mapped;
	uintptr_t device_end;
	bool pfn_mapped;
	size_t no_struct_page_from;
	bool readable;
	bool writable;
	bool unwritable_shared;
	bool dirty_tracked;
	bool fsdax;
	bool fsdax_file;
	size_t fsdax_from;
	bool userfault;
	bool mixed;
	bool secret;
	bool beyond_file;
	bool guarded;
	bool pkey_denied;
	bool pfns_known;
	bool compound;
	bool swap_backed;
	size_t contiguous;
	size_t length;
	size_t needed;
	size_t bounced;
	bool bounce_may_merge;
	bool in_pieces;
	size_t in_cma;
	size_t in_movable;
	size_t driver_pages;
	bool zones_known;
	bool moves_first;
	bool moves_huge;
	bool migration_may_fail;
	bool blocks_in_fault;
};

int facts_collect(struct facts *f, const struct device *d, const struct memory *m);
size_t facts_misplaced(const struct facts *f);

/**
 * struct condition - a condition on facts; an empty one always holds
 * @direction:	the direction must be this one
 * @if_fact:	FACT() of a fact that must be true
 * @unless:	FACT() of a fact that must be false
 * @computed:	a function that must return true, if the condition is not a single fact
 */
struct condition {
	enum { EITHER, ONLY_CAPTURE, ONLY_OUTPUT } direction;
	size_t if_fact;
	size_t unless;
	bool (*computed)(const struct facts *f);
};

/* The place of a fact that is a bool. It is never 0, because @direction comes first. */
#define FACT(fact)	offsetof(struct facts, fact)

bool facts_meet(const struct facts *f, const struct condition *condition);

/* facts-file.c: facts about a mapped file and its file system. */
void facts_collect_file(struct facts *f, const struct memory *m, const struct vma *vma);

/* facts-limit.c: facts about limits of this process. */
bool limit_is_exceeded(const struct device *d, const void *pointer, size_t length);

/* facts-bus.c: facts about how the device sees the pages. */
void facts_collect_bus(struct facts *f, const struct device *d, const __u64 *pfns,
		       size_t nr, size_t offset);

/* facts-page.c: facts about a page frame. */
bool page_is_compound(__u64 flags);
bool page_is_drivers(__u64 flags);
bool page_is_swap_backed(__u64 flags);
bool page_is_hugetlb(__u64 flags);
bool page_is_ram(__u64 pfn);

#endif
