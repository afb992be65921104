// SPDX-License-Identifier: GPL-2.0-only
/*
 * device-bus.c - how a device reaches memory: its IOMMU, the addresses that it reaches,
 * bounce buffers
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/vipin-node.h"
#include "device.h"

/* Read the first line of a file; "" if there is none. */
static void read_line(char *line, size_t size, const char *folder, const char *name)
{
	char path[PATH_MAX];
	FILE *f = NULL;

	*line = 0;
	if (snprintf(path, sizeof(path), "%s/%s", folder, name) < (int)sizeof(path))
		f = fopen(path, "re");
	if (!f)
		return;
	if (!fgets(line, size, f))
		*line = 0;
	fclose(f);
}

/*
 * Documentation/ABI/testing/sysfs-kernel-iommu_groups: "type". A USB camera has no group: the DMA
 * is that of its host controller, some folders above.
 */
static bool is_translated(const char *sysfs)
{
	char folder[PATH_MAX], type[16], *slash;

	snprintf(folder, sizeof(folder), "%s", sysfs);
	while ((slash = strrchr(folder, '/')) && slash > folder) {
		read_line(type, sizeof(type), folder, "iommu_group/type");
		if (*type)
			return !strncmp(type, "DMA", 3);
		*slash = 0;
	}
	return false;
}

/*
 * sysfs shows the DMA mask of a PCI function. Other vipins have the mask of their directory in
 * configfs, or that of the module parameter. Other devices do not show their mask, and most of them
 * reach all memory.
 */
static unsigned int mask_bits(const struct device *d, const char *sysfs)
{
	char line[16];
	long bits;

	read_line(line, sizeof(line), sysfs, "device/dma_mask_bits");
	bits = strtol(line, NULL, 10);
	if (!*line && !strcmp(d->driver, "vipin"))
		bits = vipin_node_setting(d->path, "dma_mask_bits");
	return bits > 0 && bits < 64 ? bits : 64;
}

/* Documentation/admin-guide/kernel-parameters.txt: "swiotlb=<slots>,<areas>,force" */
static bool is_bounce_forced(void)
{
	char line[4096], *word, *save;
	bool forced = false;

	read_line(line, sizeof(line), "/proc", "cmdline");
	for (word = strtok_r(line, "\n ", &save); word; word = strtok_r(NULL, "\n ", &save))
		if (!strncmp(word, "swiotlb=", 8))
			forced = strstr(word, "=force") || strstr(word, ",force");
	return forced;
}

/**
 * device_probe_bus() - find out how a device reaches memory
 * @d:		the device; its driver is known; &device.translated, @reach and @bounced are
 *		filled in
 * @sysfs:	sysfs folder of its node
 */
void device_probe_bus(struct device *d, const char *sysfs)
{
	unsigned int bits = mask_bits(d, sysfs);

	d->translated = is_translated(sysfs);
	d->reach = bits < 64 ? (1ULL << bits) - 1 : ~0ULL;
	d->bounced = !d->translated && is_bounce_forced();
}
