// SPDX-License-Identifier: GPL-2.0-only
/*
 * device-bus.c - how a device reaches memory: its IOMMU, the addresses that it reaches,
 * bounce buffers
 */
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/macros.h"
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

/* Read a property of a device tree's node. Return its length in bytes, 0 if there is none. */
static size_t read_property(void *to, size_t size, const char *node, const char *name)
{
	char path[PATH_MAX];
	size_t length = 0;
	FILE *f = NULL;

	if (snprintf(path, sizeof(path), "%s/%s", node, name) < (int)sizeof(path))
		f = fopen(path, "re");
	if (!f)
		return 0;
	length = fread(to, 1, size, f);
	fclose(f);
	return length;
}

/* Does one of the strings of a property match? */
static bool has_string(const char *node, const char *name, const char *wanted)
{
	char strings[256];
	size_t length = read_property(strings, sizeof(strings) - 1, node, name);

	strings[length] = 0;
	for (const char *s = strings; s < strings + length; s += strlen(s) + 1)
		if (!strcmp(s, wanted))
			return true;
	return false;
}

/*
 * Has the kernel made a pool? One without CONFIG_DMA_RESTRICTED_POOL does not. Others show it in
 * debugfs, at the top if its device was there before that of SWIOTLB.
 */
static bool is_pool_made(const char *name)
{
	static const char * const folders[] = { "/sys/kernel/debug/swiotlb", "/sys/kernel/debug" };
	char path[PATH_MAX];

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		if (snprintf(path, sizeof(path), "%s/%s/io_tlb_nslabs", folders[i], name) <
		    (int)sizeof(path) && !access(path, F_OK))
			return true;
	return false;
}

/* Is a node of reserved memory a "restricted-dma-pool" with one of these phandles? */
static bool is_pool(const char *node, const unsigned int *phandles, size_t n)
{
	unsigned int phandle;

	if (read_property(&phandle, sizeof(phandle), node, "phandle") != sizeof(phandle) ||
	    !has_string(node, "compatible", "restricted-dma-pool") ||
	    !is_pool_made(strrchr(node, '/') + 1))
		return false;
	for (size_t i = 0; i < n; i++)
		if (phandles[i] == phandle)
			return true;
	return false;
}

/*
 * The device tree can restrict a device to a pool of memory (dt-schema,
 * reserved-memory/shared-dma-pool.yaml): every DMA is bounced there.
 */
static bool is_restricted(const char *sysfs)
{
	char path[PATH_MAX];
	unsigned int phandles[8];
	bool restricted = false;
	glob_t pools;
	size_t n;

	if (snprintf(path, sizeof(path), "%s/device/of_node", sysfs) >= (int)sizeof(path))
		return false;
	n = read_property(phandles, sizeof(phandles), path, "memory-region") / sizeof(*phandles);
	if (!n || glob("/proc/device-tree/reserved-memory/*", 0, NULL, &pools))
		return false;
	for (size_t i = 0; i < pools.gl_pathc && !restricted; i++)
		restricted = is_pool(pools.gl_pathv[i], phandles, n);
	globfree(&pools);
	return restricted;
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
	d->bounced = !d->translated && (is_bounce_forced() || is_restricted(sysfs));
}
