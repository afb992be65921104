// SPDX-License-Identifier: GPL-2.0-only
/*
 * row.c - one kind of memory, one device, one policy: one row of the table
 *
 * Map, fill, hand over, see what was said, compare with the rule, then prove
 * it: frame by frame if the memory was accepted, by its contents if not.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "frame.h"
#include "health.h"
#include "row.h"

/* What a queue must still do after it refused a pointer. */
#define GOOD_FRAMES	2

const char * const policy_names[] = {
	[VIPIN_POLICY_KERNEL] = "kernel",
	[VIPIN_POLICY_STRICT] = "strict",
};

__printf(2, 3)
static void fault(struct row *row, const char *format, ...)
{
	va_list args;

	if (row->nr_faults == MAX_FAULTS)
		return;
	va_start(args, format);
	vsnprintf(row->faults[row->nr_faults++], FAULT_SIZE, format, args);
	va_end(args);
}

static const char *error_name(int error)
{
	return error ? strerrorname_np(-error) : "accepted";
}

static enum v4l2_memory memory_type(const struct memory *m)
{
	return m->kind->by_fd ? V4L2_MEMORY_DMABUF : V4L2_MEMORY_USERPTR;
}

static int queue(struct device *d, unsigned int index, const struct memory *m)
{
	return m->kind->by_fd ? device_queue_dmabuf(d, index, m->dmabuf) :
				device_queue_pointer(d, index, m->frame, m->given);
}

/* A frame came: verify it. The first one into a user pointer may be shown. */
static bool verify(struct row *row, struct run *run, struct device *d,
		   const struct memory *m, const struct v4l2_buffer *buf)
{
	char why[FAULT_SIZE - 32];

	if (!frame_verify(d, m, buf, why, sizeof(why))) {
		fault(row, "frame %u: %s", buf->sequence, why);
		return false;
	}
	if (run->png && !m->kind->by_fd) {
		int ret = frame_write_png(d, m, run->png);

		if (ret)
			fault(row, "%s: %s", run->png, strerror(-ret));
		run->png = NULL;
	}
	return true;
}

/*
 * Stream until @nr frames have arrived in @m, which is buffer 0 and queued. The
 * other buffers that a driver may need before it starts are spare memory.
 */
static unsigned int stream(struct row *row, struct run *run, struct device *d,
			   struct memory *m, unsigned int nr)
{
	unsigned int frames = 0;
	struct v4l2_buffer buf;
	__s64 newest = -1;
	int ret = 0;

	for (unsigned int i = 1; i < d->depth && !ret; i++)
		ret = queue(d, i, &run->spare);
	if (ret) {
		fault(row, "a good buffer beside it is refused: %s", error_name(ret));
		return 0;
	}
	ret = device_stream(d, true);
	if (ret) {
		fault(row, "STREAMON: %s", error_name(ret));
		return 0;
	}

	while (frames < nr && !run->stop) {
		ret = device_dequeue(d, &buf, memory_type(m));
		if (ret) {
			if (ret != -EINTR)
				fault(row, "after %u frames: %s", frames, error_name(ret));
			break;
		}
		if (buf.sequence <= newest)
			fault(row, "frame %u after frame %lld", buf.sequence, newest);
		newest = buf.sequence;
		if (!buf.index) {
			if (!verify(row, run, d, m, &buf))
				break;
			frames++;
			if (frames == 1 && m->kind->pinned && m->kind->pinned(m))
				fault(row, "%s", m->why);
			frame_clear(m);
		}
		ret = queue(d, buf.index, buf.index ? &run->spare : m);
		if (ret) {
			fault(row, "frame %u: QBUF again: %s", buf.sequence, error_name(ret));
			break;
		}
	}

	ret = device_stream(d, false);
	if (ret)
		fault(row, "STREAMOFF: %s", error_name(ret));
	return frames;
}

static void prove_accepted(struct row *row, struct run *run, struct device *d,
			   struct memory *m)
{
	struct sight pinned;
	char why[FAULT_SIZE];

	if (sight_take(&pinned, d, m))
		fault(row, "/proc no longer shows the memory");
	else if (pinned.in_cma)
		fault(row, "%zu pages are pinned in the CMA area", pinned.in_cma);
	else if (pinned.in_movable)
		fault(row, "%zu pages are pinned in ZONE_MOVABLE", pinned.in_movable);
	if (m->kind->foreign)
		return;

	row->frames = stream(row, run, d, m, run->frames);
	if (!frame_guards_intact(m, why, sizeof(why)))
		fault(row, "%s", why);
}

static void prove_refused(struct row *row, struct run *run, struct device *d,
			  struct memory *m)
{
	char why[FAULT_SIZE];
	int ret;

	if (!m->kind->foreign && !frame_untouched(m, why, sizeof(why)))
		fault(row, "%s", why);
	if (m->kind->by_fd)
		return;

	ret = queue(d, 0, &run->good);
	if (ret) {
		fault(row, "the queue then refuses a good pointer: %s", error_name(ret));
		return;
	}
	frame_fill(&run->good);
	stream(row, run, d, &run->good, GOOD_FRAMES);
	if (!frame_guards_intact(&run->good, why, sizeof(why)))
		fault(row, "good pointer: %s", why);
	if (!m->kind->foreign && !frame_untouched(m, why, sizeof(why)))
		fault(row, "later %s", why);
}

/* Verdict, errno and who: each as the rule says. */
static void compare(struct row *row, const struct memory *m)
{
	const struct rule *rule = row->rule;

	if (row->error != rule->error)
		fault(row, "QBUF: %s, but by rule '%s' of law %u: %s",
		      error_name(row->error), rule->name, rule->law,
		      error_name(rule->error));
	if (m->kind->by_fd || !verdict_may_be_read(row->device))
		return;

	if (!row->told.serial)
		fault(row, "vipin told no verdict on this pointer");
	else if (row->told.error != row->error)
		fault(row, "vipin told %s, but QBUF: %s",
		      error_name(row->told.error), error_name(row->error));
	else if (row->told.who != rule->who[row->policy])
		fault(row, "decided by %s, but by rule '%s' of law %u: by %s",
		      who_names[row->told.who], rule->name, rule->law,
		      who_names[rule->who[row->policy]]);
}

static bool skip(struct row *row, const char *why)
{
	snprintf(row->skip, sizeof(row->skip), "%s", why);
	row->outcome = ROW_SKIPPED;
	return false;
}

/* With the memory mapped: all that happens while buffers exist. */
static bool run_queue(struct row *row, struct run *run, struct device *d,
		      struct memory *m, const struct sight *before)
{
	unsigned int serial = verdict_last_serial(d);
	struct sight after;

	if (m->kind->by_fd && d->depth > 1)
		return skip(row, "the device does not start with one dma-buf alone");
	if (m->kind->by_fd && !d->scattered && !before->pfns_known)
		return skip(row, "nothing shows whether the dma-buf is contiguous");
	if (device_buffers(d, memory_type(m), d->depth) < 0)
		return skip(row, "the device takes no such memory");

	row->error = queue(d, 0, m);
	if (sight_take(&after, d, m))
		return skip(row, "/proc does not show the memory");
	verdict_read(d, serial, m->frame, m->given, &row->told);
	row->rule = rule_for(before, &after);
	if (!row->rule)
		return skip(row, "to know whether it is contiguous takes CAP_SYS_ADMIN");

	compare(row, m);
	if (!row->error)
		prove_accepted(row, run, d, m);
	else
		prove_refused(row, run, d, m);
	return true;
}

static bool run_mapped(struct row *row, struct run *run, struct device *d,
		       struct memory *m)
{
	long pins_before, pins_after;
	struct sight before;
	bool done;

	if (!m->kind->untouched && !m->kind->foreign)
		frame_fill(m);
	if (sight_take(&before, d, m))
		return skip(row, "/proc does not show the memory");
	if (m->kind->in_cma && before.in_cma < m->length / PAGE)
		return skip(row, "its pages left the CMA area by themselves");
	if (m->kind->in_movable && before.in_movable < m->length / PAGE)
		return skip(row, "its pages left ZONE_MOVABLE by themselves");

	health_pins(&pins_before, -1);
	done = run_queue(row, run, d, m, &before);
	if (device_buffers(d, memory_type(m), 0) < 0)
		fault(row, "REQBUFS(0) fails");
	if (!health_pins(&pins_after, pins_before))
		fault(row, "%ld pages stay pinned", pins_after - pins_before);
	return done;
}

/**
 * row_run() - hand one kind of memory to a device, and prove what comes of it
 * @row:	filled in
 * @run:	what all rows share
 * @d:		the device, without buffers
 * @policy:	the policy it has been set to
 * @kind:	the memory
 */
void row_run(struct row *row, struct run *run, struct device *d,
	     enum vipin_policy policy, const struct memory_kind *kind)
{
	long huge_before = health_huge_pages(), huge_after;
	char line[FAULT_SIZE - 32];
	struct memory m;
	struct klog log;
	bool done;

	*row = (struct row) { .device = d, .policy = policy, .kind = kind };
	if (memory_map(&m, kind, d->path, d->pix.sizeimage)) {
		skip(row, m.why);
		return;
	}

	klog_begin(&log);
	done = run_mapped(row, run, d, &m);
	memory_unmap(&m);
	huge_after = health_huge_pages();
	if (huge_after != huge_before)
		fault(row, "%ld huge pages free, %ld before", huge_after, huge_before);
	if (!klog_end(&log, row->rule ? row->rule->announces : NULL, line, sizeof(line)))
		fault(row, "kernel log: %s", line);

	if (row->nr_faults)
		row->outcome = ROW_SURPRISE;
	else if (done)
		row->outcome = ROW_AS_RULED;
}
