// SPDX-License-Identifier: GPL-2.0-only
/*
 * facts.c - collect facts about a frame's memory
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "facts.h"
#include "memory/cma-area.h"
#include "memory/zone.h"

#define MAX_VMAS	16

/*
 * Do the pages of the range end after the kernel's last address? A 64-bit kernel converts the
 * pointer of a 32-bit process to 64 bits first (get_v4l2_buffer32() in v4l2-compat-ioctl32.c), so
 * they cannot.
 */
static bool wraps(const struct memory *m)
{
	uintptr_t start = (uintptr_t)m->frame, end = start + m->queued_length;

	return !IS_32_BIT && (end < start || memory_round_up(end, PAGE) < end);
}

/* Documentation/driver-api/dma-buf.rst: "exp_name" in fdinfo */
static bool is_exported_by(int dmabuf, const char *exporter)
{
	char path[40], line[128], name[64];
	bool found = false;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", dmabuf);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "exp_name: %63s", name) == 1)
			found = !strcmp(name, exporter);
	if (file)
		fclose(file);
	return found;
}

static int collect_vmas(struct facts *f, const struct memory *m)
{
	/* The frame may end after the last address of a 32-bit process. */
	__u64 at = (uintptr_t)m->frame, end = at + m->length;
	struct vma vmas[MAX_VMAS];
	int nr;

	/* How this process maps a dma-buf does not matter to a device that gets its fd. */
	f->readable = true;
	f->writable = true;
	if (f->by_fd)
		return 0;

	nr = vma_list(m->frame, m->length, vmas, MAX_VMAS);
	if (nr < 0)
		return -1;
	for (int i = 0; i < nr; i++) {
		const struct vma *vma = &vmas[i];
		size_t no_page = pagemap_first_without_struct_page(vma);

		f->hole |= vma->start > at;
		f->device_mapped |= vma->io || vma->pfnmap;
		if (vma->io || vma->pfnmap)
			f->device_end = vma->end;
		f->pfn_mapped |= vma->pfnmap;
		f->readable &= vma->read;
		f->writable &= vma->write;
		f->pkey_denied |= vma->key && pkey_get(vma->key) > 0;
		f->unwritable_shared |= vma->shared && !vma->write;
		f->userfault |= vma->userfault;
		f->mixed |= vma->mixed;
		if (f->no_struct_page_from == m->length && no_page < vma->end - vma->start)
			f->no_struct_page_from = vma->start + no_page - (uintptr_t)m->frame;
		if (vma->inode)
			facts_collect_file(f, m, vma);
		at = vma->end;
	}
	f->hole |= at < end;
	return 0;
}

static int collect_pages(struct facts *f, const struct device *d, const struct memory *m)
{
	uintptr_t at = (uintptr_t)m->frame, end = at + f->length;
	uintptr_t first = at & ~(PAGE - 1);
	size_t nr = (memory_round_up(end, PAGE) - first) / PAGE, run = 0;
	__u64 *pfns = calloc(nr, sizeof(*pfns));
	size_t moves_from = nr;

	if (!pfns || pagemap_read((void *)first, nr, pfns)) {
		free(pfns);
		return -1;
	}

	f->pfns_known = true;
	f->zones_known = true;
	for (size_t i = 0; i < nr; i++) {
		bool in_cma = cma_contains(pfns[i]);
		bool in_movable = zone_movable_contains(pfns[i]) &&
				  page_is_ram(pfns[i]);

		f->pfns_known &= pfns[i] != PFN_UNKNOWN;
		f->zones_known &= zone_is_known(pfns[i]);
		f->in_cma += in_cma;
		f->in_movable += in_movable;
		if (in_cma || in_movable) {
			__u64 flags = pagemap_flags(pfns[i]);

			f->driver_pages += page_is_drivers(flags);
			f->moves_huge |= page_is_hugetlb(flags);
		}
		if (moves_from == nr && (in_cma || in_movable))
			moves_from = i;
		if (run == i && pfns[i] != PFN_UNKNOWN &&
		    (!i || pfns[i] == pfns[i - 1] + 1))
			run++;
	}

	/* Only quirks about a driver's mapping need these. */
	f->compound = f->device_mapped && f->pfns_known;
	f->swap_backed = f->compound;
	for (size_t i = 0; i < nr && (f->compound || f->swap_backed); i++) {
		__u64 flags = pagemap_flags(pfns[i]);

		f->compound &= page_is_compound(flags);
		f->swap_backed &= page_is_swap_backed(flags);
	}
	if (f->fsdax_file && moves_from * PAGE < f->fsdax_from)
		f->fsdax_from = moves_from * PAGE;
	f->moves_first = first + moves_from * PAGE < f->device_end;
	f->guarded = !f->pfns_known && pagemap_guarded((void *)first, nr);
	if (f->pfns_known)
		facts_collect_bus(f, d, pfns, nr, at - first);
	free(pfns);

	if (first + run * PAGE >= end)
		f->contiguous = f->length;
	else if (run)
		f->contiguous = first + run * PAGE - at;
	return 0;
}

/**
 * facts_collect() - collect the facts about a frame's memory
 * @f:	filled in
 * @d:	the device that the memory is for
 * @m:	the memory
 *
 * Return: 0, or -1 if /proc does not show the memory.
 */
int facts_collect(struct facts *f, const struct device *d, const struct memory *m)
{
	/* The kernel maps the whole dma-buf for a device, not only the frame. */
	size_t length = m->kind->by_fd ? m->size : m->length;

	*f = (struct facts) {
		.direction = d->direction,
		.policy = d->policy,
		.driver_checks = d->policy == VIPIN_POLICY_STRICT && d->checks_vmas,
		.by_fd = m->kind->by_fd,
		.udmabuf_for_cpu = m->kind->by_fd && d->takes_scattered && !d->translated &&
				   is_exported_by(m->dmabuf, "udmabuf"),
		.takes_scattered = d->takes_scattered,
		.migration_may_fail = m->kind->migration_may_fail,
		.blocks_in_fault = m->kind->blocks_in_fault,
		.length = length,
		/* device_queue_dmabuf(): without a length, the frame is all of the dma-buf. */
		.needed = d->content ? m->length : length,
		.no_struct_page_from = length,
		.fsdax_from = length,
		.too_short = m->queued_length < d->pix.sizeimage,
		.over_limit = !m->kind->by_fd &&
			      limit_is_exceeded(d, m->frame, m->queued_length),
		.wraps = wraps(m),
		.misaligned = !m->kind->by_fd &&
			      ((uintptr_t)m->frame | m->queued_length) % d->alignment,
	};
	return collect_vmas(f, m) || collect_pages(f, d, m) ? -1 : 0;
}

/**
 * facts_misplaced() - count pages that are kept where they have to stay movable
 * @f:	facts collected while the pages are kept
 *
 * The exporter of a dma-buf may keep pages that its driver allocated from CMA: that is
 * the purpose of CMA.
 *
 * Return: the number of pages.
 */
size_t facts_misplaced(const struct facts *f)
{
	size_t all = f->in_cma + f->in_movable;

	return f->by_fd ? all - f->driver_pages : all;
}

static bool is_true(const struct facts *f, size_t fact)
{
	return *(const bool *)((const char *)f + fact);
}

/**
 * facts_meet() - check whether facts meet a condition
 * @f:		the facts
 * @condition:	the condition
 *
 * Return: true if all parts of the condition hold.
 */
bool facts_meet(const struct facts *f, const struct condition *condition)
{
	if (condition->direction == ONLY_CAPTURE && f->direction != CAPTURE)
		return false;
	if (condition->direction == ONLY_OUTPUT && f->direction != OUTPUT)
		return false;
	if (condition->if_fact && !is_true(f, condition->if_fact))
		return false;
	if (condition->unless && is_true(f, condition->unless))
		return false;
	return !condition->computed || condition->computed(f);
}
