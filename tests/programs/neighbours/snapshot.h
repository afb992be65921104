/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * snapshot.h - a checksum of each page of another process
 */
#ifndef SNAPSHOT_H
#define SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <linux/types.h>

/**
 * struct span - a part of the memory of a process
 * @start:	its first byte
 * @size:	its bytes
 */
struct span {
	__u64 start;
	__u64 size;
};

/**
 * struct spans - several of them
 * @span:	the parts
 * @nr:		how many
 */
struct spans {
	struct span span[16];
	size_t nr;
};

/**
 * struct sum - a page
 * @address:	its first byte
 * @sum:	checksum of its content
 * @own:	the program itself writes to it: its variables and its stack
 */
struct sum {
	__u64 address;
	__u64 sum;
	bool own;
};

/**
 * struct snapshot - all pages that the process can read, in the order of their addresses
 * @page:	the pages
 * @nr:		how many
 * @room:	for how many there is room
 */
struct snapshot {
	struct sum *page;
	size_t nr;
	size_t room;
};

void spans_add(struct spans *spans, __u64 start, __u64 size);
bool spans_have(const struct spans *spans, __u64 address);
int snapshot_take(struct snapshot *s, pid_t pid, const struct spans *frames);
__u64 snapshot_compare(const struct snapshot *before, const struct snapshot *after,
		       const struct spans *changing, bool runs);

#endif
