/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * memory.h - every kind of memory a pointer can point to, one provider each
 *
 * A provider maps memory and says where in it a frame may lie. What a kernel
 * must say about that memory is not its business: see v4l2-pincheck/rules.c.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/kmsg.h"
#include "common/macros.h"
#include "common/pagemap.h"
#include "common/vma.h"
#include "vimap/vimap-uapi.h"

#define HUGE_PAGE	(2UL << 20)

/* What memory is filled with; by vimap, too. */
#define MEMORY_FILL	VIMAP_PATTERN

struct memory_kind;

/**
 * struct memory - one piece of memory, and where in it the frame lies
 * @kind:	what made it
 * @length:	bytes of the frame; set by the caller of memory_map()
 * @node:	path of the device under test; set by the caller of memory_map()
 * @base:	start of the mapping, guard bytes included
 * @size:	bytes of the mapping
 * @frame:	where the frame starts
 * @given:	bytes that a device is told there are; @length unless @map of
 *		the kind says otherwise
 * @fill:	every byte of it before a device wrote; MEMORY_FILL unless @map
 *		of the kind says otherwise
 * @fd:		the file behind it, or what the provider keeps open for it, or -1
 * @dmabuf:	dma-buf behind the mapping, or -1
 * @holder:	what keeps a page of it from being moved, or -1
 * @child:	a process that the provider has started for it, or 0
 * @why:	in words why there is no such memory here
 */
struct memory {
	const struct memory_kind *kind;
	size_t length;
	const char *node;
	unsigned char *base;
	size_t size;
	unsigned char *frame;
	size_t given;
	unsigned char fill;
	int fd;
	int dmabuf;
	int holder;
	pid_t child;
	char why[160];
};

/**
 * struct memory_kind - one kind of memory
 * @name:	as --memory and --list know it
 * @sentence:	what handing over such memory proves
 * @map:	maps it; returns 0, or -1 with memory.why set where this kernel
 *		or machine has none
 * @unmap:	gives back all that @map took
 * @pinned:	a proof to make while a device holds the memory (@in_cma, @in_movable: and
 *		when it has refused it), or NULL; returns 0, or -1 with memory.why set
 * @in_child:	with @by_child: what the child does with the memory first, or NULL;
 *		returns 0, or -1 with memory.why set
 * @variant:	for @map: which of the kinds that one provider serves
 * @untouched:	left as @map made it, and that is often with no page at all:
 *		not one byte is read or written before the device gets it
 * @in_cma:	its pages lie in the CMA area until a device gets it
 * @in_movable:	its pages lie in ZONE_MOVABLE until a device gets it
 * @copied:	its pages are the process's own copies of a file's
 * @stuck:	something may keep its pages from being moved
 * @foreign:	its bytes belong to somebody else, who may not like them read:
 *		nobody looks at them, and no device is started on them
 * @by_child:	the pointer is a child process's, which shares the pages since fork()
 * @keyed:	it has a protection key: to look at it may be denied
 * @unanswered:	who pins it waits for its pages until he is killed; memory.fd can be
 *		read when he waits, and is closed when he is gone
 * @endless:	a pin of it may never end, but by a signal that kills
 * @by_fd:	handed over as a dma-buf, not as a pointer
 */
struct memory_kind {
	const char *name;
	const char *sentence;
	int (*map)(struct memory *m);
	void (*unmap)(struct memory *m);
	int (*pinned)(struct memory *m);
	int (*in_child)(struct memory *m);
	unsigned int variant;
	bool untouched;
	bool in_cma;
	bool in_movable;
	bool copied;
	bool stuck;
	bool foreign;
	bool by_child;
	bool keyed;
	bool unanswered;
	bool endless;
	bool by_fd;
};

extern const struct memory_kind * const memory_kinds[];

extern const struct memory_kind memory_malloc;
extern const struct memory_kind memory_untouched;
extern const struct memory_kind memory_shared;
extern const struct memory_kind memory_shared_untouched;
extern const struct memory_kind memory_brk;
extern const struct memory_kind memory_stack;
extern const struct memory_kind memory_growsdown;
extern const struct memory_kind memory_growsdown_below;
extern const struct memory_kind memory_mlocked;
extern const struct memory_kind memory_zero_page;
extern const struct memory_kind memory_ksm;
extern const struct memory_kind memory_swapped;
extern const struct memory_kind memory_userfault;
extern const struct memory_kind memory_userfault_killed;
extern const struct memory_kind memory_thp;
extern const struct memory_kind memory_thp_untouched;
extern const struct memory_kind memory_thp_split;
extern const struct memory_kind memory_hugetlb;
extern const struct memory_kind memory_hugetlb_untouched;
extern const struct memory_kind memory_hugetlb_two;
extern const struct memory_kind memory_hugetlb_two_apart;
extern const struct memory_kind memory_unaligned;
extern const struct memory_kind memory_cow_parent;
extern const struct memory_kind memory_cow_parent_hugetlb;
extern const struct memory_kind memory_cow_child;
extern const struct memory_kind memory_cow_child_hugetlb;
extern const struct memory_kind memory_forked;
extern const struct memory_kind memory_forked_hugetlb;
extern const struct memory_kind memory_dontfork;
extern const struct memory_kind memory_wipeonfork;
extern const struct memory_kind memory_other_process;
extern const struct memory_kind memory_mseal;
extern const struct memory_kind memory_mremap_moved;
extern const struct memory_kind memory_mremap_left;
extern const struct memory_kind memory_memfd;
extern const struct memory_kind memory_memfd_private;
extern const struct memory_kind memory_memfd_untouched;
extern const struct memory_kind memory_memfd_hugetlb;
extern const struct memory_kind memory_memfd_hugetlb_private;
extern const struct memory_kind memory_tmpfs;
extern const struct memory_kind memory_tmpfs_private;
extern const struct memory_kind memory_file_read_only;
extern const struct memory_kind memory_file_read_only_private;
extern const struct memory_kind memory_sysv;
extern const struct memory_kind memory_sysv_read_only;
extern const struct memory_kind memory_truncated;
extern const struct memory_kind memory_sealed;
extern const struct memory_kind memory_sealed_private;
extern const struct memory_kind memory_future_sealed;
extern const struct memory_kind memory_future_sealed_later;
extern const struct memory_kind memory_ext4_shared;
extern const struct memory_kind memory_ext4_shared_untouched;
extern const struct memory_kind memory_ext4_private;
extern const struct memory_kind memory_ext4_private_untouched;
extern const struct memory_kind memory_fuse_shared;
extern const struct memory_kind memory_fuse_private;
extern const struct memory_kind memory_fuse_private_untouched;
extern const struct memory_kind memory_fuse_unanswered;
extern const struct memory_kind memory_fsdax_shared;
extern const struct memory_kind memory_fsdax_shared_untouched;
extern const struct memory_kind memory_fsdax_private;
extern const struct memory_kind memory_fsdax_private_untouched;
extern const struct memory_kind memory_device_dax;
extern const struct memory_kind memory_secret;
extern const struct memory_kind memory_secret_untouched;
extern const struct memory_kind memory_read_only;
extern const struct memory_kind memory_read_only_end;
extern const struct memory_kind memory_no_access;
extern const struct memory_kind memory_hole;
extern const struct memory_kind memory_hole_first;
extern const struct memory_kind memory_hole_last;
extern const struct memory_kind memory_half_mapped;
extern const struct memory_kind memory_guard_first;
extern const struct memory_kind memory_guard_last;
extern const struct memory_kind memory_null;
extern const struct memory_kind memory_user_end;
extern const struct memory_kind memory_kernel_address;
extern const struct memory_kind memory_wrap;
extern const struct memory_kind memory_length_0;
extern const struct memory_kind memory_length_short;
extern const struct memory_kind memory_pkey;
extern const struct memory_kind memory_pkey_open;
extern const struct memory_kind memory_cma_pages;
extern const struct memory_kind memory_cma_thp;
extern const struct memory_kind memory_cma_hugetlb;
extern const struct memory_kind memory_cma_held;
extern const struct memory_kind memory_cma_thp_held;
extern const struct memory_kind memory_cma_hugetlb_held;
extern const struct memory_kind memory_cma_gigantic;
extern const struct memory_kind memory_movable_pages;
extern const struct memory_kind memory_movable_thp;
extern const struct memory_kind memory_movable_held;
extern const struct memory_kind memory_heap_system;
extern const struct memory_kind memory_heap_system_fd;
extern const struct memory_kind memory_heap_cma;
extern const struct memory_kind memory_heap_cma_fd;
extern const struct memory_kind memory_udmabuf;
extern const struct memory_kind memory_udmabuf_fd;
extern const struct memory_kind memory_udmabuf_pages;
extern const struct memory_kind memory_udmabuf_pages_fd;
extern const struct memory_kind memory_drm_dumb;
extern const struct memory_kind memory_drm_dumb_fd;
extern const struct memory_kind memory_v4l2_buffer;
extern const struct memory_kind memory_v4l2_export;
extern const struct memory_kind memory_v4l2_export_fd;
extern const struct memory_kind memory_vivid_buffer;
extern const struct memory_kind memory_vivid_export;
extern const struct memory_kind memory_vivid_export_fd;
extern const struct memory_kind memory_packet_ring;
extern const struct memory_kind memory_uring;
extern const struct memory_kind memory_aio_ring;
extern const struct memory_kind memory_perf_ring;
extern const struct memory_kind memory_sg;
extern const struct memory_kind memory_sg_untouched;
extern const struct memory_kind memory_pci_resource;
extern const struct memory_kind memory_dev_mem;
extern const struct memory_kind memory_vdso;
extern const struct memory_kind memory_vvar;
extern const struct memory_kind memory_vimap_pfn;
extern const struct memory_kind memory_vimap_pfn_untouched;
extern const struct memory_kind memory_vimap_page_io;
extern const struct memory_kind memory_vimap_page_io_untouched;
extern const struct memory_kind memory_vimap_page;
extern const struct memory_kind memory_vimap_page_untouched;
extern const struct memory_kind memory_vimap_cma;
extern const struct memory_kind memory_vimap_cma_untouched;
extern const struct memory_kind memory_vimap_bar;
extern const struct memory_kind memory_vimap_bar_untouched;
extern const struct memory_kind memory_vimap_fault_pfn;
extern const struct memory_kind memory_vimap_fault_pfn_untouched;
extern const struct memory_kind memory_vimap_fault_mixed;
extern const struct memory_kind memory_vimap_fault_mixed_untouched;
extern const struct memory_kind memory_vimap_fault_page;
extern const struct memory_kind memory_vimap_fault_page_untouched;
extern const struct memory_kind memory_vimap_folio_io;
extern const struct memory_kind memory_vimap_folio_io_untouched;
extern const struct memory_kind memory_vimap_folio;
extern const struct memory_kind memory_vimap_folio_untouched;
extern const struct memory_kind memory_vimap_pfn_pmd;
extern const struct memory_kind memory_vimap_pfn_pmd_untouched;
extern const struct memory_kind memory_vimap_vmalloc;
extern const struct memory_kind memory_vimap_vmalloc_untouched;
extern const struct memory_kind memory_vimap_cma_page_io;
extern const struct memory_kind memory_vimap_cma_page_io_untouched;
extern const struct memory_kind memory_vimap_cma_page;
extern const struct memory_kind memory_vimap_cma_page_untouched;
extern const struct memory_kind memory_vimap_shmem_io;
extern const struct memory_kind memory_vimap_shmem_io_untouched;
extern const struct memory_kind memory_vimap_shmem_cma;
extern const struct memory_kind memory_vimap_shmem_cma_untouched;
extern const struct memory_kind memory_half_device_first;
extern const struct memory_kind memory_half_device_first_untouched;
extern const struct memory_kind memory_half_device_last;
extern const struct memory_kind memory_half_device_last_untouched;
extern const struct memory_kind memory_half_bare_last;

int memory_map(struct memory *m, const struct memory_kind *kind,
	       const char *node, size_t length);
void memory_unmap(struct memory *m);
__printf(2, 3)
int memory_lacks(struct memory *m, const char *format, ...);
int memory_map_aligned(struct memory *m, size_t align);
int memory_map_shared(struct memory *m, int fd, __u64 offset);
int memory_hold(struct memory *m);
int memory_map_plain(struct memory *m, int prot, int flags, int fd);
int memory_map_memfd(struct memory *m, unsigned int flags);
int memory_map_huge(struct memory *m, int flags, int fd);
void memory_unmap_plain(struct memory *m);
bool memory_is_filled(const unsigned char *at, size_t size, unsigned char fill);
size_t memory_round_up(size_t size, size_t to);
int memory_begin_access(const struct memory *m);
int memory_end_access(const struct memory *m);

bool zone_movable_contains(__u64 pfn);
bool zone_is_told(__u64 pfn);
void zone_forget(void);

void cma_find(void);
bool cma_contains(__u64 pfn);

#endif
