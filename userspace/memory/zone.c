// SPDX-License-Identifier: GPL-2.0-only
/*
 * zone.c - find out which pages lie in ZONE_MOVABLE
 */
#include <stdio.h>
#include <string.h>

#include "common/pagemap.h"
#include "zone.h"

/* Documentation/admin-guide/mm/memory-hotplug.rst */
#define BLOCKS		"/sys/devices/system/memory/"

/* 512 GiB in blocks of 128 MiB. Answers for blocks above are not cached. */
#define CACHED_BLOCKS	4096

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

/* The zone of all pages of a block. */
enum zone {
	NOT_READ,
	NOT_MOVABLE,
	MOVABLE,
	IN_TWO_ZONES,
};

/* valid_zones of an online block is the zone of its pages, or "none" for two zones. */
static enum zone read_zone(__u64 block)
{
	char path[80], zones[32] = "";
	FILE *f;

	snprintf(path, sizeof(path), BLOCKS "memory%llu/valid_zones",
		 (unsigned long long)block);
	f = fopen(path, "re");
	if (!f)
		return NOT_MOVABLE;
	if (!fgets(zones, sizeof(zones), f))
		zones[0] = 0;
	fclose(f);
	if (!strcmp(zones, "none\n"))
		return IN_TWO_ZONES;
	return strcmp(zones, "Movable\n") ? NOT_MOVABLE : MOVABLE;
}

/* Answers of read_zone(), by block number. */
static unsigned char cache[CACHED_BLOCKS];

/**
 * zone_forget() - drop cached answers, because a block may have changed its zone
 */
void zone_forget(void)
{
	memset(cache, NOT_READ, sizeof(cache));
}

static enum zone zone_of(__u64 pfn)
{
	static __u64 block_pages = PFN_UNKNOWN;
	__u64 block;

	if (block_pages == PFN_UNKNOWN)
		block_pages = read_block_size() / PAGE;
	if (!block_pages || pfn == PFN_UNKNOWN)
		return NOT_MOVABLE;

	block = pfn / block_pages;
	if (block >= CACHED_BLOCKS)
		return read_zone(block);
	if (cache[block] == NOT_READ)
		cache[block] = read_zone(block);
	return cache[block];
}

/**
 * zone_movable_contains() - check if a page lies in ZONE_MOVABLE
 * @pfn:	page frame number; PFN_UNKNOWN is in no zone
 *
 * Return: true if the page lies in ZONE_MOVABLE; false also if the kernel does not report
 * that: a kernel without memory hotplug, or a block with pages of two zones.
 */
bool zone_movable_contains(__u64 pfn)
{
	return zone_of(pfn) == MOVABLE;
}

/**
 * zone_is_known() - check if the kernel reports the zone of a page
 * @pfn:	page frame number
 *
 * Return: false if the block of the page has pages of two zones.
 */
bool zone_is_known(__u64 pfn)
{
	return zone_of(pfn) != IN_TWO_ZONES;
}
