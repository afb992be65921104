// SPDX-License-Identifier: GPL-2.0-only
/*
 * alignment - does each byte of a frame arrive, and no byte beside it, wherever the frame starts
 * and ends?
 *
 * Each scenario moves small frames over the boundary of a page or of a huge page, in steps of
 * eight bytes or of one. The memory before and after a frame is checked each time. On an
 * architecture whose DMA has an alignment, frames without it must be refused.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/macros.h"
#include "common/page.h"
#include "layout.h"
#include "node.h"
#include "scenario-options.h"
#include "time-limit.h"

/* Frames end up to this number of bytes before and after the boundary. */
#define NEAR		64

static const char usage[] =
"Usage: alignment -d DEVICE [SCENARIO]...\n"
"Hand small frames at many addresses to a vipin device, and check that all bytes of\n"
"each frame arrive and no byte beside it changes.\n"
"Runs all scenarios, or the named ones. Root only.\n"
"\n"
"  -d, --device DEVICE  a vipin node, capture or output, with the single-planar API\n"
"  -l, --list           list the scenarios and what each proves\n"
"  -h, --help           print this text\n"
"\n"
"Prints a line for each: \"right\", \"wrong\" or \"skipped\", the scenario's name, and how many\n"
"frames were accepted and refused, or why.\n"
"Exit status: 0 none is wrong, 1 some are wrong, 2 could not run, 4 all were skipped.\n";

static bool whole_frame(struct node *n, const struct layout *l, unsigned char *start)
{
	const struct place at = { start, n->frame, n->frame };

	return node_try(n, l, &at);
}

/* A frame of one page crosses a page boundary everywhere but at one offset. */
static bool offsets(struct node *n, const struct layout *l)
{
	size_t offset;

	if (!node_set_lines(n, page_side(), page_side()))
		return false;
	for (offset = 0; offset <= PAGE; offset += 8)
		if (!whole_frame(n, l, l->base + PAGE + offset))
			return false;
	return true;
}

/* A frame of 256 bytes crosses a page boundary at few offsets. */
static bool small_offsets(struct node *n, const struct layout *l)
{
	size_t offset;

	if (!node_set_lines(n, 16, 16))
		return false;
	for (offset = 0; offset <= PAGE; offset += 8)
		if (!whole_frame(n, l, l->base + PAGE + offset))
			return false;
	return true;
}

/* Find a format of @bytes: an even number of lines, both at least 16. Return 0 if there is none. */
static unsigned int lines_of(size_t bytes)
{
	unsigned int lines;

	for (lines = 16; lines * 16 <= bytes; lines += 2)
		if (bytes % lines == 0)
			return lines;
	return 0;
}

/* Each length that a frame near the size of a page can have, at the edges of a page. */
static bool lengths(struct node *n, const struct layout *l)
{
	unsigned char *page = l->base + 3 * PAGE;
	size_t bytes, i;

	for (bytes = PAGE - NEAR; bytes <= PAGE + NEAR; bytes++) {
		unsigned char *starts[] = {
			page, page + 8, page - 8, page - bytes, page + 8 - bytes, page - 8 - bytes,
		};
		unsigned int lines = lines_of(bytes);

		if (!lines)
			continue;
		if (!node_set_lines(n, lines, bytes / lines))
			return false;
		for (i = 0; i < ARRAY_SIZE(starts); i++)
			if (!whole_frame(n, l, starts[i]))
				return false;
	}
	return true;
}

/* The device reads only the used bytes of a buffer. */
static bool payloads(struct node *n, const struct layout *l)
{
	size_t bytes;

	if (!node_set_lines(n, 2 * page_side(), page_side()))
		return false;
	for (bytes = PAGE - NEAR; bytes <= PAGE + NEAR; bytes++) {
		const struct place aligned = { l->base + PAGE, n->frame, bytes };
		const struct place across = { l->base + 2 * PAGE - 8, n->frame, bytes };

		if (!node_try(n, l, &aligned) || !node_try(n, l, &across))
			return false;
	}
	return true;
}

/* The frame is the start of a buffer that is longer. */
static bool longer_buffers(struct node *n, const struct layout *l)
{
	size_t more;

	if (!node_set_lines(n, page_side(), page_side()))
		return false;
	for (more = 0; more <= PAGE + NEAR; more += more < NEAR || more >= PAGE - NEAR ? 1 : NEAR) {
		const struct place aligned = { l->base + PAGE, n->frame + more, n->frame };
		const struct place across = { l->base + 2 * PAGE - 8, n->frame + more, n->frame };

		if (!node_try(n, l, &aligned) || !node_try(n, l, &across))
			return false;
	}
	return true;
}

/* Move a frame of one page from the first huge page into the second one. */
static bool huge_pages(struct node *n, const struct layout *l)
{
	const size_t end = PAGE + 2 * NEAR;
	size_t at;

	if (!node_set_lines(n, page_side(), page_side()))
		return false;
	for (at = 0; at <= end; at += at < 2 * NEAR || at >= end - 2 * NEAR ? 1 : 8)
		if (!whole_frame(n, l, l->boundary - PAGE - NEAR + at))
			return false;
	return true;
}

static const struct scenario {
	const char *name;
	const char *sentence;
	enum arrangement memory;
	bool (*run)(struct node *n, const struct layout *l);
	bool only_output;
} scenarios[] = {
	{
		.name = "offsets",
		.sentence = "a frame of one page may start at every aligned byte of a page",
		.memory = NEIGHBOURS, .run = offsets,
	}, {
		.name = "offsets-scattered",
		.sentence = "the same in scattered pages: contiguous only where it fits into one",
		.memory = SCATTERED, .run = offsets,
	}, {
		.name = "small-offsets-scattered",
		.sentence = "a frame of 256 bytes is refused only where it crosses scattered pages",
		.memory = SCATTERED, .run = small_offsets,
	}, {
		.name = "lengths",
		.sentence = "a frame may have any aligned length near a page, and end at its edges",
		.memory = NEIGHBOURS, .run = lengths,
	}, {
		.name = "lengths-scattered",
		.sentence = "the same in scattered pages",
		.memory = SCATTERED, .run = lengths,
	}, {
		.name = "payloads",
		.sentence = "an output device reads the used bytes, whatever their number",
		.memory = NEIGHBOURS, .run = payloads, .only_output = true,
	}, {
		.name = "longer-buffers",
		.sentence = "a buffer may be longer than its frame, and its rest stays as it is",
		.memory = NEIGHBOURS, .run = longer_buffers,
	}, {
		.name = "longer-buffers-scattered",
		.sentence = "the same in scattered pages: all of the buffer has to be contiguous",
		.memory = SCATTERED, .run = longer_buffers,
	}, {
		.name = "huge-pages",
		.sentence = "a frame may cross from a huge page into its neighbour in RAM",
		.memory = NEIGHBOURS, .run = huge_pages,
	}, {
		.name = "huge-pages-apart",
		.sentence = "a frame is refused if it lies in two huge pages that are apart",
		.memory = APART, .run = huge_pages,
	}, { }
};

static const char *name_at(unsigned int n, const char **sentence)
{
	*sentence = scenarios[n].sentence;
	return scenarios[n].name;
}

/* Check what the scenario does not know of each frame. */
static bool all_is_right(struct node *n, const struct scenario *scenario, const struct layout *l)
{
	bool may_refuse = scenario->memory != NEIGHBOURS && !n->translated;

	if (!memory_is_filled(l->base, l->size, FILL))
		snprintf(n->why, sizeof(n->why), "a byte far from the frames has changed");
	else if (!n->accepted || (n->refused && !may_refuse))
		snprintf(n->why, sizeof(n->why), "unlikely: %lu frames accepted, %lu refused",
			 n->accepted, n->refused);
	else
		return true;
	return false;
}

static enum outcome run(unsigned int index, void *context)
{
	const struct scenario *scenario = &scenarios[index];
	enum outcome outcome = WRONG;
	struct node *n = context;
	struct layout l;

	*n->why = 0;
	n->accepted = 0;
	n->refused = 0;
	if (scenario->only_output && !n->output)
		return ended(n, SKIPPED, "a capture device sets the payload itself");
	if (layout_map(&l, scenario->memory, n->path, n->why, sizeof(n->why)))
		return SKIPPED;
	alarm(TIME_LIMIT);
	if (node_find_alignment(n) && scenario->run(n, &l) && all_is_right(n, scenario, &l))
		outcome = RIGHT;
	alarm(0);
	node_stop(n);
	layout_unmap(&l);
	if (outcome == RIGHT)
		snprintf(n->why, sizeof(n->why), "%lu frames accepted, %lu refused", n->accepted,
			 n->refused);
	return outcome;
}

int main(int argc, char **argv)
{
	struct scenario_options options = { .usage = usage, .name = name_at };
	enum outcome all;
	struct node n;

	scenario_options_parse(&options, argc, argv);
	node_open(&n, options.device);
	all = scenario_run_chosen(&options, run, &n, n.why);
	node_close(&n);
	return all;
}
