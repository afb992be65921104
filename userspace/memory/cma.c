// SPDX-License-Identifier: GPL-2.0-only
/*
 * cma.c - how to have pages allocated from the CMA area
 *
 * The kernel takes movable pages from CMA while more than half of a zone's free
 * memory is CMA (mm/page_alloc.c, __rmqueue()). So take the other memory away
 * until that is the case, have pages allocated, look where they are, and give the
 * other memory back.
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

/* How much comes from CMA before free memory in and outside of it is even. */
#define MARGIN		(8UL << 20)

#define MAX_TRIES	4

/* Bytes of the area; 0 as long as it has not been empty. */
static size_t emptied;

/*
 * Have the whole area allocated, and given back. A page that is on its way
 * elsewhere makes one attempt fail, a pinned page makes all of them fail.
 */
static int cma_take(int fd)
{
	struct vimap_cma area;

	for (int i = 0; i < MAX_TRIES; i++) {
		if (!ioctl(fd, VIMAP_IOC_CMA_TAKE, &area)) {
			cma_know(area.base_pfn, area.nr_pages);
			emptied = area.nr_pages * PAGE;
			return 0;
		}
		if (errno != ENOMEM && errno != EBUSY)
			break;
	}
	return -1;
}

/**
 * cma_find() - learn where CMA areas are, if that is not known yet
 *
 * The kernel's log tells it, unless that has been overwritten; and vimap, where it
 * can empty the default area.
 */
void cma_find(void)
{
	static bool asked;
	int fd;

	if (asked)
		return;
	asked = true;
	cma_read_log();
	fd = open("/dev/vimap", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		return;
	cma_take(fd);
	close(fd);
}

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
 * What the kernel keeps free: min_free_kbytes, and what it raises that by for a
 * while whenever it had to mix the kinds of pages in one block (boost_watermark()).
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
 * cma_find_run() - look for pages in the area
 * @region:	where to look
 * @nr:		how many pages to look at
 * @needed:	how many must lie in the area, one after the other
 * @step:	at which pages they may begin
 *
 * Return: number of the first such page, or -1.
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
		return memory_lacks(m, "before 7.1 only a vimap that is built in empties CMA");
	return memory_lacks(m, "no CMA area to be emptied: %s", strerror(errno));
}

/*
 * Add ballast until more than half of the free memory is CMA. What is not CMA must
 * not fall to where the kernel would kill somebody for more.
 */
static int press(struct memory *m, struct ballast *ballast)
{
	size_t free, cma;

	/* Where a row has just proved that it can be, it is still empty. */
	if ((!emptied || memory_info("CmaFree") + MARGIN < memory_info("CmaTotal")) &&
	    cma_take(m->fd))
		return lacks_area(m);
	free = memory_info("MemFree");
	cma = memory_info("CmaFree");
	/* What CPUs keep of it to themselves counts: it is drained before it is used up. */
	if (cma < emptied)
		cma = emptied;
	if (cma < kept_free() + 2 * MARGIN)
		return memory_lacks(m, "%zu MiB of CMA are hardly more than what is kept free",
				    cma >> 20);
	if (free > 2 * cma - MARGIN &&
	    ballast_add(ballast, memory_round_up(free - 2 * cma + MARGIN, HUGE_PAGE)))
		return memory_lacks(m, "fallocate for ballast: %s", strerror(errno));

	/*
	 * Ballast that went into the area leaves it again, and the CPUs' own
	 * lists of free pages are drained: they would be used up first.
	 */
	if (cma_take(m->fd))
		return lacks_area(m);
	return 0;
}

/**
 * cma_allocate() - allocate memory in the CMA area
 * @m:		the memory; its fd becomes /dev/vimap
 * @allocate:	allocates where the kernel likes, and returns 0 with @m->base set
 *		if that was the area, else -1 and nothing is left allocated
 *
 * Return: 0 with @m->frame set behind a page of guard, or -1 with @m->why set.
 */
int cma_allocate(struct memory *m, int (*allocate)(struct memory *m))
{
	struct ballast ballast;
	int ret = -1;

	m->fd = open("/dev/vimap", O_RDWR | O_CLOEXEC);
	if (m->fd < 0)
		return memory_lacks(m, "/dev/vimap, to be told where CMA is: %s",
				    strerror(errno));
	if (ballast_open(&ballast))
		return memory_lacks(m, "tmpfs for ballast: %s", strerror(errno));

	memory_lacks(m, "the kernel put no anonymous memory into CMA");
	for (int i = 0; i < MAX_TRIES && ret; i++) {
		if (press(m, &ballast))
			break;
		ret = allocate(m);
	}
	ballast_drop(&ballast);
	m->frame = m->base + PAGE;
	return ret;
}

/**
 * cma_check_not_pinned() - a kind's proof that nothing of the CMA area is pinned
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
