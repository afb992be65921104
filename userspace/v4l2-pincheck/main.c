// SPDX-License-Identifier: GPL-2.0-only
/*
 * v4l2-pincheck - which user pointers does a V4L2 device accept, and is that correct?
 *
 * The files are in layers. Each uses only those above it, ../common and ../memory:
 *
 *	device*, probe, frame, stamp, png	the device, and the contents of memory
 *	health, variant				the system; how a frame lies in memory
 *	facts*					facts about memory, from /proc
 *	verdict					vipin's verdicts, from debugfs
 *	rules, quirks				tables: facts -> answer
 *	expect, mutate				rules and quirks together: what to expect
 *	result					the data of a row: its outcome and faults
 *	stream, child				hand memory over; frames through it
 *	row					run one row
 *	report-*				show rows
 *	explain, options, main			the command line
 */
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "common/pins.h"
#include "common/standard-output.h"
#include "frame.h"
#include "health.h"
#include "options.h"
#include "probe.h"
#include "report.h"
#include "row.h"

/* Memory for good pointers, best first: contiguous memory, if there is some. */
static const char * const good_kinds[] = { "hugetlb", "thp", "malloc" };

/* The default policy of vipin comes first. */
static const enum vipin_policy policies[NR_POLICIES] = {
	VIPIN_POLICY_STRICT, VIPIN_POLICY_KERNEL,
};

static struct run run;

static void on_signal(int signal)
{
	(void)signal;
	run.stop = true;
}

/* Reports on the standard output and in files. */
static const struct report *reports[3];
static const char *report_paths[3];
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

static int begin_reports(unsigned int nr_rows)
{
	for (int i = 0; i < nr_reports; i++)
		if (reports[i]->begin(report_paths[i], nr_rows))
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

static unsigned int count_rows(const struct options *o,
			       const struct device *devices)
{
	unsigned int rows = 0, runs = 0;
	const struct memory_kind *kind;

	for (const struct variant *v = variants; v->sentence; v++)
		memory_for_each_kind(kind)
			rows += options_choose(o, kind, v);
	for (unsigned int i = 0; i < o->nr_paths; i++)
		for (int k = 0; k < NR_POLICIES; k++)
			runs += has_policy(o, &devices[i], policies[k]);
	return rows * runs;
}

/*
 * Map memory that every device should take. In a huge page, later checks look only at
 * the frame and the page after it.
 */
static int map_good(struct memory *whole, struct memory *m, const struct device *d)
{
	for (size_t i = 0; i < ARRAY_SIZE(good_kinds); i++) {
		if (memory_map(whole, memory_find(good_kinds[i]), d->path, d->pix.sizeimage))
			continue;
		/* Fault its pages in now, not during the first row. */
		frame_fill(whole);
		*m = *whole;
		if (m->frame + m->length + PAGE < m->base + m->size)
			m->size = m->frame + m->length + PAGE - m->base;
		return 0;
	}
	return cannot_run("no good memory", whole->why);
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
		row_run(&row, &run, d, kind, v);
		if (run.stop)
			return cannot_run("stopped", "by a signal");
		if (run.png_error)
			return cannot_run(o->png, run.png_error == -EINVAL ?
					  "frames are not in RGB24, so there is no PNG" :
					  strerror(-run.png_error));
		total_add(total, &row);
		if (report_row(&row))
			return EXIT_CANNOT_RUN;
	}
	return 0;
}

static bool has_rows(const struct options *o, const struct variant *v)
{
	const struct memory_kind *kind;

	memory_for_each_kind(kind)
		if (options_choose(o, kind, v))
			return true;
	return false;
}

static int run_variant(const struct options *o, struct device *d,
		       const struct variant *v, struct total *total)
{
	struct memory good, spare;
	int ret, status;

	ret = device_set_size(d, v->size.width ? &v->size : &o->size);
	if (ret)
		return cannot_run(d->path, strerror(-ret));
	if (map_good(&good, &run.good, d))
		return EXIT_CANNOT_RUN;
	status = map_good(&spare, &run.spare, d);
	if (status)
		goto unmap_good;

	d->takes_scattered = o->contiguous < 0 ? probe_scattered(d) : !o->contiguous;
	if (probe_depth(d, &run.good)) {
		status = cannot_run(d->path, d->why);
		goto unmap_spare;
	}
	for (int i = 0; i < NR_POLICIES && !status; i++)
		if (has_policy(o, d, policies[i]))
			status = run_policy(o, d, v, policies[i], total);

unmap_spare:
	memory_unmap(&spare);
unmap_good:
	memory_unmap(&good);
	return status;
}

static int run_device(const struct options *o, struct device *d,
		      struct total *total)
{
	int status = 0;

	for (const struct variant *v = variants; v->sentence && !status; v++)
		if (has_rows(o, v))
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
	for (unsigned int i = 0; i < o->nr_paths; i++)
		if (leave_to_kernel(o, &devices[i]) && probe_kernel(&devices[i]))
			return;
}

static int run_all(const struct options *o, struct device *devices)
{
	unsigned int nr = count_rows(o, devices);
	struct total total = {};
	int status;

	if (!nr) {
		fprintf(stderr, "%s: no row matches the options\n",
			program_invocation_short_name);
		return EXIT_NOTHING_TO_RUN;
	}

	for (unsigned int i = 0; o->exact && i < o->nr_paths; i++)
		if (device_set_exact_size(&devices[i], &o->size))
			return cannot_run(devices[i].path, devices[i].why);

	for (unsigned int i = 0; i < o->nr_paths; i++)
		if (has_policy(o, &devices[i], VIPIN_POLICY_STRICT) &&
		    !device_set_policy(&devices[i], VIPIN_POLICY_STRICT))
			probe_check(&devices[i]);
	observe_kernel(o, devices);
	run.pins = pins_count(-1);
	status = begin_reports(nr);
	for (unsigned int i = 0; i < o->nr_paths && !status; i++)
		status = run_device(o, &devices[i], &total);
	if (!status)
		status = end_reports(&total);
	if (status)
		return status;
	if (total.outcomes[ROW_UNEXPECTED])
		return EXIT_UNEXPECTED;
	return total.pointers ? EXIT_AS_EXPECTED : EXIT_NOTHING_TO_RUN;
}

static void find_vipins(struct options *o)
{
	static char paths[MAX_DEVICES][PATH_MAX];
	enum direction direction;
	glob_t nodes;

	if (glob("/dev/video*", 0, NULL, &nodes))
		return;
	for (size_t i = 0; i < nodes.gl_pathc && o->nr_paths < MAX_DEVICES; i++) {
		if (!device_is_vipin(nodes.gl_pathv[i], &direction) ||
		    (o->direction >= 0 && o->direction != (int)direction))
			continue;
		snprintf(paths[o->nr_paths], PATH_MAX, "%s", nodes.gl_pathv[i]);
		o->paths[o->nr_paths] = paths[o->nr_paths];
		o->nr_paths++;
	}
	globfree(&nodes);
}

/* Open all devices, and close those of the wrong direction again. */
static int open_devices(struct options *o, struct device *devices)
{
	unsigned int nr = 0;
	int status = 0;

	for (unsigned int i = 0; i < o->nr_paths && !status; i++) {
		struct device *d = &devices[nr];

		if (device_open(d, o->paths[i]))
			status = cannot_run(d->path, d->why);
		else if (o->direction >= 0 && o->direction != (int)d->direction)
			device_close(d);
		else
			nr++;
	}
	o->nr_paths = nr;
	return status;
}

int main(int argc, char **argv)
{
	struct options options = {
		.memory = "*", .direction = -1, .policy = -1, .contiguous = -1,
		.size = { 320, 240, V4L2_PIX_FMT_RGB24 },
		.report = &report_table,
	};
	struct sigaction action = { .sa_handler = on_signal };
	struct device devices[MAX_DEVICES];
	int status;

	standard_output_check();
	if (!options_parse(&options, argc, argv, &status))
		return status;
	run.frames = options.frames;
	run.png = options.png;
	report_set_color(options.color);
	add_report(options.report, NULL);
	if (options.json)
		add_report(&report_json, options.json);
	if (options.html)
		add_report(&report_html, options.html);

	/* Do not set SA_RESTART: a signal must end the wait for a frame. */
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);

	if (!options.nr_paths)
		find_vipins(&options);
	if (!options.nr_paths)
		return cannot_run("no vipin device", "use -d /dev/videoN for another device");
	status = open_devices(&options, devices);
	if (!status)
		status = run_all(&options, devices);
	if (run.png && (status == EXIT_AS_EXPECTED || status == EXIT_UNEXPECTED))
		status = cannot_run(run.png, "no frame was captured into a pointer");
	while (options.nr_paths)
		device_close(&devices[--options.nr_paths]);
	return status;
}
