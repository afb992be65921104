// SPDX-License-Identifier: GPL-2.0-only
/*
 * vimap-fuzz - can a random system call reach memory that /dev/vimap did not allocate?
 *
 * Calls mmap(), mremap(), remap_file_pages(), mprotect(), madvise(), munmap() and the ioctls with
 * random arguments, most of which are near those that are right. After some calls it walks all
 * mappings of /dev/vimap, as the kernel reports them. Each must lie within the memory of one kind,
 * and each page must contain what vimap or this program has written to it, or raise a signal.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/macros.h"
#include "common/number.h"
#include "common/page.h"
#include "random.h"
#include "scenario-options.h"
#include "vimap/vimap-uapi.h"

/* Mappings are made in an area of this size, so that they meet. */
#define AREA		(8 * VIMAP_SIZE)

/* All mappings are walked after this number of calls, and dropped after some walks. */
#define CALLS_PER_WALK	16
#define WALKS_PER_FILE	8

#define MOST_VMAS	512

static const char usage[] =
	"Usage: vimap-fuzz SEED CALLS\n"
	"Make CALLS random system calls on mappings of /dev/vimap, and check that no mapping\n"
	"reaches memory that it did not allocate. The same SEED makes the same calls.\n"
	"Exit status: 0 all is right, 1 something is wrong, 2 could not run.\n";

/**
 * struct vma - a mapping of /dev/vimap
 * @start:	its first byte
 * @size:	its bytes
 * @offset:	file offset of its first byte
 * @readable:	the process may read it
 */
struct vma {
	unsigned char *start;
	size_t size;
	unsigned long long offset;
	bool readable;
};

static struct vma vmas[MOST_VMAS];
static size_t nr_vmas;
static unsigned char *area;
static int fd = -1;
static struct random generator;
static bool broken;
static unsigned long mapped, checked;
static sigjmp_buf fault;

static void die(const char *what)
{
	fprintf(stderr, "vimap-fuzz: %s: %s\n", what, strerror(errno));
	exit(CANNOT_RUN);
}

static __u64 below(__u64 limit)
{
	return random_below(&generator, limit);
}

static bool one_in(unsigned int n)
{
	return !below(n);
}

static void on_fault(int signal)
{
	siglongjmp(fault, signal);
}

/* The value that this program writes to a page of a kind. */
static __u32 stamp(unsigned int kind, size_t page)
{
	return 0xc0000000 | kind << 16 | (page + 1);
}

static bool is_ours(__u32 word, unsigned int kind, size_t page)
{
	return word == VIMAP_PATTERN * 0x01010101U || word == stamp(kind, page);
}

/* Read the first and the last word of a page, and sometimes stamp it. */
static void touch(unsigned char *at, unsigned int kind, size_t page)
{
	__u32 *first = (__u32 *)at;
	__u32 *last = (__u32 *)(at + PAGE) - 1;
	__u32 a, b;

	if (sigsetjmp(fault, 1))
		return;
	a = __atomic_load_n(first, __ATOMIC_RELAXED);
	b = __atomic_load_n(last, __ATOMIC_RELAXED);
	if (!is_ours(a, kind, page) || !is_ours(b, kind, page)) {
		printf("kind %u, page %zu reads 0x%x and 0x%x\n", kind, page, a, b);
		broken = true;
	}
	checked++;
	if (one_in(4)) {
		__atomic_store_n(first, stamp(kind, page), __ATOMIC_RELAXED);
		__atomic_store_n(last, stamp(kind, page), __ATOMIC_RELAXED);
	}
}

/* Read the list of all mappings of /dev/vimap from the kernel. */
static void find_vmas(void)
{
	FILE *f = fopen("/proc/self/maps", "re");
	unsigned long long start, end, offset;
	char line[512], mode;

	if (!f)
		die("/proc/self/maps");
	nr_vmas = 0;
	while (nr_vmas < MOST_VMAS && fgets(line, sizeof(line), f)) {
		if (!strstr(line, "/dev/vimap") ||
		    sscanf(line, "%llx-%llx %c%*s %llx", &start, &end, &mode, &offset) != 4)
			continue;
		vmas[nr_vmas++] = (struct vma) {
			.start = (unsigned char *)(uintptr_t)start,
			.size = end - start, .offset = offset, .readable = mode == 'r',
		};
	}
	fclose(f);
}

/* Check each mapping, and some pages of it: all of them would take long. */
static void walk(void)
{
	find_vmas();
	for (struct vma *v = vmas; v < vmas + nr_vmas; v++) {
		unsigned long long kind = v->offset / VIMAP_OFFSET(1);
		unsigned long long start = v->offset % VIMAP_OFFSET(1);
		size_t pages = v->size / PAGE, page, step;

		if (kind >= VIMAP_NR_KINDS || start + v->size > VIMAP_SIZE) {
			printf("a mapping of 0x%zx bytes has offset 0x%llx\n", v->size, v->offset);
			broken = true;
			continue;
		}
		if (!v->readable)
			continue;
		step = 1 + below(64);
		for (page = below(step); page < pages; page += step)
			touch(v->start + page * PAGE, kind, start / PAGE + page);
		touch(v->start + v->size - PAGE, kind, start / PAGE + pages - 1);
	}
}

static size_t random_size(void)
{
	const size_t sizes[] = {
		0, 1, PAGE, 2 * PAGE, VIMAP_SIZE - PAGE, VIMAP_SIZE - 1, VIMAP_SIZE, VIMAP_SIZE + 1,
		VIMAP_SIZE + PAGE, 2 * VIMAP_SIZE, AREA, SIZE_MAX, SIZE_MAX - PAGE + 1,
	};

	switch (below(4)) {
	case 0:
		return VIMAP_SIZE;
	case 1:
		return below(VIMAP_SIZE / PAGE + 2) * PAGE;
	default:
		return sizes[below(ARRAY_SIZE(sizes))];
	}
}

/* The offset of a kind, one near it, one far beyond all kinds, or random bits. */
static unsigned long long random_offset(void)
{
	unsigned long long offset = VIMAP_OFFSET(below(VIMAP_NR_KINDS + 2));

	switch (below(6)) {
	case 0:
		return offset + below(VIMAP_SIZE / PAGE + 2) * PAGE;
	case 1:
		return offset - (1 + below(VIMAP_SIZE / PAGE)) * PAGE;
	case 2:
		return offset | 1ULL << (33 + below(31));
	case 3:
		return random_bits(&generator) & -(unsigned long long)PAGE;
	default:
		return offset;
	}
}

static int random_protection(void)
{
	return one_in(3) ? (int)below(8) : PROT_READ | PROT_WRITE;
}

static void *random_address(void)
{
	if (one_in(4))
		return area + below(AREA / VIMAP_SIZE) * VIMAP_SIZE;
	return area + below(AREA / PAGE) * PAGE;
}

/* A part of a mapping, or one that is larger than it. */
static struct vma random_part(void)
{
	struct vma part;
	size_t skip;

	if (!nr_vmas)
		return (struct vma) { .start = random_address(), .size = random_size() };
	part = vmas[below(nr_vmas)];
	if (one_in(2))
		return part;
	skip = below(part.size / PAGE) * PAGE;
	part.start += skip;
	part.size -= skip;
	if (one_in(2))
		part.size = random_size();
	return part;
}

/* Bytes from @at to the end of the area. A call with MAP_FIXED may not unmap this program. */
static size_t room(const void *at)
{
	return area + AREA - (unsigned char *)at;
}

static void call_mmap(void)
{
	static const int types[] = { MAP_SHARED, MAP_SHARED, MAP_SHARED, MAP_PRIVATE,
				     MAP_SHARED_VALIDATE };
	int flags = types[below(ARRAY_SIZE(types))];
	unsigned long long offset = random_offset();
	size_t size = random_size();
	void *at = random_address();
	unsigned char *got;

	if (one_in(3))
		flags |= MAP_POPULATE;
	if (one_in(8))
		flags |= MAP_LOCKED;
	if (one_in(8))
		flags |= MAP_NORESERVE;
	if (size <= room(at))
		flags |= MAP_FIXED;
	else if (size < SIZE_MAX / 2)
		return;
	got = mmap(at, size, random_protection(), flags, fd, (off_t)offset);
	if (got == MAP_FAILED)
		return;
	mapped++;
	if (size && size <= VIMAP_SIZE && (flags & MAP_TYPE) != MAP_PRIVATE &&
	    offset % VIMAP_OFFSET(1) == 0 && offset / VIMAP_OFFSET(1) < VIMAP_NR_KINDS)
		return;
	printf("mmap() of 0x%zx bytes at offset 0x%llx with flags 0x%x succeeds\n", size, offset,
	       flags);
	broken = true;
}

static void call_mremap(void)
{
	struct vma part = random_part();
	size_t size = one_in(2) ? part.size : random_size();
	void *to = random_address();
	int flags = MREMAP_MAYMOVE | MREMAP_FIXED;

	if (size > room(to) || part.size > room(part.start))
		return;
#ifdef MREMAP_DONTUNMAP
	if (one_in(6))
		flags |= MREMAP_DONTUNMAP;
#endif
	if (one_in(4))
		flags = 0;
	else if (one_in(8))
		part.size = 0;
	mremap(part.start, part.size, size, flags, to);
}

static void call_remap_file_pages(void)
{
	struct vma part = random_part();
	size_t page = random_offset() / PAGE;

	/* In bytes, such an offset does not fit into 64 bits. */
	if (one_in(4))
		page |= (size_t)1 << (sizeof(page) * CHAR_BIT - 12 + below(12));
	remap_file_pages(part.start, part.size, 0, page, 0);
}

static void call_advice(void)
{
	static const int advice[] = {
		MADV_DONTNEED, MADV_REMOVE, MADV_WILLNEED, MADV_HUGEPAGE, MADV_DONTFORK,
		MADV_DOFORK, MADV_FREE, MADV_MERGEABLE,
	};
	struct vma part = random_part();

	if (part.size <= room(part.start))
		madvise(part.start, part.size, advice[below(ARRAY_SIZE(advice))]);
}

static void call_mprotect(void)
{
	struct vma part = random_part();

	if (part.size <= room(part.start))
		mprotect(part.start, part.size, random_protection());
}

static void call_munmap(void)
{
	struct vma part = random_part();

	if (part.size <= room(part.start))
		munmap(part.start, part.size);
}

/* An ioctl fails and leaves the structure as it is, or fills in all of it. */
static void call_ioctl(void)
{
	struct vimap_pins pins = {
		.kind = one_in(4) ? random_bits(&generator) : below(VIMAP_NR_KINDS + 1),
		.length = one_in(4) ? random_bits(&generator) : below(VIMAP_SIZE + 2),
		.pinned = 0xa5a5a5a5, .changed = 0xa5a5a5a5,
	};
	const struct vimap_pins before = pins;
	const size_t pages = (pins.length + PAGE - 1ULL) / PAGE;

	if (ioctl(fd, one_in(8) ? random_bits(&generator) : VIMAP_IOC_PINS, &pins)) {
		if (!memcmp(&pins, &before, sizeof(pins)))
			return;
		printf("VIMAP_IOC_PINS fails, and writes to the structure\n");
	} else {
		if (pins.kind == before.kind && pins.length == before.length &&
		    pins.kind < VIMAP_NR_KINDS && pins.length <= VIMAP_SIZE &&
		    pins.pinned <= pages && pins.changed <= pages)
			return;
		printf("VIMAP_IOC_PINS: kind %u, %u of %u bytes: %u pinned, %u changed\n",
		       pins.kind, pins.length, before.length, pins.pinned, pins.changed);
	}
	broken = true;
}

/* read() and write() have no memory of a kind to reach. */
static void call_file(void)
{
	char byte = 0;

	if (pread(fd, &byte, 1, random_offset()) < 0 && pwrite(fd, &byte, 1, random_offset()) < 0)
		return;
	printf("read() or write() succeeds\n");
	broken = true;
}

static void random_call(void)
{
	static void (* const calls[])(void) = {
		call_mmap, call_mmap, call_mmap, call_mremap, call_mremap, call_remap_file_pages,
		call_advice, call_mprotect, call_munmap, call_ioctl, call_file,
	};

	calls[below(ARRAY_SIZE(calls))]();
}

/* Drop all mappings, and begin with another open file, whose memory is new. */
static void start_again(void)
{
	if (mmap(area, AREA, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED,
		 -1, 0) == MAP_FAILED)
		die("mmap");
	nr_vmas = 0;
	if (fd >= 0)
		close(fd);
	fd = open("/dev/vimap", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		die("/dev/vimap");
}

/* All processes share one BAR: fill it with the usual pattern again. */
static void clean_bar(void)
{
	void *bar = mmap(area, VIMAP_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd,
			 VIMAP_OFFSET(VIMAP_BAR));

	if (bar != MAP_FAILED)
		memset(bar, VIMAP_PATTERN, VIMAP_SIZE);
}

static void map_area(void)
{
	area = mmap(NULL, AREA + VIMAP_SIZE, PROT_NONE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (area == MAP_FAILED)
		die("mmap");
	area = (unsigned char *)(((uintptr_t)area + VIMAP_SIZE - 1) & -VIMAP_SIZE);
}

int main(int argc, char *argv[])
{
	struct sigaction action = { .sa_handler = on_fault };
	unsigned long seed, calls, n;

	if (argc != 3 || !number_parse(argv[1], 1, ULONG_MAX, &seed) ||
	    !number_parse(argv[2], 1, ULONG_MAX, &calls)) {
		fputs(usage, stderr);
		return CANNOT_RUN;
	}
	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGSEGV, &action, NULL);
	random_seed(&generator, seed);
	map_area();
	for (n = 0; n < calls && !broken; n++) {
		if (n % (CALLS_PER_WALK * WALKS_PER_FILE) == 0)
			start_again();
		random_call();
		if (n % CALLS_PER_WALK == CALLS_PER_WALK - 1)
			walk();
	}
	start_again();
	clean_bar();
	printf("seed %lu: %lu calls, %lu mappings, %lu pages looked at\n", seed, n, mapped,
	       checked);
	if (!broken && (!mapped || !checked)) {
		printf("nothing was tested\n");
		broken = true;
	}
	return broken ? WRONG : RIGHT;
}
