// SPDX-License-Identifier: GPL-2.0-only
/*
 * sight.c - what can be observed about a frame's memory
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "memory/cma-area.h"
#include "memory/zone.h"
#include "sight.h"

#define MAX_VMAS	16

/*
 * What dma_get_cache_alignment() says (include/linux/dma-mapping.h): 1 where
 * all DMA is coherent and the architecture names no ARCH_DMA_MINALIGN.
 */
static size_t dma_alignment(void)
{
	long line = sysconf(_SC_LEVEL1_DCACHE_LINESIZE);
	struct utsname machine;

	if (!uname(&machine) && !strcmp(machine.machine, "x86_64"))
		return 1;
	return line > 0 ? line : 1;
}

/* Documentation/driver-api/dma-buf.rst: what its fdinfo says */
static bool is_exported_by(int dmabuf, const char *exporter)
{
	char path[40], line[128], name[64];
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", dmabuf);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "exp_name: %63s", name) == 1)
			found = !strcmp(name, exporter);
	if (f)
		fclose(f);
	return found;
}

static int look_at_vmas(struct sight *s, const struct memory *m)
{
	uintptr_t at = (uintptr_t)m->frame, end = at + m->length;
	struct vma vmas[MAX_VMAS];
	int nr;

	/* How a dma-buf is mapped here is nothing to a device that gets its fd. */
	s->readable = true;
	s->writable = true;
	if (s->by_fd)
		return 0;

	nr = vma_list(m->frame, m->length, vmas, MAX_VMAS);
	if (nr < 0)
		return -1;
	for (int i = 0; i < nr; i++) {
		const struct vma *vma = &vmas[i];
		size_t bare = pagemap_first_without_struct_page(vma);

		s->hole |= vma->start > at;
		s->device_mapped |= vma->io || vma->pfnmap;
		if (vma->io || vma->pfnmap)
			s->device_end = vma->end;
		s->pfn_mapped |= vma->pfnmap;
		s->readable &= vma->read;
		s->writable &= vma->write;
		s->locked |= vma->key && pkey_get(vma->key) > 0;
		s->unwritable_shared |= vma->shared && !vma->write;
		s->userfault |= vma->userfault;
		s->mixed |= vma->mixed;
		if (s->bare_from == m->length && bare < vma->end - vma->start)
			s->bare_from = vma->start + bare - (uintptr_t)m->frame;
		if (vma->inode)
			sight_look_at_file(s, m, vma);
		at = vma->end;
	}
	s->hole |= at < end;
	return 0;
}

static int look_at_pages(struct sight *s, const struct device *d, const struct memory *m)
{
	uintptr_t at = (uintptr_t)m->frame, end = at + s->length;
	uintptr_t first = at & ~(PAGE - 1);
	size_t nr = (memory_round_up(end, PAGE) - first) / PAGE, run = 0;
	__u64 *pfns = calloc(nr, sizeof(*pfns));
	size_t moves_from = nr;

	if (!pfns || pagemap_read((void *)first, nr, pfns)) {
		free(pfns);
		return -1;
	}

	s->pfns_known = true;
	s->zones_told = true;
	for (size_t i = 0; i < nr; i++) {
		bool in_cma = cma_contains(pfns[i]);
		bool in_movable = zone_movable_contains(pfns[i]) &&
				  page_is_ram(pfns[i]);

		s->pfns_known &= pfns[i] != PFN_UNKNOWN;
		s->zones_told &= zone_is_known(pfns[i]);
		s->in_cma += in_cma;
		s->in_movable += in_movable;
		if (in_cma || in_movable) {
			__u64 flags = pagemap_flags(pfns[i]);

			s->inserted += page_is_inserted(flags);
			s->moves_huge |= page_is_hugetlb(flags);
		}
		if (moves_from == nr && (in_cma || in_movable))
			moves_from = i;
		if (run == i && pfns[i] != PFN_UNKNOWN &&
		    (!i || pfns[i] == pfns[i - 1] + 1))
			run++;
	}

	/* These are asked for only where a driver has inserted the pages. */
	s->compound = s->device_mapped && s->pfns_known;
	s->swap_backed = s->compound;
	for (size_t i = 0; i < nr && (s->compound || s->swap_backed); i++) {
		__u64 flags = pagemap_flags(pfns[i]);

		s->compound &= page_is_compound(flags);
		s->swap_backed &= page_is_swap_backed(flags);
	}
	if (s->fsdax_file && moves_from * PAGE < s->fsdax_from)
		s->fsdax_from = moves_from * PAGE;
	s->moves_first = first + moves_from * PAGE < s->device_end;
	s->guarded = !s->pfns_known && pagemap_guarded((void *)first, nr);
	if (s->pfns_known)
		sight_look_at_bus(s, d, pfns, nr, at - first);
	free(pfns);

	if (first + run * PAGE >= end)
		s->contiguous = s->length;
	else if (run)
		s->contiguous = first + run * PAGE - at;
	return 0;
}

/**
 * sight_take() - observe
 * @s:	filled in
 * @d:	the device that the memory is for
 * @m:	the memory
 *
 * Return: 0, or -1 if /proc does not show it.
 */
int sight_take(struct sight *s, const struct device *d, const struct memory *m)
{
	/* A dma-buf is mapped for a device as a whole. */
	size_t length = m->kind->by_fd ? m->size : m->length;
	size_t align = dma_alignment();

	*s = (struct sight) {
		.by_fd = m->kind->by_fd,
		.udmabuf = m->kind->by_fd && is_exported_by(m->dmabuf, "udmabuf"),
		.by_cpu = d->scattered && !d->translated,
		.stuck = m->kind->migration_may_fail,
		.unanswered = m->kind->blocks_in_fault,
		.length = length,
		.bare_from = length,
		.fsdax_from = length,
		.too_short = m->queued_length < d->pix.sizeimage,
		.wraps = (uintptr_t)m->frame + m->queued_length < (uintptr_t)m->frame,
		.aligned = !((uintptr_t)m->frame % align) && !(m->length % align),
		.scattered_fits = d->scattered,
	};
	return look_at_vmas(s, m) || look_at_pages(s, d, m) ? -1 : 0;
}

/**
 * sight_misplaced() - pages that somebody keeps where they must not stay
 * @s:	what was observed while they are kept
 *
 * What the driver behind a dma-buf has allocated in CMA it may keep there: that is
 * what CMA is for.
 *
 * Return: how many.
 */
size_t sight_misplaced(const struct sight *s)
{
	size_t all = s->in_cma + s->in_movable;

	return s->by_fd ? all - s->inserted : all;
}
