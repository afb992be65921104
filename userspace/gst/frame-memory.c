// SPDX-License-Identifier: GPL-2.0-only
/*
 * frame-memory.c - choose the kind of memory for a frame
 */
#include <fcntl.h>
#include <linux/memfd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "frame-memory.h"
#include "huge-run.h"

#define GIGANTIC	(1024UL << 20)

static size_t default_huge_page_size(void)
{
	FILE *f = fopen("/proc/meminfo", "re");
	size_t kilobytes = 0;
	char line[128];

	if (!f)
		return 0;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "Hugepagesize: %zu kB", &kilobytes) == 1)
			break;
	fclose(f);
	return kilobytes << 10;
}

/**
 * frame_store_init() - find out the sizes of this machine's huge pages
 * @store:	filled in
 */
void frame_store_init(struct frame_store *store)
{
	*store = (struct frame_store) {
		.usual.size = default_huge_page_size(),
		.gigantic = { .size = GIGANTIC, .flags = MFD_HUGE_1GB },
	};
}

/**
 * frame_alloc_contiguous() - allocate memory that is physically contiguous
 * @store:	source of the memory
 * @size:	of the frame in bytes, not 0
 * @frame:	filled in
 * @why:	filled in on failure: why there is none and what to do, in sentences
 *
 * Return: 0, or -1 with @why set.
 */
int frame_alloc_contiguous(struct frame_store *store, size_t size,
			   struct frame_memory *frame, char *why)
{
	size_t page = store->usual.size;
	char lack[LACK_SIZE];

	if (page && size <= page && !huge_page_alloc(&store->usual, size, frame))
		return 0;
	if (page && size > page && !huge_run_alloc(page, size, frame, lack))
		return 0;
	if (!huge_page_alloc(&store->gigantic, size, frame))
		return 0;

	if (!page)
		snprintf(why, WHY_SIZE, "This kernel has no huge pages (CONFIG_HUGETLBFS).");
	else if (size <= page)
		snprintf(why, WHY_SIZE,
			 "No huge page is free for a frame of %zu bytes. Reserve some, as root (echo 16 > /proc/sys/vm/nr_hugepages).",
			 size);
	else
		snprintf(why, WHY_SIZE,
			 "A frame of %zu bytes needs %zu huge pages side by side: %s. Reserve more of them early (hugepages=64 on the kernel's command line), or one of 1 GiB, which serves every user (hugepagesz=1G hugepages=1).",
			 size, round_up_to(size, page) / page, lack);
	return -1;
}

/**
 * frame_alloc_scattered() - allocate memory that need not be physically contiguous
 * @size:	of the frame in bytes, not 0
 * @frame:	filled in
 *
 * Only a device behind an IOMMU can use it.
 *
 * Return: 0, or -1 with errno set.
 */
int frame_alloc_scattered(size_t size, struct frame_memory *frame)
{
	*frame = (struct frame_memory) {
		.size = round_up_to(size, sysconf(_SC_PAGESIZE)),
		.extents = malloc(sizeof(*frame->extents)),
		.nr_extents = 1,
		.fd = memfd_create("frame", MFD_CLOEXEC | MFD_ALLOW_SEALING),
	};
	if (!frame->extents || frame->fd < 0 || ftruncate(frame->fd, frame->size) ||
	    fcntl(frame->fd, F_ADD_SEALS, F_SEAL_SHRINK))
		goto out;
	*frame->extents = (struct extent) { 0, frame->size };
	frame->data = mmap(NULL, frame->size, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_POPULATE, frame->fd, 0);
	if (frame->data != MAP_FAILED)
		return 0;
out:
	if (frame->fd >= 0)
		close(frame->fd);
	free(frame->extents);
	return -1;
}

/**
 * frame_free() - free the memory of a frame
 * @frame:	the memory
 */
void frame_free(struct frame_memory *frame)
{
	if (frame->page) {
		huge_page_free(frame);
		return;
	}
	munmap(frame->data, frame->size);
	close(frame->fd);
	free(frame->extents);
}
