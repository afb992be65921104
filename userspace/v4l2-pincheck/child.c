// SPDX-License-Identifier: GPL-2.0-only
/*
 * child.c - what another process than this one has to do with the memory
 */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "row.h"

#define STACK_SIZE	(64 * 1024UL)
#define PATIENCE_MS	5000

/* What a child leaves for its parent to read. */
struct result {
	struct row row;
	bool done;
};

/**
 * child_run() - have a child process hand over the memory that it shares
 * @row:	the row
 * @run:	what all rows share
 * @d:		the device
 * @m:		the memory: of this process, and since fork() of its child
 * @work:	what is to be done there
 *
 * The pointer is the child's, so a frame must land in its copy of the pages, and
 * not in this process's.
 *
 * Return: what @work returns.
 */
bool child_run(struct row *row, struct run *run, struct device *d, struct memory *m,
	       bool (*work)(struct row *row, struct run *run, struct device *d,
			    struct memory *m))
{
	struct result *result = mmap(NULL, sizeof(*result), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	bool done = false;
	int status = -1;
	pid_t child;

	if (result == MAP_FAILED) {
		row_fault(row, "mmap: %s", strerror(errno));
		return false;
	}
	result->row = *row;
	child = fork();
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		result->done = work(&result->row, run, d, m);
		_exit(0);
	}
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		if (run->stop)
			kill(child, SIGTERM);
	if (!status) {
		*row = result->row;
		done = result->done;
	} else {
		row_fault(row, "the child process that was to hand it over has failed");
		device_buffers(d, memory_type(m), 0);
	}
	munmap(result, sizeof(*result));

	if (!memory_is_filled(m->base, m->size, m->fill))
		row_fault(row, "the parent process sees what its child's device wrote");
	return done;
}

/* One ioctl, in a process of its own that has this one's memory. */
struct question {
	struct device *device;
	const struct memory *memory;
};

static int ask(void *argument)
{
	struct question *q = argument;

	/* Whoever waits for this process's pages must not outlive it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	stream_queue(q->device, 0, q->memory);
	return 0;
}

static bool is_gone(pid_t child, int *status)
{
	const struct timespec pause = { .tv_nsec = 10000000 };

	for (int ms = 0; ms < PATIENCE_MS; ms += 10) {
		if (waitpid(child, status, WNOHANG) == child)
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

/**
 * child_killed_in_queue() - kill a process while it waits in QBUF for a page
 * @row:	the row
 * @d:		the device
 * @m:		the memory; its fd is of userfaultfd, and says when a page is waited
 *		for. It is closed: what is left is memory like any other
 *
 * Return: -EINTR, what nobody lives to see; 0 with a fault told if it came
 * otherwise.
 */
int child_killed_in_queue(struct row *row, struct device *d, struct memory *m)
{
	struct pollfd fault = { .fd = m->fd, .events = POLLIN };
	struct question q = { .device = d, .memory = m };
	char *stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	int status = 0, ret = -EINTR;
	bool gone = true;
	pid_t child = -1;

	if (stack != MAP_FAILED)
		child = clone(ask, stack + STACK_SIZE, CLONE_VM | SIGCHLD, &q);
	if (child > 0) {
		poll(&fault, 1, PATIENCE_MS);
		kill(child, SIGKILL);
		gone = is_gone(child, &status);
	}
	close(m->fd);
	m->fd = -1;
	if (!gone) {
		row_fault(row, "QBUF waits for a page, and cannot be killed");
		is_gone(child, &status);
		ret = 0;
	} else if (child < 0 || !WIFSIGNALED(status)) {
		row_fault(row, "QBUF does not wait for a page that nobody brings");
		ret = 0;
	}
	if (stack != MAP_FAILED)
		munmap(stack, STACK_SIZE);
	return ret;
}
