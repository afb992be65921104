/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * victim.h - a process whose memory is pinned, and which is stopped most of the time
 */
#ifndef VICTIM_H
#define VICTIM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <linux/videodev2.h>

/**
 * enum region - the mappings of a victim
 * @ANONYMOUS:	small pages
 * @SHARED:	small pages of a memfd
 * @PRIVATE:	copies of the small pages of a memfd
 * @HUGE:	a transparent huge page, if there is one
 * @HUGETLB:	a hugetlb page; its size is 0 if there is none
 * @RESERVED:	addresses without memory, to move memory there
 * @REGIONS:	how many there are
 */
enum region {
	ANONYMOUS,
	SHARED,
	PRIVATE,
	HUGE,
	HUGETLB,
	RESERVED,
	REGIONS,
};

/**
 * enum action - what happens to pinned pages
 * @NOTHING:	nothing
 * @UNMAP:	munmap()
 * @REPLACE:	other memory is mapped in their place
 * @MOVE:	mremap() moves them to the region RESERVED
 * @DROP:	madvise(MADV_DONTNEED)
 * @FORK:	a child writes to all of the region and exits
 * @PROTECT:	the region becomes read-only and writable again
 * @EXIT:	the process ends
 * @ACTIONS:	how many there are
 */
enum action {
	NOTHING,
	UNMAP,
	REPLACE,
	MOVE,
	DROP,
	FORK,
	PROTECT,
	EXIT,
	ACTIONS,
};

/**
 * struct place - where memory of a victim is
 * @start:	its first byte
 * @size:	its bytes
 */
struct place {
	unsigned char *start;
	size_t size;
};

/**
 * struct order - what a victim does next; both processes share it
 * @work:	the function
 * @fd:		for victim_queue(): the node, which is open in both
 * @buffer:	for victim_queue()
 * @action:	for victim_act()
 * @at:		pages that it happens to
 * @region:	filled in by victim_map()
 * @err:	filled in: 0, or a negative errno
 */
struct order {
	void (*work)(struct order *order);
	int fd;
	struct v4l2_buffer buffer;
	enum action action;
	struct place at;
	struct place region[REGIONS];
	int err;
};

/**
 * struct victim - the process
 * @pid:	its number
 * @go:		pipe that it waits for
 * @done:	pipe that it writes to after an order
 * @order:	the order
 */
struct victim {
	pid_t pid;
	int go;
	int done;
	struct order *order;
};

int victim_start(struct victim *v);
void victim_end(struct victim *v);
int victim_do(struct victim *v, void (*work)(struct order *order));
void victim_map(struct order *order);
void victim_queue(struct order *order);
void victim_act(struct order *order);

#endif
