// SPDX-License-Identifier: GPL-2.0-only
/*
 * places.c - scenarios: where in a page metadata lie
 */
#include <endian.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "common/page.h"
#include "common/vipin-node.h"
#include "node.h"

/* Buffers that are queued at the same time. */
#define BUFFERS		32

/* Give one place to the node. It must write the metadata there, and no other byte, or refuse it. */
static enum outcome try_place(struct node *n, const struct layout *l, unsigned char *start)
{
	bool fits = n->translated || layout_is_contiguous(start, n->length);
	size_t offset = (uintptr_t)start % PAGE;
	bool aligned = offset % n->alignment == 0;
	enum outcome outcome;

	if (!aligned)
		outcome = node_refuses(n, start, n->length, EINVAL, " reason=misaligned ");
	else if (!fits)
		outcome = node_refuses(n, start, n->length, EFAULT, " reason=not-contiguous ");
	else
		outcome = node_take(n, 0, start);
	if (outcome != RIGHT)
		return outcome;
	if (!aligned || !fits)
		return is_filled(l->base, l->base + l->size) ? RIGHT :
		       ended(n, WRONG, "at 0x%03zx: written, although it was refused", offset);
	if (!is_filled(start - PAGE, start) ||
	    !is_filled(start + META_SIZE, start + META_SIZE + PAGE))
		return ended(n, WRONG, "at 0x%03zx: bytes beside it have changed", offset);
	memset(start, FILL, META_SIZE);
	return RIGHT;
}

/*
 * Is a place tried? Each refusal takes long to check, so those next to aligned places and in the
 * first cache line stand for all misaligned ones.
 */
static bool is_tried(const struct node *n, size_t offset)
{
	size_t beyond = offset % n->alignment;

	return beyond <= 1 || beyond == n->alignment - 1 || offset < n->alignment;
}

/* Move metadata over all bytes of a page, and over its end. */
static enum outcome everywhere(struct node *n, enum arrangement pages)
{
	enum outcome outcome = RIGHT;
	struct layout l;

	if (layout_map(&l, pages, n->path, n->why, sizeof(n->why)))
		return SKIPPED;
	if (!node_begin(n, V4L2_MEMORY_USERPTR, 1))
		outcome = cannot(n);
	for (size_t offset = 0; offset <= PAGE && outcome == RIGHT; offset++)
		if (is_tried(n, offset))
			outcome = try_place(n, &l, l.base + PAGE + offset);
	if (outcome == RIGHT && !is_filled(l.base, l.base + l.size))
		outcome = ended(n, WRONG, "a byte far from the metadata has changed");
	node_end(n);
	layout_unmap(&l);
	return outcome;
}

static enum outcome run_offsets(struct node *n)
{
	return everywhere(n, NEIGHBOURS);
}

static enum outcome run_offsets_scattered(struct node *n)
{
	return everywhere(n, SCATTERED);
}

/* Queue one buffer after the other without a gap, in another order than that of their indices. */
static enum outcome queue_all(struct node *n, unsigned char *page, unsigned int turn)
{
	for (unsigned int i = 0; i < BUFFERS; i++) {
		unsigned int index = (5 * i + turn) % BUFFERS;
		int err = node_queue(n, index, page + index * n->length);

		if (err)
			return ended(n, WRONG, "buffer %u: %s", index, strerror(-err));
	}
	return RIGHT;
}

static enum outcome dequeue_all(struct node *n, unsigned char *page)
{
	for (unsigned int i = 0; i < BUFFERS; i++) {
		int err = node_dequeue(n);

		if (err)
			return ended(n, WRONG, "buffer %u of %u: %s", i, BUFFERS, strerror(-err));
		if (!node_arrived(n, page + n->done.index * n->length))
			return WRONG;
	}
	/* The metadata of the last buffers must not have damaged those of the first ones. */
	for (unsigned int i = 0; i < BUFFERS; i++) {
		const struct vipin_metadata *meta = (void *)(page + i * n->length);

		if (le32toh(meta->magic) != VIPIN_METADATA_MAGIC)
			return ended(n, WRONG, "the metadata of buffer %u are overwritten", i);
	}
	return is_filled(page + BUFFERS * n->length, page + PAGE) ? RIGHT :
	       ended(n, WRONG, "bytes after the last buffer have changed");
}

static enum outcome run_one_page(struct node *n)
{
	unsigned char *page = page_map(NULL);
	enum outcome outcome = RIGHT;

	if (BUFFERS * n->length > PAGE)
		return ended(n, SKIPPED, "%u buffers of %zu bytes do not fit into a page", BUFFERS,
			     n->length);
	if (!page || !node_begin(n, V4L2_MEMORY_USERPTR, BUFFERS))
		return cannot(n);
	for (unsigned int turn = 0; turn < 3 && outcome == RIGHT; turn++) {
		outcome = queue_all(n, page, turn);
		if (outcome == RIGHT)
			outcome = dequeue_all(n, page);
		/* Each buffer keeps a pin of its own. */
		if (outcome == RIGHT)
			outcome = node_expect_pinned(n, BUFFERS);
	}
	node_end(n);
	return outcome == RIGHT ? node_expect_pinned(n, 0) : outcome;
}

/* A buffer over the end of a page has two pins. */
static enum outcome run_two_pages(struct node *n)
{
	struct layout l;
	enum outcome outcome;
	unsigned char *start;

	if (n->alignment > 1)
		return ended(n, SKIPPED, "a buffer of %zu bytes, aligned to %zu, is in one page",
			     n->length, n->alignment);
	if (layout_map(&l, SCATTERED, n->path, n->why, sizeof(n->why)))
		return SKIPPED;
	start = l.base + 2 * PAGE - META_SIZE / 2;
	if (!node_begin(n, V4L2_MEMORY_USERPTR, 1))
		outcome = cannot(n);
	else if (n->translated)
		outcome = node_take(n, 0, start);
	else
		outcome = node_refuses(n, start, n->length, EFAULT,
				       " reason=not-contiguous by=contiguity");
	if (outcome == RIGHT)
		outcome = node_expect_pinned(n, n->translated ? 2 : 0);
	node_end(n);
	layout_unmap(&l);
	return outcome;
}

/* What shares a cache line with a buffer, and is written after the buffer was prepared. */
static enum outcome run_shared_line(struct node *n)
{
	long line = vipin_node_setting(n->path, "cache_line");
	unsigned char *page = page_map(NULL), *start;
	int err;

	if (n->alignment > 1)
		return ended(n, SKIPPED, "no buffer shares a line: they are aligned to %zu bytes",
			     n->alignment);
	if (!page || !node_begin(n, V4L2_MEMORY_USERPTR, 1))
		return cannot(n);
	/* The buffer begins 8 bytes after the start of a line, of up to 128 bytes. */
	start = page + 1024 + 8;
	err = node_call(n, VIDIOC_PREPARE_BUF, 0, start, n->length);
	start[-1] = 1;
	start[-9] = 2;
	start[128] = 3;
	err = err ?: node_queue(n, 0, start) ?: node_dequeue(n);
	if (err)
		return ended(n, WRONG, "%s", strerror(-err));
	if (!node_arrived(n, start))
		return WRONG;
	if (start[-9] != 2 || start[128] != 3)
		return ended(n, WRONG, "a byte in another cache line is lost");
	if (start[-1] != (line > 0 ? FILL : 1))
		return ended(n, WRONG, line > 0 ? "the byte before the buffer is not lost" :
						  "the byte before the buffer is lost");
	return RIGHT;
}

const struct scenario scenarios_places[] = {
	{
		.name = "offsets", .run = run_offsets,
		.sentence = "metadata arrive at every byte of a page, and change none beside them",
	}, {
		.name = "offsets-scattered", .run = run_offsets_scattered,
		.sentence = "where pages are not neighbours, only an IOMMU lets metadata cross",
	}, {
		.name = "one-page", .run = run_one_page,
		.sentence = "buffers without a gap get their own metadata, and pins of one page",
	}, {
		.name = "two-pages", .run = run_two_pages,
		.sentence = "a buffer in two pages pins both, or is refused with the reason",
	}, {
		.name = "shared-line", .run = run_shared_line,
		.sentence = "a byte beside the buffer is lost only in a cache that is not coherent",
	}, { }
};
