// SPDX-License-Identifier: GPL-2.0-only
/*
 * cgroup.c - scenarios: the process is frozen, or in a control group with a memory limit
 *
 * Documentation/admin-guide/cgroup-v2.rst
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/pagemap.h"
#include "common/text-file.h"
#include "control-group.h"
#include "end.h"

#define LIMIT		(8UL << 20)
#define PRESSURE	(3 * LIMIT)
#define SWAP_SIZE	(64UL << 20)
#define PAUSE		50000	/* us */

static void set(const char *path, const char *text)
{
	int err = text_file_write(path, text);

	life_expect(!err, "%s: %s", path, strerror(-err));
}

static void make_group(bool limited)
{
	char text[120] = "";
	int err = control_group_make(limited, text, sizeof(text));

	if (err == -EOPNOTSUPP)
		life_skip("%s", text);
	life_expect(!err, "%s", text);
	if (!limited)
		return;
	snprintf(text, sizeof(text), "%lu", LIMIT);
	set(CONTROL_GROUP "/memory.max", text);
}

static void remove_group(void)
{
	int err = control_group_remove();

	life_expect(!err, "rmdir " CONTROL_GROUP ": %s", strerror(-err));
}

static void join_group(void)
{
	set(CONTROL_GROUP "/cgroup.procs", "0");
}

static void leave_group(void)
{
	set(CONTROL_GROUPS "/cgroup.procs", "0");
}

/* Use more memory than the group may have, so that the kernel reclaims all that it can. */
static void use_too_much(void)
{
	unsigned char *memory = event_memory(PRESSURE);

	for (size_t i = 0; i < PRESSURE; i += PAGE)
		memory[i] = i / PAGE;
	must(munmap(memory, PRESSURE));
}

/* Memory that is not pinned goes to swap space. The pinned pages stay. */
static void at_its_limit(struct life *l)
{
	unsigned char *memory;
	long before;
	int swap;

	make_group(true);
	swap = swap_on(SWAP_SIZE);
	join_group();
	memory = life_map(l, NULL);
	before = life_pins(-1);
	life_paint(l, memory);
	life_expect_queued(l, memory);
	use_too_much();
	life_expect_pins(before + l->pages, "under memory pressure");
	life_expect(!pagemap_swapped(memory, l->pages), "a pinned page is swapped out");
	life_dequeue(l, memory);
	life_frame(l, memory);
	leave_group();
	swap_off(swap);
	remove_group();
}

static void end_group(struct life *l, pid_t child, long before)
{
	end_expect_killed(child, SIGKILL);
	remove_group();
	end_check(l, before);
}

/* The frame clock goes on while the process does not. */
static void freeze_group(struct life *l, bool goes_on)
{
	const long before = life_pins(-1);
	int frames;
	pid_t child;

	make_group(false);
	child = end_start_stream(l, &frames, join_group);
	set(CONTROL_GROUP "/cgroup.freeze", "1");
	usleep(PAUSE);
	if (goes_on) {
		set(CONTROL_GROUP "/cgroup.freeze", "0");
		end_expect_frames(frames);
	}
	kill(child, SIGKILL);
	end_group(l, child, before);
}

static void frozen(struct life *l)
{
	freeze_group(l, true);
}

static void frozen_and_killed(struct life *l)
{
	freeze_group(l, false);
}

/* Suspend to idle, but only up to the point where all processes are frozen. */
static int freeze_all(void)
{
	int err = text_file_write("/sys/module/suspend/parameters/pm_test_delay", "0");

	if (!err)
		err = text_file_write("/sys/power/pm_test", "freezer");
	if (err)
		return err;
	err = text_file_write("/sys/power/state", "freeze");
	text_file_write("/sys/power/pm_test", "none");
	return err;
}

static void suspended(struct life *l)
{
	const long before = life_pins(-1);
	int frames, err;
	pid_t child = end_start_stream(l, &frames, NULL);

	err = freeze_all();
	end_expect_frames(frames);
	kill(child, SIGKILL);
	end_expect_killed(child, SIGKILL);
	end_check(l, before);
	if (err)
		life_skip("this kernel cannot test suspend to idle: %s", strerror(-err));
}

/* Queue a frame in the group, and then use memory until the kernel kills the process. */
static void join_and_run_out(void)
{
	join_group();
	if (!fork()) {
		usleep(2 * PAUSE);
		use_too_much();
		_exit(1);
	}
}

static void out_of_memory(struct life *l)
{
	const long before = life_pins(-1);
	int frames;
	pid_t child;

	make_group(true);
	if (access(CONTROL_GROUP "/memory.oom.group", W_OK)) {
		remove_group();
		life_skip("this kernel has no memory.oom.group");
	}
	text_file_write(CONTROL_GROUP "/memory.swap.max", "0");
	/* The kernel then kills all processes of the group, also the one that streams. */
	set(CONTROL_GROUP "/memory.oom.group", "1");
	child = end_start_stream(l, &frames, join_and_run_out);
	end_group(l, child, before);
}

const struct scenario cgroup_scenarios[] = {
	{
		.name = "memory-limit",
		.sentence = "a control group is at its memory limit: the pinned pages stay",
		.run = at_its_limit,
		.ways = true,
		.alone = true,
		.source = "mm/vmscan.c, shrink_folio_list(): folio_maybe_dma_pinned()",
	}, {
		.name = "frozen",
		.sentence = "a control group is frozen while frames arrive, and goes on",
		.run = frozen,
		.ways = true,
		.alone = true,
		.source = "kernel/cgroup/freezer.c",
	}, {
		.name = "frozen-and-killed",
		.sentence = "a frozen process is killed: nothing stays pinned",
		.run = frozen_and_killed,
		.ways = true,
		.alone = true,
		.source = "kernel/cgroup/freezer.c",
	}, {
		.name = "suspended",
		.sentence = "suspend to idle freezes all processes: the stream goes on",
		.run = suspended,
		.ways = true,
		.alone = true,
		.source = "kernel/power/process.c, freeze_processes()",
	}, {
		.name = "out-of-memory",
		.sentence = "the kernel kills a process that streams: nothing stays pinned",
		.run = out_of_memory,
		.ways = true,
		.loud = true,
		.source = "mm/oom_kill.c, mem_cgroup_scan_tasks()",
	},
	{ }
};
