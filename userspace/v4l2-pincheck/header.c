// SPDX-License-Identifier: GPL-2.0-only
/*
 * header.c - what the rows were run on: the machine, and the devices
 */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/utsname.h>

#include "common/page.h"
#include "header.h"
#include "health.h"

static void print_machine(const char *prefix)
{
	long free_pages = health_huge_pages();
	struct utsname names = {};
	struct rlimit locked = {};

	uname(&names);
	getrlimit(RLIMIT_MEMLOCK, &locked);
	printf("%sv4l2-pincheck %s on Linux %s, %s\n", prefix, PINCHECK_VERSION, names.release,
	       names.machine);
	printf("%s    pages of %zu KiB, ", prefix, PAGE >> 10);
	if (free_pages >= 0)
		printf("huge pages of %lu KiB (%ld free), ", HUGE_PAGE >> 10, free_pages);
	else
		printf("no huge pages, ");
	if (locked.rlim_cur == RLIM_INFINITY)
		printf("RLIMIT_MEMLOCK unlimited\n");
	else
		printf("RLIMIT_MEMLOCK %llu KiB\n", (unsigned long long)locked.rlim_cur >> 10);
}

static void print_device(const char *prefix, const struct device *d)
{
	char letters[5];

	device_format_name(letters, d->pix.pixelformat);
	printf("%s%s: %s \"%s\", %s, %s%s%s%s\n", prefix, d->path, d->driver, d->card, d->bus_info,
	       direction_names[d->direction], d->content ? " of " : "",
	       d->content ? d->content : "", d->m2m ? ", memory-to-memory" : "");
	printf("%s    %s", prefix, letters);
	if (d->pix.width)
		printf(" %ux%u", d->pix.width, d->pix.height);
	printf("%ssizeimage %u, ", *letters || d->pix.width ? ", " : "", d->pix.sizeimage);
	if (d->nr_planes > 1)
		printf("plane %u of %u, ", d->plane, d->nr_planes);
	printf("%s\n", d->translated ? "behind an IOMMU" : "no IOMMU");
	if (*d->no_frames)
		printf("%s    only answers are checked, no frames: %s\n", prefix, d->no_frames);
	if (*d->offers)
		printf("%s    besides user pointers, it offers %s\n", prefix, d->offers);
}

/**
 * header_print() - print the machine and the devices
 * @prefix:	for each line
 * @plan:	what is going to run
 */
void header_print(const char *prefix, const struct plan *plan)
{
	print_machine(prefix);
	for (unsigned int i = 0; i < plan->nr_devices; i++)
		print_device(prefix, &plan->devices[i]);
}
