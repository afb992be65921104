/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What vimap's files share: one open file, and who maps what
 */
#ifndef _VIMAP_H
#define _VIMAP_H

#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/types.h>

#include "vimap-uapi.h"

#define VIMAP_NAME	"vimap"

/**
 * struct vimap_file - one open file and the memory that belongs to it
 * @file:	the file, whose f_mapping knows every VMA that maps it
 * @lock:	held while memory is allocated and mapped
 * @ram:	by kind, the first of VIMAP_SIZE bytes of RAM; NULL before the
 *		first mmap, and for the kinds that are no such RAM
 * @cma_vaddr:	the CMA memory, NULL before the first mmap
 * @cma_addr:	its bus address
 *
 * Every VMA holds @file, so all of it stays until the last one is gone.
 */
struct vimap_file {
	struct file *file;
	struct mutex lock;	/* the first mmap of each kind */
	struct page *ram[VIMAP_NR_KINDS];
	void *cma_vaddr;
	dma_addr_t cma_addr;
};

/* vimap-ram.c */
int vimap_ram_mmap(struct vimap_file *vf, enum vimap_kind kind,
		   struct vm_area_struct *vma);
void vimap_ram_release(struct vimap_file *vf);

/* vimap-cma.c */
int vimap_cma_init(void);
void vimap_cma_exit(void);
int vimap_cma_mmap(struct vimap_file *vf, struct vm_area_struct *vma);
void vimap_cma_release(struct vimap_file *vf);

/* vimap-take.c */
void vimap_take_init(void);
int vimap_take(struct vimap_cma *area);

/* vimap-bar.c */
int vimap_bar_init(void);
void vimap_bar_exit(void);
int vimap_bar_mmap(struct vimap_file *vf, struct vm_area_struct *vma);
void vimap_bar_release(struct vimap_file *vf);

#endif /* _VIMAP_H */
