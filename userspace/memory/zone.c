// SPDX-License-Identifier: GPL-2.0-only
/*
 * zone.c - which pages lie in ZONE_MOVABLE
 */
#include <stdio.h>
#include <string.h>

#include "memory.h"
#include "zone.h"

/* Documentation/admin-guide/mm/memory-hotplug.rst */
#define BLOCKS		"/sys/devices/system/memory/"

/* 512 GiB in blocks of 128 MiB. Of what lies above, each page is asked for. */
#define KNOWN_BLOCKS	4096

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

/* What is known of a block: nothing yet, or where its pages are. */
enum where {
	NOT_ASKED,
	NOT_MOVABLE,
	MOVABLE,
	IN_TWO_ZONES,
};

/* For a block that is online, the one zone it is in; "none" if there are two. */
static enum where ask_for_block(__u64 block)
{
	char path[80], zone[32] = "";
	FILE *f;

	snprintf(path, sizeof(path), BLOCKS "memory%llu/valid_zones",
		 (unsigned long long)block);
	f = fopen(path, "re");
	if (!f)
		return NOT_MOVABLE;
	if (!fgets(zone, sizeof(zone), f))
		zone[0] = 0;
	fclose(f);
	if (!strcmp(zone, "none\n"))
		return IN_TWO_ZONES;
	return strcmp(zone, "Movable\n") ? NOT_MOVABLE : MOVABLE;
}

/* What was found out, by number of the block: an enum where. */
static unsigned char known[KNOWN_BLOCKS];

/**
 * zone_forget() - a block of memory may have changed its zone
 */
void zone_forget(void)
{
	memset(known, NOT_ASKED, sizeof(known));
}

static enum where where_is(__u64 pfn)
{
	static __u64 block_pages = PFN_UNKNOWN;
	__u64 block;

	if (block_pages == PFN_UNKNOWN)
		block_pages = read_block_size() / PAGE;
	if (!block_pages || pfn == PFN_UNKNOWN)
		return NOT_MOVABLE;

	block = pfn / block_pages;
	if (block >= KNOWN_BLOCKS)
		return ask_for_block(block);
	if (known[block] == NOT_ASKED)
		known[block] = ask_for_block(block);
	return known[block];
}

/**
 * zone_movable_contains() - whether a page lies in ZONE_MOVABLE
 * @pfn:	page frame number; PFN_UNKNOWN is in no zone
 *
 * A kernel that cannot add and remove memory does not say so, and of a block that
 * is in two zones it says nothing: false then.
 *
 * Return: true if it does.
 */
bool zone_movable_contains(__u64 pfn)
{
	return where_is(pfn) == MOVABLE;
}

/**
 * zone_is_known() - whether the kernel says in which zone a page lies
 * @pfn:	page frame number
 *
 * Return: false if it is in a block of two zones.
 */
bool zone_is_known(__u64 pfn)
{
	return where_is(pfn) != IN_TWO_ZONES;
}
