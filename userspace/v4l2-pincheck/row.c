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
#include <time.h>

#include "common/pins.h"
#include "frame.h"
#include "health.h"
#include "known.h"
#include "row.h"

/*
 * Of a device that does not stamp its frames, and has a clock of its own: there is
 * little that a frame proves, and it is waited for.
 */
#define PLAIN_FRAMES		2
#define PLAIN_GOOD_FRAMES	1

/* What a queue must still do after it refused a pointer. */
#define GOOD_FRAMES		2

/*
 * Pages by which the program's own heap and stack may grow in a row: they do by 1 to 7,
 * the first time that something is called. What a row leaves mapped has no such excuse.
 */
#define OWN_GROWTH		12

const char * const policy_names[NR_POLICIES] = {
	[VIPIN_POLICY_KERNEL] = "kernel",
	[VIPIN_POLICY_STRICT] = "strict",
};

const char * const outcome_names[NR_OUTCOMES] = {
	[ROW_AS_RULED] = "right",
	[ROW_AS_KNOWN] = "known",
	[ROW_SURPRISE] = "surprise",
	[ROW_SKIPPED] = "skipped",
};

/**
 * row_fault() - note what is not as it should be
 * @row:	the row; what is more than it has room for is dropped
 * @format:	as printf()
 */
void row_fault(struct row *row, const char *format, ...)
{
	va_list args;

	if (row->nr_faults == MAX_FAULTS)
		return;
	va_start(args, format);
	vsnprintf(row->faults[row->nr_faults++], FAULT_SIZE, format, args);
	va_end(args);
}

/**
 * row_pins_in_place() - whether pages may be pinned where they should not stay
 * @row:	the row; what is expected of it is known
 *
 * Return: whether that is known of this kernel.
 */
bool row_pins_in_place(const struct row *row)
{
	return row->expected.known && row->expected.known->in_place;
}

/**
 * row_error_name() - an error in words
 * @error:	0, or a negative errno
 *
 * Return: its name, or "accepted". glibc has strerrorname_np() since 2.32 only.
 */
const char *row_error_name(int error)
{
#define NAMED(name) { name, #name }
	static const struct {
		int number;
		const char *name;
	} names[] = {
		{ 0, "accepted" }, NAMED(EPERM), NAMED(ENOENT), NAMED(EINTR), NAMED(EIO),
		NAMED(ENXIO), NAMED(EAGAIN), NAMED(ENOMEM), NAMED(EACCES), NAMED(EFAULT),
		NAMED(EBUSY), NAMED(EEXIST), NAMED(ENODEV), NAMED(EINVAL), NAMED(ENOTTY),
		NAMED(EFBIG), NAMED(ENOSPC), NAMED(ERANGE), NAMED(EOVERFLOW),
		NAMED(EOPNOTSUPP), NAMED(ETIMEDOUT), NAMED(EHWPOISON),
	};
#undef NAMED

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].number == -error)
			return names[i].name;
	return strerror(-error);
}

/* Nothing was written: all is as it was, whether there is a frame in it or not. */
static bool left_alone(const struct memory *m, bool painted, char *why, size_t size)
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
	struct sight pinned;
	char why[FAULT_SIZE];

	if (sight_take(&pinned, d, m))
		row_fault(row, "/proc no longer shows the memory");
	else if (sight_misplaced(&pinned) && !row_pins_in_place(row))
		row_fault(row, "%zu pages are pinned in the CMA area, %zu in ZONE_MOVABLE",
			  pinned.in_cma, pinned.in_movable);
	/* A kernel that forces its pins lets a device where nobody may look. */
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

	if (!left_alone(m, painted, why, sizeof(why)))
		row_fault(row, "%s", why);
	/* What somebody holds is in the way of it, whether it was refused or not. */
	if ((m->kind->in_cma || m->kind->in_movable) && !m->kind->migration_may_fail &&
	    m->kind->check_while_pinned && m->kind->check_while_pinned(m))
		row_fault(row, "though refused: %s", m->why);
	if (m->kind->by_fd || d->takes_none)
		return;

	frame_fill(&run->good);
	good_painted = d->direction == OUTPUT && frame_paint(&run->good, 0);
	ret = stream_queue(d, 0, &run->good);
	if (ret) {
		row_fault(row, "the queue then refuses a good pointer: %s", row_error_name(ret));
		return;
	}
	stream_frames(row, run, d, &run->good, &good_painted,
		      d->vipin ? GOOD_FRAMES : PLAIN_GOOD_FRAMES);
	if (!frame_guards_intact(&run->good, why, sizeof(why)))
		row_fault(row, "good pointer: %s", why);
	if (!left_alone(m, painted, why, sizeof(why)))
		row_fault(row, "later %s", why);
}

/* Compare what vipin reported: the errno, the decider and the reason. */
static void compare_told(struct row *row, const struct expectation *e,
			 const struct sight *before, const struct sight *after)
{
	const struct rule *rule = e->rule;

	if (e->known && e->known->untold) {
		if (row->told.reason != VIPIN_REASON_UNKNOWN)
			row_fault(row, "vipin cannot know the reason, but told one: \"%s\"",
				  row->told.sentence);
		return;
	}
	if (e->decided_by == VIPIN_BY_UNKNOWN) {
		if (row->told.serial)
			row_fault(row, "vipin told a verdict, but vb2 should have refused before");
	} else if (!row->told.serial) {
		row_fault(row, "vipin told no verdict on this pointer");
	} else if (row->told.error != row->error) {
		row_fault(row, "vipin told %s, but QBUF: %s",
			  row_error_name(row->told.error), row_error_name(row->error));
	} else if (row->told.decided_by != e->decided_by) {
		row_fault(row, "decided by %s, but by rule '%s' of law %u: by %s",
			  decider_names[row->told.decided_by], rule->name, rule->law,
			  decider_names[e->decided_by]);
	} else if (!rules_tell(e, &row->told, kernel_at_hand(), row->policy,
			       row->device->direction, before, after)) {
		row_fault(row, "the reason %s%s is not that of '%s' of law %u: \"%s\"",
			  reason_names[row->told.reason],
			  row->told.pinned_for_writing ? " (pinned for writing)" : "",
			  e->known && e->known->error ? e->known->name : rule->name,
			  rule->law, row->told.sentence);
	} else if (!*row->told.sentence) {
		row_fault(row, "the verdict has no sentence");
	}
}

/* Compare errno, decider and reason with what the rule says. */
static void compare(struct row *row, const struct memory *m, const struct sight *before,
		    const struct sight *after)
{
	const struct expectation *e = &row->expected;

	if (row->error != e->error)
		row_fault(row, "QBUF: %s, but by rule '%s' of law %u: %s",
			  row_error_name(row->error),
			  e->known ? e->known->name : e->rule->name, e->rule->law,
			  row_error_name(e->error));
	if (!m->kind->by_fd && verdict_may_be_read(row->device))
		compare_told(row, e, before, after);
}

__printf(2, 3)
static bool skip(struct row *row, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(row->skip, sizeof(row->skip), format, args);
	va_end(args);
	row->outcome = ROW_SKIPPED;
	return false;
}

/* By whoever can come back from it. */
static int queue(struct row *row, struct device *d, struct memory *m)
{
	if (m->kind->blocks_in_fault)
		return child_killed_in_queue(row, d, m);
	return m->kind->pin_never_returns ? child_queue(row, d, m) : stream_queue(d, 0, m);
}

static int sight_take_after(struct sight *after, const struct row *row,
			    const struct device *d, const struct memory *m)
{
	int ret = sight_take(after, d, m);

	after->apart = row->error == -EFAULT;
	return ret;
}

/*
 * Who looks at page frames sees those that are mapped, and a pin that was refused has
 * not mapped them. Once it is refused, the process may.
 */
static bool expect(struct row *row, struct device *d, const struct memory *m,
		   const struct sight *before, struct sight *after)
{
	const struct kernel *k = kernel_at_hand();

	if (rules_expect(&row->expected, k, row->policy, d->direction, before, after))
		return true;
	if (m->kind->not_ours || m->kind->has_pkey || !after->readable)
		return false;
	frame_read(m);
	return !sight_take_after(after, row, d, m) &&
	       rules_expect(&row->expected, k, row->policy, d->direction, before, after);
}

/* With the memory mapped: all that happens while buffers exist. */
static bool run_queue(struct row *row, struct run *run, struct device *d,
		      struct memory *m, bool painted, const struct sight *before)
{
	unsigned int serial = verdict_last_serial(d);
	struct sight after;

	if (m->kind->by_fd && d->depth > 1)
		return skip(row, "the device does not start with one dma-buf alone");
	if (m->kind->by_fd && before->bounced)
		return skip(row, "its exporter maps it, and not each copies bounced frames back");
	if (m->kind->by_fd && !d->scattered && !before->pfns_known)
		return skip(row, "nothing shows whether the dma-buf is contiguous");
	if (device_buffers(d, memory_type(m), d->depth) < 0)
		return skip(row, "the device takes no such memory");

	row->error = queue(row, d, m);
	if (sight_take_after(&after, row, d, m))
		return skip(row, "/proc does not show the memory");
	row->by_luck = after.joins;
	verdict_read(d, serial, m->frame, m->queued_length, &row->told);
	if (!expect(row, d, m, before, &after))
		return skip(row, "nothing shows whether it is contiguous");
	row->depends = rules_depend(kernel_at_hand(), row->policy, d->direction, before,
				    &after);

	if (before->moves_first && row->expected.decided_by == VIPIN_BY_FRAME_VECTOR &&
	    row->told.decided_by == VIPIN_BY_CONTIGUITY)
		return skip(row, "pages have moved, and what refused them before leaves no trace");

	compare(row, m, before, &after);
	row->nr_misjudged = row->nr_faults;
	row->zones_told = before->zones_told;
	if (!row->error)
		prove_accepted(row, run, d, m, painted);
	else
		prove_refused(row, run, d, m, painted);
	return true;
}

/*
 * What the kernel is about to migrate is nobody's copy, and a pin of file system DAX
 * does not wait for it: it is soon there again.
 */
static int sight_take_settled(struct sight *before, struct device *d, struct memory *m)
{
	const struct timespec pause = { .tv_nsec = 10 * 1000 * 1000 };
	int ret;

	for (int try = 0; try < 100; try++) {
		ret = sight_take(before, d, m);
		if (ret || !m->kind->copied_from_file || !before->fsdax)
			break;
		nanosleep(&pause, NULL);
	}
	return ret;
}

static bool run_mapped(struct row *row, struct run *run, struct device *d,
		       struct memory *m)
{
	const struct known *prevents;
	bool painted = false, done;
	struct sight before;

	if (!m->kind->untouched && !m->kind->not_ours) {
		frame_fill(m);
		painted = d->direction == OUTPUT && frame_paint(m, 0);
	}
	if (sight_take_settled(&before, d, m))
		return skip(row, "/proc does not show the memory");
	if (m->kind->copied_from_file && before.fsdax)
		return skip(row, "its copies are gone by themselves");
	if (m->kind->in_cma && before.in_cma < m->length / PAGE)
		return skip(row, "its pages left the CMA area by themselves");
	if (m->kind->in_movable && before.in_movable < m->length / PAGE)
		return skip(row, "its pages left ZONE_MOVABLE by themselves");

	prevents = known_to_prevent(&before, d->direction, row->policy, kernel_at_hand());
	if (prevents) {
		row->expected.known = prevents;
		return skip(row, "%s (%s)", prevents->sentence, prevents->source);
	}

	done = run_queue(row, run, d, m, painted, &before);
	if (device_buffers(d, memory_type(m), 0) < 0)
		row_fault(row, "REQBUFS(0) fails");

	/* It may not be this process's alone, and the next one finds it filled. */
	if (painted && before.writable)
		frame_clear(m);
	return done;
}

/* All that was there for the row is gone. */
static void compare_footprint(struct row *row, struct run *run)
{
	struct footprint before = run->footprint, *after = &run->footprint;

	health_footprint(after);
	if (after->anonymous > before.anonymous + OWN_GROWTH)
		row_fault(row, "%ld pages are left resident, %ld before",
			  after->anonymous, before.anonymous);
	if (after->mapped > before.mapped)
		row_fault(row, "%ld pages are left mapped, %ld before",
			  after->mapped, before.mapped);
}

static void row_try(struct row *row, struct run *run, struct device *d,
		    enum vipin_policy policy, const struct memory_kind *kind,
		    const struct variant *variant)
{
	long huge_before = health_huge_pages(), huge_after, pins;
	const struct rule *rule;
	char line[FAULT_SIZE - 32];
	struct memory m;
	struct klog log;
	bool done;

	*row = (struct row) {
		.device = d, .policy = policy, .kind = kind, .variant = variant,
	};
	if (variant->bytes && variant->bytes != d->pix.sizeimage) {
		skip(row, "the device has no such format");
		return;
	}
	if (variant_map(&m, variant, kind, d)) {
		skip(row, "%s", m.why);
		return;
	}

	klog_begin(&log);
	done = kind->queued_by_child ? child_run(row, run, d, &m, run_mapped) :
				run_mapped(row, run, d, &m);
	memory_unmap(&m);
	pins = pins_count(run->pins);
	if (pins != run->pins)
		row_fault(row, "%ld pages stay pinned", pins - run->pins);
	run->pins = pins;
	huge_after = health_huge_pages();
	if (huge_after != huge_before)
		row_fault(row, "%ld huge pages free, %ld before", huge_after, huge_before);
	compare_footprint(row, run);
	rule = row->expected.rule;
	if (!klog_end(&log, rule ? rule->announces : NULL, line, sizeof(line)))
		row_fault(row, "kernel log: %s", line);

	if (row->nr_faults)
		row->outcome = ROW_SURPRISE;
	else if (done)
		row->outcome = row->expected.known ? ROW_AS_KNOWN : ROW_AS_RULED;
}

/* Those of a batch are counted when all of it is done. */
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
 * row_run() - hand one kind of memory to a device, and prove what comes of it
 * @row:	filled in
 * @run:	what all rows share
 * @d:		the device, without buffers, and with the variant's format
 * @policy:	the policy it has been set to
 * @kind:	the memory
 * @variant:	how a frame lies in it
 *
 * Whether a pin asks the mapping of a copy depends on where the copy is just then. If
 * the kernel moved pages meanwhile, as it does to have large ones, what was seen need
 * not be what the pin found. Where nothing but the verdict is wrong then, the row is made
 * again. And nothing shows where two zones part within a block of memory.
 */
void row_run(struct row *row, struct run *run, struct device *d,
	     enum vipin_policy policy, const struct memory_kind *kind,
	     const struct variant *variant)
{
	bool misjudged;
	long migrations;
	int tries = 20;

	do {
		migrations = health_migrations();
		row_try(row, run, d, policy, kind, variant);
		misjudged = kind->copied_from_file && row->outcome == ROW_SURPRISE &&
			    row->nr_faults == row->nr_misjudged;
	} while (misjudged && --tries && has_migrated(migrations));

	if (misjudged && !row->zones_told) {
		row->nr_faults = 0;
		skip(row, "a page of it is in a block of two zones: nothing shows in which");
	}
}
