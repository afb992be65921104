// SPDX-License-Identifier: GPL-2.0-only
/*
 * snapshot.c - a checksum of each page of another process
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/macros.h"
#include "common/page.h"
#include "snapshot.h"

#define CHUNK		(256UL << 10)

/**
 * spans_add() - add a part of the memory
 * @spans:	the list; parts beyond its end are ignored
 * @start:	first byte of the part
 * @size:	its bytes
 */
void spans_add(struct spans *spans, __u64 start, __u64 size)
{
	if (spans->nr < ARRAY_SIZE(spans->span))
		spans->span[spans->nr++] = (struct span) { start, size };
}

/**
 * spans_have() - check whether a page belongs to one of the parts
 * @spans:	the parts
 * @address:	of the page
 *
 * Return: true if it does.
 */
bool spans_have(const struct spans *spans, __u64 address)
{
	for (size_t i = 0; i < spans->nr; i++)
		if (address + PAGE > spans->span[i].start &&
		    address < spans->span[i].start + spans->span[i].size)
			return true;
	return false;
}

/* Clear the bytes of a page that a device may write. */
static void mask(unsigned char *page, __u64 address, const struct spans *frames)
{
	for (size_t i = 0; i < frames->nr; i++) {
		__u64 from = frames->span[i].start, to = from + frames->span[i].size;

		if (from < address)
			from = address;
		if (to > address + PAGE)
			to = address + PAGE;
		if (from < to)
			memset(page + (from - address), 0, to - from);
	}
}

static __u64 sum(const unsigned char *page)
{
	const __u64 *word = (const __u64 *)page;
	__u64 sum = 1;

	for (size_t i = 0; i < PAGE / sizeof(*word); i++)
		sum = (sum ^ word[i]) * 0x9e3779b97f4a7c15ULL + (sum >> 29);
	return sum;
}

static int add_page(struct snapshot *s, __u64 address, __u64 sum, bool own)
{
	if (s->nr == s->room) {
		size_t room = s->room ? 2 * s->room : 4096;
		struct sum *more = realloc(s->page, room * sizeof(*more));

		if (!more)
			return -1;
		s->page = more;
		s->room = room;
	}
	s->page[s->nr++] = (struct sum) { .address = address, .sum = sum, .own = own };
	return 0;
}

/* Add the pages of a mapping, as far as they can be read. */
static int add_mapping(struct snapshot *s, int memory, __u64 start, __u64 end, bool own,
		       const struct spans *frames)
{
	static unsigned char data[CHUNK] __aligned(8);

	while (start < end) {
		size_t size = end - start < CHUNK ? end - start : CHUNK;
		ssize_t got = pread(memory, data, size, start);

		if (got < (ssize_t)PAGE)
			return 0;
		for (size_t at = 0; at + PAGE <= (size_t)got; at += PAGE, start += PAGE) {
			if (spans_have(frames, start))
				mask(data + at, start, frames);
			if (add_page(s, start, sum(data + at), own))
				return -1;
		}
	}
	return 0;
}

/**
 * snapshot_take() - read all memory of a process, which is stopped
 * @s:		filled in; its memory is used again
 * @pid:	the process
 * @frames:	bytes that a device may write: they do not count
 *
 * Return: 0, or -1 if that is not possible.
 */
int snapshot_take(struct snapshot *s, pid_t pid, const struct spans *frames)
{
	char path[64], line[512], mode[8], name[256], program[256] = "";
	__u64 start, end;
	int memory, err = 0;
	FILE *maps;

	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	memory = open(path, O_RDONLY | O_CLOEXEC);
	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	maps = fopen(path, "re");
	if (memory < 0 || !maps || readlink("/proc/self/exe", program, sizeof(program) - 1) < 0)
		return -1;
	s->nr = 0;
	while (!err && fgets(line, sizeof(line), maps)) {
		*name = 0;
		if (sscanf(line, "%llx-%llx %7s %*s %*s %*s %255s", &start, &end, mode, name) < 3)
			continue;
		/* The kernel writes the time to [vvar]. */
		if (*mode != 'r' || !strncmp(name, "[vvar", strlen("[vvar")))
			continue;
		err = add_mapping(s, memory, start, end,
				  !strcmp(name, program) || !strcmp(name, "[stack]") ||
				  !strcmp(name, "[heap]"), frames);
	}
	fclose(maps);
	close(memory);
	return err;
}

/**
 * snapshot_compare() - find a page that has changed, has come or has gone
 * @before:	one snapshot
 * @after:	a later one of the same process
 * @changing:	pages here may change
 * @runs:	the process has run meanwhile, so its variables and its stack may change
 *
 * Return: the address of the page, or 0 if there is none.
 */
__u64 snapshot_compare(const struct snapshot *before, const struct snapshot *after,
		       const struct spans *changing, bool runs)
{
	const struct sum *a = before->page, *b = after->page, *differs;

	while (a < before->page + before->nr || b < after->page + after->nr) {
		if (b == after->page + after->nr ||
		    (a < before->page + before->nr && a->address < b->address)) {
			differs = a++;
		} else if (a == before->page + before->nr || a->address > b->address) {
			differs = b++;
		} else {
			differs = a->sum == b->sum ? NULL : a;
			a++;
			b++;
		}
		if (differs && !(differs->own && runs) && !spans_have(changing, differs->address))
			return differs->address;
	}
	return 0;
}
