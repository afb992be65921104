// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-dma.c - the software DMA engine
 *
 * It is given what hardware is given, a bus address, and gets at the memory as
 * hardware does: through the device's IOMMU domain where there is one, else by
 * the direct mapping. So a buffer that was mapped wrongly shows as wrong bytes
 * in the wrong place or as a fault, as on hardware, and SWIOTLB's bounce
 * buffers are written (and copied back by the DMA API), as on hardware.
 */

#include <linux/dma-direct.h>
#include <linux/dma-mapping.h>
#include <linux/iommu.h>
#include <linux/mm.h>

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

/* The page of RAM behind a bus address, or NULL: nothing answers there. */
static struct page *vipin_dma_translate(struct device *dev,
					struct iommu_domain *domain,
					dma_addr_t addr, bool write)
{
	phys_addr_t phys;
	unsigned long pfn;
	struct page *page;

	if (vipin_dma_is_translated(domain))
		phys = iommu_iova_to_phys(domain, addr);
	else
		phys = dma_to_phys(dev, addr);

	/* iommu_iova_to_phys() says 0 for "not mapped". */
	pfn = PHYS_PFN(phys);
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
 * vipin_dma_transfer() - the engine: memory by bus address, page after page
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
		size_t n = min_t(size_t, len, PAGE_SIZE - offset_in_page(addr));
		struct page *page = vipin_dma_translate(dev, domain, addr, write);

		if (!page)
			return -EFAULT;
		if (n == PAGE_SIZE && PAGE_ALIGNED(data))
			vipin_dma_copy_page(page, data, write);
		else if (write)
			memcpy_to_page(page, offset_in_page(addr), data, n);
		else
			memcpy_from_page(data, page, offset_in_page(addr), n);

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
