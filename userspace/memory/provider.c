// SPDX-License-Identifier: GPL-2.0-only
/*
 * provider.c - functions that several providers of memory use
 *
 * Each memory_map_...() leaves one page or more mapped before and after the frame, so that
 * a write outside the frame is found.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/mman.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "provider.h"

/**
 * memory_lacks() - record why there is no such memory here
 * @m:		the memory that could not be mapped
 * @format:	as for printf()
 *
 * Return: -1, for the map() of a kind to return.
 */
int memory_lacks(struct memory *m, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(m->why, sizeof(m->why), format, args);
	va_end(args);
	return -1;
}

/**
 * memory_mmap() - map memory with one mmap()
 * @m:		the memory, with its size set; its base is set, and stays NULL on failure
 * @prot:	as for mmap()
 * @flags:	as for mmap()
 * @fd:		as for mmap()
 * @offset:	as for mmap()
 *
 * Return: 0, or -1 with errno set.
 */
int memory_mmap(struct memory *m, int prot, int flags, int fd, off_t offset)
{
	void *base = mmap(NULL, m->size, prot, flags, fd, offset);

	if (base == MAP_FAILED)
		return -1;
	m->base = base;
	return 0;
}

/**
 * memory_map_plain() - map a frame and two guard pages with one mmap()
 * @m:		the memory; its base, size and frame are set
 * @prot:	as for mmap()
 * @flags:	as for mmap()
 * @fd:		as for mmap()
 *
 * Return: 0, or -1 with @m->why set.
 */
int memory_map_plain(struct memory *m, int prot, int flags, int fd)
{
	m->size = memory_round_up(m->length, PAGE) + 2 * PAGE;
	if (memory_mmap(m, prot, flags, fd, 0))
		return memory_lacks(m, "mmap: %s", strerror(errno));
	m->frame = m->base + PAGE;
	return 0;
}

/**
 * memory_map_memfd() - map a frame and two guard pages of a new, filled memfd
 * @m:		the memory; its fd, base, size and frame are set
 * @flags:	as for memfd_create(); MFD_CLOEXEC is added
 *
 * Return: 0, or -1 with @m->why set.
 */
int memory_map_memfd(struct memory *m, unsigned int flags)
{
	m->fd = memfd_create("v4l2-pincheck", MFD_CLOEXEC | flags);
	if (m->fd < 0)
		return memory_lacks(m, "memfd_create: %s", strerror(errno));
	if (ftruncate(m->fd, memory_round_up(m->length, PAGE) + 2 * PAGE))
		return memory_lacks(m, "ftruncate: %s", strerror(errno));
	if (memory_map_plain(m, PROT_READ | PROT_WRITE, MAP_SHARED, m->fd))
		return -1;
	memset(m->base, m->fill, m->size);
	return 0;
}

/**
 * memory_map_huge() - map a frame in huge pages of hugetlbfs
 * @m:		the memory; its base, size and frame are set
 * @flags:	as for mmap(); MAP_HUGETLB is added where it is needed
 * @fd:		a memfd of huge pages, or -1 for memory without a file
 *
 * Return: 0, or -1 with @m->why set.
 */
int memory_map_huge(struct memory *m, int flags, int fd)
{
	/* The third page leaves room for a frame that does not start at a page. */
	m->size = memory_round_up(m->length + 3 * PAGE, HUGE_PAGE);
	if (fd >= 0 && ftruncate(fd, m->size))
		return memory_lacks(m, "ftruncate: %s", strerror(errno));
	if (fd < 0)
		flags |= MAP_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_2MB;
	if (memory_mmap(m, PROT_READ | PROT_WRITE, flags, fd, 0))
		return memory_lacks(m, "no free huge page (vm.nr_hugepages): %s",
				    strerror(errno));
	m->frame = m->base + PAGE;
	return 0;
}

/**
 * memory_map_aligned() - map anonymous memory at an aligned address
 * @m:		the memory, with its size set; its base is set, and its frame starts
 *		one page later
 * @align:	alignment in bytes, a power of two
 *
 * Return: 0, or -1 with @m->why set.
 */
int memory_map_aligned(struct memory *m, size_t align)
{
	unsigned char *all = mmap(NULL, m->size + align, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (all == MAP_FAILED)
		return memory_lacks(m, "mmap: %s", strerror(errno));
	m->base = (void *)memory_round_up((uintptr_t)all, align);
	m->frame = m->base + PAGE;
	if (m->base != all)
		munmap(all, m->base - all);
	if (m->base != all + align)
		munmap(m->base + m->size, all + align - m->base);
	return 0;
}

/**
 * memory_map_shared() - map a file or a dma-buf with MAP_SHARED
 * @m:		the memory, with its size set; its base and frame are set. The frame starts
 *		at the base if the memory is queued as a dma-buf, else one page later
 * @fd:		the file
 * @offset:	in the file, in bytes
 *
 * Return: 0, or -1 with @m->why set.
 */
int memory_map_shared(struct memory *m, int fd, off_t offset)
{
	if (memory_mmap(m, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset))
		return memory_lacks(m, "mmap: %s", strerror(errno));
	m->frame = m->base + (m->kind->by_fd ? 0 : PAGE);
	return 0;
}

/**
 * memory_unmap_plain() - undo one mmap()
 * @m:	the memory
 */
void memory_unmap_plain(struct memory *m)
{
	if (m->base)
		munmap(m->base, m->size);
}

/**
 * memory_hold() - take a reference to the page in the middle of the frame
 * @m:	the memory, with its pages present
 *
 * The reference keeps the page from being migrated. vmsplice() puts the page itself into a
 * pipe, without a copy and without a pin. The reference is dropped when the pipe,
 * @m->holder, is closed.
 *
 * Return: 0, or -1 with @m->why set.
 */
int memory_hold(struct memory *m)
{
	struct iovec page = {
		.iov_base = m->frame + m->length / 2 / PAGE * PAGE,
		.iov_len = PAGE,
	};
	int ends[2];
	ssize_t moved;

	if (pipe2(ends, O_CLOEXEC))
		return memory_lacks(m, "pipe: %s", strerror(errno));
	m->holder = ends[0];
	moved = vmsplice(ends[1], &page, 1, SPLICE_F_NONBLOCK);
	close(ends[1]);
	if (moved != (ssize_t)PAGE)
		return memory_lacks(m, "vmsplice: %s", strerror(errno));
	return 0;
}
