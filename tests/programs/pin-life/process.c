// SPDX-License-Identifier: GPL-2.0-only
/*
 * process.c - scenarios: the process forks, or another one accesses its memory
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "event.h"

#define CHILD_FILL	0x33
#define FORKS		8

static void fork_and_exit(struct subject *s)
{
	(void)s;
	event_fork_and_exit();
}

static void fork_often(struct subject *s)
{
	for (int i = 0; i < FORKS; i++)
		fork_and_exit(s);
}

/* The child has a copy of its own: its writing is not seen here, and no frame is seen there. */
static void child_writes(struct subject *s)
{
	pid_t child = event_fork();

	if (!child) {
		memset(s->frame, CHILD_FILL, s->size);
		for (size_t i = 0; i < s->size; i++)
			if (s->frame[i] != CHILD_FILL)
				_exit(1);
		_exit(0);
	}
	event_wait(child);
}

/* This process writes while a child shares the page, or has a copy of it. */
static void parent_writes(struct subject *s)
{
	pid_t child = event_share();

	event_touch(s);
	event_unshare(child);
}

static void grandchild_remains(struct subject *s)
{
	pid_t child = event_fork();

	(void)s;
	if (!child) {
		if (!fork())
			usleep(50000);
		_exit(0);
	}
	event_wait(child);
}

static void child_execs(struct subject *s)
{
	pid_t child = event_fork();

	(void)s;
	if (!child)
		event_exec();
	event_wait(child);
}

static void vfork_and_exec(struct subject *s)
{
	pid_t child = vfork();

	(void)s;
	life_expect(child >= 0, "vfork: %s", strerror(errno));
	if (!child)
		event_exec();
	event_wait(child);
}

static int touch_and_exit(void *subject)
{
	event_touch(subject);
	return 0;
}

/* A process of its own with the same memory. */
static void clone_memory(struct subject *s)
{
	const size_t size = 64 * PAGE;
	unsigned char *stack = event_memory(size);
	pid_t child = clone(touch_and_exit, stack + size, CLONE_VM | SIGCHLD, s);

	life_expect(child >= 0, "clone: %s", strerror(errno));
	event_wait(child);
}

static void other_reads(struct subject *s)
{
	pid_t child;

	if (process_vm_readv(getpid(), NULL, 0, NULL, 0, 0))
		life_skip("process_vm_readv: %s", strerror(errno));
	child = event_fork();
	if (!child) {
		unsigned char *bytes = malloc(s->size);
		const struct iovec local = { .iov_base = bytes, .iov_len = s->size };
		const struct iovec remote = { .iov_base = s->frame, .iov_len = s->size };

		_exit(!bytes || process_vm_readv(getppid(), &local, 1, &remote, 1, 0) !=
				(ssize_t)s->size);
	}
	event_wait(child);
}

/* Another process writes to the byte after the frame, and reads the frame as a debugger does. */
static void other_debugs(struct subject *s)
{
	pid_t child = event_fork();

	if (!child) {
		const unsigned char guard = GUARD_FILL;
		char path[64];
		int fd;

		snprintf(path, sizeof(path), "/proc/%d/mem", getppid());
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0)
			_exit(errno);
		_exit(pwrite(fd, &guard, 1, (uintptr_t)s->frame + s->size) != 1 ||
		      pread(fd, s->frame, s->size, (uintptr_t)s->frame) != (ssize_t)s->size);
	}
	event_wait(child);
}

/* The child holds its page by vmsplice(), and unmaps it. */
static void child_splices(struct subject *s)
{
	const struct iovec frame = { .iov_base = s->frame, .iov_len = s->size };
	pid_t child = event_fork();

	if (!child) {
		int ends[2];

		_exit(pipe(ends) || vmsplice(ends[1], &frame, 1, 0) != (ssize_t)s->size ||
		      munmap(s->frame, s->size));
	}
	event_touch(s);
	event_wait(child);
}

const struct scenario process_scenarios[] = {
	{
		.name = "fork",
		.sentence = "fork(), and the child exits",
		.happens = fork_and_exit,
		.leads_to = SAME_PAGES,
		.source = "mm/memory.c, copy_present_page(): a child gets a copy of a pinned page",
	}, {
		.name = "fork-often",
		.sentence = "fork() eight times",
		.happens = fork_often,
		.leads_to = SAME_PAGES,
		.source = "mm/memory.c, copy_present_page(): a child gets a copy of a pinned page",
	}, {
		.name = "fork-child-writes",
		.sentence = "fork(), and the child writes to its copy",
		.happens = child_writes,
		.leads_to = SAME_PAGES,
		.source = "mm/memory.c, copy_present_page(): a child gets a copy of a pinned page",
	}, {
		.name = "fork-parent-writes",
		.sentence = "fork(), and this process writes while the child lives",
		.happens = parent_writes,
		.leads_to = SAME_PAGES,
		.source = "mm/memory.c, copy_present_page(): a child gets a copy of a pinned page",
	}, {
		.name = "fork-grandchild",
		.sentence = "fork(), and a grandchild outlives the child",
		.happens = grandchild_remains,
		.leads_to = SAME_PAGES,
		.source = "mm/memory.c, copy_present_page(): a child gets a copy of a pinned page",
	}, {
		.name = "fork-shared",
		.sentence = "fork() of a shared mapping",
		.happens = parent_writes,
		.memory = SHARED,
		.leads_to = SAME_PAGES,
		.source = "mm/memory.c, copy_present_ptes(): the same page",
	}, {
		.name = "fork-huge",
		.sentence = "fork() of a part of a huge page",
		.happens = parent_writes,
		.memory = HUGE,
		.leads_to = SAME_PAGES,
		.source = "mm/huge_memory.c, copy_huge_pmd(): a pinned page is split",
	}, {
		.name = "fork-hugetlb",
		.sentence = "fork() of a part of a hugetlb page",
		.happens = parent_writes,
		.memory = HUGETLB,
		.leads_to = SAME_PAGES,
		.quirk = HUGETLB_COPIED,
		.source = "mm/hugetlb.c, copy_hugetlb_page_range(): a child gets a copy",
	}, {
		.name = "fork-vmsplice",
		.sentence = "fork(), and the child holds the page by vmsplice()",
		.happens = child_splices,
		.leads_to = SAME_PAGES,
		.source = "mm/memory.c, copy_present_page(): a child gets a copy of a pinned page",
	}, {
		.name = "exec-in-child",
		.sentence = "fork() and exec()",
		.happens = child_execs,
		.leads_to = SAME_PAGES,
		.source = "mm/memory.c, copy_present_page(): a child gets a copy of a pinned page",
	}, {
		.name = "vfork",
		.sentence = "vfork() and exec()",
		.happens = vfork_and_exec,
		.leads_to = SAME_PAGES,
		.source = "kernel/fork.c, copy_mm(): CLONE_VM",
	}, {
		.name = "clone-vm",
		.sentence = "another process with the same memory writes and exits",
		.happens = clone_memory,
		.leads_to = SAME_PAGES,
		.source = "kernel/fork.c, copy_mm(): CLONE_VM",
	}, {
		.name = "read-by-other",
		.sentence = "another process reads the frame by process_vm_readv()",
		.happens = other_reads,
		.leads_to = SAME_PAGES,
		.source = "mm/process_vm_access.c",
	}, {
		.name = "debugged",
		.sentence = "another process reads the frame through /proc/PID/mem",
		.happens = other_debugs,
		.leads_to = SAME_PAGES,
		.source = "mm/memory.c, access_remote_vm()",
	},
	{ }
};
