// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-dma.c - the software DMA engine
 *
 * It is given what hardware is given, a bus address, and gets at the memory as
 * hardware does: through the device's IOMMU domain where there is one, else by
 * the direct mapping. So a buffer that was mapped wrongly shows as wrong bytes
 * in the wrong place or as a fault, as on hardware, and SWIOTLB's bounce
 * buffers are written (and copied back by the DMA API), as on hardware.
 *
 * The kernel does not say whether a device's DMA operations do anything else to an
 * address. So before the engine is used with a device, vipin_dma_self_test() shows
 * that it finds the device's memory.
 */

#include <linux/dma-direct.h>
#include <linux/dma-mapping.h>
#include <linux/iommu.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>

#include "vipin-compat.h"
#include "vipin.h"

/**
 * vipin_dma_is_translated() - whether bus addresses are other than physical ones
 * @domain:	the IOMMU domain in front of a device, or NULL
 *
 * A domain in passthrough translates nothing, and the DMA API does not ask it.
 * Before 13b6eb6e1c98 ("iommu: Streamline iommu_iova_to_phys()"), some IOMMU drivers
 * had no answer either.
 *
 * Return: whether the domain translates.
 */
bool vipin_dma_is_translated(const struct iommu_domain *domain)
{
	return domain && domain->type != IOMMU_DOMAIN_IDENTITY;
}

/* The physical address behind a bus address, or 0: nothing is mapped there. */
static phys_addr_t vipin_dma_translate(struct device *dev,
				       struct iommu_domain *domain, dma_addr_t addr)
{
	if (!vipin_dma_is_translated(domain))
		return dma_to_phys(dev, addr);
	return vipin_iommu_iova_to_phys(domain, addr);
}

/*
 * How many bytes from @addr on are one run of physical memory for sure: those up to
 * the end of the page, of the IOMMU or of the kernel, whichever is the smaller.
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

/* The page of RAM at a physical address, or NULL: nothing answers there. */
static struct page *vipin_dma_page(struct device *dev, dma_addr_t addr,
				   phys_addr_t phys, bool write)
{
	unsigned long pfn = PHYS_PFN(phys);
	struct page *page;

	if (!phys || !pfn_valid(pfn))
		return NULL;

	page = pfn_to_page(pfn);
	if (is_zero_pfn(pfn))
		return write ? NULL : page;

	/*
	 * Reserved pages are holes, firmware tables and the kernel's own image:
	 * no allocator hands these out, so no buffer can lie there. What is
	 * reserved as well, and answers, are a device's own memory (DAX) and
	 * SWIOTLB's bounce buffers: those are what needs a sync, where DMA is
	 * coherent.
	 */
	if (PageReserved(page) && !is_zone_device_page(page) &&
	    !dma_need_sync(dev, addr))
		return NULL;
	return page;
}

/* Whole pages have a way of their own to be copied, the quickest that a CPU knows. */
static void vipin_dma_copy_page(struct page *page, void *data, bool write)
{
	void *memory = kmap_local_page(page);

	if (write)
		copy_page(memory, data);
	else
		copy_page(data, memory);
	kunmap_local(memory);
	if (write)
		flush_dcache_page(page);
}

/**
 * vipin_dma_transfer() - the engine: memory by bus address, run after run
 * @dev:	the device that masters the bus
 * @domain:	the IOMMU domain in front of it, or NULL
 * @addr:	bus address
 * @data:	what to write, or where to put what is read
 * @len:	how many bytes
 * @write:	to the memory, not from it
 *
 * Context: process context; may be preempted.
 * Return: 0, or -EFAULT for a DMA fault: an address that nothing answers to.
 */
int vipin_dma_transfer(struct device *dev, struct iommu_domain *domain,
		       dma_addr_t addr, char *data, size_t len, bool write)
{
	while (len) {
		phys_addr_t phys = vipin_dma_translate(dev, domain, addr);
		size_t n = min(len, vipin_dma_run(domain, addr, phys));
		struct page *page = vipin_dma_page(dev, addr, phys, write);

		if (!page)
			return -EFAULT;
		if (n == PAGE_SIZE && PAGE_ALIGNED(data))
			vipin_dma_copy_page(page, data, write);
		else if (write)
			memcpy_to_page(page, offset_in_page(phys), data, n);
		else
			memcpy_from_page(data, page, offset_in_page(phys), n);

		addr += n;
		data += n;
		len -= n;
	}
	return 0;
}

/**
 * vipin_dma_write() - write to memory by bus address
 * @dev:	the device that masters the bus
 * @addr:	where to
 * @src:	what
 * @len:	how many bytes; the bus addresses [@addr, @addr + @len) must all be
 *		mapped for @dev
 *
 * Context: process context; may be preempted.
 * Return: 0, or -EFAULT for a DMA fault: an address that nothing answers to. What
 * lies before it has been written then, and nothing behind it.
 */
int vipin_dma_write(struct device *dev, dma_addr_t addr, const void *src,
		    size_t len)
{
	return vipin_dma_transfer(dev, iommu_get_domain_for_dev(dev), addr,
				  (char *)src, len, true);
}

/**
 * vipin_dma_read() - read from memory by bus address
 * @dev:	the device that masters the bus
 * @addr:	where from
 * @dst:	where to put it
 * @len:	how many bytes; the bus addresses [@addr, @addr + @len) must all be
 *		mapped for @dev
 *
 * Context: process context; may be preempted.
 * Return: 0, or -EFAULT for a DMA fault: an address that nothing answers to.
 */
int vipin_dma_read(struct device *dev, dma_addr_t addr, void *dst, size_t len)
{
	return vipin_dma_transfer(dev, iommu_get_domain_for_dev(dev), addr, dst,
				  len, false);
}

/* Two pages, so that there is a boundary, and the second transfer starts within one. */
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
 * Does the engine find @memory at @addr? It writes only after it has read what nothing
 * but @memory can hold: numbers that were random a moment ago.
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
 * @domain:	the IOMMU domain in front of it, or NULL
 *
 * Memory that the DMA API allocates for @dev is written by the CPU and read by the
 * engine, and the other way round. Both fail where a device's DMA operations make
 * bus addresses that the engine cannot follow: Xen PV, a GART, an IOMMU driver that
 * does not say what an address is. A wrong guess there would be writing to memory of
 * somebody else, so a device that fails must not be used. The reason is logged.
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
		dev_err(dev, "no memory that the device reaches, to test DMA with\n");
		err = -ENOMEM;
		goto free_data;
	}

	if (!vipin_self_test_finds(dev, domain, addr, memory, data,
				   data + VIPIN_SELF_TEST_SIZE)) {
		dev_err(dev,
			"not used: something translates its DMA in a way that vipin cannot follow; boot with iommu=pt, or give vipin another device\n");
		err = -ENODEV;
	}
	dma_free_coherent(dev, VIPIN_SELF_TEST_SIZE, memory, addr);
free_data:
	kfree(data);
	return err;
}
