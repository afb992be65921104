// SPDX-License-Identifier: GPL-2.0-only
/*
 * group.c - scenarios: the kernel's memory for frames is charged to the control group of the
 * process that asks for it
 *
 * Documentation/admin-guide/cgroup-v2.rst
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account.h"
#include "common/video-node.h"

#define ROOT		"/run/pin-account-cgroup"
#define GROUP		ROOT "/pin-account"
#define WIDTH		1280U
#define HEIGHT		720U
#define FRAME		((long)WIDTH * HEIGHT)
#define BUFFERS		6U
#define SLACK		(FRAME / 2)	/* other memory of the process, and batches of each CPU */

static void make_group(const struct node *n)
{
	FILE *f;

	if (!video_node_is_translated(n->path) && read_number("/proc/meminfo", "CmaTotal:") > 0)
		skip("the buffers are in CMA, which is not charged");
	mkdir(ROOT, 0700);
	if (mount("none", ROOT, "cgroup2", 0, NULL) && errno != EBUSY)
		skip("cgroup2: %s", strerror(errno));
	f = fopen(ROOT "/cgroup.subtree_control", "we");
	expect(f, "cgroup.subtree_control: %s", strerror(errno));
	if (fputs("+memory", f) < 0 || fclose(f))
		skip("no memory controller: %s", strerror(errno));
	rmdir(GROUP);
	expect(!mkdir(GROUP, 0700), "mkdir " GROUP ": %s", strerror(errno));
}

/* The last process leaves the group when it ends, which may be a little later. */
static void remove_group(void)
{
	int err = 0;

	for (int i = 0; i < 500; i++) {
		err = rmdir(GROUP) ? errno : 0;
		if (err != EBUSY)
			break;
		usleep(10000);
	}
	expect(!err, "rmdir " GROUP ": %s", strerror(err));
	umount2(ROOT, MNT_DETACH);
	rmdir(ROOT);
}

static struct actor start_in_group(void)
{
	struct actor a = actor_start_root();
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", a.pid);
	write_file(GROUP "/cgroup.procs", pid);
	return a;
}

static long charged(void)
{
	return read_number(GROUP "/memory.current", "");
}

static void buffers_charged(const struct node *n)
{
	struct actor a;
	long before, buffers, stream, freed;
	int count;

	make_group(n);
	a = start_in_group();
	node_format(n, WIDTH, HEIGHT);
	before = charged();
	count = actor_allocate(&a, n, BUFFERS);
	expect(count == (int)BUFFERS, "REQBUFS returns %d", count);
	buffers = charged() - before;
	expect(buffers > BUFFERS * FRAME - SLACK, "%u buffers of %ld bytes: %ld bytes are charged",
	       BUFFERS, FRAME, buffers);
	for (unsigned int i = 0; i < BUFFERS; i++)
		node_queue_mmap(n, i, FRAME);
	expect(!actor_stream(&a, n), "VIDIOC_STREAMON fails");
	stream = charged() - before - buffers;
	expect(stream > FRAME - SLACK, "the frame thread's %ld bytes: %ld are charged", FRAME,
	       stream);
	node_request(n, 0);
	freed = charged() - before;
	expect(freed < SLACK, "after REQBUFS(0), %ld bytes are charged", freed);
	actor_end(&a);
	remove_group();
}

static void buffers_limited(const struct node *n)
{
	struct actor a;
	char limit[32];
	int count;

	make_group(n);
	a = start_in_group();
	node_format(n, WIDTH, HEIGHT);
	snprintf(limit, sizeof(limit), "%ld", charged() + SLACK);
	write_file(GROUP "/memory.max", limit);
	count = actor_allocate(&a, n, BUFFERS);
	expect(count == -ENOMEM, "beyond the limit, REQBUFS returns %d", count);
	expect(!read_number(GROUP "/memory.events", "oom_kill "), "a process was killed");
	actor_end(&a);
	remove_group();
}

const struct scenario group_scenarios[] = {
	{ "buffers-charged", "buffers and the painted frame are charged to the memory cgroup",
	  buffers_charged },
	{ "buffers-limited", "at the limit of its memory cgroup, a process gets ENOMEM",
	  buffers_limited },
	{ }
};
