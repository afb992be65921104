// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-dma.c - the software DMA engine
 *
 * Like hardware, the engine knows only a bus address. It translates the address as
 * hardware would: through the device's IOMMU domain if there is one, otherwise by the
 * direct mapping. So a wrong mapping has the same effect as with hardware: wrong bytes,
 * bytes in the wrong place, or a DMA fault. If the DMA API uses a bounce buffer of
 * SWIOTLB, the engine accesses the bounce buffer.
 *
 * The kernel does not say whether a device's DMA operations translate addresses in any
 * other way. So before a device is used, vipin_dma_self_test() checks that the engine
 * finds the device's memory.
 *
 * A device that firmware describes as not coherent accesses memory without the CPU's cache.
 * The engine is a CPU, so it writes back and drops the lines that it has used.
 */

#include <linux/dma-direct.h>
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/iommu.h>
#include <linux/libnvdimm.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/swiotlb.h>

#include "vipin-compat.h"
#include "vipin.h"

/* Pages in 512 KiB. Memory comes in larger blocks, so an aligned block of that size is whole. */
#define VIPIN_DMA_BLOCK		(SZ_512K >> PAGE_SHIFT)

/**
 * vipin_dma_is_translated() - check whether an IOMMU translates a device's bus addresses
 * @domain:	the IOMMU domain of the device, or NULL
 *
 * A passthrough domain does not translate, and the DMA API does not use it. Do not call
 * iommu_iova_to_phys() for it: before 13b6eb6e1c98 ("iommu: Streamline
 * iommu_iova_to_phys()") some IOMMU drivers returned 0 there.
 *
 * Return: true if the domain translates.
 */
bool vipin_dma_is_translated(const struct iommu_domain *domain)
{
	return domain && domain->type != IOMMU_DOMAIN_IDENTITY;
}

/* Translate a bus address to a physical address. Return 0 if nothing is mapped there. */
static phys_addr_t vipin_dma_translate(struct device *dev,
				       struct iommu_domain *domain, dma_addr_t addr)
{
	if (!vipin_dma_is_translated(domain))
		return dma_to_phys(dev, addr);
	return vipin_iommu_iova_to_phys(domain, addr);
}

/*
 * Count the bytes from @addr on that are certainly contiguous in physical memory: up to
 * the end of the kernel's page or of the IOMMU's page, whichever comes first.
 */
static size_t vipin_dma_run(const struct iommu_domain *domain, dma_addr_t addr,
			    phys_addr_t phys)
{
	size_t run = PAGE_SIZE - offset_in_page(phys);
	size_t iommu_page;

	if (!vipin_dma_is_translated(domain) || !domain->pgsize_bitmap)
		return run;
	iommu_page = 1UL << __ffs(domain->pgsize_bitmap);
	return min_t(size_t, run, iommu_page - (addr & (iommu_page - 1)));
}

/*
 * Find the page of RAM at a physical address. Return NULL if the device may not access it. What an
 * IOMMU maps was mapped for the device.
 */
static struct page *vipin_dma_page(struct device *dev, struct iommu_domain *domain,
				   dma_addr_t addr, phys_addr_t phys, bool write)
{
	unsigned long pfn = PHYS_PFN(phys);
	struct page *page;

	if (!phys || !pfn_valid(pfn))
		return NULL;

	page = pfn_to_page(pfn);
	if (is_zero_pfn(pfn))
		return write ? NULL : page;

	/*
	 * Without an IOMMU, nothing keeps a device from accessing a wrong address, so refuse
	 * reserved pages: holes, firmware tables and the kernel's image. No allocator hands them
	 * out, so they cannot belong to a buffer. Two kinds of reserved pages can: device memory
	 * (DAX), and the bounce buffers of SWIOTLB, which alone need a sync if DMA is coherent. A
	 * device with a "restricted-dma-pool" is not checked. Its memory is reserved, too, and
	 * with CONFIG_SWIOTLB_DYNAMIC a module cannot find out which pages are in the pool.
	 */
	if (PageReserved(page) && !vipin_dma_is_translated(domain) &&
	    !is_zone_device_page(page) && !is_swiotlb_for_alloc(dev) &&
	    !dma_need_sync(dev, addr))
		return NULL;
	return page;
}

/**
 * vipin_dma_find() - find the page of RAM at a bus address
 * @dev:	the device, as bus master
 * @domain:	the IOMMU domain of the device, or NULL
 * @addr:	the bus address
 * @write:	the device will write
 * @offset:	filled in: the byte of the page at @addr
 * @run:	filled in: number of bytes from there on that are certainly contiguous in
 *		the page
 *
 * Return: the page, or NULL for a DMA fault: no memory is mapped for the device there.
 */
struct page *vipin_dma_find(struct device *dev, struct iommu_domain *domain,
			    dma_addr_t addr, bool write, size_t *offset, size_t *run)
{
	phys_addr_t phys = vipin_dma_translate(dev, domain, addr);

	*offset = offset_in_page(phys);
	*run = vipin_dma_run(domain, addr, phys);
	return vipin_dma_page(dev, domain, addr, phys, write);
}

/*
 * Write back the lines of a part of a page, and drop them, so that the next access reads
 * memory. The DMA API exports nothing for this: its syncs also copy bounce buffers.
 */
static void vipin_dma_flush(struct page *page, size_t offset, size_t len)
{
	void *memory = kmap_local_page(page) + offset;

	arch_wb_cache_pmem(memory, len);
	arch_invalidate_pmem(memory, len);
	kunmap_local(memory);
}

/*
 * Count the pages, at most @most, that are contiguous from @addr on in bus addresses and from
 * @phys on in physical memory. Without an IOMMU, look at the last page only. With one, translate
 * each page anew for each frame. That is the largest cost of a frame, but with cached translations
 * the engine would not notice that a mapping is gone or has changed.
 */
static size_t vipin_dma_contiguous(struct device *dev, struct iommu_domain *domain,
				   dma_addr_t addr, phys_addr_t phys, size_t most)
{
	size_t last = (most - 1) << PAGE_SHIFT;
	size_t n = 1;

	if (!vipin_dma_is_translated(domain))
		return dma_to_phys(dev, addr + last) == phys + last ? most : 1;
	while (n < most && vipin_iommu_iova_to_phys(domain, addr + (n << PAGE_SHIFT)) ==
			   phys + (n << PAGE_SHIFT))
		n++;
	return n;
}

/* Can pages be copied one after the other, as a coherent device and a CPU see them? */
static bool vipin_dma_copies_pages(struct device *dev)
{
	return dev_is_dma_coherent(dev) && !vipin_cache_is_modelled() &&
	       !IS_ENABLED(CONFIG_HIGHMEM);
}

/*
 * Copy as many whole pages as possible of the next @len bytes. @page, at @addr, may be accessed.
 * Stop at a reserved page and at the zero page, for vipin_dma_page(). Return the number of bytes.
 */
static size_t vipin_dma_copy_pages(struct device *dev, struct iommu_domain *domain,
				   dma_addr_t addr, struct page *page, void *data, size_t len,
				   bool write)
{
	size_t block = VIPIN_DMA_BLOCK - page_to_pfn(page) % VIPIN_DMA_BLOCK;
	size_t nr = vipin_dma_contiguous(dev, domain, addr, page_to_phys(page),
					 min_t(size_t, len >> PAGE_SHIFT, block));
	const struct page *zero = ZERO_PAGE(0);
	void *memory = page_address(page);
	size_t n = 0;

	do {
		/* copy_page() is the fastest way. */
		if (write)
			copy_page(memory, data);
		else
			copy_page(data, memory);
		if (write)
			flush_dcache_page(page + n);
		memory += PAGE_SIZE;
		data += PAGE_SIZE;
		n++;
	} while (n < nr && !PageReserved(page + n) && page + n != zero);
	return n << PAGE_SHIFT;
}

/* Copy between a buffer and a part of a page, or what the modelled cache has in memory for it. */
static void vipin_dma_copy(struct device *dev, struct page *page, size_t offset, void *data,
			   size_t len, bool write)
{
	bool coherent = dev_is_dma_coherent(dev);

	if (vipin_cache_is_modelled() && vipin_cache_transfer(page, offset, data, len, write))
		return;
	if (!coherent)
		vipin_dma_flush(page, offset, len);
	if (write)
		memcpy_to_page(page, offset, data, len);
	else
		memcpy_from_page(data, page, offset, len);
	if (!coherent && write)
		vipin_dma_flush(page, offset, len);
}

/**
 * vipin_dma_transfer() - copy between a buffer and memory at a bus address
 * @dev:	the device, as bus master
 * @domain:	the IOMMU domain of the device, or NULL
 * @addr:	the bus address
 * @data:	the buffer
 * @len:	number of bytes
 * @write:	copy from @data to the memory, otherwise from the memory to @data
 *
 * Context: process context; may be preempted.
 * Return: 0, or -EFAULT for a DMA fault: no memory is mapped for the device there.
 */
int vipin_dma_transfer(struct device *dev, struct iommu_domain *domain,
		       dma_addr_t addr, char *data, size_t len, bool write)
{
	while (len) {
		size_t offset, n;
		struct page *page = vipin_dma_find(dev, domain, addr, write, &offset, &n);

		if (!page)
			return -EFAULT;
		n = min(len, n);
		if (n == PAGE_SIZE && PAGE_ALIGNED(data) && vipin_dma_copies_pages(dev))
			n = vipin_dma_copy_pages(dev, domain, addr, page, data, len, write);
		else
			vipin_dma_copy(dev, page, offset, data, n, write);
		addr += n;
		data += n;
		len -= n;
	}
	return 0;
}

/**
 * vipin_dma_write() - write to memory at a bus address
 * @dev:	the device, as bus master
 * @addr:	the bus address
 * @src:	the bytes to write
 * @len:	number of bytes
 *
 * Context: process context; may be preempted.
 * Return: 0, or -EFAULT for a DMA fault: no memory is mapped for @dev at a part of
 * [@addr, @addr + @len). Then all bytes before that part have been written, and no byte
 * after it.
 */
int vipin_dma_write(struct device *dev, dma_addr_t addr, const void *src,
		    size_t len)
{
	return vipin_dma_transfer(dev, iommu_get_domain_for_dev(dev), addr,
				  (char *)src, len, true);
}

/**
 * vipin_dma_read() - read from memory at a bus address
 * @dev:	the device, as bus master
 * @addr:	the bus address
 * @dst:	filled in with the bytes
 * @len:	number of bytes
 *
 * Context: process context; may be preempted.
 * Return: 0, or -EFAULT for a DMA fault: no memory is mapped for @dev at a part of
 * [@addr, @addr + @len).
 */
int vipin_dma_read(struct device *dev, dma_addr_t addr, void *dst, size_t len)
{
	return vipin_dma_transfer(dev, iommu_get_domain_for_dev(dev), addr, dst,
				  len, false);
}

/* Two pages have a page boundary. The second transfer starts inside the first page. */
#define VIPIN_SELF_TEST_SIZE	(2 * PAGE_SIZE)
#define VIPIN_SELF_TEST_SPLIT	1000

static int vipin_self_test_transfer(struct device *dev, struct iommu_domain *domain,
				    dma_addr_t addr, char *data, bool write)
{
	return vipin_dma_transfer(dev, domain, addr, data, VIPIN_SELF_TEST_SPLIT,
				  write) ?:
	       vipin_dma_transfer(dev, domain, addr + VIPIN_SELF_TEST_SPLIT,
				  data + VIPIN_SELF_TEST_SPLIT,
				  VIPIN_SELF_TEST_SIZE - VIPIN_SELF_TEST_SPLIT, write);
}

/*
 * Does the engine find @memory at @addr? First let it read new random numbers, which no
 * other memory has. Let it write only after that, so that it never writes to other memory.
 */
static bool vipin_self_test_finds(struct device *dev, struct iommu_domain *domain,
				  dma_addr_t addr, u8 *memory, u8 *data, u8 *random)
{
	get_random_bytes(random, VIPIN_SELF_TEST_SIZE);
	memcpy(memory, random, VIPIN_SELF_TEST_SIZE);
	if (vipin_self_test_transfer(dev, domain, addr, data, false) ||
	    memcmp(data, random, VIPIN_SELF_TEST_SIZE))
		return false;

	get_random_bytes(random, VIPIN_SELF_TEST_SIZE);
	return !vipin_self_test_transfer(dev, domain, addr, random, true) &&
	       !memcmp(memory, random, VIPIN_SELF_TEST_SIZE);
}

/**
 * vipin_dma_self_test() - check that the engine finds the memory of a device
 * @dev:	the device; its DMA masks are set
 * @domain:	the IOMMU domain of the device, or NULL
 *
 * Allocate memory for @dev with the DMA API. Write to it by CPU and read it by the engine,
 * and the other way round. That fails if the engine cannot translate the bus addresses:
 * with Xen PV, a GART, or an IOMMU driver without iova_to_phys(). Then the engine would
 * write to other memory, so the device must not be used. The reason is logged.
 *
 * Context: process context.
 * Return: 0, -ENOMEM, or -ENODEV if the engine does not find the memory.
 */
int vipin_dma_self_test(struct device *dev, struct iommu_domain *domain)
{
	u8 *data = kmalloc(2 * VIPIN_SELF_TEST_SIZE, GFP_KERNEL);
	dma_addr_t addr;
	u8 *memory;
	int err = 0;

	if (!data)
		return -ENOMEM;
	memory = dma_alloc_coherent(dev, VIPIN_SELF_TEST_SIZE, &addr,
				    GFP_KERNEL | __GFP_NOWARN);
	if (!memory) {
		dev_err(dev, "the DMA self-test found no free memory that the device can reach\n");
		err = -ENOMEM;
		goto free_data;
	}

	if (!vipin_self_test_finds(dev, domain, addr, memory, data,
				   data + VIPIN_SELF_TEST_SIZE)) {
		dev_err(dev,
			"not used: something translates its DMA in an unknown way; boot with iommu=pt, or use another device\n");
		err = -ENODEV;
	}
	dma_free_coherent(dev, VIPIN_SELF_TEST_SIZE, memory, addr);
free_data:
	kfree(data);
	return err;
}
