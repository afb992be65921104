// SPDX-License-Identifier: GPL-2.0-only
/*
 * event.c - scenarios in which something happens to memory that is pinned
 *
 * The rules, from which the fate of each frame follows:
 *
 *	held	 A pinned page keeps its place and its bytes, whatever happens to the mapping.
 *		 So a frame whose buffer is queued arrives in the pinned pages, or is read from
 *		 there, and no other byte changes (Documentation/core-api/pin_user_pages.rst).
 *	shown	 The kernel replaces no pinned page under the pointer by itself. So if the
 *		 program has not replaced it either, the pointer shows the frame.
 *	current	 QBUF pins what the pointer leads to at that moment, also if videobuf2 has
 *		 pinned the same pointer before (vipin(4), policy strict).
 *	refused	 If rules.c of v4l2-pincheck refuses that memory, QBUF reports the reason,
 *		 nothing is pinned or written, and the buffer accepts another pointer.
 *	given	 A buffer that is freed gives back its pins at once.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/stamp.h"
#include "event.h"
#include "quirks.h"

#define FRAME_MAX	(LIFE_PLANES * PAGE)

/*
 * The second frame of an output device is shorter. If the device reads the pages of the first one,
 * it finds a frame of another length, and counts it as bad.
 */
#define TRIM		64

/* Write to a frame's memory, if this process may: LIFE_FILL, or a frame to send. */
static bool fill(const struct life *l, unsigned char *frame, bool paint)
{
	unsigned char bytes[FRAME_MAX];

	memset(bytes, LIFE_FILL, sizeof(bytes));
	if (paint)
		stamp_put(bytes, l->frame - l->trim, 0);
	return backing_write(frame, bytes, l->pages * PAGE);
}

static bool consists_of(const unsigned char *bytes, size_t size, unsigned char fill)
{
	for (size_t i = 0; i < size; i++)
		if (bytes[i] != fill)
			return false;
	return true;
}

/* A frame must be complete, and the rest of its last page unchanged. */
static bool has_frame(const struct life *l, const unsigned char *bytes)
{
	struct vipin_stamp stamp;
	char why[128];

	return stamp_agrees(bytes, l->frame, &stamp, why, sizeof(why)) &&
	       consists_of(bytes + l->frame, l->pages * PAGE - l->frame, LIFE_FILL);
}

/* No byte next to the frame may change, wherever the guard pages are now. */
static void check_guards(const struct subject *s)
{
	const unsigned char *guards[] = { s->map, s->frame + s->size };
	unsigned char page[PAGE];

	for (size_t i = 0; i < ARRAY_SIZE(guards); i++)
		if (s->guards & 1 << i && backing_read(guards[i], page, PAGE))
			life_expect(consists_of(page, PAGE, GUARD_FILL),
				    "a byte %s the frame has changed", i ? "after" : "before");
}

/* No frame may be in pages that the pointer leads to, but that are not pinned. */
static void check_untouched(const struct subject *s)
{
	unsigned char bytes[FRAME_MAX];

	if (s->filled && !s->l->output && backing_read(s->frame, bytes, s->size))
		life_expect(consists_of(bytes, s->size, LIFE_FILL),
			    "pages that are not pinned have changed");
}

/* A captured frame must be in the pages that were pinned first, and only there. */
static void check_pinned_pages(struct subject *s)
{
	const struct life *l = s->l;
	unsigned char bytes[FRAME_MAX];

	if (s->scenario->leads_to == SAME_PAGES && backing_read(s->frame, bytes, s->size)) {
		life_expect(has_frame(l, bytes), "the pointer does not show the frame");
		return;
	}
	if (backing_testify(s, bytes))
		life_expect(has_frame(l, bytes), "the frame is not in the pinned pages");
	check_untouched(s);
}

/* Queue a second buffer, with other memory, so that frames follow each other. */
static unsigned char *queue_companion(struct life *l)
{
	unsigned char *companion = life_map(l, NULL);
	int err;

	fill(l, companion, l->output);
	l->index = 1;
	err = life_queue(l, companion);
	l->index = 0;
	life_expect(!err, "QBUF of the second buffer: %s", strerror(-err));
	return companion;
}

/* Return the reason for which QBUF must refuse the pointer after the event, or NULL. */
static const char *refusal(const struct subject *s)
{
	return s->l->output ? s->scenario->output : s->scenario->capture;
}

/* The pin of the first QBUF is kept: a frame arrives in the pages that were pinned then. */
static void expect_kept_pin(struct subject *s, long long good)
{
	life_take(s->l, s->frame);
	if (!s->l->output)
		check_pinned_pages(s);
	else
		life_expect(life_good_frames(s->l) == good + !s->l->trim,
			    "the device did not read the pages that were pinned first");
	check_guards(s);
}

static void expect_refusal(struct subject *s, int err)
{
	char keys[64];

	life_expect(err < 0, "QBUF is accepted, which %s must prevent", refusal(s));
	snprintf(keys, sizeof(keys), "reason=%s ", refusal(s));
	life_expect_verdict(s->l, keys);
	check_untouched(s);
	check_guards(s);
}

static void expect_current_pages(struct subject *s, long long good)
{
	unsigned char bytes[FRAME_MAX];

	life_take(s->l, s->frame);
	if (s->l->output) {
		life_expect(life_good_frames(s->l) == good + 1,
			    "the device did not read what the pointer leads to");
	} else {
		life_expect(backing_read(s->frame, bytes, s->size), "the frame is unreadable");
		life_expect(has_frame(s->l, bytes), "the next frame is not at the pointer");
	}
	check_guards(s);
}

/* Queue the same pointer again. Return the number of its pages that are pinned then. */
static long queue_again(struct subject *s, bool *kept)
{
	struct life *l = s->l;
	bool stale = refusal(s) || s->scenario->leads_to != SAME_PAGES;
	unsigned long before;
	char line[512];
	long long good;
	int err;

	l->trim = l->output ? TRIM : 0;
	s->filled = fill(l, s->frame, l->output);
	if (!s->filled)
		l->trim = 0;
	good = life_good_frames(l);
	before = life_verdict(l, line, sizeof(line));
	err = life_queue(l, s->frame);
	*kept = stale && life_verdict(l, line, sizeof(line)) == before;
	if (*kept) {
		life_expect(!err, "QBUF: %s, without a verdict", strerror(-err));
		life_expect(l->policy == VIPIN_POLICY_KERNEL,
			    "QBUF keeps the pin though the mapping has changed");
		expect_kept_pin(s, good);
		return l->pages;
	}
	if (refusal(s)) {
		expect_refusal(s, err);
		return 0;
	}
	life_expect(!err, "QBUF after it: %s", strerror(-err));
	expect_current_pages(s, good);
	return l->pages;
}

/* Pin the memory by QBUF. Return the second buffer's memory, or NULL if there is none. */
static unsigned char *queue_first(struct subject *s, bool witnessed)
{
	struct life *l = s->l;
	unsigned char *companion = NULL;

	fill(l, s->frame, l->output);
	if (l->way & STREAMING)
		life_start(l);
	life_expect_queued(l, s->frame);
	if (l->way & STREAMING)
		companion = queue_companion(l);
	/* Not earlier: a pin cannot move a page that a pipe holds out of ZONE_MOVABLE. */
	if (!l->output && witnessed)
		backing_witness(s);
	return companion;
}

/* The frames that were queued before the event must be in the pages that were pinned then. */
static void check_first(struct subject *s, unsigned char *companion, long long good)
{
	struct life *l = s->l;

	life_take(l, s->frame);
	if (companion) {
		life_take(l, companion);
		life_expect(l->output || has_frame(l, companion),
			    "the second buffer has no frame");
	}
	if (l->output)
		life_expect(life_good_frames(l) == good + 1 + !!companion,
			    "the device did not read the pinned pages");
	else
		check_pinned_pages(s);
	check_guards(s);
}

/**
 * event_run() - pin memory, make something happen to it, and check the fate of the frames
 * @l:		the device, with two buffers
 * @scenario:	the scenario
 */
void event_run(struct life *l, const struct scenario *scenario)
{
	const bool broken = quirk_applies(scenario->quirk);
	const struct scenario changed = quirk_change(scenario);
	const bool late = quirk_comes_late(scenario->quirk);
	struct subject s = { .l = l, .scenario = broken && !late ? &changed : scenario };
	/* If this was mapped later, it could get the address of memory that was unmapped. */
	unsigned char *fresh = life_map(l, NULL), *companion;
	const long before = life_pins(-1);
	long long good;
	long others;
	bool kept;

	if (scenario->memory == DISK_FILE && !l->output)
		life_skip("a device may not write to a file of a disk");
	backing_map(&s);
	good = life_good_frames(l);
	companion = queue_first(&s, scenario->leads_to != SAME_PAGES || scenario->output || broken);
	others = companion ? l->pages : 0;
	life_expect_pins(before + others + l->pages, "after QBUF");

	scenario->happens(&s);
	if (s.scenario->leads_to == OTHER_PAGES)
		s.filled = fill(l, s.frame, false);
	life_expect_pins(before + others + l->pages, "after it");
	check_first(&s, companion, good);
	if (broken)
		s.scenario = &changed;

	life_expect_pins(before + others + queue_again(&s, &kept), "after the second QBUF");
	l->trim = 0;
	life_frame(l, fresh);
	life_stop(l);
	life_buffers(l, 0, V4L2_MEMORY_USERPTR);
	life_expect_pins(before, "after the buffers were freed");
	backing_release(&s);
	if (broken && (kept || !late))
		quirk_end(scenario->quirk);
	if (kept)
		quirk_end(PIN_KEPT);
}

/**
 * event_sentence() - say what happens, what must result, and where the kernel says so
 * @scenario:	the scenario
 *
 * Return: the sentence, until the next call.
 */
const char *event_sentence(const struct scenario *scenario)
{
	static const char * const fates[] = {
		[SAME_PAGES] = "the frame arrives at the pointer",
		[OTHER_PAGES] = "the frame arrives in the pinned pages only",
		[NO_PAGES] = "the frame arrives in the pinned pages only",
	};
	static char text[384];
	const char *capture = scenario->capture, *output = scenario->output;
	char next[96] = "accepted";

	if (scenario->run) {
		snprintf(text, sizeof(text), scenario->source ? "%s [%s]" : "%s",
			 scenario->sentence, scenario->source);
		return text;
	}
	if (capture && output && !strcmp(capture, output))
		snprintf(next, sizeof(next), "refused (%s)", capture);
	else if (capture && output)
		snprintf(next, sizeof(next), "refused (%s; output: %s)", capture, output);
	else if (capture)
		snprintf(next, sizeof(next), "refused (%s), but accepted for output", capture);
	snprintf(text, sizeof(text), "%s: %s; the next QBUF is %s [%s]", scenario->sentence,
		 fates[scenario->leads_to], next, scenario->source);
	return text;
}

/**
 * event_renew() - stop the stream, free all buffers, and allocate new ones
 * @l:		the device
 * @buffers:	number of the new buffers
 */
void event_renew(struct life *l, unsigned int buffers)
{
	if (l->streaming)
		life_stop(l);
	life_buffers(l, 0, V4L2_MEMORY_USERPTR);
	life_buffers(l, buffers, V4L2_MEMORY_USERPTR);
	l->index = 0;
}

/**
 * event_touch() - write to each page of the frame without changing it
 * @s:	the subject; a device may write to the frame at the same time
 */
void event_touch(struct subject *s)
{
	/* This is 0, which the compiler does not know. So it cannot drop the write. */
	const unsigned char nothing = s->size % PAGE;

	for (size_t i = PAGE - 1; i < s->size; i += PAGE)
		__atomic_fetch_or(s->frame + i, nothing, __ATOMIC_SEQ_CST);
}

/**
 * event_fork() - fork, or end the scenario as wrong
 *
 * Return: 0 in the child, else its number.
 */
pid_t event_fork(void)
{
	pid_t child = fork();

	life_expect(child >= 0, "fork: %s", strerror(errno));
	return child;
}

/**
 * event_share() - fork a child that does nothing, and so shares all private pages
 *
 * Return: its number, for event_unshare().
 */
pid_t event_share(void)
{
	pid_t child = event_fork();

	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		pause();
		_exit(0);
	}
	return child;
}

/**
 * event_unshare() - end the child of event_share()
 * @child:	its number
 */
void event_unshare(pid_t child)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

/**
 * event_exit_code() - wait for a child to exit
 * @child:	its number
 *
 * Return: its exit status.
 */
int event_exit_code(pid_t child)
{
	int status = -1;

	life_expect(waitpid(child, &status, 0) == child && WIFEXITED(status),
		    "the child ended with status %#x", status);
	return WEXITSTATUS(status);
}

/**
 * event_wait() - wait for a child to exit with status 0
 * @child:	its number
 */
void event_wait(pid_t child)
{
	int code = event_exit_code(child);

	life_expect(!code, "the child ended with %d", code);
}

/**
 * event_fork_and_exit() - fork a child that exits, and wait for it
 */
void event_fork_and_exit(void)
{
	pid_t child = event_fork();

	if (!child)
		_exit(0);
	event_wait(child);
}

/**
 * event_exec() - replace the program of this process by one that exits at once
 */
void __noreturn event_exec(void)
{
	execl("/bin/true", "true", NULL);
	_exit(errno);
}
