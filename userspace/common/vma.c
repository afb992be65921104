// SPDX-License-Identifier: GPL-2.0-only
/*
 * vma.c - the mappings of this process, from /proc/self/smaps
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

/* Parse a file with a line for each mapping, and optional lines about it. */
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
		unsigned long long offset, inode;
		unsigned long from, to;
		char prot[5];

		/* Lines about a mapping begin with a capital letter. */
		if (isupper(*line) && !vma)
			continue;
		if (!isupper(*line) && sscanf(line, "%lx-%lx %4s %llx %*s %llu", &from, &to,
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
 * vma_list() - list the mappings of this process in a range
 * @start:	of the range
 * @size:	of the range, in bytes
 * @list:	filled in, in the order of addresses
 * @max:	room in @list
 *
 * A mapping that extends beyond the range is cut, but @list[].huge counts all of it. There
 * are no mappings in a range that wraps around after the last address.
 *
 * Return: the number of mappings, or -1 if /proc/self/smaps cannot be read or there are
 * more than @max.
 */
int vma_list(const void *start, size_t size, struct vma *list, int max)
{
	return read_list("/proc/self/smaps", start, size, list, max);
}

/**
 * vma_outline() - list the mappings of this process in a range, without their flags
 * @start:	of the range
 * @size:	of the range, in bytes
 * @list:	filled in, except @list[].io, pfnmap, mixed, userfault, huge and key
 * @max:	room in @list
 *
 * This takes a fraction of the time of vma_list(), since the kernel looks at no pages.
 *
 * Return: as vma_list().
 */
int vma_outline(const void *start, size_t size, struct vma *list, int max)
{
	return read_list("/proc/self/maps", start, size, list, max);
}
