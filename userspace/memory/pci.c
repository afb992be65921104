// SPDX-License-Identifier: GPL-2.0-only
/*
 * pci.c - memory of a PCI function, mapped from sysfs and from /dev/mem
 *
 * No byte of it is read or written, because an access may have any effect on the device.
 */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "provider.h"

#define PCI_BARS	6
#define IORESOURCE_MEM	0x200	/* include/linux/ioport.h */

/* Find a BAR that is large enough. @resource is the resource file of one PCI function. */
static bool find_bar(const char *resource, size_t length, int *bar,
		     unsigned long long *start)
{
	FILE *f = fopen(resource, "re");
	unsigned long long end, flags;
	bool found = false;

	if (!f)
		return false;
	for (*bar = 0; *bar < PCI_BARS; ++*bar) {
		if (fscanf(f, "%llx %llx %llx", start, &end, &flags) != 3)
			break;
		found = *start && (flags & IORESOURCE_MEM) && end - *start + 1 >= length;
		if (found)
			break;
	}
	fclose(f);
	return found;
}

static int map_shared(struct memory *m, const char *path, off_t offset)
{
	int fd = open(path, O_RDWR | O_SYNC | O_CLOEXEC);

	if (fd < 0)
		return -1;
	m->size = memory_round_up(m->length, PAGE);
	m->base = mmap(NULL, m->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
	if (m->base == MAP_FAILED)
		m->base = NULL;
	m->frame = m->base;
	close(fd);
	return m->base ? 0 : -1;
}

/* A BAR that a driver has claimed cannot be mapped. Then try the next function. */
static int bar_map(struct memory *m, bool by_dev_mem)
{
	unsigned long long start;
	char path[PATH_MAX];
	int bar, ret = -1;
	glob_t files;

	memory_lacks(m, "no PCI function with %zu bytes of memory", m->length);
	if (glob("/sys/bus/pci/devices/*/resource", 0, NULL, &files))
		return -1;
	for (size_t i = 0; i < files.gl_pathc && ret; i++) {
		if (!find_bar(files.gl_pathv[i], m->length, &bar, &start))
			continue;
		if (by_dev_mem)
			snprintf(path, sizeof(path), "/dev/mem");
		else
			snprintf(path, sizeof(path), "%s%d", files.gl_pathv[i], bar);
		ret = map_shared(m, path, by_dev_mem ? start : 0);
		if (ret)
			memory_lacks(m, "%.100s: %s", path, strerror(errno));
	}
	globfree(&files);
	return ret;
}

static int pci_resource_map(struct memory *m)
{
	return bar_map(m, false);
}

static int dev_mem_map(struct memory *m)
{
	return bar_map(m, true);
}

static const struct memory_kind kinds[] = {
	{
		.name = "pci-resource",
		.sentence = "PCI memory, mapped from sysfs, is not the process's: refused",
		.intrusive = "maps memory of a PCI function",
		.map = pci_resource_map,
		.unmap = memory_unmap_plain,
		.not_ours = true,
	}, {
		.name = "dev-mem",
		.sentence = "/dev/mem, here a mapping of PCI memory, is refused",
		.intrusive = "maps memory of a PCI function",
		.map = dev_mem_map,
		.unmap = memory_unmap_plain,
		.not_ours = true,
	},
};

const struct memory_provider pci_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
