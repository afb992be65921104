// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-cache.c - a model of the CPU's cache, for devices that are not coherent
 *
 * On many boards a device accesses memory without the CPU's cache, so drivers synchronise the
 * cache before and after each transfer. x86 has no such devices, and QEMU has no caches. So
 * the cache is modelled here. The module parameter cache_line selects it. Then a sync that is
 * missing or misplaced shows as wrong bytes on any machine.
 *
 * In the model the pages of a buffer are the cache: the program has mapped them, and sees
 * what the CPU would see. What is in memory is kept beside each page, and only the device
 * sees it. The rules:
 *
 * 1. Only a sync moves bytes between cache and memory. A real cache may also write back or
 *    drop a line at any other time. So a program that depends on a missing sync fails now and
 *    then on a board, and always here.
 * 2. Before a transfer, a sync for the device (vb2's memory operation "prepare") writes dirty
 *    lines to memory, in each direction, as on arm64 since c50f11c6196f ("arm64: mm: Don't
 *    invalidate FROM_DEVICE buffers at start of DMA transfer").
 * 3. After a transfer, a sync for the CPU ("finish") drops the lines, so the CPU sees the
 *    memory. The bytes of a dirty line are lost. With DMA_TO_DEVICE nothing happens.
 * 4. A sync affects whole lines. If a buffer begins or ends inside a line, the bytes beside
 *    it that the CPU has written during the transfer are lost, too, as on RISC-V. arm64 writes
 *    such a line back instead, and a part of the frame is lost. On architectures with such
 *    devices vb2-dma-contig refuses these pointers (dma_get_cache_alignment()).
 * 5. A line is dirty if it differs from what it was at its last sync. When a page becomes part of
 *    a buffer, all its lines are dirty, and its memory has the byte VIPIN_CACHE_POISON.
 * 6. Memory from dma_alloc_coherent() is not cached. So only user pointers and MMAP buffers
 *    with V4L2_MEMORY_FLAG_NON_COHERENT have a model.
 * 7. vb2 leaves the syncs of a dma-buf to its exporter. If the exporter is a vipin device, the
 *    memory of its buffers is modelled for the importer, too. vipin does not see the syncs of
 *    other exporters, so their memory is taken for coherent.
 *
 * Each call is passed on to vb2-dma-contig, since a bounce buffer of SWIOTLB needs its syncs.
 * With such a buffer, the pages of the bounce buffer are those that are modelled.
 */

#include <linux/dma-mapping.h>
#include <linux/hashtable.h>
#include <linux/highmem.h>
#include <linux/iommu.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include <media/videobuf2-dma-contig.h>

#include "vipin-compat.h"
#include "vipin.h"

#define VIPIN_CACHE_POISON	0xa5
#define VIPIN_CACHE_MIN_LINE	16

/**
 * struct vipin_cached_page - a page that belongs to one buffer or more
 * @node:	its place in vipin_cached_pages
 * @page:	the page: what the CPU sees
 * @users:	number of parts of buffers
 * @memory:	what is in memory
 * @synced:	what each line of @page was at its last sync
 */
struct vipin_cached_page {
	struct hlist_node node;
	struct page *page;
	unsigned int users;
	u8 *memory;
	u8 *synced;
};

/**
 * struct vipin_cached_part - the part of a buffer that is in one page
 * @cached:	the page
 * @start:	start of its first line, in bytes from the start of the page
 * @end:	end of its last line
 */
struct vipin_cached_part {
	struct vipin_cached_page *cached;
	unsigned int start;
	unsigned int end;
};

/**
 * struct vipin_cached_buffer - one plane of a buffer
 * @node:	its place in vipin_cached_buffers
 * @mem_priv:	vb2-dma-contig's pointer for the memory, the key in vipin_cached_buffers
 * @vb:		the buffer; NULL before 5.16
 * @direction:	direction of the DMA
 * @line:	bytes in a line of the cache
 * @nr_parts:	number of elements in @parts
 * @parts:	the plane
 */
struct vipin_cached_buffer {
	struct hlist_node node;
	void *mem_priv;
	struct vb2_buffer *vb;
	enum dma_data_direction direction;
	unsigned int line;
	unsigned int nr_parts;
	struct vipin_cached_part parts[];
};

/* The number of devices that are not coherent. */
DEFINE_STATIC_KEY_FALSE(vipin_cache_devices);

/* vipin_memops, with the memory operations replaced that create, sync and free memory. */
struct vb2_mem_ops vipin_cache_memops;

static DEFINE_HASHTABLE(vipin_cached_buffers, 6);
static DEFINE_HASHTABLE(vipin_cached_pages, 10);
/* Guards both hash tables, and the bytes of all pages and their memory. */
static DEFINE_SPINLOCK(vipin_cache_lock);

/*
 * Write the dirty lines of a part to memory. The program may write to them meanwhile. So read
 * each line once: @memory and @synced must agree.
 */
static void vipin_cache_clean(const struct vipin_cached_part *part, unsigned int line)
{
	u8 *cache = kmap_local_page(part->cached->page);
	u8 *memory = part->cached->memory;
	u8 *synced = part->cached->synced;
	unsigned int i;

	for (i = part->start; i < part->end; i += line) {
		if (!memcmp(synced + i, cache + i, line))
			continue;
		memcpy(synced + i, cache + i, line);
		memcpy(memory + i, synced + i, line);
	}
	kunmap_local(cache);
}

/* Drop the lines of a part, so that the CPU sees the memory. */
static void vipin_cache_invalidate(const struct vipin_cached_part *part)
{
	u8 *cache = kmap_local_page(part->cached->page);
	unsigned int len = part->end - part->start;

	memcpy(cache + part->start, part->cached->memory + part->start, len);
	memcpy(part->cached->synced + part->start, part->cached->memory + part->start, len);
	kunmap_local(cache);
	flush_dcache_page(part->cached->page);
}

static struct vipin_cached_page *vipin_cached_page_find(struct page *page)
{
	struct vipin_cached_page *cached;

	lockdep_assert_held(&vipin_cache_lock);
	hash_for_each_possible(vipin_cached_pages, cached, node, page_to_pfn(page))
		if (cached->page == page)
			return cached;
	return NULL;
}

static void vipin_cached_page_free(struct vipin_cached_page *cached)
{
	if (!cached)
		return;
	free_page((unsigned long)cached->memory);
	free_page((unsigned long)cached->synced);
	kfree(cached);
}

static struct vipin_cached_page *vipin_cached_page_alloc(struct page *page)
{
	struct vipin_cached_page *cached = kzalloc_obj(*cached);

	if (!cached)
		return NULL;
	cached->page = page;
	cached->memory = (u8 *)__get_free_page(GFP_KERNEL_ACCOUNT);
	cached->synced = (u8 *)__get_free_page(GFP_KERNEL_ACCOUNT);
	if (!cached->memory || !cached->synced) {
		vipin_cached_page_free(cached);
		return NULL;
	}
	memset(cached->memory, VIPIN_CACHE_POISON, PAGE_SIZE);
	memset(cached->synced, VIPIN_CACHE_POISON, PAGE_SIZE);
	return cached;
}

/* Get the model of a page, which another buffer may have as well. */
static struct vipin_cached_page *vipin_cached_page_get(struct page *page)
{
	struct vipin_cached_page *new = vipin_cached_page_alloc(page);
	struct vipin_cached_page *cached;

	if (!new)
		return NULL;
	spin_lock(&vipin_cache_lock);
	cached = vipin_cached_page_find(page);
	if (!cached) {
		hash_add(vipin_cached_pages, &new->node, page_to_pfn(page));
		cached = new;
		new = NULL;
	}
	cached->users++;
	spin_unlock(&vipin_cache_lock);
	vipin_cached_page_free(new);
	return cached;
}

static void vipin_cached_page_put(struct vipin_cached_page *cached)
{
	bool unused;

	spin_lock(&vipin_cache_lock);
	unused = !--cached->users;
	if (unused)
		hash_del(&cached->node);
	spin_unlock(&vipin_cache_lock);
	if (unused)
		vipin_cached_page_free(cached);
}

static void vipin_cached_buffer_free(struct vipin_cached_buffer *buf)
{
	unsigned int i;

	for (i = 0; i < buf->nr_parts; i++)
		vipin_cached_page_put(buf->parts[i].cached);
	kvfree(buf);
}

/* Count the pieces of a buffer that the engine finds one after the other. */
static unsigned int vipin_cache_count_parts(struct device *dev, struct iommu_domain *domain,
					    dma_addr_t addr, size_t size)
{
	unsigned int parts = 0;
	size_t offset, n;

	for (; size; size -= min(size, n), addr += n, parts++)
		vipin_dma_find(dev, domain, addr, false, &offset, &n);
	return parts;
}

/* Get the model of each page of a plane. */
static struct vipin_cached_buffer *
vipin_cached_buffer_alloc(struct device *dev, dma_addr_t addr, size_t size, unsigned int line)
{
	struct iommu_domain *domain = iommu_get_domain_for_dev(dev);
	unsigned int parts = vipin_cache_count_parts(dev, domain, addr, size);
	struct vipin_cached_buffer *buf;
	size_t offset, n;

	buf = kvzalloc(struct_size(buf, parts, parts), GFP_KERNEL_ACCOUNT);
	if (!buf)
		return NULL;
	buf->line = line;
	for (; size; size -= n, addr += n) {
		struct page *page = vipin_dma_find(dev, domain, addr, false, &offset, &n);
		struct vipin_cached_part *part = &buf->parts[buf->nr_parts];

		n = min(size, n);
		if (!page)
			continue;
		part->cached = vipin_cached_page_get(page);
		if (!part->cached) {
			vipin_cached_buffer_free(buf);
			return NULL;
		}
		part->start = round_down(offset, line);
		part->end = round_up(offset + n, line);
		buf->nr_parts++;
	}
	return buf;
}

/*
 * Begin to model the cache for the memory of one plane, which vb2-dma-contig has returned. If there
 * is no memory for that, release the plane's memory with @put. Returns @mem_priv, or an error.
 */
static void *vipin_cache_add(struct device *dev, struct vb2_buffer *vb, void *mem_priv,
			     size_t size, enum dma_data_direction direction,
			     void (*put)(void *mem_priv))
{
	struct vipin_dev *vipin = dev_get_drvdata(dev);
	struct vipin_cached_buffer *buf;

	if (IS_ERR(mem_priv))
		return mem_priv;
	buf = vipin_cached_buffer_alloc(dev, vipin_dc_dma_addr(vb, mem_priv), size,
					vipin->config.cache_line);
	if (!buf) {
		put(mem_priv);
		return ERR_PTR(-ENOMEM);
	}
	buf->mem_priv = mem_priv;
	buf->vb = vb;
	buf->direction = direction;
	spin_lock(&vipin_cache_lock);
	hash_add(vipin_cached_buffers, &buf->node, (unsigned long)mem_priv);
	spin_unlock(&vipin_cache_lock);
	return mem_priv;
}

static struct vipin_cached_buffer *vipin_cache_find(void *mem_priv)
{
	struct vipin_cached_buffer *buf, *found = NULL;

	spin_lock(&vipin_cache_lock);
	hash_for_each_possible(vipin_cached_buffers, buf, node, (unsigned long)mem_priv)
		if (buf->mem_priv == mem_priv)
			found = buf;
	spin_unlock(&vipin_cache_lock);
	return found;
}

/* Stop modelling the cache for one plane. Its pages keep what the CPU sees. */
static void vipin_cache_remove(void *mem_priv)
{
	struct vipin_cached_buffer *buf = vipin_cache_find(mem_priv);

	if (!buf)
		return;
	spin_lock(&vipin_cache_lock);
	hash_del(&buf->node);
	spin_unlock(&vipin_cache_lock);
	vipin_cached_buffer_free(buf);
}

/* vb2's memory operation prepare. vb2 calls it in QBUF and PREPARE_BUF. */
static void vipin_cache_prepare(void *mem_priv)
{
	struct vipin_cached_buffer *buf = vipin_cache_find(mem_priv);
	unsigned int i;

	vipin_memops.prepare(mem_priv);
	if (!buf || vipin_skips_prepare(buf->vb))
		return;
	for (i = 0; i < buf->nr_parts; i++) {
		spin_lock(&vipin_cache_lock);
		vipin_cache_clean(&buf->parts[i], buf->line);
		spin_unlock(&vipin_cache_lock);
	}
}

/* vb2's memory operation finish. vb2 calls it when the driver returns the buffer. */
static void vipin_cache_finish(void *mem_priv)
{
	struct vipin_cached_buffer *buf = vipin_cache_find(mem_priv);
	unsigned int i;

	if (buf && buf->direction != DMA_TO_DEVICE && !vipin_skips_finish(buf->vb)) {
		for (i = 0; i < buf->nr_parts; i++) {
			spin_lock(&vipin_cache_lock);
			vipin_cache_invalidate(&buf->parts[i]);
			spin_unlock(&vipin_cache_lock);
		}
	}
	vipin_memops.finish(mem_priv);
}

#if VIPIN_GET_USERPTR_HAS_BUFFER
/* vb2's memory operation get_userptr. */
static void *vipin_cache_get_userptr(struct vb2_buffer *vb, struct device *dev,
				     unsigned long vaddr, unsigned long size)
{
	return vipin_cache_add(dev, vb, vipin_memops.get_userptr(vb, dev, vaddr, size), size,
			       vb->vb2_queue->dma_dir, vipin_memops.put_userptr);
}

/* vb2's memory operation alloc, for MMAP buffers. */
static void *vipin_cache_alloc(struct vb2_buffer *vb, struct device *dev, unsigned long size)
{
	void *mem_priv = vipin_memops.alloc(vb, dev, size);

	if (!vb->vb2_queue->non_coherent_mem)
		return mem_priv;
	return vipin_cache_add(dev, vb, mem_priv, size, vb->vb2_queue->dma_dir,
			       vipin_memops.put);
}

/* vb2's memory operation put, for MMAP buffers. */
static void vipin_cache_put(void *mem_priv)
{
	vipin_cache_remove(mem_priv);
	vipin_memops.put(mem_priv);
}
#else
static void *vipin_cache_get_userptr(struct device *dev, unsigned long vaddr,
				     unsigned long size, enum dma_data_direction direction)
{
	return vipin_cache_add(dev, NULL, vipin_memops.get_userptr(dev, vaddr, size, direction),
			       size, direction, vipin_memops.put_userptr);
}
#endif

/* vb2's memory operation put_userptr. */
static void vipin_cache_put_userptr(void *mem_priv)
{
	vipin_cache_remove(mem_priv);
	vipin_memops.put_userptr(mem_priv);
}

/**
 * vipin_cache_transfer() - copy between a buffer and the memory of a page
 * @page:	a page of RAM that the engine has found
 * @offset:	the first byte of the page
 * @data:	the buffer
 * @len:	number of bytes; @offset + @len is not more than PAGE_SIZE
 * @write:	copy from @data to the memory, otherwise from the memory to @data
 *
 * Return: false if the page is not modelled. Then the page itself is the memory.
 */
bool vipin_cache_transfer(struct page *page, size_t offset, void *data, size_t len,
			  bool write)
{
	struct vipin_cached_page *cached;

	spin_lock(&vipin_cache_lock);
	cached = vipin_cached_page_find(page);
	if (cached && write)
		memcpy(cached->memory + offset, data, len);
	else if (cached)
		memcpy(data, cached->memory + offset, len);
	spin_unlock(&vipin_cache_lock);
	return cached;
}

/**
 * vipin_cache_line_is_valid() - check the length of a cache line
 * @line:	bytes in a line
 *
 * Return: true if a page has a number of such lines, or @line is 0 for no cache.
 */
bool vipin_cache_line_is_valid(unsigned int line)
{
	return !line ||
	       (is_power_of_2(line) && line >= VIPIN_CACHE_MIN_LINE && line <= PAGE_SIZE);
}

/**
 * vipin_cache_start() - have the engine look for modelled pages, if a device is not coherent
 * @vipin:	the device; its configuration is set
 */
void vipin_cache_start(struct vipin_dev *vipin)
{
	if (vipin->config.cache_line)
		static_branch_inc(&vipin_cache_devices);
}

/**
 * vipin_cache_stop() - undo vipin_cache_start()
 * @vipin:	the device; it has no more buffers
 */
void vipin_cache_stop(struct vipin_dev *vipin)
{
	if (vipin->config.cache_line)
		static_branch_dec(&vipin_cache_devices);
}

/**
 * vipin_cache_init() - set up vipin_cache_memops from vipin_memops
 */
void vipin_cache_init(void)
{
	vipin_cache_memops = vipin_memops;
	vipin_cache_memops.get_userptr = vipin_cache_get_userptr;
	vipin_cache_memops.put_userptr = vipin_cache_put_userptr;
	vipin_cache_memops.prepare = vipin_cache_prepare;
	vipin_cache_memops.finish = vipin_cache_finish;
#if VIPIN_GET_USERPTR_HAS_BUFFER
	vipin_cache_memops.alloc = vipin_cache_alloc;
	vipin_cache_memops.put = vipin_cache_put;
#endif
}
