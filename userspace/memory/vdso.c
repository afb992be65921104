// SPDX-License-Identifier: GPL-2.0-only
/*
 * vdso.c - the pages that the kernel maps into every process for fast system calls
 *
 * They are only a few pages. The frame starts in them and continues in pages of the process:
 * in new ones, and in those that happen to be mapped after these.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "common/vma.h"
#include "provider.h"

#define MAX_VMAS	16

static bool find_mapping(const char *name, unsigned long *start, unsigned long *end)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512], label[64];
	bool found = false;

	if (!maps)
		return false;
	while (!found && fgets(line, sizeof(line), maps))
		found = sscanf(line, "%lx-%lx %*s %*s %*s %*s %63s", start, end, label) == 3 &&
			!strcmp(label, name);
	fclose(maps);
	return found;
}

/*
 * Count the free bytes from @end up to the next mapping, or up to @wanted bytes. Returns 0
 * if there is another gap later in these @wanted bytes.
 */
static size_t free_after(uintptr_t end, size_t wanted)
{
	struct vma vma[MAX_VMAS];
	int nr = vma_list((void *)end, wanted, vma, MAX_VMAS);

	if (!nr)
		return wanted;
	for (int i = 0; i + 1 < nr; i++)
		if (vma[i].end != vma[i + 1].start)
			return 0;
	return nr > 0 && vma[nr - 1].end == end + wanted ? vma[0].start - end : 0;
}

/* Map a frame that starts in the mapping @first. The vDSO is the last of these mappings. */
static int map_from(struct memory *m, const char *first)
{
	size_t wanted = memory_round_up(m->length, PAGE), own;
	unsigned long start, end, vdso;

	if (!find_mapping(first, &start, &end) || !find_mapping("[vdso]", &vdso, &end))
		return memory_lacks(m, "the kernel maps no %s", first);
	if (start > vdso)
		return memory_lacks(m, "%s lies after the vDSO", first);

	own = free_after(end, wanted);
	if (own && mmap((void *)end, own, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED)
		return memory_lacks(m, "no free addresses after the vDSO: %s", strerror(errno));
	m->base = (void *)start;
	m->frame = m->base;
	m->size = end + own - start;
	return 0;
}

static void vdso_unmap(struct memory *m)
{
	unsigned long start, end;

	if (m->base && find_mapping("[vdso]", &start, &end) &&
	    (uintptr_t)m->base + m->size > end)
		munmap((void *)end, (uintptr_t)m->base + m->size - end);
}

static int vdso_map(struct memory *m)
{
	return map_from(m, "[vdso]");
}

static int vvar_map(struct memory *m)
{
	return map_from(m, "[vvar]");
}

static const struct memory_kind kinds[] = {
	{
		.name = "vdso",
		.sentence = "the vDSO is kernel code that no process may write, so no device may",
		.map = vdso_map,
		.unmap = vdso_unmap,
		.not_ours = true,
		.goes_on = true,
	}, {
		.name = "vvar",
		.sentence = "the data of the vDSO belongs to the kernel, and is partly not RAM",
		.map = vvar_map,
		.unmap = vdso_unmap,
		.not_ours = true,
		.goes_on = true,
	},
};

const struct memory_provider vdso_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
