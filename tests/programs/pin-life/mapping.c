// SPDX-License-Identifier: GPL-2.0-only
/*
 * mapping.c - scenarios: the program changes the mapping of memory that is pinned
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "event.h"

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP	4
#endif
#ifndef SYS_memfd_secret
#define SYS_memfd_secret	447
#endif

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

static void unmap_neighbours(struct subject *s)
{
	must(munmap(s->map, PAGE));
	must(munmap(s->frame + s->size, PAGE));
}

static void replace(struct subject *s)
{
	event_mmap(s->frame, s->size, READ_WRITE, ANON | MAP_FIXED, -1, 0);
}

static void replace_by_shared(struct subject *s)
{
	event_mmap(s->frame, s->size, READ_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
}

static void replace_by_none(struct subject *s)
{
	event_mmap(s->frame, s->size, PROT_NONE, ANON | MAP_FIXED, -1, 0);
}

static int new_file(struct subject *s)
{
	int fd = backing_disk_file();

	must(ftruncate(fd, s->size));
	return fd;
}

static void replace_by_file(struct subject *s)
{
	event_mmap(s->frame, s->size, READ_WRITE, MAP_SHARED | MAP_FIXED, new_file(s), 0);
}

static void replace_by_private_file(struct subject *s)
{
	event_mmap(s->frame, s->size, READ_WRITE, MAP_PRIVATE | MAP_FIXED, new_file(s), 0);
}

static void replace_by_itself(struct subject *s)
{
	event_mmap(s->frame, s->size, READ_WRITE, MAP_SHARED | MAP_FIXED, s->fd, s->offset);
}

static void replace_by_other_offset(struct subject *s)
{
	s->alias = event_mmap(NULL, s->size, READ_WRITE, MAP_SHARED, s->fd, s->offset);
	must(ftruncate(s->fd, s->map_size + s->size));
	event_mmap(s->frame, s->size, READ_WRITE, MAP_SHARED | MAP_FIXED, s->fd, s->map_size);
}

static void remap_to_other_offset(struct subject *s)
{
	s->alias = event_mmap(NULL, s->size, READ_WRITE, MAP_SHARED, s->fd, s->offset);
	must(ftruncate(s->fd, s->map_size + s->size));
	must(remap_file_pages(s->frame, s->size, 0, s->map_size / PAGE, 0));
}

static void replace_by_device(struct subject *s)
{
	life_map_device(s->frame, s->size, VIMAP_PAGE_IO);
}

static void replace_by_page_frames(struct subject *s)
{
	life_map_device(s->frame, s->size, VIMAP_PFN_RAM);
}

static void replace_by_secret(struct subject *s)
{
	int fd = syscall(SYS_memfd_secret, O_CLOEXEC);

	if (fd < 0)
		life_skip("memfd_secret: %s", strerror(errno));
	must(ftruncate(fd, s->size));
	event_mmap(s->frame, s->size, READ_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
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

static void move_to_frame(struct subject *s, unsigned char *from)
{
	life_expect(mremap(from, s->size, s->size, MREMAP_MAYMOVE | MREMAP_FIXED, s->frame) ==
		    s->frame, "mremap: %s", strerror(errno));
}

static unsigned char *other_memory(const struct subject *s)
{
	unsigned char *other = event_memory(s->size);

	memset(other, GUARD_FILL, s->size);
	return other;
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
	move_to_frame(s, s->alias);
	s->alias = NULL;
}

static void move_onto(struct subject *s)
{
	move_to_frame(s, other_memory(s));
}

static void exchange(struct subject *s)
{
	unsigned char *other = other_memory(s);

	move(s, MREMAP_FIXED);
	move_to_frame(s, other);
}

static void shrink(struct subject *s)
{
	life_expect(mremap(s->map, s->map_size, PAGE, 0) == s->map, "mremap: %s",
		    strerror(errno));
}

/* The page after the frame goes, and a new one takes its place. */
static void grow(struct subject *s)
{
	must(munmap(s->frame + s->size, PAGE));
	life_expect(mremap(s->map, PAGE + s->size, 2 * PAGE + s->size, 0) == s->map,
		    "mremap: %s", strerror(errno));
	s->guards = 1;
}

/* The mapping cannot grow where it is, because another one follows. */
static void grow_elsewhere(struct subject *s)
{
	unsigned char *place;

	mmap(s->map + s->map_size, PAGE, PROT_NONE, ANON | MAP_FIXED_NOREPLACE, -1, 0);
	place = mremap(s->map, s->map_size, 4 * s->map_size, MREMAP_MAYMOVE);
	life_expect(place != MAP_FAILED && place != s->map, "mremap: %s", strerror(errno));
	s->alias = place + PAGE;
}

/* The frame lies in a huge page, of which the program unmaps the rest. */
static void split_huge(struct subject *s)
{
	must(munmap(s->map, PAGE));
	must(munmap(s->frame + s->size, s->map_size - PAGE - s->size));
}

/* The pages next to the frame get mappings of their own, which then merge with the frame's. */
static void merge(struct subject *s)
{
	unsigned char *guards[] = { s->map, s->frame + s->size };

	for (size_t i = 0; i < ARRAY_SIZE(guards); i++) {
		event_mmap(guards[i], PAGE, READ_WRITE, ANON | MAP_FIXED, -1, 0);
		memset(guards[i], GUARD_FILL, PAGE);
	}
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
		.name = "munmap-neighbours",
		.sentence = "munmap() of the pages next to the frame",
		.happens = unmap_neighbours,
		.leads_to = SAME_PAGES,
		.source = "mm/vma.c, vms_gather_munmap_vmas(): the mapping is split",
	}, {
		.name = "munmap-huge",
		.sentence = "munmap() of a huge page, except for the frame",
		.happens = split_huge,
		.memory = HUGE,
		.leads_to = SAME_PAGES,
		.source = "mm/huge_memory.c, __split_huge_pmd(): the page tables only",
	}, {
		.name = "map-fixed",
		.sentence = "MAP_FIXED of anonymous memory",
		.happens = replace,
		.leads_to = OTHER_PAGES,
		.source = "mm/vma.c, vms_clear_ptes(): the old mapping is unmapped first",
	}, {
		.name = "map-fixed-shared",
		.sentence = "MAP_FIXED of shared memory",
		.happens = replace_by_shared,
		.leads_to = OTHER_PAGES,
		.source = "mm/vma.c, vms_clear_ptes()",
	}, {
		.name = "map-fixed-file",
		.sentence = "MAP_FIXED of a file of a disk",
		.happens = replace_by_file,
		.leads_to = OTHER_PAGES,
		.capture = "tracks-writes",
		.source = "mm/gup.c, writable_file_mapping_allowed()",
	}, {
		.name = "map-fixed-private-file",
		.sentence = "MAP_FIXED of a private mapping of a file",
		.happens = replace_by_private_file,
		.leads_to = OTHER_PAGES,
		.source = "mm/gup.c, check_vma_flags(): only shared mappings are refused",
	}, {
		.name = "map-fixed-device",
		.sentence = "MAP_FIXED of memory of a device",
		.happens = replace_by_device,
		.leads_to = OTHER_PAGES,
		.capture = "vma-io", .output = "vma-io",
		.source = "mm/gup.c, check_vma_flags()",
	}, {
		.name = "map-fixed-pfnmap",
		.sentence = "MAP_FIXED of page frames that a driver maps",
		.happens = replace_by_page_frames,
		.leads_to = OTHER_PAGES,
		.capture = "vma-pfnmap", .output = "vma-pfnmap",
		.source = "mm/gup.c, check_vma_flags()",
	}, {
		.name = "map-fixed-secret",
		.sentence = "MAP_FIXED of secret memory",
		.happens = replace_by_secret,
		.leads_to = OTHER_PAGES,
		.capture = "secretmem", .output = "secretmem",
		.source = "mm/gup.c, check_vma_flags(): vma_is_secretmem()",
	}, {
		.name = "map-fixed-none",
		.sentence = "MAP_FIXED of memory without permissions",
		.happens = replace_by_none,
		.leads_to = OTHER_PAGES,
		.capture = "not-writable", .output = "not-readable",
		.source = "mm/gup.c, check_vma_flags()",
	}, {
		.name = "map-fixed-itself",
		.sentence = "MAP_FIXED of the same part of the file",
		.happens = replace_by_itself,
		.memory = SHARED,
		.leads_to = SAME_PAGES,
		.source = "mm/shmem.c, shmem_fault(): the page of the file",
	}, {
		.name = "map-fixed-other-part",
		.sentence = "MAP_FIXED of another part of the file",
		.happens = replace_by_other_offset,
		.memory = SHARED,
		.leads_to = OTHER_PAGES,
		.source = "mm/shmem.c, shmem_fault(): another page of the file",
	}, {
		.name = "remap-file-pages",
		.sentence = "remap_file_pages() of another part of the file",
		.happens = remap_to_other_offset,
		.memory = SHARED,
		.leads_to = OTHER_PAGES,
		.source = "mm/mmap.c, remap_file_pages(): it is an mmap() with MAP_FIXED",
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
		.name = "mremap-onto",
		.sentence = "mremap() of other memory onto the frame",
		.happens = move_onto,
		.leads_to = OTHER_PAGES,
		.source = "mm/mremap.c, mremap_to(): the old mapping is unmapped first",
	}, {
		.name = "mremap-exchange",
		.sentence = "mremap() exchanges the frame and other memory",
		.happens = exchange,
		.leads_to = OTHER_PAGES,
		.source = "mm/mremap.c, move_ptes()",
	}, {
		.name = "mremap-shrink",
		.sentence = "mremap() makes the mapping end before the frame",
		.happens = shrink,
		.leads_to = NO_PAGES,
		.capture = "not-mapped", .output = "not-mapped",
		.source = "mm/mremap.c, shrink_vma(): do_vmi_munmap()",
	}, {
		.name = "mremap-grow",
		.sentence = "mremap() lets the mapping grow in place",
		.happens = grow,
		.leads_to = SAME_PAGES,
		.source = "mm/mremap.c, expand_vma_in_place()",
	}, {
		.name = "mremap-grow-moves",
		.sentence = "mremap() lets the mapping grow elsewhere",
		.happens = grow_elsewhere,
		.leads_to = NO_PAGES,
		.capture = "not-mapped", .output = "not-mapped",
		.source = "mm/mremap.c, move_vma()",
	}, {
		.name = "vma-merge",
		.sentence = "mappings next to the frame are replaced, and merge with it",
		.happens = merge,
		.leads_to = SAME_PAGES,
		.source = "mm/vma.c, vma_merge_new_range(): page tables stay",
	},
	{ }
};
