// SPDX-License-Identifier: GPL-2.0-only
/*
 * nodes.c - which devices to check: find their nodes, and open them
 */
#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/macros.h"
#include "nodes.h"

/* Is this the name of a node for video, VBI, radio samples or touch? */
static int is_node(const struct dirent *entry)
{
	static const char * const names[] = { "video", "vbi", "swradio", "v4l-touch" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		size_t length = strlen(names[i]);

		if (!strncmp(entry->d_name, names[i], length) && isdigit(entry->d_name[length]))
			return 1;
	}
	return 0;
}

/* Is the node wanted? A vipin is found without an option. */
static bool is_wanted(const struct options *o, const char *path)
{
	int direction;

	if (o->all)
		return true;
	return device_is_vipin(path, &direction) &&
	       (o->direction < 0 || direction < 0 || o->direction == direction);
}

/*
 * Find the vipin nodes, or with --all, all nodes of this machine, in the order of their numbers.
 * Set @incomplete if there are too many.
 */
static void find(struct options *o, bool *incomplete)
{
	static char paths[MAX_DEVICES][PATH_MAX];
	struct dirent **entries = NULL;
	int nr = scandir("/dev", &entries, is_node, versionsort);

	for (int i = 0; i < nr; i++) {
		char path[PATH_MAX];

		snprintf(path, sizeof(path), "/dev/%s", entries[i]->d_name);
		free(entries[i]);
		if (!is_wanted(o, path))
			continue;
		if (o->nr_paths == MAX_DEVICES) {
			cannot_run(path, "is one device too many: use -d");
			*incomplete = true;
			continue;
		}
		snprintf(paths[o->nr_paths], PATH_MAX, "%s", path);
		o->paths[o->nr_paths] = paths[o->nr_paths];
		o->nr_paths++;
	}
	free(entries);
}

static const char settings[] =
	"takes metadata, which can be settings of the hardware: only with --intrusive";

/* Would frames of a test change more of the device than its format? */
static bool takes_settings(const struct device *d)
{
	return d->content_type == V4L2_BUF_TYPE_META_OUTPUT;
}

/* Return the worse exit status of devices that are left out. */
static int worse(int one, int other)
{
	return one == EXIT_CANNOT_RUN || !other ? one : other;
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

/* Set the size and format that the user asked for. The stamp of vipin is in the first plane. */
static int suit(const struct options *o, struct device *d)
{
	if (options_change_format(o) && device_set_exact_size(d, &o->size))
		return -1;
	if (d->plane >= d->nr_planes)
		snprintf(d->why, sizeof(d->why), "has no such plane");
	else if (d->vipin && !d->m2m && d->nr_planes > 1)
		snprintf(d->why, sizeof(d->why),
			 "vipin's frames must have one plane: use --format");
	else
		return 0;
	return -1;
}

/*
 * Open a device, and count it in @nr. Leave it out if it has the wrong direction, or takes no user
 * pointers.
 */
static int open_device(const struct options *o, struct device *d, const char *path,
		       enum direction direction, unsigned int *nr)
{
	int status;

	if (device_open(d, path, o->plane, direction))
		return left_out(d);
	if (o->direction >= 0 && o->direction != (int)d->direction) {
		status = 0;
	} else if (takes_settings(d) && !o->intrusive) {
		status = nothing_to_run(d->path, settings);
	} else if (suit(o, d)) {
		status = left_out(d);
	} else {
		++*nr;
		return 0;
	}
	device_close(d);
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

static bool look_the_same(const struct device *a, const struct device *b)
{
	return a->direction == b->direction && !strcmp(a->driver, b->driver) &&
	       !strcmp(a->bus, b->bus);
}

/* If devices look the same in a report, for example two cameras, name their nodes as well. */
static void set_labels(struct device *devices, unsigned int nr)
{
	for (struct device *d = devices; d < devices + nr; d++) {
		bool same = false;

		for (struct device *other = devices; other < devices + nr; other++)
			same |= other != d && look_the_same(other, d);
		snprintf(d->label, sizeof(d->label), same ? "%s (%s)" : "%s", d->bus, d->node);
	}
}

/**
 * nodes_open() - open all devices, and set the size and format that the user asked for
 * @o:		the options; without paths, find the vipin nodes, or with --all, every node;
 *		&options.nr_paths becomes the number of devices
 * @run:	&run.stop ends the search
 * @devices:	filled in
 * @incomplete:	set to true if a device could not be opened, and --all goes on without it
 *
 * Return: 0, or an exit status.
 */
int nodes_open(struct options *o, const struct run *run, struct device *devices,
	       bool *incomplete)
{
	unsigned int nr = 0;
	int status = 0;

	if (!o->nr_paths)
		find(o, incomplete);
	if (!o->nr_paths && o->all)
		return nothing_to_run("/dev", "there is no V4L2 device");
	if (!o->nr_paths)
		return cannot_run("no vipin device", "use -d /dev/videoN for another device");
	for (unsigned int i = 0; i < o->nr_paths && !run->stop; i++) {
		status = worse(status, open_node(o, devices, o->paths[i], &nr));
		if (status == EXIT_CANNOT_RUN && !o->all)
			break;
	}
	o->nr_paths = nr;
	set_labels(devices, nr);
	if (run->stop)
		return cannot_run("stopped", "by a signal");
	if (status == EXIT_CANNOT_RUN && !o->all)
		return status;
	*incomplete |= status == EXIT_CANNOT_RUN;
	return nr ? 0 : status;
}
