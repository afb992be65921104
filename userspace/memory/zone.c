// SPDX-License-Identifier: GPL-2.0-only
/*
 * zone.c - which pages lie in ZONE_MOVABLE
 */
#include <stdio.h>
#include <string.h>

#include "memory.h"

/* Documentation/admin-guide/mm/memory-hotplug.rst */
#define BLOCKS		"/sys/devices/system/memory/"

static __u64 read_block_size(void)
{
	FILE *f = fopen(BLOCKS "block_size_bytes", "re");
	unsigned long long size = 0;

	if (!f)
		return 0;
	if (fscanf(f, "%llx", &size) != 1)
		size = 0;
	fclose(f);
	return size;
}

/* For a block that is online, the one zone it is in; "none" if there are two. */
static bool block_is_movable(__u64 block)
{
	char path[80], zone[32] = "";
	FILE *f;

	snprintf(path, sizeof(path), BLOCKS "memory%llu/valid_zones",
		 (unsigned long long)block);
	f = fopen(path, "re");
	if (!f)
		return false;
	if (!fgets(zone, sizeof(zone), f))
		zone[0] = 0;
	fclose(f);
	return !strcmp(zone, "Movable\n");
}

/**
 * zone_movable_contains() - whether a page lies in ZONE_MOVABLE
 * @look:	all zero before the first page that is asked for
 * @pfn:	page frame number; PFN_UNKNOWN is in no zone
 *
 * A kernel that cannot add and remove memory does not say so, and of a block that
 * is in two zones it says nothing: false then.
 *
 * Return: true if it does.
 */
bool zone_movable_contains(struct zone_look *look, __u64 pfn)
{
	__u64 block;

	if (!look->block_pages) {
		look->block_pages = read_block_size() / PAGE;
		look->block = PFN_UNKNOWN;
	}
	if (!look->block_pages || pfn == PFN_UNKNOWN)
		return false;

	block = pfn / look->block_pages;
	if (block != look->block) {
		look->block = block;
		look->movable = block_is_movable(block);
	}
	return look->movable;
}
