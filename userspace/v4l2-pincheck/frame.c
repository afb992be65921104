// SPDX-License-Identifier: GPL-2.0-only
/*
 * frame.c - the contents of memory, seen through its own mapping
 */
#include <stdio.h>
#include <string.h>

#include "frame.h"

#define MAX_VMAS	16

/**
 * frame_fill() - fill the frame and the guard bytes around it
 * @m:	the memory; read-only parts were filled by their provider
 */
void frame_fill(const struct memory *m)
{
	struct vma vmas[MAX_VMAS];
	int nr = vma_outline(m->base, m->size, vmas, MAX_VMAS);

	memory_begin_access(m);
	for (int i = 0; i < nr; i++)
		if (vmas[i].write && !m->kind->has_pkey)
			memset((void *)vmas[i].start, m->fill,
			       vmas[i].end - vmas[i].start);
	memory_end_access(m);
}

/**
 * frame_read() - read from each page of the frame, so that the kernel maps it
 * @m:	the memory; all of it may be read
 */
void frame_read(const struct memory *m)
{
	unsigned char sum = 0;

	memory_begin_access(m);
	for (size_t i = 0; i < m->length; i += PAGE)
		sum ^= m->frame[i];
	sum ^= m->frame[m->length - 1];
	__asm__ volatile("" : : "r" (sum));	/* keep the reads */
	memory_end_access(m);
}

/**
 * frame_may_be_cleared() - check whether the process may write all of the frame
 * @m:	the memory
 *
 * A kernel that pins with FOLL_FORCE lets a device write memory that the process may not.
 *
 * Return: true if it may write all of it.
 */
bool frame_may_be_cleared(const struct memory *m)
{
	struct vma vmas[MAX_VMAS];
	int nr = vma_outline(m->frame, m->length, vmas, MAX_VMAS);
	bool may = nr > 0;

	for (int i = 0; i < nr; i++)
		may = may && vmas[i].write;
	return may;
}

/**
 * frame_clear() - fill the frame again, without the guard bytes
 * @m:	the memory; frame_may_be_cleared() is true for it
 *
 * Pictures repeat. Without this, a byte that did not arrive could have the right value from
 * the frame before.
 */
void frame_clear(const struct memory *m)
{
	memory_begin_access(m);
	memset(m->frame, m->fill, m->length);
	memory_end_access(m);
}

/* Find the first byte from @at to @end that is not @fill; @end if there is none. */
static const unsigned char *first_other(unsigned char fill,
					const unsigned char *at,
					const unsigned char *end)
{
	if (at == end)
		return end;
	if (at[0] == fill && !memcmp(at, at + 1, end - at - 1))
		return end;
	while (*at == fill)
		at++;
	return at;
}

/* Find the first byte from @from to @to that is mapped and lost its fill. */
static const unsigned char *first_written(const struct memory *m, uintptr_t from,
					  uintptr_t to, const struct vma *vmas, int nr)
{
	for (int i = 0; i < nr; i++) {
		uintptr_t start = vmas[i].start > from ? vmas[i].start : from;
		uintptr_t end = vmas[i].end < to ? vmas[i].end : to;
		const unsigned char *at;

		if (!vmas[i].read || m->kind->has_pkey || start >= end)
			continue;
		at = first_other(m->fill, (unsigned char *)start, (unsigned char *)end);
		if (at != (unsigned char *)end)
			return at;
	}
	return NULL;
}

/* Check that all bytes keep their fill, except those from @gap to before @after_gap. */
static bool keeps_fill(const struct memory *m, const unsigned char *gap,
		       const unsigned char *after_gap, const char *what, char *why,
		       size_t size)
{
	uintptr_t base = (uintptr_t)m->base;
	struct vma vmas[MAX_VMAS];
	int nr = vma_outline(m->base, m->size, vmas, MAX_VMAS);
	const unsigned char *at;

	memory_begin_access(m);
	at = first_written(m, base, (uintptr_t)gap, vmas, nr);
	if (!at)
		at = first_written(m, (uintptr_t)after_gap, base + m->size, vmas, nr);
	if (at)
		snprintf(why, size, "%s, at frame%+td: %#x instead of %#x", what,
			 at - m->frame, *at, m->fill);
	memory_end_access(m);
	return !at;
}

/**
 * frame_guards_intact() - check that nothing was written before and after the frame
 * @m:		the memory
 * @why:	filled in if something was written: the place
 * @size:	room in @why
 *
 * Return: true if nothing was written.
 */
bool frame_guards_intact(const struct memory *m, char *why, size_t size)
{
	return keeps_fill(m, m->frame, m->frame + m->length,
			  "written outside the frame", why, size);
}

/**
 * frame_arrived() - check that something other than the fill is in the frame
 * @m:		the memory
 * @size:	number of bytes to look at
 *
 * Return: true if at least one byte differs from the fill.
 */
bool frame_arrived(const struct memory *m, size_t size)
{
	const unsigned char *end = m->frame + size;

	return first_other(m->fill, m->frame, end) != end;
}

/**
 * frame_untouched() - check that nothing was written at all
 * @m:		the memory
 * @why:	filled in if something was written: the place
 * @size:	room in @why
 *
 * Return: true if nothing was written.
 */
bool frame_untouched(const struct memory *m, char *why, size_t size)
{
	return keeps_fill(m, m->base, m->base, "written although refused", why, size);
}
