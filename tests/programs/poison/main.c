// SPDX-License-Identifier: GPL-2.0-only
/*
 * poison - does a byte reach userspace that nothing has initialised?
 *
 * Memory that a program gives to the kernel is filled with one byte, and free memory of the kernel
 * with another one, as far as a program can do that. After each call and each frame, every byte
 * must be what the program put there, or what the interface promises.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/video-node.h"
#include "poison.h"
#include "time-limit.h"

static const char usage[] =
"Usage: poison -d DEVICE [SCENARIO]...\n"
"Check that a vipin device returns no byte of memory that was not initialised: in the\n"
"structures of ioctls, in new buffers, in frames, and after frames.\n"
"Runs all scenarios, or the named ones. Root only.\n"
"\n"
"  -d, --device DEVICE  a vipin node, capture or output\n"
"  -l, --list           list the scenarios and what each proves\n"
"  -h, --help           print this text\n"
"\n"
"Old memory of the kernel is visible only if it is booted with init_on_alloc=0.\n"
"Prints a line for each: \"right\", \"wrong\" or \"skipped\", the scenario's name, and what\n"
"was tested, or why not.\n"
"Exit status: 0 none is wrong, 1 some are wrong, 2 could not run, 4 all were skipped.\n";

static const struct scenario {
	const char *name;
	const char *sentence;
	enum outcome (*run)(struct node *n);
	enum v4l2_memory memory;
	bool frames;
} scenarios[] = {
	{
		.name = "structures",
		.sentence = "an ioctl fills its structure, clears what is reserved, or leaves it",
		.run = calls_fill_structures,
	}, {
		.name = "new-buffers",
		.sentence = "MMAP buffers are zero up to the end of their last page, each time",
		.run = buffers_are_new,
	}, {
		.name = "new-exported-buffers",
		.sentence = "the same through the dma-buf of VIDIOC_EXPBUF",
		.run = exported_are_new,
	}, {
		.name = "padding",
		.sentence = "the padding of lines has nothing but zeroes and moving dots",
		.run = frames_padding, .frames = true,
	}, {
		.name = "frames-mmap",
		.sentence = "a frame changes nothing after it; with the error flag, nothing at all",
		.run = frames_and_fault, .memory = V4L2_MEMORY_MMAP, .frames = true,
	}, {
		.name = "frames-userptr",
		.sentence = "the same with user pointers",
		.run = frames_and_fault, .memory = V4L2_MEMORY_USERPTR, .frames = true,
	}, {
		.name = "frames-dmabuf",
		.sentence = "the same with dma-bufs",
		.run = frames_and_fault, .memory = V4L2_MEMORY_DMABUF, .frames = true,
	}, {
		.name = "stopped-mmap",
		.sentence = "after STREAMOFF a buffer has a whole frame or none",
		.run = frames_when_stopped, .memory = V4L2_MEMORY_MMAP, .frames = true,
	}, {
		.name = "stopped-userptr",
		.sentence = "the same with user pointers",
		.run = frames_when_stopped, .memory = V4L2_MEMORY_USERPTR, .frames = true,
	}, {
		.name = "stopped-dmabuf",
		.sentence = "the same with dma-bufs",
		.run = frames_when_stopped, .memory = V4L2_MEMORY_DMABUF, .frames = true,
	}, {
		.name = "read",
		.sentence = "read() writes frames and no other byte, also after a DMA fault",
		.run = frames_by_read, .frames = true,
	}, { }
};

static const char *name_at(unsigned int n, const char **sentence)
{
	*sentence = scenarios[n].sentence;
	return scenarios[n].name;
}

static enum outcome run(unsigned int index, void *context)
{
	const struct scenario *scenario = &scenarios[index];
	struct node *n = context;
	enum outcome outcome;

	*n->why = 0;
	n->memory = scenario->memory;
	n->fd = video_node_open(n->path, &n->type);
	if (n->fd < 0) {
		fprintf(stderr, "poison: %s: %s\n", n->path, strerror(errno));
		exit(CANNOT_RUN);
	}
	if (scenario->frames && n->type != V4L2_BUF_TYPE_VIDEO_CAPTURE) {
		outcome = ended(n, SKIPPED, "only for capture with the single-planar API");
	} else {
		alarm(TIME_LIMIT);
		outcome = scenario->run(n);
		alarm(0);
	}
	video_node_set_control(n->fd, VIPIN_CID_FREE_RUN, 0);
	close(n->fd);
	return outcome;
}

/* On one CPU, an object that was freed last is allocated first. */
static void stay_on_cpu(void)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(0, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

int main(int argc, char **argv)
{
	struct scenario_options options = { .usage = usage, .name = name_at };
	struct node n = { };

	scenario_options_parse(&options, argc, argv);
	n.path = options.device;
	stay_on_cpu();
	return scenario_run_chosen(&options, run, &n, n.why);
}
