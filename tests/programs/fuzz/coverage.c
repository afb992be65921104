// SPDX-License-Identifier: GPL-2.0-only
/*
 * coverage.c - which code of the kernel the programs reach, by KCOV
 *
 * KCOV writes the address of each basic block that a task reaches in the instrumented files into
 * a buffer (Documentation/dev-tools/kcov.rst). The buffers are opened once, and each task enables
 * one of them. After each operation its blocks are added to AFL++'s map as AFL++'s own
 * instrumentation does: a byte counts how often one block followed another.
 */
#include <fcntl.h>
#include <linux/kcov.h>
#include <linux/types.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "coverage.h"
#include "place.h"
#include "server.h"

#define KCOV_FILE	"/sys/kernel/debug/kcov"
#define ENTRIES		(16UL << 10)	/* for one operation */
#define TABLE		32768	/* more than there are blocks; a power of two */

static int files[COVERAGE_TASKS] = { -1, -1, -1 };
static __u64 *buffers[COVERAGE_TASKS];
static __thread __u64 *mine;

/* All blocks that were reached, by their addresses. All processes share it. */
static __u64 *blocks;

/**
 * coverage_open() - open the buffers
 *
 * Return: true, or false if this kernel has no KCOV.
 */
bool coverage_open(void)
{
	blocks = place_shared(TABLE * sizeof(*blocks), -1);
	for (int i = 0; i < COVERAGE_TASKS; i++) {
		files[i] = open(KCOV_FILE, O_RDWR | O_CLOEXEC);
		if (files[i] < 0 || ioctl(files[i], KCOV_INIT_TRACE, ENTRIES))
			return false;
		buffers[i] = place_shared(ENTRIES * sizeof(*buffers[i]), files[i]);
		if (!buffers[i])
			return false;
	}
	return true;
}

/**
 * coverage_begin() - trace this task from now on
 * @task:	which buffer; if another task uses it, this one is not traced
 */
void coverage_begin(enum coverage_task task)
{
	mine = NULL;
	if (!buffers[task] || ioctl(files[task], KCOV_ENABLE, KCOV_TRACE_PC))
		return;
	mine = buffers[task];
	__atomic_store_n(mine, 0, __ATOMIC_RELAXED);
}

/**
 * coverage_end() - trace this task no longer
 * @task:	as for coverage_begin()
 */
void coverage_end(enum coverage_task task)
{
	if (mine)
		ioctl(files[task], KCOV_DISABLE, 0);
	mine = NULL;
}

static __u64 hash(__u64 address)
{
	return (address * 0x9e3779b97f4a7c15) >> 32;
}

static void remember(__u64 address)
{
	for (__u32 i = hash(address); ; i++) {
		__u64 *slot = &blocks[i % TABLE];

		if (!*slot)
			*slot = address;
		if (*slot == address)
			return;
	}
}

/**
 * coverage_collect() - add what this task has reached since the last call
 */
void coverage_collect(void)
{
	__u64 n, previous = 0;
	size_t size;
	unsigned char *map;

	if (!mine)
		return;
	n = __atomic_load_n(mine, __ATOMIC_RELAXED);
	map = server_map(&size);
	for (__u64 i = 1; i <= n && i < ENTRIES; i++) {
		__u64 current = hash(mine[i]);

		remember(mine[i]);
		if (map) {
			unsigned char *count = &map[(current ^ previous) % size];

			/* As AFL++ does: 255 is followed by 1, not by 0. */
			if (!++*count)
				*count = 1;
		}
		previous = current >> 1;
	}
	__atomic_store_n(mine, 0, __ATOMIC_RELAXED);
}

/**
 * coverage_blocks() - count the blocks that were reached since coverage_open()
 *
 * Return: the number.
 */
unsigned int coverage_blocks(void)
{
	unsigned int n = 0;

	for (unsigned int i = 0; blocks && i < TABLE; i++)
		n += blocks[i] != 0;
	return n;
}

/**
 * coverage_print() - write the addresses of the blocks that were reached
 * @path:	the file
 */
void coverage_print(const char *path)
{
	FILE *file = fopen(path, "we");

	if (!file)
		return;
	for (unsigned int i = 0; blocks && i < TABLE; i++)
		if (blocks[i])
			fprintf(file, "%llx\n", blocks[i]);
	fclose(file);
}
