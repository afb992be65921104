/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What vimap's files share: one open file, and who maps what
 */
#ifndef _VIMAP_H
#define _VIMAP_H

#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/types.h>

#include "vimap-uapi.h"

#define VIMAP_NAME	"vimap"

#define VIMAP_RAM_PAGES	(VIMAP_SIZE >> PAGE_SHIFT)

/* The kind that a page of a file belongs to, and its number there. */
static inline unsigned int vimap_kind(unsigned long pgoff)
{
	return upper_32_bits((u64)pgoff << PAGE_SHIFT);
}

/* Whether a kind has pages of a shmem file. */
static inline bool vimap_is_shmem(unsigned int kind)
{
	return kind == VIMAP_SHMEM_IO || kind == VIMAP_SHMEM_CMA;
}

/* Whether the memory of a kind is vimap's own, by alloc_pages(). */
static inline bool vimap_is_ram(unsigned int kind)
{
	return kind != VIMAP_BAR && kind != VIMAP_CMA &&
	       kind != VIMAP_CMA_PAGE_IO && kind != VIMAP_CMA_PAGE &&
	       !vimap_is_shmem(kind);
}

static inline unsigned long vimap_index(unsigned long pgoff)
{
	return lower_32_bits((u64)pgoff << PAGE_SHIFT) >> PAGE_SHIFT;
}

struct vimap_cma_memory;
struct vimap_shmem;

/**
 * struct vimap_file - one open file and the memory that belongs to it
 * @file:	the file, whose f_mapping knows every VMA that maps it
 * @lock:	held while memory is allocated and mapped
 * @ram:	by kind, the first of VIMAP_RAM_PAGES pages of RAM; NULL before
 *		the first mmap, and for the kinds that are no such RAM. Read
 *		without @lock by vimap_ram_page()
 * @vmalloc:	VIMAP_VMALLOC's pages as the kernel maps them, NULL before that
 * @shmem:	by kind, the shmem file and its pages; NULL before the first mmap,
 *		and for the kinds that have none
 * @cma:	by kind, the CMA memory; NULL before the first mmap, and for the
 *		kinds that are none
 *
 * Every VMA holds @file, so all of it stays until the last one is gone.
 */
struct vimap_file {
	struct file *file;
	struct mutex lock;	/* the first mmap of each kind */
	struct page *ram[VIMAP_NR_KINDS];
	void *vmalloc;
	struct vimap_shmem *shmem[VIMAP_NR_KINDS];
	struct vimap_cma_memory *cma[VIMAP_NR_KINDS];
};

/* vimap-ram.c */
int vimap_ram_insert(struct vm_area_struct *vma, struct page *page);
int vimap_ram_mmap(struct vimap_file *vf, enum vimap_kind kind,
		   struct vm_area_struct *vma);
struct page *vimap_ram_page(struct vimap_file *vf, unsigned int kind,
			    unsigned long index);
void vimap_ram_release(struct vimap_file *vf);

/* vimap-fault.c */
struct page *vimap_fault_page(struct vm_fault *vmf);
void vimap_fault_mmap(enum vimap_kind kind, struct vm_area_struct *vma);

/* vimap-pmd.c */
int vimap_pmd_mmap(struct vm_area_struct *vma);

/* vimap-vmalloc.c */
int vimap_vmalloc_mmap(struct vimap_file *vf, struct vm_area_struct *vma);
void vimap_vmalloc_release(struct vimap_file *vf);

/* vimap-shmem.c */
int vimap_shmem_mmap(struct vimap_file *vf, enum vimap_kind kind,
		     struct vm_area_struct *vma);
void vimap_shmem_release(struct vimap_file *vf);

/* vimap-pins.c */
int vimap_pins(struct vimap_file *vf, struct vimap_pins *pins);

/* vimap-cma.c */
int vimap_cma_init(void);
void vimap_cma_exit(void);
struct page *vimap_cma_page(struct vimap_file *vf, enum vimap_kind kind);
int vimap_cma_mmap(struct vimap_file *vf, enum vimap_kind kind,
		   struct vm_area_struct *vma);
void vimap_cma_release(struct vimap_file *vf);

/* vimap-take.c */
int vimap_take(struct vimap_cma *area);

/* vimap-bar.c */
int vimap_bar_init(void);
void vimap_bar_exit(void);
int vimap_bar_mmap(struct vimap_file *vf, struct vm_area_struct *vma);
void vimap_bar_release(struct vimap_file *vf);

#endif /* _VIMAP_H */
