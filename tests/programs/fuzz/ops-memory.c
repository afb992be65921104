// SPDX-License-Identifier: GPL-2.0-only
/*
 * ops-memory.c - operations on memory that pointers lead to
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/page.h"
#include "fuzz.h"

/* Since Linux 5.14 to 6.13; older libraries lack them. */
#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_READ	22
#define MADV_POPULATE_WRITE	23
#endif
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE		25
#endif
#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL	102
#define MADV_GUARD_REMOVE	103
#endif
#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP	4
#endif

/*
 * Kinds of memory that are quick to map and change nothing else in the machine. A pin of each
 * returns.
 */
static const char * const kinds[] = {
	"malloc", "hugetlb", "thp", "untouched", "shared", "memfd", "memfd-hugetlb", "mlocked",
	"zero-page", "thp-untouched", "thp-split", "shared-untouched", "unaligned", "growsdown",
	"hugetlb-untouched", "mremap-moved", "mremap-left", "memfd-private", "memfd-untouched",
	"tmpfs", "file-read-only", "sysv-shm", "sysv-shm-read-only", "truncated", "sealed",
	"future-sealed-later", "ext4-shared", "ext4-private", "fsdax-shared", "fsdax-private",
	"device-dax", "secret", "secret-untouched", "read-only", "read-only-end", "no-access",
	"write-only", "hole", "hole-first", "hole-last", "half-mapped", "guard-first",
	"guard-last", "null", "user-end", "kernel-address", "wrap", "length-0", "length-short",
	"pkey", "heap-system", "heap-system-fd", "heap-cma-fd", "udmabuf", "udmabuf-fd",
	"udmabuf-pages-fd", "drm-dumb", "drm-dumb-fd", "v4l2-buffer", "v4l2-export",
	"v4l2-export-fd", "packet-ring", "io-uring", "aio-ring", "perf-ring",
	"vdso", "vvar", "vimap-pfn", "vimap-page-io", "vimap-page", "vimap-cma",
	"vimap-bar", "vimap-fault-pfn", "vimap-fault-mixed", "vimap-fault-page",
	"vimap-folio-io", "vimap-folio", "vimap-pfn-pmd", "vimap-vmalloc", "vimap-cma-page-io",
	"vimap-shmem-io", "half-device-first", "half-device-last",
};

/**
 * kind_name() - get the name of a kind of memory
 * @choice:	value of the argument "kind"
 *
 * Return: the name.
 */
const char *kind_name(__u8 choice)
{
	return kinds[choice % ARRAY_SIZE(kinds)];
}

/**
 * kind_choice() - find a kind of memory
 * @name:	its name
 *
 * Return: a value of the argument "kind", or -1 if no kind has that name.
 */
int kind_choice(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i], name))
			return i;
	return -1;
}

static struct memory *chosen_slot(struct scene *s, const __u8 *a)
{
	return &s->memories[a[0] % MEMORIES];
}

static long unmap(struct memory *m)
{
	if (!m->base)
		return -EINVAL;
	memory_unmap(m);
	return counted(0);
}

static long op_map(struct scene *s, const __u8 *a)
{
	const struct memory_kind *kind = memory_find(kind_name(a[1]));
	struct file *f = chosen_file(s, a[3]);
	struct memory *m = chosen_slot(s, a);
	size_t size = a[2] < 128 ? frame_size(f) : (a[2] - 127U) * 1024;
	int ret;

	/* To map a buffer of another node changes the format of that node. */
	if (kind && !strncmp(kind->name, "v4l2-", 5))
		__atomic_or_fetch(&shared->used, ~0U, __ATOMIC_RELAXED);
	unmap(m);
	ret = kind ? memory_map(m, kind, f->node->path, size) : -1;
	counted(0);
	return ret ? -ENODEV : 0;
}

static long op_unmap(struct scene *s, const __u8 *a)
{
	return unmap(chosen_slot(s, a));
}

/* Set a range of pages inside of a slot's memory; fail if it has no memory. */
static int chosen_pages(struct scene *s, const __u8 *a, unsigned char **start, size_t *size)
{
	const struct memory *m = chosen_slot(s, a);
	size_t pages = m->size / PAGE, first;

	if (!m->base || !pages || (unsigned long)m->base % PAGE)
		return -1;
	/* Count from the frame, which is where a device writes. */
	first = ((m->frame - m->base) / PAGE + a[1]) % pages;
	*start = m->base + first * PAGE;
	*size = (a[2] == 255 ? pages - first : 1 + a[2] % (pages - first)) * PAGE;
	return 0;
}

static long op_munmap(struct scene *s, const __u8 *a)
{
	unsigned char *start;
	size_t size;

	return chosen_pages(s, a, &start, &size) ? -EINVAL : counted(munmap(start, size));
}

static long op_protect(struct scene *s, const __u8 *a)
{
	unsigned char *start;
	size_t size;

	return chosen_pages(s, a, &start, &size) ? -EINVAL :
	       counted(mprotect(start, size, a[3] & (PROT_READ | PROT_WRITE)));
}

static long op_advise(struct scene *s, const __u8 *a)
{
	static const int advices[] = {
		MADV_DONTNEED, MADV_FREE, MADV_REMOVE, MADV_DONTFORK, MADV_DOFORK, MADV_HUGEPAGE,
		MADV_NOHUGEPAGE, MADV_WIPEONFORK, MADV_KEEPONFORK, MADV_COLD, MADV_PAGEOUT,
		MADV_WILLNEED, MADV_MERGEABLE, MADV_UNMERGEABLE, MADV_POPULATE_READ,
		MADV_POPULATE_WRITE, MADV_COLLAPSE, MADV_GUARD_INSTALL, MADV_GUARD_REMOVE,
	};
	unsigned char *start;
	size_t size;

	return chosen_pages(s, a, &start, &size) ? -EINVAL :
	       counted(madvise(start, size, advices[a[3] % ARRAY_SIZE(advices)]));
}

static long op_lock(struct scene *s, const __u8 *a)
{
	unsigned char *start;
	size_t size;

	if (chosen_pages(s, a, &start, &size))
		return -EINVAL;
	return counted(a[3] & 1 ? munlock(start, size) : mlock(start, size));
}

/* Shrink, move or grow a mapping. The slot keeps its old address. */
static long op_remap(struct scene *s, const __u8 *a)
{
	static const int flags[] = { 0, MREMAP_MAYMOVE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP };
	unsigned char *start;
	size_t size;

	if (chosen_pages(s, a, &start, &size))
		return -EINVAL;
	return counted(mremap(start, size, a[4] ? a[4] * PAGE : size,
			      flags[a[3] % ARRAY_SIZE(flags)]) == MAP_FAILED ? -1 : 0);
}

/* Replace pages: by anonymous memory, a file, another slot's file, or a mapping of vimap. */
static long op_replace(struct scene *s, const __u8 *a)
{
	const struct memory *other = &s->memories[a[4] % MEMORIES];
	int flags = MAP_FIXED | (a[3] & 4 ? MAP_PRIVATE : MAP_SHARED), fd = -1;
	unsigned char *start;
	off_t offset = 0;
	size_t size;
	void *at;

	if (chosen_pages(s, a, &start, &size))
		return -EINVAL;
	switch (a[3] % 4) {
	case 0:
		flags |= MAP_ANONYMOUS;
		break;
	case 1:
		fd = counted(open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
		flags = MAP_FIXED | MAP_PRIVATE;
		break;
	case 2:
		/* A slot without memory has no file, but its fd is 0. */
		fd = other->base && other->fd >= 0 ? dup(other->fd) : -1;
		break;
	case 3:
		fd = counted(open("/dev/vimap", O_RDWR | O_CLOEXEC));
		offset = VIMAP_OFFSET(a[4]);
		break;
	}
	at = mmap(start, size, PROT_READ | PROT_WRITE, flags, fd, offset);
	counted(at == MAP_FAILED ? -1 : 0);
	if (fd >= 0)
		close(fd);
	return at == MAP_FAILED ? -errno : 0;
}

/* Map a buffer of a node, or a dma-buf, into a slot. */
static long op_mmap(struct scene *s, const __u8 *a)
{
	struct memory *m = chosen_slot(s, a);
	struct file *f = chosen_file(s, a[1]);
	size_t size = frame_size(f) + a[4] % 4 * PAGE;
	int protection = a[5] ? a[5] & (PROT_READ | PROT_WRITE) : PROT_READ | PROT_WRITE;
	int fd = a[2] & 0x80 ? s->dmabufs[a[2] % DMABUFS] : f->fd;
	void *at = mmap(NULL, size, protection, MAP_SHARED, fd,
			(a[3] & 0x80 ? 0 : (off_t)(a[3] % 16) * memory_round_up(size, PAGE)));

	if (counted(at == MAP_FAILED ? -1 : 0))
		return -errno;
	unmap(m);
	*m = (struct memory) {
		.kind = memory_find("v4l2-buffer"), .node = f->node->path, .base = at, .frame = at,
		.size = memory_round_up(size, PAGE), .length = size, .queued_length = size,
		.fd = -1, .dmabuf = -1, .holder = -1,
	};
	return 0;
}

/* Access memory through the kernel, so that a missing page gives an error and no signal. */
static long op_touch(struct scene *s, const __u8 *a)
{
	int fds[2], zero;
	unsigned char *start;
	size_t size;
	long ret;

	if (chosen_pages(s, a, &start, &size))
		return -EINVAL;
	if (a[3] & 1) {
		if (pipe2(fds, O_CLOEXEC | O_NONBLOCK))
			return -errno;
		ret = counted(write(fds[1], start, size));
		close(fds[0]);
		close(fds[1]);
		return ret;
	}
	zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	ret = counted(read(zero, start, size));
	close(zero);
	return ret;
}

static long op_sync(struct scene *s, const __u8 *a)
{
	struct dma_buf_sync sync = { .flags = a[1] };

	return counted(ioctl(s->dmabufs[a[0] % DMABUFS], DMA_BUF_IOCTL_SYNC, &sync));
}

/* Map any part of vimap's memory, and ask which of its pages are pinned. */
static long op_vimap(struct scene *s, const __u8 *a)
{
	struct vimap_pins pins = { .kind = a[0], .length = a[1] * 8192 };
	int fd = counted(open("/dev/vimap", O_RDWR | O_CLOEXEC));
	size_t size = (1 + a[1]) * PAGE * (a[2] & 1 ? 64 : 1);
	void *at;
	long ret;

	(void)s;
	if (fd < 0)
		return fd;
	at = mmap(NULL, size, PROT_READ | PROT_WRITE, a[2] & 2 ? MAP_PRIVATE : MAP_SHARED, fd,
		  VIMAP_OFFSET(a[0]) + a[3] * PAGE);
	counted(at == MAP_FAILED ? -1 : 0);
	ret = counted(ioctl(fd, VIMAP_IOC_PINS, &pins));
	if (at != MAP_FAILED)
		counted(munmap(at, size));
	counted(close(fd));
	return ret;
}

#define PAGES	"slot page count"

static const struct op ops[] = {
	{ "map", "slot kind size file", op_map },
	{ "unmap", "slot", op_unmap },
	{ "munmap", PAGES, op_munmap },
	{ "protect", PAGES " protection", op_protect },
	{ "advise", PAGES " advice", op_advise },
	{ "lock", PAGES " unlock", op_lock },
	{ "remap", PAGES " flags pages", op_remap },
	{ "replace", PAGES " by what", op_replace },
	{ "mmap", "slot file dmabuf index pages protection", op_mmap },
	{ "touch", PAGES " read", op_touch },
	{ "sync", "dmabuf flags", op_sync },
	{ "vimap", "which pages flags offset", op_vimap },
};

const struct op_table memory_ops = { ops, ARRAY_SIZE(ops) };
