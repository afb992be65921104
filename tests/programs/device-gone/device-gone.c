// SPDX-License-Identifier: GPL-2.0-only
/*
 * device-gone - what happens to a program whose device is removed?
 *
 * Threads make calls on a node that sleep or take a while. Then the device is removed. Each call
 * must return within a second, with ENODEV. From then on each call on the old file descriptor
 * returns ENODEV at once, poll() returns POLLERR and POLLHUP, and no page is pinned. After the file
 * is closed, the device is brought back, and a frame arrives.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "calls.h"
#include "common/pins.h"
#include "common/video-node.h"
#include "time-limit.h"

#define PIN_WAITS	200000	/* us, in which the removal must wait for a pin */

static const char usage[] =
"Usage: device-gone -d NODE --way WAY [SCENARIO...]\n"
"Removes the device of a vipin node while calls on that node sleep, and brings it back.\n"
"Needs root.\n"
"\n"
"  -d, --device NODE   the node, /dev/videoN\n"
"  -w, --way WAY       how: unbind; remove (the PCI function, through sysfs); unplug (switch its\n"
"                      slot off); or pull-out (it is gone before the kernel knows). The last two\n"
"                      are for one scenario, since the function does not come back\n"
"  -l, --list          list the scenarios: what sleeps\n"
"  -h, --help          print this text\n"
"\n"
"Exit status: 0 all was right, 1 something was wrong, 2 could not run, 4 all was skipped.\n";

/**
 * struct scene - what happens while the device is removed
 * @name:	of the scenario
 * @sentence:	what it does
 * @calls:	the calls that threads make, as a mask
 * @queued:	buffers that are queued first
 * @prepared:	one more buffer is prepared
 * @streams:	STREAMON is called
 * @dequeued:	the queued buffer is dequeued again
 * @events:	for which poll() waits
 * @until_back:	the old file stays open until the device is back
 */
static const struct scene {
	const char *name;
	const char *sentence;
	unsigned int calls;
	unsigned int queued;
	bool prepared;
	bool streams;
	bool dequeued;
	short events;
	bool until_back;
} scenes[] = {
	{ .name = "open", .sentence = "the node is open" },
	{ .name = "open-until-back", .sentence = "the node stays open until the device is back",
	  .queued = 1, .until_back = true },
	{ .name = "prepared", .sentence = "a prepared and a queued buffer are pinned",
	  .queued = 1, .prepared = true },
	{ .name = "frames", .sentence = "frames are in flight", .calls = BIT(FRAMES),
	  .queued = MISSING, .streams = true },
	{ .name = "file-io", .sentence = "read() or write() sleeps", .calls = BIT(FILE_IO) },
	{ .name = "dqbuf", .sentence = "DQBUF sleeps, since no buffer is queued",
	  .calls = BIT(DQBUF), .streams = true },
	{ .name = "poll", .sentence = "poll() sleeps, since no buffer is done",
	  .calls = BIT(POLL), .queued = 1, .streams = true, .dequeued = true,
	  .events = POLLIN | POLLOUT },
	{ .name = "poll-for-events", .sentence = "poll() sleeps, and waits for events only",
	  .calls = BIT(POLL), .events = POLLPRI },
	{ .name = "dqevent", .sentence = "DQEVENT sleeps", .calls = BIT(DQEVENT) },
	{ .name = "qbuf-in-pin", .sentence = "QBUF waits for a page during its pin",
	  .calls = BIT(QBUF), .queued = 1 },
	{ .name = "all", .sentence = "frames, poll(), DQEVENT, and QBUF during its pin",
	  .calls = BIT(FRAMES) | BIT(POLL) | BIT(DQEVENT) | BIT(QBUF),
	  .queued = MISSING, .streams = true, .events = POLLPRI },
};

static void set_up(struct stage *s, const struct scene *scene)
{
	struct v4l2_event_subscription subscription = {
		.type = V4L2_EVENT_CTRL, .id = VIPIN_CID_FREE_RUN,
	};
	unsigned int i;

	stage_open(s);
	s->frames = 0;
	s->events = scene->events;
	stage_map(s, scene->calls & BIT(QBUF));
	if (ioctl(s->fd, VIDIOC_SUBSCRIBE_EVENT, &subscription))
		die("VIDIOC_SUBSCRIBE_EVENT");
	if (!scene->queued && !scene->prepared && !scene->streams)
		return;
	if (video_node_request(s->fd, s->type, V4L2_MEMORY_USERPTR, BUFFERS) != BUFFERS)
		die("VIDIOC_REQBUFS");
	for (i = 0; i < scene->queued; i++)
		if (stage_hand_over(s, i, VIDIOC_QBUF))
			die("VIDIOC_QBUF");
	if (scene->prepared && stage_hand_over(s, i, VIDIOC_PREPARE_BUF))
		die("VIDIOC_PREPARE_BUF");
	if (scene->streams && video_node_stream(s->fd, s->type, true))
		die("VIDIOC_STREAMON");
	/* Before the first QBUF, poll() of a capture device does not sleep. */
	if (scene->dequeued && stage_dqbuf(s, &i))
		die("VIDIOC_DQBUF");
}

/**
 * struct remover - a thread that removes the device
 * @way:	how
 * @device:	the device
 * @done:	the removal has returned
 * @error:	0 or a negative errno
 */
struct remover {
	const struct removal *way;
	const struct device *device;
	atomic_bool done;
	int error;
};

static void *remover_run(void *data)
{
	struct remover *remover = data;

	remover->error = remover->way->remove(remover->device);
	remover->done = true;
	return NULL;
}

static enum outcome remove_device(struct stage *s, const struct scene *scene,
				  const struct removal *way)
{
	static struct remover remover;
	bool too_early = false;
	pthread_t thread;

	remover = (struct remover) { .way = way, .device = &s->device };
	thread = thread_start(remover_run, &remover);
	if (s->pin_waits) {
		/* The pages of this pin must not be lost: the removal waits for QBUF. */
		usleep(PIN_WAITS);
		too_early = remover.done;
		stage_provide_missing(s);
	}
	if (!thread_ends_within(thread, PATIENCE)) {
		ended(s, WRONG, "the removal does not return");
		scenario_print(WRONG, scene->name, s->why);
		exit(WRONG);
	}
	if (remover.error)
		return ended(s, WRONG, "the removal: %s", strerror(-remover.error));
	if (too_early)
		return ended(s, WRONG, "the device was removed during a pin");
	return RIGHT;
}

static enum outcome while_gone(struct stage *s, struct sleeper *sleepers, long held)
{
	enum outcome outcome = calls_end(s, sleepers);
	long held_now = pins_count(held);

	if (held_now != held)
		return ended(s, WRONG, "%ld pages are pinned, %ld were before", held_now, held);
	return stage_use_old_file(s) == RIGHT ? outcome : WRONG;
}

/**
 * struct job - what each scenario is run with
 * @s:		the node
 * @way:	how its device is removed
 */
struct job {
	struct stage s;
	const struct removal *way;
};

static enum outcome run(unsigned int n, void *context)
{
	struct job *job = context;
	struct stage *s = &job->s;
	const struct scene *scene = &scenes[n];
	const struct removal *way = job->way;
	struct sleeper sleepers[CALLS] = { };
	long held = pins_count(-1);
	enum outcome outcome;
	int error, old;

	alarm(TIME_LIMIT);
	s->why[0] = 0;
	set_up(s, scene);
	old = s->fd;
	outcome = calls_start(s, scene->calls, sleepers);
	if (outcome == RIGHT && !removal_is_refused(&s->device, s->why, sizeof(s->why)))
		outcome = WRONG;
	if (outcome == RIGHT)
		outcome = remove_device(s, scene, way);
	else
		way->remove(&s->device);
	if (outcome == RIGHT)
		outcome = while_gone(s, sleepers, held);
	else
		calls_end(s, sleepers);

	if (!scene->until_back)
		close(old);
	error = way->restore ? way->restore(&s->device) : 0;
	if (error)
		outcome = ended(s, WRONG, "the device does not come back: %s", strerror(-error));
	else if (way->restore && outcome != WRONG && stage_one_frame(s) == WRONG)
		outcome = WRONG;
	if (outcome == RIGHT && scene->calls == BIT(QBUF) && !s->pin_waits)
		outcome = ended(s, SKIPPED, "a pin of this kernel does not wait for userfaultfd");
	if (scene->until_back)
		close(old);
	stage_unmap(s);
	return outcome;
}

static const char *name_at(unsigned int n, const char **sentence)
{
	if (n >= ARRAY_SIZE(scenes))
		return NULL;
	*sentence = scenes[n].sentence;
	return scenes[n].name;
}

static void ignore(int signal)
{
	(void)signal;
}

int main(int argc, char **argv)
{
	struct scenario_options options = {
		.usage = usage, .name = name_at, .is_way = removal_is_name,
	};
	struct sigaction interrupt = { .sa_handler = ignore };
	static struct job job;
	struct stage *s = &job.s;

	scenario_options_parse(&options, argc, argv);
	job.way = removal_by_name(options.way ? options.way : "unbind");
	sigaction(SIGUSR1, &interrupt, NULL);
	snprintf(s->path, sizeof(s->path), "%s", options.device);
	device_find(&s->device, s->path);
	if (!job.way->possible(&s->device)) {
		fprintf(stderr, "device-gone: %s: %s is not possible\n", s->path, job.way->name);
		return CANNOT_RUN;
	}
	return scenario_run_chosen(&options, run, &job, s->why);
}
