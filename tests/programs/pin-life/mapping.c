// SPDX-License-Identifier: GPL-2.0-only
/*
 * mapping.c - scenarios: the program changes the mapping of memory that is pinned
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "event.h"
#include "vimap/vimap-uapi.h"

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP	4
#endif

#define READ_WRITE	(PROT_READ | PROT_WRITE)
#define ANON		(MAP_PRIVATE | MAP_ANONYMOUS)

static void unmap(struct subject *s)
{
	must(munmap(s->frame, s->size));
}

static void unmap_shared(struct subject *s)
{
	s->alias = event_mmap(NULL, s->size, READ_WRITE, MAP_SHARED, s->fd, s->offset);
	unmap(s);
}

static void replace(struct subject *s)
{
	event_mmap(s->frame, s->size, READ_WRITE, ANON | MAP_FIXED, -1, 0);
}

static void replace_by_device(struct subject *s)
{
	int vimap = open("/dev/vimap", O_RDWR | O_CLOEXEC);

	if (vimap < 0)
		life_skip("/dev/vimap: %s", strerror(errno));
	event_mmap(s->frame, s->size, READ_WRITE, MAP_SHARED | MAP_FIXED, vimap,
		   VIMAP_OFFSET(VIMAP_PAGE_IO));
}

/* Keep one address free, to which a mapping is moved. */
static unsigned char *free_place(size_t size)
{
	return event_mmap(NULL, size, PROT_NONE, ANON, -1, 0);
}

static void move(struct subject *s, int flags)
{
	unsigned char *place = free_place(s->size);

	s->alias = mremap(s->frame, s->size, s->size, MREMAP_MAYMOVE | flags, place);
	life_expect(s->alias == place, "mremap: %s", strerror(errno));
}

static void move_away(struct subject *s)
{
	move(s, MREMAP_FIXED);
}

static void move_and_keep(struct subject *s)
{
	move(s, MREMAP_FIXED | MREMAP_DONTUNMAP);
}

static void move_there_and_back(struct subject *s)
{
	move(s, MREMAP_FIXED);
	life_expect(mremap(s->alias, s->size, s->size, MREMAP_MAYMOVE | MREMAP_FIXED,
			   s->frame) == s->frame, "mremap: %s", strerror(errno));
	s->alias = NULL;
}

static void protect_reading(struct subject *s)
{
	must(mprotect(s->frame, s->size, PROT_READ));
}

static void protect_all(struct subject *s)
{
	must(mprotect(s->frame, s->size, PROT_NONE));
}

static void protect_and_allow(struct subject *s)
{
	must(mprotect(s->frame, s->size, PROT_NONE));
	must(mprotect(s->frame, s->size, READ_WRITE));
}

const struct scenario mapping_scenarios[] = {
	{
		.name = "munmap",
		.sentence = "munmap()",
		.happens = unmap,
		.leads_to = NO_PAGES,
		.capture = "not-mapped", .output = "not-mapped",
		.source = "mm/memory.c, zap_pte_range(): the pin keeps its reference",
	}, {
		.name = "munmap-shared",
		.sentence = "munmap() of a shared file, which has a second mapping",
		.happens = unmap_shared,
		.memory = SHARED,
		.leads_to = NO_PAGES,
		.capture = "not-mapped", .output = "not-mapped",
		.source = "mm/memory.c, zap_pte_range(): the page stays in the file",
	}, {
		.name = "map-fixed",
		.sentence = "MAP_FIXED of anonymous memory",
		.happens = replace,
		.leads_to = OTHER_PAGES,
		.source = "mm/vma.c, vms_clear_ptes(): the old mapping is unmapped first",
	}, {
		.name = "map-fixed-device",
		.sentence = "MAP_FIXED of a device's memory",
		.happens = replace_by_device,
		.leads_to = OTHER_PAGES,
		.capture = "vma-io", .output = "vma-io",
		.source = "mm/gup.c, check_vma_flags()",
	}, {
		.name = "mremap",
		.sentence = "mremap() to another place",
		.happens = move_away,
		.leads_to = NO_PAGES,
		.capture = "not-mapped", .output = "not-mapped",
		.source = "mm/mremap.c, move_ptes(): the same page at another address",
	}, {
		.name = "mremap-dontunmap",
		.sentence = "mremap() with MREMAP_DONTUNMAP",
		.happens = move_and_keep,
		.leads_to = OTHER_PAGES,
		.source = "mremap(2): the old place is a mapping without pages",
	}, {
		.name = "mremap-and-back",
		.sentence = "mremap() to another place and back",
		.happens = move_there_and_back,
		.leads_to = SAME_PAGES,
		.source = "mm/mremap.c, move_ptes()",
	}, {
		.name = "mprotect-read",
		.sentence = "mprotect(PROT_READ)",
		.happens = protect_reading,
		.leads_to = SAME_PAGES,
		.capture = "not-writable",
		.source = "mm/gup.c, check_vma_flags()",
	}, {
		.name = "mprotect-none",
		.sentence = "mprotect(PROT_NONE)",
		.happens = protect_all,
		.leads_to = SAME_PAGES,
		.capture = "not-writable", .output = "not-readable",
		.source = "mm/gup.c, check_vma_flags()",
	}, {
		.name = "mprotect-and-back",
		.sentence = "mprotect(PROT_NONE) and back",
		.happens = protect_and_allow,
		.leads_to = SAME_PAGES,
		.source = "mm/mprotect.c, change_pte_range(): the entry keeps its page",
	},
	{ }
};
