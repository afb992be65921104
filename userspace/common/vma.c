// SPDX-License-Identifier: GPL-2.0-only
/*
 * vma.c - what the kernel says of this process's own mappings
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vma.h"

static void vma_flags(struct vma *vma, char *flags)
{
	char *save, *flag;

	/* Documentation/filesystems/proc.rst, "VmFlags" */
	for (flag = strtok_r(flags, "\n ", &save); flag;
	     flag = strtok_r(NULL, "\n ", &save)) {
		vma->io |= !strcmp(flag, "io");
		vma->pfnmap |= !strcmp(flag, "pf");
		vma->mixed |= !strcmp(flag, "mm");
		vma->userfault |= !strcmp(flag, "um");
	}
}

/* From a file that has one line for each mapping, and may have more about it. */
static int read_list(const char *path, const void *start, size_t size,
		     struct vma *list, int max)
{
	uintptr_t low = (uintptr_t)start, high = low + size;
	FILE *f = fopen(path, "re");
	struct vma *vma = NULL;
	size_t room = 0, kib;
	char *line = NULL;
	int nr = 0, key;

	if (!f)
		return -1;

	while (getline(&line, &room, f) > 0) {
		unsigned long offset, inode;
		uintptr_t from, to;
		char prot[5];

		/* What is said of a mapping begins with a capital. */
		if (isupper(*line) && !vma)
			continue;
		if (!isupper(*line) && sscanf(line, "%lx-%lx %4s %lx %*s %lu", &from, &to,
					      prot, &offset, &inode) == 5) {
			vma = NULL;
			if (from >= high)
				break;
			if (to <= low)
				continue;
			if (nr == max) {
				nr = -1;
				break;
			}
			vma = &list[nr++];
			*vma = (struct vma) {
				.start = from > low ? from : low,
				.end = to < high ? to : high,
				.read = prot[0] == 'r',
				.write = prot[1] == 'w',
				.shared = prot[3] == 's',
				.aio = strstr(line, " /[aio]"),
				.inode = inode,
				.offset = from < low ? offset + low - from : offset,
			};
			snprintf(vma->whole, sizeof(vma->whole), "%lx-%lx", from, to);
		} else if (*line == 'A' && sscanf(line, "AnonHugePages: %zu", &kib) == 1) {
			vma->huge = kib << 10;
		} else if (*line == 'P' && sscanf(line, "ProtectionKey: %d", &key) == 1) {
			vma->key = key;
		} else if (!strncmp(line, "VmFlags:", 8)) {
			vma_flags(vma, line + 8);
		}
	}
	free(line);
	fclose(f);
	return nr;
}

/**
 * vma_list() - the mappings of this process that a range touches
 * @start:	of the range
 * @size:	of the range, in bytes
 * @list:	filled in, by rising address
 * @max:	room in @list
 *
 * A mapping that sticks out of the range is cut to it, @list[].huge apart. A
 * range that ends beyond the last address touches none.
 *
 * Return: how many, or -1 if /proc/self/smaps cannot be read or there are more
 * than @max.
 */
int vma_list(const void *start, size_t size, struct vma *list, int max)
{
	return read_list("/proc/self/smaps", start, size, list, max);
}

/**
 * vma_outline() - vma_list() in a fraction of the time
 * @start:	of the range
 * @size:	of the range, in bytes
 * @list:	filled in, but for what takes a look at pages and flags: @list[].io,
 *		pfnmap, mixed, huge and key are 0
 * @max:	room in @list
 *
 * Return: as vma_list() has it.
 */
int vma_outline(const void *start, size_t size, struct vma *list, int max)
{
	return read_list("/proc/self/maps", start, size, list, max);
}
