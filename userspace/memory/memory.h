/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * memory.h - every kind of memory that a pointer can point to
 *
 * A provider maps memory and says where in it a frame may lie (provider.h). It does not
 * know what a kernel must say about that memory: see v4l2-pincheck/rules.c.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/macros.h"
#include "common/pagemap.h"
#include "vimap/vimap-uapi.h"

/* Memory is filled with this byte. vimap fills its own pages with it, too. */
#define MEMORY_FILL	VIMAP_PATTERN

struct memory_kind;

/**
 * struct memory - one piece of memory, and the place of a frame in it
 * @kind:	the kind that this memory is of
 * @length:	bytes of the frame; set by memory_map()
 * @node:	path of the device under test; set by memory_map()
 * @base:	start of the mapping, including the guard bytes before the frame
 * @size:	bytes of the mapping
 * @frame:	start of the frame
 * @queued_length:	length of the buffer that is passed to VIDIOC_QBUF; @length unless
 *		the kind's map() changes it
 * @fill:	value of each byte before a device writes; MEMORY_FILL unless the kind's
 *		map() changes it
 * @fd:		the mapped file, or a file that the provider keeps open, or -1
 * @dmabuf:	the mapped dma-buf, or -1
 * @holder:	a file that holds a reference to a page, so that the page cannot be
 *		migrated, or -1
 * @child:	a process that the provider has started for this memory, or 0
 * @why:	why there is no such memory here, in words
 */
struct memory {
	const struct memory_kind *kind;
	size_t length;
	const char *node;
	unsigned char *base;
	size_t size;
	unsigned char *frame;
	size_t queued_length;
	unsigned char fill;
	int fd;
	int dmabuf;
	int holder;
	pid_t child;
	char why[160];
};

/**
 * struct memory_kind - one kind of memory
 * @name:	name for --memory and --list
 * @sentence:	what this memory proves when it is queued
 * @map:	maps the memory; returns 0, or -1 with memory.why set if this kernel or
 *		machine has no such memory
 * @unmap:	releases all that @map took
 * @check_while_pinned:	makes a check while a device has the memory pinned, or is NULL;
 *		with @in_cma or @in_movable, also after the memory was refused. Returns
 *		0, or -1 with memory.why set
 * @prepare_in_child:	with @queued_by_child: prepares the memory in the child process
 *		before it is queued, or is NULL; returns 0, or -1 with memory.why set
 * @variant:	parameter of @map, where one map() serves several kinds
 * @untouched:	the memory stays as @map made it, often without any page: no byte is
 *		read or written before it is queued
 * @in_cma:	the pages lie in the CMA area until the memory is queued
 * @in_movable:	the pages lie in ZONE_MOVABLE until the memory is queued
 * @copied_from_file:	the pages are private copies of the pages of a file
 * @migration_may_fail:	something may keep the pages from being migrated
 * @not_ours:	the bytes belong to the kernel or to a device: they are never read, and no
 *		device is started on them
 * @goes_on:	the frame can go on in a library that is mapped after the memory
 * @queued_by_child:	a child process queues the memory; it shares the pages since fork()
 * @has_pkey:	the memory has a protection key, so that reading it may be denied
 * @blocks_in_fault:	a pin blocks in a page fault until the task is killed; memory.fd can
 *		be read from the moment that it blocks, and is closed after the kill
 * @pin_never_returns:	a pin may never return, except after a fatal signal
 * @by_fd:	the memory is queued as a dma-buf, not as a pointer
 * @intrusive:	what @map does to the whole machine: "turns ... on"; NULL if it affects
 *		this process only
 */
struct memory_kind {
	const char *name;
	const char *sentence;
	int (*map)(struct memory *m);
	void (*unmap)(struct memory *m);
	int (*check_while_pinned)(struct memory *m);
	int (*prepare_in_child)(struct memory *m);
	unsigned int variant;
	bool untouched;
	bool in_cma;
	bool in_movable;
	bool copied_from_file;
	bool migration_may_fail;
	bool not_ours;
	bool goes_on;
	bool queued_by_child;
	bool has_pkey;
	bool blocks_in_fault;
	bool pin_never_returns;
	bool by_fd;
	const char *intrusive;
};

const struct memory_kind *memory_kind_at(size_t index);
const struct memory_kind *memory_find(const char *name);

#define memory_for_each_kind(kind) \
	for (size_t kind_index = 0; ((kind) = memory_kind_at(kind_index)); kind_index++)

int memory_map(struct memory *m, const struct memory_kind *kind,
	       const char *node, size_t length);
void memory_unmap(struct memory *m);
int memory_begin_access(const struct memory *m);
int memory_end_access(const struct memory *m);
bool memory_is_filled(const unsigned char *at, size_t size, unsigned char fill);
size_t memory_round_up(size_t size, size_t to);

#endif
