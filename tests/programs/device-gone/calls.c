// SPDX-License-Identifier: GPL-2.0-only
/*
 * calls.c - threads that make calls on a node while its device is removed
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "calls.h"
#include "common/page.h"

static int call_frames(struct stage *s)
{
	unsigned int index;

	while (!stage_dqbuf(s, &index) && !stage_hand_over(s, index, VIDIOC_QBUF))
		s->frames++;
	return -1;
}

static int call_file(struct stage *s)
{
	bool output = V4L2_TYPE_IS_OUTPUT(s->type);

	while ((output ? write(s->fd, s->page[0], PAGE) : read(s->fd, s->page[0], PAGE)) >= 0)
		s->frames++;
	return -1;
}

static int call_dqbuf(struct stage *s)
{
	unsigned int index;

	return stage_dqbuf(s, &index);
}

/* poll() has no errno: return POLLERR and POLLHUP as ENODEV. */
static int call_poll(struct stage *s)
{
	struct pollfd wait = { .fd = s->fd, .events = s->events };

	if (poll(&wait, 1, -1) < 0)
		return -1;
	errno = wait.revents & POLLERR && wait.revents & POLLHUP ? ENODEV : EPROTO;
	return -1;
}

static int call_dqevent(struct stage *s)
{
	struct v4l2_event event;

	return ioctl(s->fd, VIDIOC_DQEVENT, &event);
}

static int call_qbuf(struct stage *s)
{
	return stage_hand_over(s, MISSING, VIDIOC_QBUF);
}

/**
 * struct call - what a thread does while the device is removed
 * @name:	of the call
 * @call:	makes the call; returns -1 with errno set when the device is gone
 * @may_succeed: the call may have its effect before the device goes
 * @quirk:	the kernel quirk by which it sleeps on; NULL if there is none
 */
static const struct call {
	const char *name;
	int (*call)(struct stage *s);
	bool may_succeed;
	const char *quirk;
} calls[CALLS] = {
	[FRAMES] = { "DQBUF and QBUF in turn", call_frames },
	[FILE_IO] = { "read() or write()", call_file },
	[DQBUF] = { "DQBUF", call_dqbuf },
	/* Before 28955a61568c (5.12), nothing wakes poll() if it waits for events only. */
	[POLL] = { "poll()", call_poll, .quirk = "poll-sleeps-on" },
	/* v4l2_event_dequeue() waits for an event only. */
	[DQEVENT] = { "DQEVENT", call_dqevent, .quirk = "dqevent-sleeps-on" },
	[QBUF] = { "QBUF", call_qbuf, .may_succeed = true },
};

static void *sleeper_run(void *data)
{
	struct sleeper *sleeper = data;

	sleeper->tid = syscall(SYS_gettid);
	sleeper->error = sleeper->call->call(sleeper->stage) ? errno : 0;
	return NULL;
}

static bool sleeps(const struct sleeper *sleeper)
{
	char path[64], state = 0;
	FILE *file;

	if (!sleeper->tid)
		return false;
	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", sleeper->tid);
	file = fopen(path, "re");
	if (!file)
		return true;
	if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		state = 0;
	fclose(file);
	return state == 'S' || state == 'D';
}

/**
 * thread_ends_within() - wait for the end of a thread
 * @thread:	the thread
 * @seconds:	how long
 *
 * Return: true if it has ended.
 */
bool thread_ends_within(pthread_t thread, int seconds)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += seconds;
	return !pthread_timedjoin_np(thread, NULL, &until);
}

/**
 * thread_start() - start a thread
 * @function:	what it runs
 * @data:	argument of @function
 *
 * Return: the thread.
 */
pthread_t thread_start(void *(*function)(void *), void *data)
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, function, data);
	if (errno)
		die("a thread");
	return thread;
}

/*
 * Before Linux 6.2, a long-term pin does not wait for userfaultfd. poll() needs O_NONBLOCK, and
 * returns POLLERR at once without it.
 */
static bool pin_waits(const struct stage *s)
{
	struct pollfd fault = { .fd = s->uffd, .events = POLLIN };

	return poll(&fault, 1, 1000 * WAKE_UP) == 1 && fault.revents == POLLIN;
}

/**
 * calls_start() - start the calls, and wait until each of them sleeps
 * @s:		the stage
 * @mask:	the calls
 * @sleepers:	CALLS of them; filled in
 *
 * Return: RIGHT, or WRONG if one does not sleep.
 */
enum outcome calls_start(struct stage *s, unsigned int mask, struct sleeper *sleepers)
{
	unsigned int i, tries;

	for (i = 0; i < CALLS; i++) {
		struct sleeper *sleeper = &sleepers[i];

		if (!(mask & BIT(i)))
			continue;
		*sleeper = (struct sleeper) { .stage = s, .call = &calls[i] };
		sleeper->thread = thread_start(sleeper_run, sleeper);
		if (i == QBUF) {
			s->pin_waits = pin_waits(s);
			if (!s->pin_waits) {
				pthread_join(sleeper->thread, NULL);
				sleeper->call = NULL;
				continue;
			}
		}
		for (tries = 0; tries < 1000 * PATIENCE; tries++) {
			if (sleeps(sleeper) && (i > FILE_IO || s->frames >= 2))
				break;
			usleep(1000);
		}
		if (tries == 1000 * PATIENCE)
			return ended(s, WRONG, "%s does not sleep", calls[i].name);
	}
	return RIGHT;
}

/**
 * calls_end() - check that each call returns, now that the device is gone
 * @s:		the stage
 * @sleepers:	CALLS of them
 *
 * A call that sleeps on is ended by SIGUSR1.
 *
 * Return: RIGHT, WRONG, or EXPECTED_FAILURE.
 */
enum outcome calls_end(struct stage *s, struct sleeper *sleepers)
{
	enum outcome outcome = RIGHT;
	unsigned int i;

	for (i = 0; i < CALLS; i++) {
		const struct call *call = sleepers[i].call;

		if (!call)
			continue;
		if (!thread_ends_within(sleepers[i].thread, WAKE_UP)) {
			do {
				pthread_kill(sleepers[i].thread, SIGUSR1);
			} while (!thread_ends_within(sleepers[i].thread, WAKE_UP));
			if (!call->quirk || (i == POLL && s->events != POLLPRI))
				outcome = ended(s, WRONG, "%s sleeps on", call->name);
			else if (outcome == RIGHT)
				outcome = ended(s, EXPECTED_FAILURE,
						"%s: %s sleeps on until a signal",
						call->quirk, call->name);
		} else if (sleepers[i].error != ENODEV &&
			   (sleepers[i].error || !call->may_succeed)) {
			outcome = ended(s, WRONG, "%s: %s", call->name,
					strerror(sleepers[i].error));
		}
	}
	return outcome;
}
