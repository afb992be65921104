// SPDX-License-Identifier: GPL-2.0-only
/*
 * variant.c - how large a frame is, and where in its memory it lies
 */
#include "frame.h"
#include "memory/provider.h"
#include "variant.h"

/* A frame of one page: 64 x 64 pixels of a byte each. */
#define ONE_PAGE	.size = { 64, 64, V4L2_PIX_FMT_GREY }, .bytes = PAGE

/* 8 bytes before the end of a page, as v4l2-compliance has it. */
#define ODD_START	0xff8

/* Those of one size follow each other: setting a format takes its time. */
const struct variant variants[] = {
	{
		.suffix = "", .frames = 8,
		.sentence = "a frame, where the memory starts",
	}, {
		.suffix = "@0xff8", .offset = ODD_START, .frames = 3,
		.sentence = "the same, starting 8 bytes before a page's end",
	}, {
		.suffix = ":page", ONE_PAGE, .frames = 3,
		.sentence = "a frame of one page, in one page: contiguous whatever it is",
	}, {
		.suffix = ":page@0xff8", ONE_PAGE, .offset = ODD_START, .frames = 3,
		.sentence = "a frame of one page, in two",
	}, {
		.suffix = ":past", ONE_PAGE, .past = true, .frames = 3,
		.sentence = "a page-sized frame of which all but the last byte is contiguous",
	}, { }
};

/**
 * variant_suits() - whether a variant makes sense with a kind of memory
 * @v:		the variant
 * @kind:	the memory
 *
 * A dma-buf's frame starts where the dma-buf does; where memory is contiguous is
 * not known before it was touched; and what keeps memory from being moved holds a
 * page that a smaller frame might not have.
 *
 * Return: whether it does.
 */
bool variant_suits(const struct variant *v, const struct memory_kind *kind)
{
	if (kind->by_fd)
		return !v->offset && !v->past;
	if (kind->migration_may_fail)
		return !*v->suffix;
	return !v->past || !(kind->untouched || kind->not_ours);
}

/* How much of the memory is contiguous from its frame on. */
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

static int lay_past(struct memory *m, const struct device *d)
{
	unsigned char *start = m->frame - (uintptr_t)m->frame % PAGE;
	size_t run;

	if (m->queued_length != m->length)
		return memory_lacks(m, "its length is not the frame's");
	m->frame = start;
	frame_fill(m);
	run = contiguous(m);
	if (!run)
		return memory_lacks(m, "the kernel shows no page frame number of it");
	if (start + run + PAGE > m->base + m->size)
		return memory_lacks(m, "all of it is contiguous");
	m->length = d->pix.sizeimage;
	m->queued_length = m->length;
	m->frame = start + run + 1 - m->length;
	return 0;
}

/**
 * variant_map() - map memory, and lay a frame into it
 * @m:		filled in
 * @v:		how
 * @kind:	the memory
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
	if (v->past) {
		if (!lay_past(m, d))
			return 0;
		memory_unmap(m);
		return -1;
	}
	if (!v->offset)
		return 0;

	/* A kind may be about the length that it gives: what it lacks, it lacks still. */
	if (m->queued_length)
		m->queued_length -= m->length - length;
	m->length = length;
	if ((uintptr_t)m->frame % PAGE < v->offset)
		m->frame += v->offset - (uintptr_t)m->frame % PAGE;
	return 0;
}
