// SPDX-License-Identifier: GPL-2.0-only
/*
 * cma.c - make the kernel allocate pages in the CMA area
 *
 * The kernel takes movable pages from CMA while more than half of a zone's free memory is CMA
 * (mm/page_alloc.c, __rmqueue()). So allocate other memory as ballast until that is true.
 * Then allocate the pages, check where they are, and free the ballast.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ballast.h"
#include "cma-area.h"
#include "cma.h"
#include "common/pagemap.h"

/* Bytes that the kernel takes from CMA until CMA is no longer more than half. */
#define MARGIN		(8UL << 20)

#define MAX_TRIES	4

/* Bytes of the CMA area that no driver had when it was emptied last, or 0 before that. */
static size_t emptied;

/*
 * Empty the area: allocate and free all of it. A page that is just being migrated makes one
 * attempt fail. A pinned page makes all attempts fail.
 */
static int cma_take(int fd)
{
	struct vimap_cma area;

	for (int i = 0; i < MAX_TRIES; i++) {
		if (!ioctl(fd, VIMAP_IOC_CMA_TAKE, &area)) {
			cma_know(area.base_pfn, area.nr_pages);
			emptied = area.nr_taken * PAGE;
			return 0;
		}
		if (errno != ENOMEM && errno != EBUSY)
			break;
	}
	return -1;
}

/*
 * Find the CMA areas. The kernel's log has them, unless it has been overwritten. vimap reports
 * the default area, and empties it for that: that must happen before any memory is mapped.
 */
static void find_areas(void)
{
	int fd;

	cma_read_log();
	fd = open("/dev/vimap", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return;
	cma_take(fd);
	close(fd);
}

/* This provider has no kinds of its own. */
const struct memory_provider cma_provider = {
	.prepare = find_areas,
};

static size_t memory_info(const char *name)
{
	FILE *f = fopen("/proc/meminfo", "re");
	char line[128], label[64];
	size_t kib, found = 0;

	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%63[^:]: %zu", label, &kib) == 2 &&
		    !strcmp(label, name))
			found = kib << 10;
	fclose(f);
	return found;
}

/*
 * Read how much memory the kernel keeps free. That is min_free_kbytes, plus a temporary
 * boost after each allocation that mixed migrate types in a block (boost_watermark()).
 */
static size_t kept_free(void)
{
	FILE *f = fopen("/proc/zoneinfo", "re");
	size_t pages, sum = 0;
	char line[128];

	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, " min %zu", &pages) == 1)
			sum += pages;
	fclose(f);
	return sum * PAGE;
}

/**
 * cma_find_run() - find adjacent pages that lie in CMA
 * @region:	address of the first page to check
 * @nr:		number of pages to check
 * @needed:	number of adjacent pages that must lie in CMA
 * @step:	the first of them must be a multiple of this number of pages from @region
 *
 * Return: index of the first such page, or -1.
 */
ssize_t cma_find_run(const unsigned char *region, size_t nr, size_t needed,
		     size_t step)
{
	__u64 *pfns = calloc(nr, sizeof(*pfns));
	ssize_t found = -1;
	size_t run = 0;

	if (!pfns || pagemap_read(region, nr, pfns)) {
		free(pfns);
		return -1;
	}
	for (size_t i = 0; i < nr && found < 0; i++) {
		if (!run && i % step)
			continue;
		run = cma_contains(pfns[i]) ? run + 1 : 0;
		if (run == needed)
			found = i + 1 - needed;
	}
	free(pfns);
	return found;
}

static int lacks_area(struct memory *m)
{
	if (errno == EOPNOTSUPP)
		return memory_lacks(m, "before 7.1, only a built-in vimap can empty CMA");
	return memory_lacks(m, "vimap cannot empty a CMA area: %s", strerror(errno));
}

/*
 * Add ballast until more than half of the free memory is CMA. Leave enough other memory free
 * to keep the OOM killer away.
 */
static int add_pressure(struct memory *m, struct ballast *ballast)
{
	size_t free, cma;

	/* Save time if the area is still empty from the last check. */
	if ((!emptied || memory_info("CmaFree") + MARGIN < emptied) &&
	    cma_take(m->fd))
		return lacks_area(m);
	free = memory_info("MemFree");
	cma = memory_info("CmaFree");
	/* Also count free pages in the lists of the CPUs: they are drained below. */
	if (cma < emptied)
		cma = emptied;
	if (cma < kept_free() + 2 * MARGIN)
		return memory_lacks(m, "CMA, %zu MiB, is hardly more than the kernel keeps free",
				    cma >> 20);
	if (free > 2 * cma - MARGIN &&
	    ballast_add(ballast, memory_round_up(free - 2 * cma + MARGIN, HUGE_PAGE)))
		return memory_lacks(m, "cannot allocate ballast: %s", strerror(errno));

	/*
	 * Migrate ballast out of the area. This also drains the CPUs' lists of free pages,
	 * which the kernel would use first.
	 */
	if (cma_take(m->fd))
		return lacks_area(m);
	return 0;
}

/**
 * cma_allocate() - allocate memory in the CMA area
 * @m:		the memory; its fd becomes /dev/vimap
 * @allocate:	allocates the memory; returns 0 with @m->base set if the kernel chose the
 *		CMA area, else frees it and returns -1
 *
 * Return: 0 with @m->frame set one guard page after @m->base, or -1 with @m->why set.
 */
int cma_allocate(struct memory *m, int (*allocate)(struct memory *m))
{
	struct ballast ballast;
	int ret = -1;

	m->fd = open("/dev/vimap", O_RDWR | O_CLOEXEC);
	if (m->fd < 0)
		return memory_lacks(m, "/dev/vimap, which finds the CMA area: %s",
				    strerror(errno));
	if (ballast_open(&ballast))
		return memory_lacks(m, "cannot mount a tmpfs for ballast: %s", strerror(errno));

	memory_lacks(m, "the kernel allocated no anonymous memory in CMA");
	for (int i = 0; i < MAX_TRIES && ret; i++) {
		if (add_pressure(m, &ballast))
			break;
		ret = allocate(m);
	}
	ballast_drop(&ballast);
	m->frame = m->base + PAGE;
	return ret;
}

/**
 * cma_check_not_pinned() - check that no page of the CMA area is pinned
 * @m:	the memory; its fd is /dev/vimap
 *
 * Return: 0, or -1 with @m->why set.
 */
int cma_check_not_pinned(struct memory *m)
{
	if (cma_take(m->fd))
		return memory_lacks(m, "CMA cannot be allocated while the frame is pinned: %s",
				    strerror(errno));
	return 0;
}
