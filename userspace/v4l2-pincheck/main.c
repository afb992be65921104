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
 *	report-*, header, skips, answer		show rows, and what they mean
 *	guardian				restore devices after a crash
 *	explain, suggest, options, main		the command line
 */
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "common/pins.h"
#include "common/standard-output.h"
#include "guardian.h"
#include "health.h"
#include "known.h"
#include "options.h"
#include "planes.h"
#include "probe.h"
#include "report.h"
#include "row.h"

/* The default policy of vipin comes first. */
static const enum vipin_policy policies[NR_POLICIES] = {
	VIPIN_POLICY_STRICT, VIPIN_POLICY_KERNEL,
};

static struct run run;

/* Reports on the standard output and in files. */
static const struct report *reports[4];
static const char *report_paths[4];
static int nr_reports;

static void add_report(const struct report *report, const char *path)
{
	reports[nr_reports] = report;
	report_paths[nr_reports++] = path;
}

/* An error of the standard output is printed when the program ends. */
static int report_failed(int i)
{
	return report_paths[i] ? cannot_run(report_paths[i], strerror(errno)) :
				 EXIT_CANNOT_RUN;
}

static int begin_reports(const struct plan *plan)
{
	for (int i = 0; i < nr_reports; i++)
		if (reports[i]->begin(report_paths[i], plan))
			return report_failed(i);
	return 0;
}

static void report_next(const struct device *d, const struct memory_kind *kind,
			const struct variant *variant)
{
	for (int i = 0; i < nr_reports; i++)
		if (reports[i]->next)
			reports[i]->next(d, kind, variant);
}

/* Stop at once if a report cannot be written. */
static int report_row(const struct row *row)
{
	for (int i = 0; i < nr_reports; i++)
		if (reports[i]->row(row))
			return report_failed(i);
	return 0;
}

static int end_reports(const struct total *total)
{
	int status = 0;

	for (int i = 0; i < nr_reports; i++)
		if (reports[i]->end(total))
			status = report_failed(i);
	return status;
}

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

/* Is the run over with the first unexpected row? */
static bool is_enough(const struct options *o, const struct total *total)
{
	return o->first_failure && total->outcomes[ROW_UNEXPECTED];
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
		report_next(d, kind, v);
		guardian_row(d->path, kind->name, v->suffix);
		row_run(&row, &run, d, kind, v);
		if (run.stop)
			return cannot_run("stopped", "by a signal");
		known_apply(&row);
		if (run.png_error)
			return cannot_run(o->png, run.png_error == -EINVAL ?
					  "frames are not in RGB24, so there is no PNG" :
					  strerror(-run.png_error));
		total_add(total, &row);
		if (report_row(&row))
			return EXIT_CANNOT_RUN;
		if (is_enough(o, total))
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
		d->alignment = probe_alignment(d, &run.good);
	status = probe_depth(d, &run.good) ? cannot_run(d->path, d->why) : 0;
	for (int i = 0; i < NR_POLICIES && !status; i++)
		if (has_policy(o, d, policies[i]) && !is_enough(o, total))
			status = run_policy(o, d, v, policies[i], total);

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

static int run_device(const struct options *o, struct device *d,
		      struct total *total)
{
	int status = 0;

	for (const struct variant *v = variants; v->sentence && !status; v++)
		if (count_rows(o, d, v) && !is_enough(o, total))
			status = run_variant(o, d, v, total);
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

/* The stamp of vipin covers all planes, and is in the first one. */
static int check_planes(const struct device *d)
{
	if (d->plane >= d->nr_planes)
		return cannot_run(d->path, "has no such plane");
	if (d->vipin && !d->m2m && d->nr_planes > 1)
		return cannot_run(d->path, "vipin's frames must have one plane: use --format");
	return 0;
}

/* Set the size and format that the user asked for, and find out what devices and kernel do. */
static int prepare(const struct options *o, struct device *devices)
{
	for (unsigned int i = 0; i < o->nr_paths; i++) {
		struct device *d = &devices[i];

		if (options_change_format(o) && device_set_exact_size(d, &o->size))
			return cannot_run(d->path, d->why);
		if (check_planes(d))
			return EXIT_CANNOT_RUN;
		if (has_policy(o, d, VIPIN_POLICY_STRICT) &&
		    !device_set_policy(d, VIPIN_POLICY_STRICT))
			probe_check(d);
	}
	observe_kernel(o, devices);
	run.pins = pins_count(-1);
	return 0;
}

static int run_all(const struct options *o, struct device *devices)
{
	struct plan plan = {
		.nr_rows = count_all_rows(o, devices),
		.devices = devices, .nr_devices = o->nr_paths,
	};
	struct total total = {};
	int status;

	if (!plan.nr_rows)
		return nothing_to_run(o->memory,
				      "no row matches; rows of one page need --size or --format");
	status = prepare(o, devices);
	if (!status)
		status = begin_reports(&plan);
	for (unsigned int i = 0; i < o->nr_paths && !status; i++)
		status = run_device(o, &devices[i], &total);
	if (!status)
		status = end_reports(&total);
	if (status)
		return status;
	if (o->expect)
		known_print_unused(o->expect);
	if (run.png)
		return cannot_run(run.png, "no frame was captured into a pointer");
	if (total.outcomes[ROW_UNEXPECTED])
		return EXIT_UNEXPECTED;
	return total.pointers ? EXIT_AS_EXPECTED : EXIT_NOTHING_TO_RUN;
}

/* Find the vipin nodes, or all video nodes of this machine. */
static void find_nodes(struct options *o)
{
	static char paths[MAX_DEVICES][PATH_MAX];
	glob_t nodes;
	int direction;

	if (glob("/dev/video*", 0, NULL, &nodes))
		return;
	for (size_t i = 0; i < nodes.gl_pathc && o->nr_paths < MAX_DEVICES; i++) {
		if (!o->all && (!device_is_vipin(nodes.gl_pathv[i], &direction) ||
				(o->direction >= 0 && direction >= 0 &&
				 o->direction != direction)))
			continue;
		snprintf(paths[o->nr_paths], PATH_MAX, "%s", nodes.gl_pathv[i]);
		o->paths[o->nr_paths] = paths[o->nr_paths];
		o->nr_paths++;
	}
	globfree(&nodes);
}

/* Return the worse exit status of devices that are left out. */
static int worse(int one, int other)
{
	return one == EXIT_CANNOT_RUN || !other ? one : other;
}

static const char settings[] =
	"takes metadata, which can be settings of the hardware: only with --intrusive";

/* Would frames of a test change more of the device than its format? */
static bool takes_settings(const struct device *d)
{
	return d->content_type == V4L2_BUF_TYPE_META_OUTPUT;
}

/* Print why a device cannot be checked. Both queues of a device usually have the same reason. */
static int left_out(const struct device *d)
{
	static struct device last;
	int status = d->unsuited ? EXIT_NOTHING_TO_RUN : EXIT_CANNOT_RUN;

	if (last.path == d->path && !strcmp(last.why, d->why))
		return status;
	last = *d;
	return d->unsuited ? nothing_to_run(d->path, d->why) : cannot_run(d->path, d->why);
}

/*
 * Open a device, and count it in @nr. Leave it out if it has the wrong direction, or takes no user
 * pointers.
 */
static int open_device(const struct options *o, struct device *d, const char *path,
		       enum direction direction, unsigned int *nr)
{
	int status = 0;

	if (device_open(d, path, o->plane, direction))
		return left_out(d);
	if (o->direction >= 0 && o->direction != (int)d->direction) {
		device_close(d);
	} else if (takes_settings(d) && !o->intrusive) {
		device_close(d);
		status = nothing_to_run(d->path, settings);
	} else {
		++*nr;
	}
	return status;
}

/* Open a node. A memory-to-memory node has two directions, and is opened for each of them. */
static int open_node(const struct options *o, struct device *devices, const char *path,
		     unsigned int *nr)
{
	enum direction direction = o->direction < 0 ? CAPTURE : o->direction;
	int status = 0;
	bool again;

	do {
		struct device *d = &devices[*nr];

		status = worse(status, open_device(o, d, path, direction, nr));
		again = d->m2m && o->direction < 0;
	} while (again && ++direction < NR_DIRECTIONS);
	return status;
}

/* Open all devices. With --all, leave out those that cannot be opened, and set @incomplete. */
static int open_devices(struct options *o, struct device *devices, bool *incomplete)
{
	unsigned int nr = 0;
	int status = 0;

	for (unsigned int i = 0; i < o->nr_paths && !run.stop; i++) {
		status = worse(status, open_node(o, devices, o->paths[i], &nr));
		if (status == EXIT_CANNOT_RUN && !o->all)
			break;
	}
	o->nr_paths = nr;
	*incomplete = status == EXIT_CANNOT_RUN;
	if (*incomplete && !o->all)
		return status;
	return nr ? 0 : status;
}

static void add_reports(const struct options *o)
{
	report_set_color(o->color);
	report_set_detail(o->verbose, o->no_skips);
	add_report(o->report, NULL);
	if (o->json)
		add_report(&report_json, o->json);
	if (o->html)
		add_report(&report_html, o->html);
	if (o->junit)
		add_report(&report_junit, o->junit);
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
	bool incomplete;
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
	add_reports(o);
	if (o->expect && known_read(o->expect, why, sizeof(why)))
		return cannot_run(o->expect, why);

	if (!o->nr_paths)
		find_nodes(o);
	if (!o->nr_paths && o->all)
		return nothing_to_run("/dev/video*", "there is no video device");
	if (!o->nr_paths)
		return cannot_run("no vipin device", "use -d /dev/videoN for another device");
	guardian_catch_signals(&run);
	status = open_devices(o, w.devices, &incomplete);
	if (run.stop)
		status = cannot_run("stopped", "by a signal");
	if (!status)
		status = guardian_run(do_work, &w);
	while (o->nr_paths)
		device_close(&w.devices[--o->nr_paths]);
	return !status && incomplete ? EXIT_CANNOT_RUN : status;
}
