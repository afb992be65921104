// SPDX-License-Identifier: GPL-2.0-only
/*
 * copy.c - scenarios: what is copied
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "common/page.h"
#include "common/pins.h"
#include "common/video-node.h"
#include "pair.h"

#define FRAMES	20

static enum outcome run_pointers(struct pair *p)
{
	void *from = page_map(p, NULL), *to = page_map(p, NULL);
	long held = pins_count(-1);
	enum outcome outcome;

	if (!from || !to || !pair_begin(p))
		return cannot(p);
	for (unsigned int i = 0; i < FRAMES; i++) {
		outcome = pair_copy(p, from, to, i);
		if (outcome != RIGHT)
			return outcome;
		if (p->done.sequence != i)
			return ended(p, WRONG, "buffer %u has sequence number %u", i,
				     p->done.sequence);
	}
	return pair_expect_pinned(p, held, 2);
}

/* Use all buffers, and queue all of one side before the other side. */
static enum outcome in_order(struct pair *p, enum direction first)
{
	void *from[BUFFERS], *to[BUFFERS];
	int err = 0;

	if (!pages_map(p, from) || !pages_map(p, to) || !pair_begin(p))
		return cannot(p);
	for (unsigned int side = 0; side < 2; side++)
		for (unsigned int i = 0; i < BUFFERS && !err; i++)
			err = (side == 0) == (first == OUT) ?
			      pair_queue_stamped(p, i, from[i], i) : pair_queue(p, CAP, i, to[i]);
	for (unsigned int i = 0; i < BUFFERS && !err; i++) {
		err = pair_dequeue(p, CAP);
		if (!err && (p->done.index != i || !pair_arrived(p, to[i], i)))
			return WRONG;
	}
	if (err)
		return ended(p, WRONG, "%s", strerror(-err));
	return pair_expect_counted(p, 2 * BUFFERS);
}

static enum outcome run_output_first(struct pair *p)
{
	return in_order(p, OUT);
}

static enum outcome run_capture_first(struct pair *p)
{
	return in_order(p, CAP);
}

/* One side has MMAP buffers. Only the other side is pinned. */
static enum outcome with_mmap(struct pair *p, bool out, bool cap)
{
	void *from = page_map(p, NULL), *to = page_map(p, NULL);
	unsigned char *seen = to;
	void *mapped;
	int err;

	if (!from || !to)
		return cannot(p);
	if (!pair_request(p, OUT, out ? V4L2_MEMORY_MMAP : V4L2_MEMORY_USERPTR))
		return cannot(p);
	if (!pair_request(p, CAP, cap ? V4L2_MEMORY_MMAP : V4L2_MEMORY_USERPTR))
		return cannot(p);
	if (!pair_stream(p, OUT, true) || !pair_stream(p, CAP, true))
		return cannot(p);
	memset(from, 0x5a, p->page);
	if (out) {
		mapped = pair_map(p, OUT);
		if (mapped == MAP_FAILED)
			return cannot(p);
		memcpy(mapped, from, p->page);
		munmap(mapped, p->page);
	}
	mapped = cap ? pair_map(p, CAP) : MAP_FAILED;
	if (cap && mapped == MAP_FAILED)
		return cannot(p);
	err = pair_queue(p, OUT, 0, out ? NULL : from) ?: pair_queue(p, CAP, 0, cap ? NULL : to) ?:
	      pair_dequeue(p, CAP);
	if (err)
		return ended(p, WRONG, "%s", strerror(-err));
	if (cap) {
		memcpy(to, mapped, p->page);
		munmap(mapped, p->page);
	}
	for (size_t i = 0; i < p->page; i++)
		if (seen[i] != 0x5a)
			return ended(p, WRONG, "byte %zu is %#x", i, seen[i]);
	return pair_expect_counted(p, !out + !cap);
}

static enum outcome run_from_mmap(struct pair *p)
{
	return with_mmap(p, true, false);
}

static enum outcome run_to_mmap(struct pair *p)
{
	return with_mmap(p, false, true);
}

static enum outcome run_mmap(struct pair *p)
{
	return with_mmap(p, true, true);
}

static enum outcome run_two_files(struct pair *p)
{
	struct pair other = { .path = p->path };
	void *from = page_map(p, NULL), *to = page_map(p, NULL);
	void *other_from = page_map(p, NULL), *other_to = page_map(p, NULL);
	enum outcome outcome = RIGHT;
	unsigned int bytes;

	if (!pair_open(&other))
		return cannot(p);
	/* The other file has frames of half a page. */
	if (!pair_set_format(&other, OUT, page_side(), page_side() / 2, &bytes))
		return cannot(p);
	other.page = bytes;
	if (!from || !to || !other_from || !other_to)
		return cannot(p);
	if (!pair_begin(p) || !pair_begin(&other))
		return cannot(p);
	for (unsigned int i = 0; i < FRAMES && outcome == RIGHT; i++) {
		outcome = pair_copy(p, from, to, i);
		if (outcome == RIGHT && pair_copy(&other, other_from, other_to, i + 1) != RIGHT)
			outcome = ended(p, WRONG, "the other file: %s", other.why);
	}
	if (outcome == RIGHT)
		outcome = pair_expect_counted(p, 4);
	pair_close(&other);
	if (outcome == RIGHT && pair_pinned(p) != 2)
		outcome = ended(p, WRONG, "after close of the other file, %ld pages are counted",
				pair_pinned(p));
	return outcome;
}

static enum outcome run_format(struct pair *p)
{
	unsigned int bytes;

	if (!pair_set_format(p, OUT, 32, 32, &bytes))
		return cannot(p);
	/* Setting the format of one queue sets that of the other one. */
	if (!pair_request(p, CAP, V4L2_MEMORY_USERPTR))
		return cannot(p);
	if (!pair_set_format(p, OUT, 64, 64, &bytes) || bytes != 32 * 32)
		return ended(p, WRONG, "the output queue has another format: %u bytes", bytes);
	if (pair_set_format(p, CAP, 64, 64, &bytes) || errno != EBUSY)
		return ended(p, WRONG, "a queue with buffers gets another format");
	return RIGHT;
}

/* A control of the node cannot change while any file has buffers. */
static enum outcome run_policy(struct pair *p)
{
	struct pair other = { .path = p->path };
	int err;

	if (!pair_open(&other))
		return cannot(p);
	if (!pair_request(&other, OUT, V4L2_MEMORY_USERPTR))
		return cannot(p);
	err = video_node_set_control(p->fd, VIPIN_CID_POLICY, VIPIN_POLICY_KERNEL);
	pair_close(&other);
	if (err != -EBUSY)
		return ended(p, WRONG, "while another file has buffers: %s", strerror(-err));
	err = video_node_set_control(p->fd, VIPIN_CID_POLICY, VIPIN_POLICY_KERNEL);
	video_node_set_control(p->fd, VIPIN_CID_POLICY, VIPIN_POLICY_STRICT);
	return err ? ended(p, WRONG, "after it was closed: %s", strerror(-err)) : RIGHT;
}

static enum outcome run_fault(struct pair *p)
{
	void *from = page_map(p, NULL), *to = page_map(p, NULL);
	int err;

	if (!from || !to || !pair_begin(p))
		return cannot(p);
	if (video_node_set_control(p->fd, VIPIN_CID_INJECT_DMA_FAULT, 1))
		return cannot(p);
	err = pair_queue_stamped(p, 0, from, 0) ?: pair_queue(p, CAP, 0, to) ?:
	      pair_dequeue(p, OUT);
	if (err || !(p->done.flags & V4L2_BUF_FLAG_ERROR))
		return ended(p, WRONG, "the output buffer has no error flag");
	err = pair_dequeue(p, CAP);
	if (err || !(p->done.flags & V4L2_BUF_FLAG_ERROR))
		return ended(p, WRONG, "the capture buffer has no error flag");
	return pair_copy(p, from, to, 1);
}

const struct scenario scenarios_copy[] = {
	{
		.name = "pointers", .run = run_pointers,
		.sentence = "a frame and its time stamp arrive; a page is pinned in each direction",
	}, {
		.name = "output-first", .run = run_output_first,
		.sentence = "output buffers wait for capture buffers, and keep their order",
	}, {
		.name = "capture-first", .run = run_capture_first,
		.sentence = "capture buffers wait for output buffers, and keep their order",
	}, {
		.name = "from-mmap", .run = run_from_mmap,
		.sentence = "only the capture pointer is pinned",
	}, {
		.name = "to-mmap", .run = run_to_mmap,
		.sentence = "only the output pointer is pinned",
	}, {
		.name = "mmap", .run = run_mmap,
		.sentence = "the buffers of both queues can be mapped; nothing is pinned",
	}, {
		.name = "two-files", .run = run_two_files,
		.sentence = "each open file has its own format, buffers and pins",
	}, {
		.name = "format", .run = run_format,
		.sentence = "both queues have the same format",
	}, {
		.name = "policy", .run = run_policy,
		.sentence = "the policy is constant while any open file has buffers",
	}, {
		.name = "fault", .run = run_fault,
		.sentence = "a DMA fault is reported for both buffers, and the next frame arrives",
	}, { }
};
