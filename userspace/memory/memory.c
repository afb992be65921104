// SPDX-License-Identifier: GPL-2.0-only
/*
 * memory.c - what all providers share, and the list of them
 */
#include <errno.h>
#include <linux/dma-buf.h>
#include <linux/mman.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cma.h"

/* In the order in which they are run and listed. */
static const struct memory_kind * const kinds[] = {
	&memory_malloc,
	&memory_untouched,
	&memory_shared,
	&memory_shared_untouched,
	&memory_brk,
	&memory_stack,
	&memory_growsdown,
	&memory_growsdown_below,
	&memory_mlocked,
	&memory_zero_page,
	&memory_ksm,
	&memory_swapped,
	&memory_userfault,
	&memory_userfault_killed,
	&memory_thp,
	&memory_thp_untouched,
	&memory_thp_split,
	&memory_hugetlb,
	&memory_hugetlb_untouched,
	&memory_hugetlb_two,
	&memory_hugetlb_two_apart,
	&memory_unaligned,
	&memory_cow_parent,
	&memory_cow_parent_hugetlb,
	&memory_cow_child,
	&memory_cow_child_hugetlb,
	&memory_forked,
	&memory_forked_hugetlb,
	&memory_dontfork,
	&memory_wipeonfork,
	&memory_other_process,
	&memory_mseal,
	&memory_mremap_moved,
	&memory_mremap_left,
	&memory_memfd,
	&memory_memfd_private,
	&memory_memfd_untouched,
	&memory_memfd_hugetlb,
	&memory_memfd_hugetlb_private,
	&memory_tmpfs,
	&memory_tmpfs_private,
	&memory_file_read_only,
	&memory_file_read_only_private,
	&memory_sysv,
	&memory_sysv_read_only,
	&memory_truncated,
	&memory_sealed,
	&memory_sealed_private,
	&memory_future_sealed,
	&memory_future_sealed_later,
	&memory_ext4_shared,
	&memory_ext4_shared_untouched,
	&memory_ext4_private,
	&memory_ext4_private_untouched,
	&memory_fuse_shared,
	&memory_fuse_private,
	&memory_fuse_private_untouched,
	&memory_fuse_not_answered,
	&memory_fsdax_shared,
	&memory_fsdax_shared_untouched,
	&memory_fsdax_private,
	&memory_fsdax_private_untouched,
	&memory_device_dax,
	&memory_secret,
	&memory_secret_untouched,
	&memory_read_only,
	&memory_read_only_end,
	&memory_no_access,
	&memory_hole,
	&memory_hole_first,
	&memory_hole_last,
	&memory_half_mapped,
	&memory_guard_first,
	&memory_guard_last,
	&memory_null,
	&memory_user_end,
	&memory_kernel_address,
	&memory_wrap,
	&memory_length_0,
	&memory_length_short,
	&memory_pkey,
	&memory_pkey_open,
	&memory_cma_pages,
	&memory_cma_thp,
	&memory_cma_hugetlb,
	&memory_cma_held,
	&memory_cma_thp_held,
	&memory_cma_hugetlb_held,
	&memory_cma_gigantic,
	&memory_movable_pages,
	&memory_movable_thp,
	&memory_movable_held,
	&memory_heap_system,
	&memory_heap_system_fd,
	&memory_heap_cma,
	&memory_heap_cma_fd,
	&memory_udmabuf,
	&memory_udmabuf_fd,
	&memory_udmabuf_pages,
	&memory_udmabuf_pages_fd,
	&memory_drm_dumb,
	&memory_drm_dumb_fd,
	&memory_v4l2_buffer,
	&memory_v4l2_export,
	&memory_v4l2_export_fd,
	&memory_vivid_buffer,
	&memory_vivid_export,
	&memory_vivid_export_fd,
	&memory_packet_ring,
	&memory_uring,
	&memory_aio_ring,
	&memory_perf_ring,
	&memory_sg,
	&memory_sg_untouched,
	&memory_pci_resource,
	&memory_dev_mem,
	&memory_vdso,
	&memory_vvar,
	&memory_vimap_pfn,
	&memory_vimap_pfn_untouched,
	&memory_vimap_page_io,
	&memory_vimap_page_io_untouched,
	&memory_vimap_page,
	&memory_vimap_page_untouched,
	&memory_vimap_cma,
	&memory_vimap_cma_untouched,
	&memory_vimap_bar,
	&memory_vimap_bar_untouched,
	&memory_vimap_fault_pfn,
	&memory_vimap_fault_pfn_untouched,
	&memory_vimap_fault_mixed,
	&memory_vimap_fault_mixed_untouched,
	&memory_vimap_fault_page,
	&memory_vimap_fault_page_untouched,
	&memory_vimap_folio_io,
	&memory_vimap_folio_io_untouched,
	&memory_vimap_folio,
	&memory_vimap_folio_untouched,
	&memory_vimap_pfn_pmd,
	&memory_vimap_pfn_pmd_untouched,
	&memory_vimap_vmalloc,
	&memory_vimap_vmalloc_untouched,
	&memory_vimap_cma_page_io,
	&memory_vimap_cma_page_io_untouched,
	&memory_vimap_cma_page,
	&memory_vimap_cma_page_untouched,
	&memory_vimap_shmem_io,
	&memory_vimap_shmem_io_untouched,
	&memory_vimap_shmem_cma,
	&memory_vimap_shmem_cma_untouched,
	&memory_half_device_first,
	&memory_half_device_first_untouched,
	&memory_half_device_last,
	&memory_half_device_last_untouched,
	&memory_half_no_struct_page_last,
	NULL
};

/**
 * memory_next() - walk through all kinds of memory
 * @kind:	a kind, or NULL to begin
 *
 * Return: the kind after @kind, or NULL after the last.
 */
const struct memory_kind *memory_next(const struct memory_kind *kind)
{
	size_t i = 0;

	while (kind && kinds[i++] != kind)
		;
	return kinds[i];
}

/**
 * memory_find() - find a kind of memory
 * @name:	its name
 *
 * Return: the kind, or NULL if there is none of that name.
 */
const struct memory_kind *memory_find(const char *name)
{
	const struct memory_kind *kind;

	memory_for_each_kind(kind)
		if (!strcmp(kind->name, name))
			return kind;
	return NULL;
}

/**
 * memory_map() - map memory of one kind
 * @m:		filled in
 * @kind:	which
 * @node:	path of the device under test
 * @length:	bytes of the frame that must fit
 *
 * Return: 0, or -1 with @m->why set, and nothing left mapped.
 */
int memory_map(struct memory *m, const struct memory_kind *kind,
	       const char *node, size_t length)
{
	*m = (struct memory) {
		.kind = kind, .node = node, .length = length,
		.queued_length = length, .fill = MEMORY_FILL,
		.fd = -1, .dmabuf = -1, .holder = -1,
	};

	/* To find it may empty it: now, when nothing of it is anybody's. */
	cma_find();
	if (!kind->map(m))
		return 0;
	memory_unmap(m);
	return -1;
}

/**
 * memory_unmap() - give back what memory_map() took
 * @m:	the memory; may be half made
 */
void memory_unmap(struct memory *m)
{
	m->kind->unmap(m);
	if (m->dmabuf >= 0)
		close(m->dmabuf);
	if (m->fd >= 0)
		close(m->fd);
	if (m->holder >= 0)
		close(m->holder);
	m->base = NULL;
	m->dmabuf = -1;
	m->fd = -1;
	m->holder = -1;
}

/**
 * memory_lacks() - say why there is no such memory here
 * @m:		the memory that could not be made
 * @format:	as printf()
 *
 * Return: -1, for a provider's map() to return.
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
 * memory_map_aligned() - map anonymous memory at a multiple of something
 * @m:		the memory, its size set; the frame will lie behind a page of guard
 * @align:	multiple of what, a power of two
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
 * memory_map_shared() - map a file that others see too, whole
 * @m:		the memory, its size set; where the frame lies is set: at its
 *		start for a dma-buf that is handed over as such, else behind a
 *		page of guard
 * @fd:		the file
 * @offset:	in the file, in bytes
 *
 * Return: 0, or -1 with @m->why set.
 */
int memory_map_shared(struct memory *m, int fd, __u64 offset)
{
	m->base = mmap(NULL, m->size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
	if (m->base == MAP_FAILED) {
		m->base = NULL;
		return memory_lacks(m, "mmap: %s", strerror(errno));
	}
	m->frame = m->base + (m->kind->by_fd ? 0 : PAGE);
	return 0;
}

/**
 * memory_map_plain() - one mmap() of a frame, with a page of guard on both sides
 * @m:		the memory; base, size and frame are set
 * @prot:	as for mmap()
 * @flags:	as for mmap()
 * @fd:		as for mmap()
 *
 * Return: 0, or -1 with @m->why set.
 */
int memory_map_plain(struct memory *m, int prot, int flags, int fd)
{
	m->size = memory_round_up(m->length, PAGE) + 2 * PAGE;
	m->base = mmap(NULL, m->size, prot, flags, fd, 0);
	if (m->base == MAP_FAILED) {
		m->base = NULL;
		return memory_lacks(m, "mmap: %s", strerror(errno));
	}
	m->frame = m->base + PAGE;
	return 0;
}

/**
 * memory_map_memfd() - the same, of a memfd that is full of the fill
 * @m:		the memory; fd, base, size and frame are set
 * @flags:	as for memfd_create(), beside MFD_CLOEXEC
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
 * memory_map_huge() - a frame in huge pages of 2 MiB
 * @m:		the memory; base, size and frame are set
 * @flags:	as for mmap(), beside MAP_HUGETLB
 * @fd:		a memfd of such pages, or -1 for memory without a file
 *
 * Return: 0, or -1 with @m->why set.
 */
int memory_map_huge(struct memory *m, int flags, int fd)
{
	/* The third page is for a frame that does not start at a page. */
	m->size = memory_round_up(m->length + 3 * PAGE, HUGE_PAGE);
	if (fd >= 0 && ftruncate(fd, m->size))
		return memory_lacks(m, "ftruncate: %s", strerror(errno));
	if (fd < 0)
		flags |= MAP_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_2MB;
	m->base = mmap(NULL, m->size, PROT_READ | PROT_WRITE, flags, fd, 0);
	if (m->base == MAP_FAILED) {
		m->base = NULL;
		return memory_lacks(m, "no free huge page of 2 MiB (vm.nr_hugepages): %s",
				    strerror(errno));
	}
	m->frame = m->base + PAGE;
	return 0;
}

/**
 * memory_unmap_plain() - an unmap() for what one mmap() made
 * @m:	the memory
 */
void memory_unmap_plain(struct memory *m)
{
	if (m->base)
		munmap(m->base, m->size);
}

/**
 * memory_round_up() - the next multiple
 * @size:	in bytes
 * @to:		multiple of what, a power of two
 *
 * Return: @size or the next multiple of @to above it.
 */
size_t memory_round_up(size_t size, size_t to)
{
	return (size + to - 1) & ~(to - 1);
}

/**
 * memory_is_filled() - whether all bytes are the same
 * @at:		the first
 * @size:	how many
 * @fill:	what they shall be
 *
 * Return: true if they are.
 */
bool memory_is_filled(const unsigned char *at, size_t size, unsigned char fill)
{
	return !size || (*at == fill && !memcmp(at, at + 1, size - 1));
}

static int memory_sync(const struct memory *m, __u64 flags)
{
	struct dma_buf_sync sync = { .flags = flags | DMA_BUF_SYNC_RW };

	if (m->dmabuf < 0)
		return 0;
	return ioctl(m->dmabuf, DMA_BUF_IOCTL_SYNC, &sync);
}

/**
 * memory_begin_access() - the CPU is about to look at the memory
 * @m:	the memory
 *
 * Return: 0, or -1 with errno set.
 */
int memory_begin_access(const struct memory *m)
{
	return memory_sync(m, DMA_BUF_SYNC_START);
}

/**
 * memory_end_access() - the CPU is done looking at the memory
 * @m:	the memory
 *
 * Return: 0, or -1 with errno set.
 */
int memory_end_access(const struct memory *m)
{
	return memory_sync(m, DMA_BUF_SYNC_END);
}
