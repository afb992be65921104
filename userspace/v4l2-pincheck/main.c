// SPDX-License-Identifier: GPL-2.0-only
/*
 * v4l2-pincheck - which user pointers does a V4L2 device accept, and is that correct?
 *
 * The files are in layers. Each uses only those above it, ../common and ../memory:
 *
 *	device*, probe, frame, stamp, png, job	the device, and the contents of memory
 *	planes					memory that every device should take
 *	health, variant				the system; how a frame lies in memory
 *	facts*					facts about memory, from /proc
 *	verdict					vipin's verdicts, from debugfs
 *	rules, quirks				tables: facts -> answer
 *	expect, mutate				rules and quirks together: what to expect
 *	result, known				the data of a row: its outcome and faults
 *	stream, child				hand memory over; frames through it
 *	row					run one row
 *	report*, header, skips, answer		show rows, and what they mean
 *	guardian				restore devices after a crash
 *	explain, suggest, options, nodes, main	the command line
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/pins.h"
#include "common/standard-output.h"
#include "guardian.h"
#include "health.h"
#include "known.h"
#include "nodes.h"
#include "options.h"
#include "planes.h"
#include "probe.h"
#include "reports.h"
#include "row.h"

/* The default policy of vipin comes first. */
static const enum vipin_policy policies[NR_POLICIES] = {
	VIPIN_POLICY_STRICT, VIPIN_POLICY_KERNEL,
};

static struct run run;

static bool has_policy(const struct options *o, const struct device *d,
		       enum vipin_policy policy)
{
	if (o->policy >= 0 && o->policy != (int)policy)
		return false;
	return d->vipin || policy == VIPIN_POLICY_KERNEL;
}

/* Count the rows of a variant on a device under one policy. */
static unsigned int count_rows(const struct options *o, const struct device *d,
			       const struct variant *v)
{
	bool keeps_format = !d->vipin && !options_change_format(o);
	const struct memory_kind *kind;
	unsigned int rows = 0;

	if (v->one_page && (keeps_format || o->plane))
		return 0;
	memory_for_each_kind(kind)
		rows += options_choose(o, kind, v);
	return rows;
}

static unsigned int count_all_rows(const struct options *o, const struct device *devices)
{
	unsigned int rows = 0;

	for (unsigned int i = 0; i < o->nr_paths; i++)
		for (int k = 0; k < NR_POLICIES; k++)
			for (const struct variant *v = variants; v->sentence; v++)
				if (has_policy(o, &devices[i], policies[k]))
					rows += count_rows(o, &devices[i], v);
	return rows;
}

/* A report, or the PNG, cannot be written. */
static bool write_failed;

/* Is the run over, although not all rows were run? */
static bool is_over(const struct options *o, const struct total *total)
{
	return run.stop || write_failed ||
	       (o->first_failure && total->outcomes[ROW_UNEXPECTED]);
}

/* Report that a captured frame could not be written. */
static int check_png(const struct options *o)
{
	if (!run.png_error)
		return 0;
	return cannot_run(o->png, run.png_error == -EINVAL ?
			  "frames are not in RGB24, so there is no PNG" : strerror(-run.png_error));
}

static int run_policy(const struct options *o, struct device *d,
		      const struct variant *v, int policy, struct total *total)
{
	int ret = device_set_policy(d, policy);
	const struct memory_kind *kind;

	if (ret)
		return cannot_run(d->path, strerror(-ret));
	health_footprint(&run.footprint);
	memory_for_each_kind(kind) {
		struct row row;

		if (!options_choose(o, kind, v))
			continue;
		reports_next(d, kind, v);
		guardian_row(d->path, kind->name, v->suffix);
		row_run(&row, &run, d, kind, v);
		if (run.stop)
			break;
		known_apply(&row);
		total_add(total, &row);
		write_failed = reports_row(&row) || check_png(o);
		if (is_over(o, total))
			break;
	}
	return 0;
}

/* Run the rows of a variant. The memory of the other planes is there. */
static int run_with_planes(const struct options *o, struct device *d,
			   const struct variant *v, struct total *total)
{
	struct memory good, spare;
	int status;

	if (good_map(&good, &run.good, d, d->pix.sizeimage))
		return cannot_run("no good memory", good.why);
	if (good_map(&spare, &run.spare, d, d->pix.sizeimage)) {
		status = cannot_run("no good memory", spare.why);
		goto unmap_good;
	}

	d->takes_scattered = o->contiguous < 0 ? probe_scattered(d) : !o->contiguous;
	if (!d->alignment)
		probe_alignment(d, &run.good);
	status = probe_depth(d, &run.good) ? cannot_run(d->path, d->why) : 0;
	for (int i = 0; i < NR_POLICIES && (!status || *d->no_frames); i++)
		if (has_policy(o, d, policies[i]) && !is_over(o, total))
			status |= run_policy(o, d, v, policies[i], total);

	memory_unmap(&spare);
unmap_good:
	memory_unmap(&good);
	return status;
}

static int run_variant(const struct options *o, struct device *d,
		       const struct variant *v, struct total *total)
{
	const struct frame_size size = variant_size(v, &o->size);
	int ret = device_set_size(d, &size), status;
	struct memory others[VIDEO_MAX_PLANES];

	if (ret)
		return cannot_run(d->path, strerror(-ret));
	if (planes_map(d, others))
		return cannot_run(d->path, "no good memory for the other planes");
	status = run_with_planes(o, d, v, total);
	planes_unmap(d, others);
	return status;
}

/* Without frames, the answers to pointers are judged, but the device counts as failed. */
static int run_device(const struct options *o, struct device *d,
		      struct total *total)
{
	int status = 0;

	for (const struct variant *v = variants; v->sentence && (!status || *d->no_frames); v++)
		if (count_rows(o, d, v) && !is_over(o, total))
			status |= run_variant(o, d, v, total);
	return status;
}

/* Set a policy under which the kernel decides, if the options have one. */
static bool leave_to_kernel(const struct options *o, struct device *d)
{
	if (has_policy(o, d, VIPIN_POLICY_KERNEL))
		return !device_set_policy(d, VIPIN_POLICY_KERNEL);
	return !d->checks_vmas && !device_set_policy(d, VIPIN_POLICY_STRICT);
}

/* The first device that leaves decisions to the kernel shows what the kernel does. */
static void observe_kernel(const struct options *o, struct device *devices)
{
	struct memory others[VIDEO_MAX_PLANES];
	bool observed = false;

	for (unsigned int i = 0; i < o->nr_paths && !observed; i++) {
		if (!leave_to_kernel(o, &devices[i]) || planes_map(&devices[i], others))
			continue;
		observed = probe_kernel(&devices[i]);
		planes_unmap(&devices[i], others);
	}
}

/* Find out what devices and kernel do. */
static void prepare(const struct options *o, struct device *devices)
{
	for (unsigned int i = 0; i < o->nr_paths; i++)
		if (has_policy(o, &devices[i], VIPIN_POLICY_STRICT) &&
		    !device_set_policy(&devices[i], VIPIN_POLICY_STRICT))
			probe_check(&devices[i]);
	observe_kernel(o, devices);
	run.pins = pins_count(-1);
}

/* Run all rows. A device that fails is reported, and the others are checked nevertheless. */
static int run_all(const struct options *o, struct device *devices)
{
	struct plan plan = {
		.nr_rows = count_all_rows(o, devices),
		.devices = devices, .nr_devices = o->nr_paths,
	};
	struct total total = {};
	int status, failed = 0;

	if (!plan.nr_rows)
		return nothing_to_run(o->memory,
				      "no row matches; rows of one page need --size or --format");
	prepare(o, devices);
	status = reports_begin(&plan);
	if (status) {
		reports_end(&total);
		return status;
	}
	for (unsigned int i = 0; i < o->nr_paths && !is_over(o, &total); i++)
		failed |= run_device(o, &devices[i], &total);
	if (run.stop)
		cannot_run("stopped", "by a signal");
	if (reports_end(&total) || run.stop || write_failed)
		return EXIT_CANNOT_RUN;
	if (o->expect)
		known_print_unused(o->expect);
	if (run.png)
		return cannot_run(run.png, "no frame was captured into a pointer");
	if (total.outcomes[ROW_UNEXPECTED])
		return EXIT_UNEXPECTED;
	if (failed)
		return EXIT_CANNOT_RUN;
	return total.pointers ? EXIT_AS_EXPECTED : EXIT_NOTHING_TO_RUN;
}

/* What the worker needs. */
struct work {
	struct options options;
	struct device devices[MAX_DEVICES * NR_DIRECTIONS];
};

static int do_work(void *context)
{
	struct work *w = context;

	return run_all(&w->options, w->devices);
}

int main(int argc, char **argv)
{
	static struct work w = {
		.options = {
			.memory = "*", .direction = -1, .policy = -1, .contiguous = -1,
			.report = &report_table,
		},
	};
	struct options *o = &w.options;
	bool incomplete = false;
	char why[200];
	int status;

	standard_output_check();
	if (!options_parse(o, argc, argv, &status))
		return status;
	run.frames = o->frames;
	run.png = o->png;
	run.intrusive = o->intrusive;
	run.exclusive = o->exclusive;
	device_trace(o->trace);
	reports_choose(o);
	if (o->expect && known_read(o->expect, why, sizeof(why)))
		return cannot_run(o->expect, why);

	guardian_catch_signals(&run);
	status = nodes_open(o, &run, w.devices, &incomplete);
	if (!status)
		status = guardian_run(do_work, &w);
	while (o->nr_paths)
		device_close(&w.devices[--o->nr_paths]);
	return !status && incomplete ? EXIT_CANNOT_RUN : status;
}
