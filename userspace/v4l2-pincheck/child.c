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
#define PAUSE_MS	10

/* Of CPU time. QBUF takes a millisecond or two, where it ends, of an emulated CPU. */
#define ENDLESS_MS	100

/* What a child leaves for its parent to read. */
struct result {
	struct row row;
	bool done;
};

static void skip(struct row *row, const char *why)
{
	snprintf(row->skip, sizeof(row->skip), "%s", why);
	row->outcome = ROW_SKIPPED;
}

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
		if (m->kind->prepare_in_child && m->kind->prepare_in_child(m))
			skip(&result->row, m->why);
		else
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
	char *stack;
	pid_t child;
	int answer;
};

static int ask(void *argument)
{
	struct question *q = argument;

	/* Whoever waits for this process's pages must not outlive it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	q->answer = stream_queue(q->device, 0, q->memory);
	return 0;
}

static bool begin(struct question *q)
{
	q->child = -1;
	q->stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (q->stack == MAP_FAILED)
		return false;
	q->child = clone(ask, q->stack + STACK_SIZE, CLONE_VM | SIGCHLD, q);
	return q->child > 0;
}

/* Whether a process has used so much of a CPU that what it is at has no end. */
static bool spins(pid_t child)
{
	struct timespec used;
	clockid_t clock;

	return !clock_getcpuclockid(child, &clock) && !clock_gettime(clock, &used) &&
	       used.tv_sec * 1000 + used.tv_nsec / 1000000 >= ENDLESS_MS;
}

/* Whether a process has ended; who it was can still be asked for. */
static bool is_a_zombie(pid_t child)
{
	siginfo_t info = {};

	return !waitid(P_PID, child, &info, WEXITED | WNOHANG | WNOWAIT) && info.si_pid;
}

/* It is gone, or, if there is to be an end to that, spins; or patience is. */
static bool is_gone(pid_t child, int *status, bool or_spins)
{
	const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000 };

	for (int ms = 0; ms < PATIENCE_MS; ms += PAUSE_MS) {
		if (waitpid(child, status, WNOHANG) == child)
			return true;
		if (or_spins && spins(child))
			return false;
		nanosleep(&pause, NULL);
	}
	return false;
}

/*
 * Kill it, and say whether it went. A stack is not taken from under one that did not.
 */
static bool end(struct question *q, int *status)
{
	kill(q->child, SIGKILL);
	return is_gone(q->child, status, false);
}

static void forget(struct question *q)
{
	if (q->stack != MAP_FAILED)
		munmap(q->stack, STACK_SIZE);
}

/**
 * child_queue() - have a process hand memory over, and kill it if that has no end
 * @row:	the row
 * @d:		the device
 * @m:		the memory
 *
 * Return: what QBUF says: 0, or a negative errno; -EINTR, what nobody lives to
 * see, if it said nothing.
 */
int child_queue(struct row *row, struct device *d, struct memory *m)
{
	struct question q = { .device = d, .memory = m };
	int status = 0;

	if (!begin(&q)) {
		row_fault(row, "no process could be started: %s", strerror(errno));
	} else if (!is_gone(q.child, &status, true)) {
		q.answer = -EINTR;
		if (!end(&q, &status)) {
			row_fault(row, "QBUF does not end, and cannot be killed");
			return q.answer;
		}
	}
	forget(&q);
	return q.answer;
}

/**
 * child_killed_in_queue() - kill a process while it waits in QBUF for a page
 * @row:	the row
 * @d:		the device
 * @m:		the memory; its fd can be read when a page is waited for. It is closed:
 *		what is left is memory like any other
 *
 * Return: -EINTR, what nobody lives to see; if QBUF does not wait, what it says; 0
 * with a fault told if it came otherwise.
 */
int child_killed_in_queue(struct row *row, struct device *d, struct memory *m)
{
	struct pollfd fault = { .fd = m->fd, .events = POLLIN };
	struct question q = { .device = d, .memory = m };
	bool begun = begin(&q), gone = true;
	int status = 0, ret = -EINTR;

	/* It waits, or it has its answer. */
	for (int ms = 0; begun && ms < PATIENCE_MS; ms += PAUSE_MS)
		if (poll(&fault, 1, PAUSE_MS) || is_a_zombie(q.child))
			break;
	if (begun)
		gone = end(&q, &status);
	close(m->fd);
	m->fd = -1;
	if (!gone) {
		row_fault(row, "QBUF waits for a page, and cannot be killed");
		is_gone(q.child, &status, false);
		ret = 0;
	} else if (!begun) {
		row_fault(row, "no process could be started: %s", strerror(errno));
	} else if (!WIFSIGNALED(status)) {
		ret = q.answer;
	}
	forget(&q);
	return ret;
}
