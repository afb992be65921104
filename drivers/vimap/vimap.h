/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vimap.h - the one private header of vimap
 *
 * The files, from the top down. Each file calls only files below it:
 *
 *	vimap-core.c		/dev/vimap: open, mmap, ioctl; calls the files below
 *	vimap-bar.c		a PCI BAR
 *	vimap-shmem.c		pages of a shmem file; calls vimap-cma.c
 *	vimap-cma.c		memory from the CMA area; calls vimap-ram.c
 *	vimap-cma-alloc-all.c	allocate and free the whole CMA area
 *	vimap-pmd.c		RAM mapped by one PMD entry; calls vimap-fault.c, vimap-ram.c
 *	vimap-fault.c		RAM mapped page by page in faults; calls vimap-ram.c
 *	vimap-vmalloc.c		RAM mapped from a vmalloc area; calls vimap-ram.c
 *	vimap-pins.c		count pinned pages of RAM; calls vimap-ram.c
 *	vimap-ram.c		contiguous RAM: allocate, map, look up, free
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

struct vimap_cma_memory;
struct vimap_shmem;

/**
 * struct vimap_file - one open file and the memory that belongs to it
 * @file:	the open file; all VMAs that map it are in its f_mapping
 * @lock:	held while memory is allocated and mapped
 * @ram:	for each kind with RAM, the first of VIMAP_RAM_PAGES contiguous
 *		pages; NULL until the first mmap(). vimap_ram_page() reads it
 *		without @lock
 * @vmalloc:	kernel address of the vmalloc area of VIMAP_VMALLOC; NULL until
 *		the first mmap()
 * @shmem:	for each kind with a shmem file, that file and its pages; NULL
 *		until the first mmap()
 * @cma:	for each kind with CMA memory, that memory; NULL until the first
 *		mmap()
 *
 * Every VMA holds a reference to @file, so the memory stays until the last VMA is
 * gone.
 */
struct vimap_file {
	struct file *file;
	struct mutex lock;	/* serializes the first mmap() of each kind */
	struct page *ram[VIMAP_NR_KINDS];
	void *vmalloc;
	struct vimap_shmem *shmem[VIMAP_NR_KINDS];
	struct vimap_cma_memory *cma[VIMAP_NR_KINDS];
};

/**
 * vimap_kind() - find the kind that an mmap offset selects
 * @pgoff:	the offset in pages
 *
 * Return: an enum vimap_kind, or VIMAP_NR_KINDS or more if no kind has that offset.
 */
static inline unsigned long vimap_kind(unsigned long pgoff)
{
	return pgoff >> (VIMAP_KIND_SHIFT - PAGE_SHIFT);
}

/**
 * vimap_index() - find the page that an mmap offset selects within its kind
 * @pgoff:	the offset in pages
 *
 * Return: the number of the page, from 0.
 */
static inline unsigned long vimap_index(unsigned long pgoff)
{
	return pgoff % (VIMAP_OFFSET(1) >> PAGE_SHIFT);
}

/* A 32-bit program without -D_FILE_OFFSET_BITS=64 can map each kind: see VIMAP_OFFSET. */
static_assert(VIMAP_OFFSET(VIMAP_NR_KINDS) <= 1UL << 31);
static_assert(VIMAP_OFFSET(1) >= VIMAP_SIZE);

/* vimap-bar.c */
int vimap_bar_init(void);
void vimap_bar_exit(void);
int vimap_bar_mmap(struct vimap_file *vf, struct vm_area_struct *vma);
void vimap_bar_release(struct vimap_file *vf);

/* vimap-shmem.c */
int vimap_shmem_mmap(struct vimap_file *vf, enum vimap_kind kind,
		     struct vm_area_struct *vma);
void vimap_shmem_release(struct vimap_file *vf);

/* vimap-cma.c */
int vimap_cma_init(void);
void vimap_cma_exit(void);
struct page *vimap_cma_page(struct vimap_file *vf, enum vimap_kind kind);
int vimap_cma_mmap(struct vimap_file *vf, enum vimap_kind kind,
		   struct vm_area_struct *vma);
void vimap_cma_release(struct vimap_file *vf);

/* vimap-cma-alloc-all.c */
int vimap_cma_alloc_all(struct vimap_cma *area);

/* vimap-pmd.c */
int vimap_pmd_mmap(struct vimap_file *vf, struct vm_area_struct *vma);

/* vimap-fault.c */
struct page *vimap_fault_page(struct vm_fault *vmf);
int vimap_fault_mmap(struct vimap_file *vf, enum vimap_kind kind,
		     struct vm_area_struct *vma);

/* vimap-vmalloc.c */
int vimap_vmalloc_mmap(struct vimap_file *vf, struct vm_area_struct *vma);
void vimap_vmalloc_release(struct vimap_file *vf);

/* vimap-pins.c */
int vimap_pins(struct vimap_file *vf, struct vimap_pins *pins);

/* vimap-ram.c */
int vimap_ram_prepare(struct vimap_file *vf, enum vimap_kind kind);
int vimap_ram_insert(struct vm_area_struct *vma, struct page *page);
int vimap_ram_mmap(struct vimap_file *vf, enum vimap_kind kind,
		   struct vm_area_struct *vma);
struct page *vimap_ram_page(struct vimap_file *vf, unsigned int kind,
			    unsigned long index);
void vimap_ram_release(struct vimap_file *vf);

#endif /* _VIMAP_H */
