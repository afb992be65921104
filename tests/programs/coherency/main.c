// SPDX-License-Identifier: GPL-2.0-only
/*
 * coherency - do the program and a device that is not coherent see each other's bytes?
 *
 * vipin models a CPU cache with the setting cache_line. A scenario is a buffer and what
 * a program does with it. What must be seen follows from rules.c: in some scenarios the program
 * itself makes a mistake, and must see its consequence.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/video-node.h"
#include "common/vipin-node.h"
#include "scenario-options.h"
#include "time-limit.h"
#include "turns.h"

static const char usage[] =
"Usage: coherency -d DEVICE [SCENARIO]...\n"
"Let a vipin device that is not coherent with the CPU transfer frames, and check what the\n"
"program and the device see. The device is made with cache_line (the module parameter, or the\n"
"attribute in configfs), or a device tree describes it as not coherent. Then scenarios in which\n"
"old bytes are seen need a machine with caches.\n"
"Runs all scenarios, or the named ones.\n"
"\n"
"  -d, --device DEVICE  a vipin node, capture or output, with the single-planar API\n"
"  -l, --list           list the scenarios and what each proves\n"
"  -h, --help           print this text\n"
"\n"
"Prints a line for each: \"right\", \"wrong\" or \"skipped\", the scenario's name, and why.\n"
"Exit status: 0 none is wrong, 1 some are wrong, 2 could not run, 4 all were skipped.\n";

#define NO_HINTS	(V4L2_BUF_FLAG_NO_CACHE_CLEAN | V4L2_BUF_FLAG_NO_CACHE_INVALIDATE)

static const struct scenario scenarios[] = {
	{
		.name = "capture-userptr",
		.sentence = "a frame arrives at a user pointer, and no byte beside it is lost",
		.memory = V4L2_MEMORY_USERPTR,
	}, {
		.name = "capture-userptr-written",
		.sentence = "what the program writes while the device owns the buffer is lost",
		.memory = V4L2_MEMORY_USERPTR, .writes = true,
	}, {
		.name = "capture-userptr-hints",
		.sentence = "hints do not concern user pointers",
		.memory = V4L2_MEMORY_USERPTR, .hints = NO_HINTS,
	}, {
		.name = "capture-userptr-begins-in-line",
		.sentence = "bytes before the buffer are lost if they share its first cache line",
		.memory = V4L2_MEMORY_USERPTR, .lead = 8,
	}, {
		.name = "capture-userptr-ends-in-line",
		.sentence = "bytes after the buffer are lost if they share its last cache line",
		.memory = V4L2_MEMORY_USERPTR, .tail = 8,
	}, {
		.name = "capture-userptr-in-lines",
		.sentence = "a buffer may do both",
		.memory = V4L2_MEMORY_USERPTR, .lead = 8, .tail = 8,
	}, {
		.name = "capture-mmap",
		.sentence = "coherent memory needs no sync",
		.memory = V4L2_MEMORY_MMAP,
	}, {
		.name = "capture-mmap-hints",
		.sentence = "hints do not change coherent memory",
		.memory = V4L2_MEMORY_MMAP, .hints = NO_HINTS,
	}, {
		.name = "capture-cached",
		.sentence = "a frame arrives in MMAP memory that is not coherent",
		.memory = V4L2_MEMORY_MMAP, .non_coherent = true,
	}, {
		.name = "capture-cached-written",
		.sentence = "what the program writes meanwhile is lost there, too",
		.memory = V4L2_MEMORY_MMAP, .non_coherent = true, .writes = true,
	}, {
		.name = "capture-cached-no-invalidate",
		.sentence = "with NO_CACHE_INVALIDATE the program sees its old bytes",
		.memory = V4L2_MEMORY_MMAP, .non_coherent = true,
		.hints = V4L2_BUF_FLAG_NO_CACHE_INVALIDATE,
	}, {
		.name = "capture-cached-no-clean",
		.sentence = "with NO_CACHE_CLEAN the frame arrives, and bytes after it are lost",
		.memory = V4L2_MEMORY_MMAP, .non_coherent = true,
		.hints = V4L2_BUF_FLAG_NO_CACHE_CLEAN,
	}, {
		.name = "capture-cached-hints",
		.sentence = "with both, nothing is lost and no frame is seen",
		.memory = V4L2_MEMORY_MMAP, .non_coherent = true, .hints = NO_HINTS,
	}, {
		.name = "capture-cached-pass-on",
		.sentence = "with NO_CACHE_INVALIDATE another device still gets the frames",
		.memory = V4L2_MEMORY_MMAP, .non_coherent = true,
		.hints = V4L2_BUF_FLAG_NO_CACHE_INVALIDATE, .pass_on = true,
	}, {
		.name = "capture-cached-hint-ends",
		.sentence = "NO_CACHE_INVALIDATE does not concern the next frame",
		.memory = V4L2_MEMORY_MMAP, .non_coherent = true,
		.hints = V4L2_BUF_FLAG_NO_CACHE_INVALIDATE, .hint_ends = true,
	}, {
		.name = "output-userptr",
		.sentence = "the device reads the frame that was at the pointer",
		.output = true, .memory = V4L2_MEMORY_USERPTR,
	}, {
		.name = "output-userptr-written",
		.sentence = "what the program writes after PREPARE_BUF does not reach the device",
		.output = true, .memory = V4L2_MEMORY_USERPTR, .writes = true,
	}, {
		.name = "output-userptr-hints",
		.sentence = "hints do not concern user pointers",
		.output = true, .memory = V4L2_MEMORY_USERPTR, .hints = NO_HINTS,
	}, {
		.name = "output-mmap",
		.sentence = "coherent memory needs no sync",
		.output = true, .memory = V4L2_MEMORY_MMAP,
	}, {
		.name = "output-mmap-written",
		.sentence = "in coherent memory, even late bytes reach the device",
		.output = true, .memory = V4L2_MEMORY_MMAP, .writes = true,
	}, {
		.name = "output-mmap-hints",
		.sentence = "hints do not change coherent memory",
		.output = true, .memory = V4L2_MEMORY_MMAP, .hints = NO_HINTS,
	}, {
		.name = "output-cached",
		.sentence = "the device reads the frame from MMAP memory that is not coherent",
		.output = true, .memory = V4L2_MEMORY_MMAP, .non_coherent = true,
	}, {
		.name = "output-cached-written",
		.sentence = "what the program writes after PREPARE_BUF does not reach the device",
		.output = true, .memory = V4L2_MEMORY_MMAP, .non_coherent = true, .writes = true,
	}, {
		.name = "output-cached-no-invalidate",
		.sentence = "NO_CACHE_INVALIDATE does not concern the device",
		.output = true, .memory = V4L2_MEMORY_MMAP, .non_coherent = true,
		.hints = V4L2_BUF_FLAG_NO_CACHE_INVALIDATE,
	}, {
		.name = "output-cached-no-clean",
		.sentence = "with NO_CACHE_CLEAN the device reads the frame before",
		.output = true, .memory = V4L2_MEMORY_MMAP, .non_coherent = true,
		.hints = V4L2_BUF_FLAG_NO_CACHE_CLEAN,
	}, {
		.name = "output-cached-hint-ends",
		.sentence = "NO_CACHE_CLEAN does not concern the next frame",
		.output = true, .memory = V4L2_MEMORY_MMAP, .non_coherent = true,
		.hints = V4L2_BUF_FLAG_NO_CACHE_CLEAN, .hint_ends = true,
	}, { }
};

static const char *name_at(unsigned int n, const char **sentence)
{
	*sentence = scenarios[n].sentence;
	return scenarios[n].name;
}

static enum outcome run(unsigned int n, void *context)
{
	const struct scenario *s = &scenarios[n];
	struct buffer *b = context;
	enum outcome outcome;

	if (s->output != V4L2_TYPE_IS_OUTPUT(b->type))
		return ended(b, SKIPPED, "the node has the other direction");
	alarm(TIME_LIMIT);
	outcome = buffer_open(b, s);
	if (outcome == RIGHT && s->pass_on)
		outcome = turns_pass_on(b);
	else if (outcome == RIGHT)
		outcome = s->output ? turns_output(b) : turns_capture(b);
	buffer_close(b);
	alarm(0);
	/*
	 * 5.16: "media: videobuf2: split buffer cache_hints initialisation": since then QBUF sets
	 * hints and does not clear them, so they stay until the buffer is freed.
	 */
	if (outcome == WRONG && s->hint_ends)
		return ended(b, EXPECTED_FAILURE, "hint-stays: videobuf2 never clears a hint");
	return outcome;
}

static enum outcome fail(const char *what, const char *why)
{
	fprintf(stderr, "coherency: %s: %s\n", what, why);
	return CANNOT_RUN;
}

int main(int argc, char **argv)
{
	struct scenario_options options = { .usage = usage, .name = name_at };
	struct buffer b = { };
	long line;

	scenario_options_parse(&options, argc, argv);
	line = vipin_node_setting(options.device, "cache_line");
	if (line < 0 || line > MAX_LINE)
		return fail(options.device, "it is no vipin node with a cache_line of 0 to 128");
	b.path = options.device;
	b.fd = video_node_open(options.device, &b.type);
	if (b.fd < 0)
		return fail(options.device, strerror(errno));
	if (V4L2_TYPE_IS_MULTIPLANAR(b.type))
		return fail(options.device, "the multi-planar API is not supported");
	return scenario_run_chosen(&options, run, &b, b.why);
}
