// SPDX-License-Identifier: GPL-2.0-only
/*
 * variant.c - size of a frame, and its place in the memory
 */
#include <stdio.h>

#include "frame.h"
#include "variant.h"

/* An offset in a page, as v4l2-compliance uses it: 8 bytes before the end of a page of 4 KiB. */
#define ODD_START	0xff8

/* Variants of one size follow each other, because setting a format takes time. */
const struct variant variants[] = {
	{
		.suffix = "", .frames = 8,
		.sentence = "a frame at the start of the memory",
	}, {
		.suffix = "@0xff8", .offset = ODD_START, .frames = 3,
		.sentence = "the same, starting in the middle of a cache line",
	}, {
		.suffix = ":page", .one_page = true, .frames = 3,
		.sentence = "a frame of one page, in one page: always contiguous",
	}, {
		.suffix = ":page@0xff8", .one_page = true, .offset = ODD_START, .frames = 3,
		.sentence = "a frame of one page, across two pages",
	}, {
		.suffix = ":past", .one_page = true, .past = true, .frames = 3,
		.sentence = "a frame of one page; all of it is contiguous except the last byte",
	}, { }
};

/**
 * variant_size() - get the size and format of a variant's frames
 * @v:		the variant
 * @chosen:	the size and format that the user chose
 *
 * Return: the size and format to set.
 */
struct frame_size variant_size(const struct variant *v, const struct frame_size *chosen)
{
	if (!v->one_page)
		return *chosen;
	return (struct frame_size) { page_side(), page_side(), V4L2_PIX_FMT_GREY };
}

/**
 * variant_suits() - check whether a variant makes sense with a kind of memory
 * @v:		the variant
 * @kind:	the kind of memory
 *
 * The frame in a dma-buf starts at the start of the dma-buf. Which part of memory is
 * contiguous is known only after the memory was touched. If one page is kept from being
 * migrated, a smaller frame may not contain that page.
 *
 * Return: true if it does.
 */
bool variant_suits(const struct variant *v, const struct memory_kind *kind)
{
	if (kind->by_fd)
		return !v->offset && !v->past;
	if (kind->migration_may_fail)
		return !*v->suffix;
	return !v->past || !(kind->untouched || kind->not_ours);
}

/* Count the bytes from the start of the frame that are contiguous in memory. */
static size_t contiguous(const struct memory *m)
{
	const unsigned char *at = m->frame;
	__u64 pfns[2];

	if ((uintptr_t)at % PAGE || pagemap_read(at, 1, pfns) || pfns[0] == PFN_UNKNOWN)
		return 0;
	while (at + 2 * PAGE <= m->base + m->size && !pagemap_read(at, 2, pfns) &&
	       pfns[1] == pfns[0] + 1)
		at += PAGE;
	return at + PAGE - m->frame;
}

static int no_place(struct memory *m, const char *why)
{
	snprintf(m->why, sizeof(m->why), "%s", why);
	return -1;
}

static int place_past(struct memory *m, const struct device *d)
{
	unsigned char *start = m->frame - (uintptr_t)m->frame % PAGE;
	size_t run;

	if (m->queued_length != m->length)
		return no_place(m, "the length given to the device is not that of the frame");
	m->frame = start;
	frame_fill(m);
	run = contiguous(m);
	if (!run)
		return no_place(m, "the kernel does not show its page frame numbers");
	if (start + run + PAGE > m->base + m->size)
		return no_place(m, "all of it is contiguous");
	m->length = d->pix.sizeimage;
	m->queued_length = m->length;
	m->frame = start + run + 1 - m->length;
	return 0;
}

/* Queue as many bytes as the device requires, unless the kind gives the device a wrong length. */
static void align_length(struct memory *m, const struct device *d)
{
	if (m->queued_length == m->length)
		m->queued_length = memory_round_up(m->length, d->alignment);
}

static void place_at_offset(struct memory *m, const struct variant *v, size_t length)
{
	/* A kind may give the device a wrong length: keep the difference. */
	if (m->queued_length)
		m->queued_length -= m->length - length;
	m->length = length;
	if ((uintptr_t)m->frame % PAGE < v->offset)
		m->frame += v->offset - (uintptr_t)m->frame % PAGE;
}

/**
 * variant_map() - map memory, and place a frame in it
 * @m:		filled in
 * @v:		the variant
 * @kind:	the kind of memory
 * @d:		the device that it is for, with its format set
 *
 * Return: 0, or -1 with @m->why set, and nothing left mapped.
 */
int variant_map(struct memory *m, const struct variant *v,
		const struct memory_kind *kind, const struct device *d)
{
	size_t length = d->pix.sizeimage;

	if (memory_map(m, kind, d->path, length + v->offset + (v->past ? PAGE : 0)))
		return -1;
	if (v->past && place_past(m, d)) {
		memory_unmap(m);
		return -1;
	}
	if (v->offset)
		place_at_offset(m, v, length);
	align_length(m, d);
	return 0;
}
