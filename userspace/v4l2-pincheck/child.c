// SPDX-License-Identifier: GPL-2.0-only
/*
 * child.c - hand over memory from another process
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

#include "child.h"
#include "stream.h"

#define STACK_SIZE	(64 * 1024UL)
#define TIMEOUT_MS	5000
#define PAUSE_MS	10

/*
 * CPU time after which QBUF must be looping forever. A QBUF that returns takes a millisecond
 * or two on an emulated CPU.
 */
#define ENDLESS_MS	100

/* The child writes this, and the parent reads it. */
struct answer {
	struct row row;
	bool done;
};

/**
 * child_run() - run a row in a child process
 * @row:	the row
 * @run:	what all rows share
 * @d:		the device
 * @m:		the memory, which the child shares since fork()
 * @work:	the function to run in the child
 *
 * The pointer is the child's. So a frame must arrive in the child's copy of the pages, and
 * not in the parent's.
 *
 * Return: what @work returns.
 */
bool child_run(struct row *row, struct run *run, struct device *d, struct memory *m,
	       bool (*work)(struct row *row, struct run *run, struct device *d,
			    struct memory *m))
{
	struct answer *answer = mmap(NULL, sizeof(*answer), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	bool done = false;
	int status = -1;
	pid_t child;

	if (answer == MAP_FAILED) {
		row_fault(row, "mmap: %s", strerror(errno));
		return false;
	}
	answer->row = *row;
	child = fork();
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (m->kind->prepare_in_child && m->kind->prepare_in_child(m))
			row_skip(&answer->row, "%s", m->why);
		else
			answer->done = work(&answer->row, run, d, m);
		_exit(0);
	}
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		if (run->stop)
			kill(child, SIGTERM);
	if (!status) {
		*row = answer->row;
		done = answer->done;
	} else {
		row_fault(row, "the child process that hands it over has failed");
		device_buffers(d, memory_type(m), 0);
	}
	munmap(answer, sizeof(*answer));

	if (!memory_is_filled(m->base, m->size, m->fill))
		row_fault(row, "the device wrote to the pages of the parent, not the child");
	return done;
}

/* A call of QBUF in another process, which shares the memory of this one (CLONE_VM). */
struct call {
	struct device *device;
	const struct memory *memory;
	char *stack;
	pid_t child;
	int ret;
};

static int call_queue(void *argument)
{
	struct call *c = argument;

	/* If it waits for pages that this process provides, it must die with this process. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	c->ret = stream_queue(c->device, 0, c->memory);
	return 0;
}

static bool begin(struct call *c)
{
	c->child = -1;
	c->stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (c->stack == MAP_FAILED)
		return false;
	c->child = clone(call_queue, c->stack + STACK_SIZE, CLONE_VM | SIGCHLD, c);
	return c->child > 0;
}

/* Has the child used enough CPU time that QBUF must be looping forever? */
static bool spins(pid_t child)
{
	struct timespec used;
	clockid_t clock;

	return !clock_getcpuclockid(child, &clock) && !clock_gettime(clock, &used) &&
	       used.tv_sec * 1000 + used.tv_nsec / 1000000 >= ENDLESS_MS;
}

/* Has the child exited? It stays a zombie, so that waitpid() still returns its status. */
static bool is_zombie(pid_t child)
{
	siginfo_t info = {};

	return !waitid(P_PID, child, &info, WEXITED | WNOHANG | WNOWAIT) && info.si_pid;
}

/*
 * Wait for the child to exit. With @or_spins, stop early once it burns CPU. Return whether
 * it has exited.
 */
static bool is_gone(pid_t child, int *status, bool or_spins)
{
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000 };

	for (int ms = 0; ms < TIMEOUT_MS; ms += PAUSE_MS) {
		if (waitpid(child, status, WNOHANG) == child)
			return true;
		if (or_spins && spins(child))
			return false;
		nanosleep(&pause, NULL);
	}
	return false;
}

/* Kill the child. Return whether it has exited; if it has not, it still uses its stack. */
static bool end(struct call *c, int *status)
{
	kill(c->child, SIGKILL);
	return is_gone(c->child, status, false);
}

static void forget(struct call *c)
{
	if (c->stack != MAP_FAILED)
		munmap(c->stack, STACK_SIZE);
}

/**
 * child_queue() - call QBUF in a child, and kill the child if QBUF never returns
 * @row:	the row
 * @d:		the device
 * @m:		the memory
 *
 * Return: what QBUF returned: 0, or a negative errno; -EINTR if the child had to be killed.
 */
int child_queue(struct row *row, struct device *d, struct memory *m)
{
	struct call c = { .device = d, .memory = m };
	int status = 0;

	if (!begin(&c)) {
		row_fault(row, "no process could be started: %s", strerror(errno));
	} else if (!is_gone(c.child, &status, true)) {
		c.ret = -EINTR;
		if (!end(&c, &status)) {
			row_fault(row, "QBUF does not return, and its process cannot be killed");
			return c.ret;
		}
	}
	forget(&c);
	return c.ret;
}

/**
 * child_killed_in_queue() - kill a child while it waits in QBUF for a page
 * @row:	the row
 * @d:		the device
 * @m:		the memory; its fd becomes readable when a page fault waits. It is closed
 *		here, after which page faults no longer wait
 *
 * Return: -EINTR if the child was killed; what QBUF returned if it did not wait; 0, and a
 * fault in @row, if the child cannot be killed.
 */
int child_killed_in_queue(struct row *row, struct device *d, struct memory *m)
{
	struct pollfd fault = { .fd = m->fd, .events = POLLIN };
	struct call c = { .device = d, .memory = m };
	bool begun = begin(&c), gone = true;
	int status = 0, ret = -EINTR;

	/* Wait until the page fault blocks, or QBUF has returned. */
	for (int ms = 0; begun && ms < TIMEOUT_MS; ms += PAUSE_MS)
		if (poll(&fault, 1, PAUSE_MS) || is_zombie(c.child))
			break;
	if (begun)
		gone = end(&c, &status);
	close(m->fd);
	m->fd = -1;
	if (!gone) {
		row_fault(row, "QBUF waits for a page, and its process cannot be killed");
		is_gone(c.child, &status, false);
		ret = 0;
	} else if (!begun) {
		row_fault(row, "no process could be started: %s", strerror(errno));
	} else if (!WIFSIGNALED(status)) {
		ret = c.ret;
	}
	forget(&c);
	return ret;
}
