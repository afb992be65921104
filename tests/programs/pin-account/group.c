// SPDX-License-Identifier: GPL-2.0-only
/*
 * group.c - scenarios: the kernel's memory for frames is charged to the control group of the
 * process that asks for it
 *
 * Documentation/admin-guide/cgroup-v2.rst
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/param.h>
#include <unistd.h>

#include "account.h"
#include "common/kernel.h"
#include "common/video-node.h"
#include "control-group.h"

#define BUFFERS		3U

/*
 * How far a charge may differ from what is expected: other memory of the process, and the pages
 * that a CPU charges in advance or keeps when they are freed (MEMCG_CHARGE_BATCH). The processes of
 * a scenario use one CPU.
 */
#define SLACK		((long)(64 * PAGE + (256 << 10)))

/* A frame is four times larger. Its lines are as long as vipin allows, mostly padding. */
#define LINE		8192U
#define LINES		MIN(4 * SLACK / LINE, 1080U)
#define FRAME		((long)(LINE * LINES))

/*
 * Return why the kernel does not charge MMAP buffers, or NULL. vipin asks for it since 5.11. Since
 * 5.18 (f5ff79fddf0e) buffers behind an IOMMU are not contiguous, so they are not from CMA.
 */
static const char *not_charged(const struct node *n)
{
	unsigned int version = kernel_at_hand()->version;
	bool scattered = video_node_is_translated(n->path) && version >= KERNEL(5, 18, 0);

	if (version < KERNEL(5, 11, 0))
		return "vipin charges no buffers before Linux 5.11";
	if (!scattered && read_number("/proc/meminfo", "CmaTotal:") > 0)
		return "the buffers are in CMA, which is not charged";
	return NULL;
}

static void use_one_cpu(void)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(sched_getcpu(), &cpus);
	expect(!sched_setaffinity(0, sizeof(cpus), &cpus), "sched_setaffinity: %s",
	       strerror(errno));
}

static void make_group(void)
{
	char why[120] = "";
	int err = control_group_make(true, why, sizeof(why));

	if (err == -EOPNOTSUPP)
		skip("%s", why);
	expect(!err, "%s", why);
}

static void remove_group(void)
{
	int err = control_group_remove();

	expect(!err, "rmdir " CONTROL_GROUP ": %s", strerror(-err));
}

static struct actor start_in_group(void)
{
	struct actor a = actor_start_root();
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", a.pid);
	write_file(CONTROL_GROUP "/cgroup.procs", pid);
	return a;
}

static void prepare(const struct node *n)
{
	node_skip_unless_vipin(n);
	make_group();
	use_one_cpu();
	node_format(n, LINE, LINES);
}

static long charged(void)
{
	return read_number(CONTROL_GROUP "/memory.current", "");
}

/* Let the group use SLACK more than now. A frame does not fit. */
static void limit_group(void)
{
	char limit[32];

	snprintf(limit, sizeof(limit), "%ld", charged() + SLACK);
	write_file(CONTROL_GROUP "/memory.max", limit);
}

static void expect_no_kill(void)
{
	expect(!read_number(CONTROL_GROUP "/memory.events", "oom_kill "), "a process was killed");
}

static void allocate_and_queue(const struct actor *a, const struct node *n)
{
	int count = actor_allocate(a, n, BUFFERS);

	expect(count == (int)BUFFERS, "REQBUFS returns %d", count);
	for (unsigned int i = 0; i < BUFFERS; i++)
		node_queue_mmap(n, i, FRAME);
}

static void end(struct actor *a, const struct node *n)
{
	node_request(n, 0);
	actor_end(a);
	remove_group();
}

static void buffers_charged(const struct node *n)
{
	long before, buffers, stream, freed;
	struct actor a;
	int err;

	prepare(n);
	a = start_in_group();
	before = charged();
	allocate_and_queue(&a, n);
	buffers = charged() - before;
	expect(not_charged(n) || buffers > (long)BUFFERS * FRAME - SLACK,
	       "%u buffers of %ld bytes: %ld bytes are charged", BUFFERS, FRAME, buffers);
	err = actor_map(&a, n, 0);
	expect(!err, "mmap() of a buffer: %s", strerror(-err));
	err = actor_stream(&a, n);
	expect(!err, "VIDIOC_STREAMON: %s", strerror(-err));
	stream = charged() - before - buffers;
	expect(stream > FRAME - SLACK, "the frame thread's %ld bytes: %ld are charged", FRAME,
	       stream);
	node_request(n, 0);
	freed = charged() - before;
	expect(freed < SLACK, "after REQBUFS(0), %ld bytes are charged", freed);
	end(&a, n);
}

static void buffers_limited(const struct node *n)
{
	struct actor a;
	int count;

	if (not_charged(n))
		skip("%s", not_charged(n));
	prepare(n);
	a = start_in_group();
	limit_group();
	count = actor_allocate(&a, n, BUFFERS);
	expect(count == -ENOMEM, "beyond the limit, REQBUFS returns %d", count);
	expect_no_kill();
	end(&a, n);
}

/* The buffers fit, and the frame that the thread paints does not. */
static void frame_limited(const struct node *n)
{
	struct actor a, b;
	int err;

	prepare(n);
	a = start_in_group();
	b = start_in_group();
	allocate_and_queue(&a, n);
	limit_group();
	err = actor_stream(&a, n);
	expect(err == -ENOMEM, "beyond the limit, VIDIOC_STREAMON: %s",
	       err ? strerror(-err) : "accepted");
	expect_no_kill();
	write_file(CONTROL_GROUP "/memory.max", "max");
	err = actor_stream(&b, n);
	expect(!err, "without the limit, VIDIOC_STREAMON: %s", strerror(-err));
	actor_end(&b);
	end(&a, n);
}

const struct scenario group_scenarios[] = {
	{ "buffers-charged", "buffers and the painted frame are charged, and can be mapped",
	  buffers_charged },
	{ "buffers-limited", "at the limit of its memory cgroup, a process gets ENOMEM",
	  buffers_limited },
	{ "frame-limited", "STREAMON fails with ENOMEM, and the OOM killer does not kill",
	  frame_limited },
	{ }
};
