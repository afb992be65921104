// SPDX-License-Identifier: GPL-2.0-only
/*
 * row.c - run one row: hand one kind of memory to one device under one policy
 *
 * Map the memory, fill it, and hand it over. Compare the device's answer with the rules.
 * Then prove the answer: if the memory was accepted, by frames that arrive in it; if it was
 * refused, by its unchanged contents.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <time.h>

#include "child.h"
#include "common/pins.h"
#include "frame.h"
#include "health.h"
#include "row.h"
#include "stream.h"

/*
 * Other devices than vipin do not stamp frames and run at their own rate, so capture only
 * a few.
 */
#define PLAIN_FRAMES		2
#define PLAIN_GOOD_FRAMES	1

/* Number of frames that a queue must still stream after it refused a pointer. */
#define GOOD_FRAMES		2

/*
 * Number of pages by which the program's own heap and stack may grow in a row. They grow
 * by 1 to 7 pages when a function is called for the first time.
 */
#define OWN_GROWTH		12

/* Is the memory as it was: untouched, or with the whole frame that was painted into it? */
static bool is_unchanged(const struct memory *m, bool painted, char *why, size_t size)
{
	if (m->kind->not_ours)
		return true;
	if (!painted)
		return frame_untouched(m, why, size);
	return frame_guards_intact(m, why, size) && frame_is_painted(m, why, size);
}

static void prove_accepted(struct row *row, struct run *run, struct device *d,
			   struct memory *m, bool painted)
{
	unsigned int usual = d->vipin ? row->variant->frames : PLAIN_FRAMES;
	unsigned int nr = run->frames ? run->frames : usual;
	struct facts pinned;
	char why[FAULT_SIZE];

	if (facts_collect(&pinned, d, m))
		row_fault(row, "/proc no longer shows the memory");
	else if (facts_misplaced(&pinned) && !row_may_pin_in_place(row))
		row_fault(row, "%zu pages are pinned in the CMA area, %zu in ZONE_MOVABLE",
			  pinned.in_cma, pinned.in_movable);
	/* A pin with FOLL_FORCE may succeed although this process must not read the frame. */
	if (m->kind->not_ours || !pinned.readable)
		return;

	row->frames = stream_frames(row, run, d, m, &painted, nr);
	if (!frame_guards_intact(m, why, sizeof(why)) ||
	    (painted && !frame_is_painted(m, why, sizeof(why))))
		row_fault(row, "%s", why);
}

static void prove_refused(struct row *row, struct run *run, struct device *d,
			  struct memory *m, bool painted)
{
	char why[FAULT_SIZE];
	bool good_painted;
	int ret;

	if (!is_unchanged(m, painted, why, sizeof(why)))
		row_fault(row, "%s", why);
	/* Skip this check if something else keeps a page in place, because it would find that. */
	if ((m->kind->in_cma || m->kind->in_movable) && !m->kind->migration_may_fail &&
	    m->kind->check_while_pinned && m->kind->check_while_pinned(m))
		row_fault(row, "refused, but: %s", m->why);
	if (m->kind->by_fd || d->takes_none)
		return;

	frame_fill(&run->good);
	good_painted = d->direction == OUTPUT && frame_paint(&run->good, 0);
	ret = stream_queue(d, 0, &run->good);
	if (ret) {
		row_fault(row, "after this, the queue refuses a good pointer: %s",
			  error_name(ret));
		return;
	}
	stream_frames(row, run, d, &run->good, &good_painted,
		      d->vipin ? GOOD_FRAMES : PLAIN_GOOD_FRAMES);
	if (!frame_guards_intact(&run->good, why, sizeof(why)))
		row_fault(row, "good pointer: %s", why);
	if (!is_unchanged(m, painted, why, sizeof(why)))
		row_fault(row, "later %s", why);
}

/* Compare vipin's verdict: the errno, the decider and the reason. */
static void compare_verdict(struct row *row, const struct expectation *e,
			    const struct facts *before, const struct facts *after)
{
	const struct rule_case *c = e->decides;
	const struct verdict *v = &row->verdict;

	if (e->quirk && e->quirk->no_reason) {
		if (v->reason != VIPIN_REASON_UNKNOWN)
			row_fault(row, "vipin cannot know the reason, but reports one: %s",
				  reason_names[v->reason]);
		return;
	}
	if (e->decided_by == VIPIN_BY_UNKNOWN) {
		if (v->serial)
			row_fault(row, "vipin has a verdict, but vb2 should have refused before");
	} else if (!v->serial) {
		row_fault(row, "vipin has no verdict on this pointer");
	} else if (v->error != row->error) {
		row_fault(row, "vipin reports %s, but QBUF returned %s",
			  error_name(v->error), error_name(row->error));
	} else if (v->decided_by != e->decided_by) {
		row_fault(row, "decided by %s, but expected by rule %u: %s: %s",
			  decider_names[v->decided_by], c->rule, c->name,
			  decider_names[e->decided_by]);
	} else if (!expect_reason(e, v, kernel_at_hand(), before, after)) {
		row_fault(row, "the reason %s%s is not that of rule %u: %s: \"%s\"",
			  reason_names[v->reason],
			  v->pinned_for_writing ? " (pinned for writing)" : "", c->rule,
			  e->quirk && e->quirk->error ? e->quirk->name : c->name,
			  v->sentence);
	} else if (!*v->sentence) {
		row_fault(row, "the verdict has no sentence");
	}
}

static void compare(struct row *row, const struct memory *m, const struct facts *before,
		    const struct facts *after)
{
	const struct expectation *e = &row->expected;

	if (row->error != e->error)
		row_fault(row, "QBUF: %s, but expected by rule %u: %s: %s",
			  error_name(row->error), e->decides->rule,
			  e->quirk ? e->quirk->name : e->decides->name, error_name(e->error));
	if (!m->kind->by_fd && verdict_may_be_read(row->device))
		compare_verdict(row, e, before, after);
}

/* If QBUF may never return, call it in a process that can be killed. */
static int queue(struct row *row, struct device *d, struct memory *m)
{
	if (m->kind->blocks_in_fault)
		return child_killed_in_queue(row, d, m);
	return m->kind->pin_never_returns ? child_queue(row, d, m) : stream_queue(d, 0, m);
}

static int facts_collect_after(struct facts *after, const struct row *row,
			       const struct device *d, const struct memory *m)
{
	int ret = facts_collect(after, d, m);

	after->in_pieces = row->error == -EFAULT;
	return ret;
}

/*
 * /proc shows page frames of mapped pages only. A refused pin may not have mapped them, so
 * read the frame and try again.
 */
static bool find_expectation(struct row *row, struct device *d, const struct memory *m,
			     const struct facts *before, struct facts *after)
{
	const struct kernel *k = kernel_at_hand();

	if (expect(&row->expected, k, before, after))
		return true;
	if (m->kind->not_ours || m->kind->has_pkey || !after->readable)
		return false;
	frame_read(m);
	return !facts_collect_after(after, row, d, m) &&
	       expect(&row->expected, k, before, after);
}

/*
 * Does QBUF show that this kernel gives up a migration that is impossible? It does if it returned,
 * and no signal ended it. The pages of a device mapping are refused earlier, and so are pages that
 * the process may not access in the device's direction.
 */
static bool shows_failed_migration(const struct row *row, const struct memory *m,
				   const struct facts *before)
{
	bool allowed = before->direction == CAPTURE ? before->writable : before->readable;

	return m->kind->pin_never_returns && !before->device_mapped && allowed &&
	       !before->driver_checks && row->error && row->error != -EINTR &&
	       kernel_has(kernel_at_hand(), PINS_LONG_TERM);
}

/* Do everything that needs buffers. The memory is mapped. */
static bool run_queue(struct row *row, struct run *run, struct device *d,
		      struct memory *m, bool painted, const struct facts *before)
{
	unsigned int serial = verdict_last_serial(d);
	struct facts after;

	if (m->kind->by_fd && d->nr_planes > 1)
		return row_skip(row, "the other planes would need dma-bufs, too");
	if (m->kind->by_fd && d->depth > 1)
		return row_skip(row, "the device does not start with a single dma-buf");
	if (m->kind->by_fd && before->bounced)
		return row_skip(row, "its exporter maps it, and may not copy bounced frames back");
	if (m->kind->by_fd && !d->takes_scattered && !before->pfns_known)
		return row_skip(row, "/proc does not show whether the dma-buf is contiguous");
	if (device_buffers(d, memory_type(m), d->depth) < 0)
		return row_skip(row, "the device takes no such memory");

	row->error = queue(row, d, m);
	if (shows_failed_migration(row, m, before))
		kernel_observe(FAILS_UNMOVABLE, true);
	if (facts_collect_after(&after, row, d, m))
		return row_skip(row, "/proc does not show the memory");
	row->contiguous_by_luck = after.bounce_may_merge;
	verdict_read(d, serial, m->frame, m->queued_length, &row->verdict);
	if (!find_expectation(row, d, m, before, &after))
		return row_skip(row, "/proc does not show whether it is contiguous");
	row->depends = expect_depends(kernel_at_hand(), before, &after);

	if (before->moves_first && row->expected.decided_by == VIPIN_BY_FRAME_VECTOR &&
	    row->verdict.decided_by == VIPIN_BY_CONTIGUITY)
		return row_skip(row, "pages have moved, so the first refusal leaves no trace");

	compare(row, m, before, &after);
	row->nr_misjudged = row->nr_faults;
	row->zones_known = before->zones_known;
	if (!row->error)
		prove_accepted(row, run, d, m, painted);
	else
		prove_refused(row, run, d, m, painted);
	return true;
}

/*
 * While the kernel migrates a private copy, /proc does not show it as a copy. A pin of file
 * system DAX does not wait for the migration, so wait here until the copy is back.
 */
static int facts_collect_settled(struct facts *before, struct device *d, struct memory *m)
{
	const struct timespec pause = { .tv_nsec = 10 * 1000 * 1000 };
	int ret;

	for (int try = 0; try < 100; try++) {
		ret = facts_collect(before, d, m);
		if (ret || !m->kind->copied_from_file || !before->fsdax)
			break;
		nanosleep(&pause, NULL);
	}
	return ret;
}

static bool run_mapped(struct row *row, struct run *run, struct device *d,
		       struct memory *m)
{
	bool painted = false, done;
	const struct quirk *quirk;
	struct facts before;

	if (!m->kind->untouched && !m->kind->not_ours) {
		frame_fill(m);
		painted = d->direction == OUTPUT && frame_paint(m, 0);
	}
	if (facts_collect_settled(&before, d, m))
		return row_skip(row, "/proc does not show the memory");
	if (m->kind->copied_from_file && before.fsdax)
		return row_skip(row, "the kernel dropped its private copies");
	if (m->kind->in_cma && before.in_cma < m->length / PAGE)
		return row_skip(row, "the kernel moved its pages out of the CMA area before");
	if (m->kind->in_movable && before.in_movable < m->length / PAGE)
		return row_skip(row, "the kernel moved its pages out of ZONE_MOVABLE before");

	quirk = quirk_prevents_run(&before, kernel_at_hand());
	if (quirk) {
		row->expected.quirk = quirk;
		return row_skip(row, "%s (%s)", quirk->sentence, quirk->source);
	}

	done = run_queue(row, run, d, m, painted, &before);
	if (device_buffers(d, memory_type(m), 0) < 0)
		row_fault(row, "REQBUFS(0) fails");

	/* Other rows may share the memory, and must find it filled. */
	if (painted && before.writable)
		frame_clear(m);
	return done;
}

/* Check that nothing of the row is left over in this process. */
static void compare_footprint(struct row *row, struct run *run)
{
	struct footprint before = run->footprint, *after = &run->footprint;
	long growth = OWN_GROWTH;

	/* AT_BASE: there are libraries. The kernel copies their pages before it pins them. */
	if (row->kind->goes_on && getauxval(AT_BASE))
		growth += row->device->pix.sizeimage / PAGE + 1;
	health_footprint(after);
	if (after->anonymous > before.anonymous + growth)
		row_fault(row, "%ld pages are left resident, %ld before",
			  after->anonymous, before.anonymous);
	if (after->mapped > before.mapped)
		row_fault(row, "%ld pages are left mapped, %ld before",
			  after->mapped, before.mapped);
}

/*
 * Something in the whole system has changed during the row. A vipin belongs to a test machine. Any
 * other device may share its machine with programs that did it.
 */
__printf(3, 4)
static void row_drift(struct row *row, const struct run *run, const char *format, ...)
{
	char text[FAULT_SIZE];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (row->device->vipin || run->exclusive)
		row_fault(row, "%s", text);
	else
		row_note(row, "%s", text);
}

static void row_try(struct row *row, struct run *run, struct device *d,
		    const struct memory_kind *kind, const struct variant *variant)
{
	long huge_before = health_huge_pages(), huge_after, pins;
	const struct rule_case *decides;
	char line[FAULT_SIZE - 32];
	struct memory m;
	struct klog log;
	bool done;

	*row = (struct row) {
		.device = d, .policy = d->policy, .kind = kind, .variant = variant,
	};
	if (variant->one_page && d->pix.sizeimage != PAGE) {
		row_skip(row, "the device has no such format");
		return;
	}
	if (kind->intrusive && !run->intrusive) {
		row_skip(row, "%s: only with --intrusive", kind->intrusive);
		return;
	}
	if (variant_map(&m, variant, kind, d)) {
		row_skip(row, "%s", m.why);
		return;
	}

	klog_begin(&log);
	done = kind->queued_by_child ? child_run(row, run, d, &m, run_mapped) :
				run_mapped(row, run, d, &m);
	memory_unmap(&m);
	pins = pins_count(run->pins);
	if (pins != run->pins)
		row_drift(row, run, "%ld pages stay pinned", pins - run->pins);
	run->pins = pins;
	huge_after = health_huge_pages();
	if (huge_after != huge_before)
		row_drift(row, run, "%ld huge pages free, %ld before", huge_after, huge_before);
	compare_footprint(row, run);
	decides = row->expected.decides;
	if (!klog_end(&log, decides ? decides->announces : NULL, line, sizeof(line)))
		row_drift(row, run, "kernel log: %s", line);

	if (row->nr_faults)
		row->outcome = ROW_UNEXPECTED;
	else if (done)
		row->outcome = row->expected.quirk ? ROW_EXPECTED_FAILURE : ROW_AS_EXPECTED;
}

/* The kernel counts the pages of a batch only after the whole batch, so wait a moment. */
static bool has_migrated(long since)
{
	const struct timespec pause = { .tv_nsec = 100 * 1000 * 1000 };

	for (int i = 0; i < 20; i++) {
		if (health_migrations() != since)
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

/**
 * row_run() - run one row
 * @row:	filled in
 * @run:	what all rows share
 * @d:		the device, without buffers; it has its policy and the variant's format
 * @kind:	the kind of memory
 * @variant:	size of the frame, and its place in the memory
 *
 * A pin checks the VMA of a private copy only if the copy has to move out of its zone. The
 * kernel may migrate pages at any time, for example to make huge pages, so the collected
 * facts may differ from what the pin found. If the kernel has migrated pages and only the
 * verdict is unexpected, run the row again. The kernel does not show the zones of pages in a
 * memory block that belongs to two zones: skip such a row.
 */
void row_run(struct row *row, struct run *run, struct device *d,
	     const struct memory_kind *kind, const struct variant *variant)
{
	bool misjudged;
	long migrations;
	int tries = 20;

	do {
		migrations = health_migrations();
		row_try(row, run, d, kind, variant);
		misjudged = kind->copied_from_file && row->outcome == ROW_UNEXPECTED &&
			    row->nr_faults == row->nr_misjudged;
	} while (misjudged && --tries && has_migrated(migrations));

	if (misjudged && !row->zones_known) {
		row->nr_faults = 0;
		row_skip(row, "a page is in a memory block of two zones, so its zone is not known");
	}
}
