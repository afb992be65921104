// SPDX-License-Identifier: GPL-2.0-only
/*
 * end.c - scenarios: how a stream ends
 */
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/macros.h"
#include "common/video-node.h"
#include "common/vipin-node.h"
#include "pair.h"

#define KILLS	10
#define ROUNDS	50

/* Queue all output buffers, and no capture buffer, so that no job can run. */
static bool fill_output(struct pair *p)
{
	void *pages[BUFFERS];

	if (!pages_map(p, pages))
		return false;
	for (unsigned int i = 0; i < BUFFERS; i++)
		if (pair_queue(p, OUT, i, pages[i]))
			return false;
	return true;
}

static enum outcome run_close(struct pair *p)
{
	if (!pair_begin(p) || !fill_output(p))
		return cannot(p);
	return pair_expect_counted(p, BUFFERS);
}

/*
 * VIDIOC_STREAMOFF of one queue returns its buffers, and leaves the other queue alone. Only the
 * sequence numbers of that queue begin again.
 */
static enum outcome stopped(struct pair *p, enum direction dir)
{
	void *from, *to;
	enum outcome outcome = pair_begin_and_copy(p, &from, &to);
	int err;

	if (outcome != RIGHT)
		return outcome;
	err = dir == OUT ? pair_queue_stamped(p, 0, from, 1) : pair_queue(p, CAP, 0, to);
	if (err || !pair_stream(p, dir, false) || !pair_stream(p, dir, true))
		return cannot(p);
	err = dir == OUT ? pair_queue(p, CAP, 0, to) ?: pair_queue_stamped(p, 0, from, 2) :
			   pair_queue_stamped(p, 0, from, 2) ?: pair_queue(p, CAP, 0, to);
	for (enum direction side = OUT; side <= CAP && !err; side++) {
		unsigned int expected = side == dir ? 0 : 1;

		err = pair_dequeue(p, side);
		if (!err && p->done.sequence != expected)
			return ended(p, WRONG, "the %s buffer has sequence number %u",
				     side == OUT ? "output" : "capture", p->done.sequence);
	}
	if (err)
		return ended(p, WRONG, "%s", strerror(-err));
	return pair_arrived(p, to, 2) ? RIGHT : WRONG;
}

static enum outcome run_output_stopped(struct pair *p)
{
	return stopped(p, OUT);
}

static enum outcome run_capture_stopped(struct pair *p)
{
	return stopped(p, CAP);
}

/* Check that the buffers of a queue come back in order. */
static bool comes_in_order(struct pair *p, enum direction dir)
{
	for (unsigned int i = 0; i < BUFFERS; i++) {
		int err = pair_dequeue(p, dir);

		if (err || p->done.sequence != i) {
			ended(p, WRONG, "%s buffer %u: %s, sequence number %u",
			      dir == OUT ? "output" : "capture", i, strerror(-err),
			      p->done.sequence);
			return false;
		}
	}
	return true;
}

/* Jobs can begin while VIDIOC_STREAMON hands over queued buffers. Queue one more after that. */
static enum outcome run_restarted(struct pair *p)
{
	void *from[BUFFERS], *to[BUFFERS];
	const unsigned int last = BUFFERS - 1;

	if (!pages_map(p, from) || !pages_map(p, to) || !pair_begin(p))
		return cannot(p);
	for (unsigned int round = 0; round < ROUNDS; round++) {
		if (!pair_stream(p, OUT, false) || !pair_stream(p, CAP, false))
			return cannot(p);
		for (unsigned int i = 0; i < last; i++)
			if (pair_queue_stamped(p, i, from[i], i) || pair_queue(p, CAP, i, to[i]))
				return cannot(p);
		if (!pair_stream(p, CAP, true) || !pair_stream(p, OUT, true) ||
		    pair_queue_stamped(p, last, from[last], last) ||
		    pair_queue(p, CAP, last, to[last]))
			return cannot(p);
		if (!comes_in_order(p, OUT) || !comes_in_order(p, CAP))
			return WRONG;
	}
	return RIGHT;
}

static enum outcome run_freed(struct pair *p)
{
	if (!pair_begin(p) || !fill_output(p))
		return cannot(p);
	if (!pair_stream(p, OUT, false))
		return cannot(p);
	if (video_node_request(p->fd, pair_type(p, OUT), V4L2_MEMORY_USERPTR, 0))
		return cannot(p);
	if (!pair_pinned_becomes(p, 0))
		return ended(p, WRONG, "%ld pages are counted", pair_pinned(p));
	return RIGHT;
}

/* Copy frames for ever. */
static void __noreturn copy_for_ever(struct pair *p, int ready)
{
	struct pair own = { .path = p->path };
	void *from[BUFFERS], *to[BUFFERS];
	unsigned int sequence = 0;

	if (!pair_open(&own) || !pages_map(&own, from) || !pages_map(&own, to) ||
	    !pair_begin(&own))
		_exit(CANNOT_RUN);
	for (unsigned int i = 0; i < BUFFERS; i++)
		if (pair_queue_stamped(&own, i, from[i], sequence++) ||
		    pair_queue(&own, CAP, i, to[i]))
			_exit(CANNOT_RUN);
	for (;;) {
		if (pair_dequeue(&own, OUT) ||
		    pair_queue_stamped(&own, own.done.index, from[own.done.index], sequence++) ||
		    pair_dequeue(&own, CAP) ||
		    pair_queue(&own, CAP, own.done.index, to[own.done.index]))
			_exit(WRONG);
		if (sequence == 2 * BUFFERS && write(ready, "", 1) != 1)
			_exit(CANNOT_RUN);
	}
}

/* SIGKILL comes at any moment of a job, and all pages are released. */
static enum outcome run_killed(struct pair *p)
{
	int ready[2], status;
	pid_t child;
	char byte;

	for (unsigned int i = 0; i < KILLS; i++) {
		if (pipe(ready))
			return cannot(p);
		child = fork();
		if (!child)
			copy_for_ever(p, ready[1]);
		close(ready[1]);
		if (child <= 0)
			return cannot(p);
		if (read(ready[0], &byte, 1) != 1)
			return ended(p, WRONG, "process %u does not copy", i);
		close(ready[0]);
		if (pair_pinned(p) != 2 * BUFFERS)
			return ended(p, WRONG, "%ld pages are counted", pair_pinned(p));
		usleep(1000 * i);
		kill(child, SIGKILL);
		if (waitpid(child, &status, 0) != child)
			return cannot(p);
		if (!WIFSIGNALED(status))
			return ended(p, WRONG, "process %u ended itself with %d", i,
				     WEXITSTATUS(status));
		if (!pair_pinned_becomes(p, 0))
			return ended(p, WRONG, "after SIGKILL, %ld pages are counted",
				     pair_pinned(p));
	}
	return RIGHT;
}

/* QBUF is refused until STREAMOFF, and no verdict blames the memory. */
static enum outcome refuses_all(struct pair *p, void *page)
{
	char before[512], after[512];

	if (vipin_node_verdict(p->path, before, sizeof(before)) < 0)
		return cannot(p);
	for (enum direction dir = OUT; dir <= CAP; dir++) {
		int err = pair_queue(p, dir, 1, page);

		if (err != -EIO)
			return ended(p, WRONG, "VIDIOC_QBUF: %s",
				     err ? strerror(-err) : "accepted");
	}
	if (vipin_node_verdict(p->path, after, sizeof(after)) < 0)
		return cannot(p);
	if (strcmp(before, after))
		return ended(p, WRONG, "QBUF recorded a verdict: %.200s", after);
	return RIGHT;
}

/* Break the streams of a file, while another one has buffers and does not stream yet. */
static enum outcome fatal_beside(struct pair *p, struct pair *idle)
{
	void *from = page_map(p, NULL), *to = page_map(p, NULL);
	void *idle_from = page_map(p, NULL), *idle_to = page_map(p, NULL);
	enum outcome outcome;
	int err;

	if (!from || !to || !idle_from || !idle_to)
		return cannot(p);
	if (!pair_begin(p) || !pair_request(idle, OUT, V4L2_MEMORY_USERPTR) ||
	    !pair_request(idle, CAP, V4L2_MEMORY_USERPTR))
		return cannot(p);
	err = video_node_set_control(p->fd, VIPIN_CID_INJECT_FATAL, 1);
	if (err)
		return err == -EINVAL ?
		       ended(p, SKIPPED, "it needs vipin's parameter error_injection") : cannot(p);
	outcome = refuses_all(p, from);
	if (outcome != RIGHT)
		return outcome;
	if (!pair_stream(idle, OUT, true) || !pair_stream(idle, CAP, true))
		return ended(p, WRONG, "the idle file does not stream: %s", strerror(errno));
	if (pair_copy(idle, idle_from, idle_to, 0) != RIGHT)
		return ended(p, WRONG, "the idle file: %s", idle->why);
	/* STREAMOFF ends the error. */
	if (!pair_stream(p, OUT, false) || !pair_stream(p, CAP, false) ||
	    !pair_stream(p, OUT, true) || !pair_stream(p, CAP, true))
		return cannot(p);
	return pair_copy(p, from, to, 1);
}

static enum outcome run_fatal(struct pair *p)
{
	struct pair idle = { .path = p->path };
	enum outcome outcome;

	if (!pair_open(&idle))
		return cannot(p);
	outcome = fatal_beside(p, &idle);
	pair_close(&idle);
	return outcome;
}

const struct scenario scenarios_end[] = {
	{
		.name = "close", .run = run_close,
		.sentence = "close() releases frames that were never copied",
	}, {
		.name = "output-stopped", .run = run_output_stopped,
		.sentence = "STREAMOFF takes the output frames back",
	}, {
		.name = "capture-stopped", .run = run_capture_stopped,
		.sentence = "STREAMOFF takes the capture buffers back",
	}, {
		.name = "restarted", .run = run_restarted,
		.sentence = "VIDIOC_STREAMON with queued buffers: sequence numbers begin with 0",
	}, {
		.name = "freed", .run = run_freed,
		.sentence = "REQBUFS(0) of one queue releases its pins",
	}, {
		.name = "killed", .run = run_killed,
		.sentence = "SIGKILL while frames are copied releases all pins",
	}, {
		.name = "fatal", .run = run_fatal,
		.sentence = "a fatal error ends the streams, and leaves other files alone",
	}, { }
};
