// SPDX-License-Identifier: GPL-2.0-only
/*
 * vdso.c - the pages that the kernel maps into every process for fast system calls
 *
 * They are few, so the frame starts in them and goes on in pages of the process.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "memory.h"

static bool find_mapping(const char *name, uintptr_t *start, uintptr_t *end)
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

static size_t own_part(const struct memory *m)
{
	return memory_round_up(m->length, PAGE);
}

/* @first: where the frame starts. The vDSO is the last of these mappings. */
static int map_from(struct memory *m, const char *first)
{
	uintptr_t start, end, vdso;
	void *own;

	if (!find_mapping(first, &start, &end) || !find_mapping("[vdso]", &vdso, &end))
		return memory_lacks(m, "the kernel maps no %s", first);
	if (start > vdso)
		return memory_lacks(m, "%s lies behind the vDSO", first);

	own = mmap((void *)end, own_part(m), PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	if (own == MAP_FAILED)
		return memory_lacks(m, "no room behind the vDSO: %s", strerror(errno));
	m->base = (void *)start;
	m->frame = m->base;
	m->size = end + own_part(m) - start;
	return 0;
}

static void vdso_unmap(struct memory *m)
{
	if (m->base)
		munmap(m->base + m->size - own_part(m), own_part(m));
}

static int vdso_map(struct memory *m)
{
	return map_from(m, "[vdso]");
}

const struct memory_kind memory_vdso = {
	.name = "vdso",
	.sentence = "the vDSO is code of the kernel: no process may write it, hence no device",
	.map = vdso_map,
	.unmap = vdso_unmap,
	.foreign = true,
};

static int vvar_map(struct memory *m)
{
	return map_from(m, "[vvar]");
}

const struct memory_kind memory_vvar = {
	.name = "vvar",
	.sentence = "what the vDSO reads is the kernel's own, and partly no memory at all",
	.map = vvar_map,
	.unmap = vdso_unmap,
	.foreign = true,
};
