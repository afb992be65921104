// SPDX-License-Identifier: GPL-2.0-only
/*
 * frame.c - what lies in the memory, seen through its own mapping
 */
#include <stdio.h>
#include <string.h>

#include "frame.h"

#define MAX_VMAS	16

/**
 * frame_fill() - fill the frame and the guard bytes around it
 * @m:	the memory; where it may not be written, its provider filled it
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
 * frame_read() - read of each page of the frame, so that it is mapped
 * @m:	the memory; all of it may be read
 */
void frame_read(const struct memory *m)
{
	unsigned char sum = 0;

	memory_begin_access(m);
	for (size_t i = 0; i < m->length; i += PAGE)
		sum ^= m->frame[i];
	sum ^= m->frame[m->length - 1];
	__asm__ volatile("" : : "r" (sum));	/* it is read for itself */
	memory_end_access(m);
}

/**
 * frame_may_be_cleared() - whether the process may write all of the frame
 * @m:	the memory
 *
 * Return: false where only the device may: a kernel that forces its writes lets it.
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
 * frame_clear() - fill the frame again, and no guard bytes
 * @m:	the memory; frame_may_be_cleared() says that it can be written
 *
 * Pictures repeat: without this, a byte that did not arrive might be the one that
 * the frame before has left there.
 */
void frame_clear(const struct memory *m)
{
	memory_begin_access(m);
	memset(m->frame, m->fill, m->length);
	memory_end_access(m);
}

/* The first byte from @at to @end that is not @fill any more, or @end. */
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

/* The first byte from @from to @to that lost its fill, as far as it is mapped. */
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

/* Whether all keeps its fill but what is between @gap and @behind. */
static bool keeps_fill(const struct memory *m, const unsigned char *gap,
		       const unsigned char *behind, const char *what, char *why,
		       size_t size)
{
	uintptr_t base = (uintptr_t)m->base;
	struct vma vmas[MAX_VMAS];
	int nr = vma_outline(m->base, m->size, vmas, MAX_VMAS);
	const unsigned char *at;

	memory_begin_access(m);
	at = first_written(m, base, (uintptr_t)gap, vmas, nr);
	if (!at)
		at = first_written(m, (uintptr_t)behind, base + m->size, vmas, nr);
	if (at)
		snprintf(why, size, "%s, at frame%+td: %#x instead of %#x", what,
			 at - m->frame, *at, m->fill);
	memory_end_access(m);
	return !at;
}

/**
 * frame_guards_intact() - nothing was written before and behind the frame
 * @m:		the memory
 * @why:	filled in if something was: where
 * @size:	room in @why
 *
 * Return: whether that is so.
 */
bool frame_guards_intact(const struct memory *m, char *why, size_t size)
{
	return keeps_fill(m, m->frame, m->frame + m->length,
			  "written beside the frame", why, size);
}

/**
 * frame_arrived() - something else than the fill is there
 * @m:		the memory
 * @size:	how much of the frame to look at, in bytes
 *
 * Return: whether that is so.
 */
bool frame_arrived(const struct memory *m, size_t size)
{
	const unsigned char *end = m->frame + size;

	return first_other(m->fill, m->frame, end) != end;
}

/**
 * frame_untouched() - nothing was written at all
 * @m:		the memory
 * @why:	filled in if something was: where
 * @size:	room in @why
 *
 * Return: whether that is so.
 */
bool frame_untouched(const struct memory *m, char *why, size_t size)
{
	return keeps_fill(m, m->base, m->base, "written though refused", why, size);
}
