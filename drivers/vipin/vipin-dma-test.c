// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-dma-test.c - KUnit: the software DMA engine
 *
 * The tests have a device of their own. They use the engine with the direct mapping, with
 * bus addresses that differ from physical addresses, with SWIOTLB's bounce buffers, and
 * with an IOMMU domain.
 */

#include <kunit/test.h>
#include <linux/dma-direct.h>
#include <linux/dma-mapping.h>
#include <linux/iommu.h>
#include <linux/mm.h>
#include <linux/platform_device.h>
#include <linux/sizes.h>

#include "vipin-compat.h"
#include "vipin-test.h"
#include "vipin.h"

#define VIPIN_DMA_ORDER	1	/* two pages, so that there is a page boundary */
#define VIPIN_DMA_SIZE		(PAGE_SIZE << VIPIN_DMA_ORDER)
#define VIPIN_DMA_OLD		0xaa
#define VIPIN_DMA_NEW		0x55

/**
 * struct vipin_dma_test - fixture of the tests
 * @pdev:	the device; no driver is bound to it
 * @dev:	&@pdev->dev
 * @pages:	two contiguous pages, filled with VIPIN_DMA_OLD
 * @phys:	physical address of @pages
 * @data:	a buffer of the same size that is not mapped for the device
 * @regions:	the DMA ranges of the device, if bus addresses are not physical addresses
 * @domain:	an IOMMU domain that translates with vipin_iova_to_phys()
 * @ops:	operations of @domain
 */
struct vipin_dma_test {
	struct platform_device *pdev;
	struct device *dev;
	u8 *pages;
	phys_addr_t phys;
	u8 *data;
	struct bus_dma_region regions[4];
	struct iommu_domain domain;
	struct iommu_domain_ops ops;
};

static int vipin_dma_test_init(struct kunit *test)
{
	struct vipin_dma_test *t;

	t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);
	if (!t)
		return -ENOMEM;
	test->priv = t;
	t->data = kunit_kzalloc(test, VIPIN_DMA_SIZE, GFP_KERNEL);
	t->pages = (u8 *)__get_free_pages(GFP_KERNEL, VIPIN_DMA_ORDER);
	if (!t->data || !t->pages)
		return -ENOMEM;
	memset(t->pages, VIPIN_DMA_OLD, VIPIN_DMA_SIZE);
	t->phys = virt_to_phys(t->pages);

	t->pdev = platform_device_register_simple("vipin-dma-test",
						  PLATFORM_DEVID_AUTO, NULL, 0);
	if (IS_ERR(t->pdev))
		return PTR_ERR(t->pdev);
	t->dev = &t->pdev->dev;
	return dma_set_mask_and_coherent(t->dev, DMA_BIT_MASK(64));
}

static void vipin_dma_test_exit(struct kunit *test)
{
	struct vipin_dma_test *t = test->priv;

	if (!t)
		return;
	if (!IS_ERR_OR_NULL(t->pdev)) {
		/* Do not let the device free @regions. */
		t->dev->dma_range_map = NULL;
		platform_device_unregister(t->pdev);
	}
	if (t->pages)
		free_pages((unsigned long)t->pages, VIPIN_DMA_ORDER);
}

/* Expect that bytes [@start, @end) of the pages are new, and all others are old. */
static void vipin_expect_new(struct kunit *test, size_t start, size_t end)
{
	struct vipin_dma_test *t = test->priv;
	size_t i;
	u8 is;

	for (i = 0; i < VIPIN_DMA_SIZE; i++) {
		is = i >= start && i < end ? VIPIN_DMA_NEW : VIPIN_DMA_OLD;
		if (t->pages[i] == is)
			continue;
		KUNIT_EXPECT_EQ_MSG(test, t->pages[i], is, "byte %zu", i);
		return;
	}
}

static dma_addr_t vipin_map(struct kunit *test)
{
	struct vipin_dma_test *t = test->priv;
	dma_addr_t addr;

	addr = dma_map_single(t->dev, t->pages, VIPIN_DMA_SIZE, DMA_BIDIRECTIONAL);
	KUNIT_ASSERT_EQ(test, dma_mapping_error(t->dev, addr), 0);
	return addr;
}

static void vipin_unmap(struct kunit *test, dma_addr_t addr)
{
	struct vipin_dma_test *t = test->priv;

	dma_unmap_single(t->dev, addr, VIPIN_DMA_SIZE, DMA_BIDIRECTIONAL);
}

static const struct vipin_span_row {
	const char *name;
	size_t start;
	size_t len;
} vipin_span_rows[] = {
	{ "nothing", 100, 0 },
	{ "one byte", 100, 1 },
	{ "a page", 0, PAGE_SIZE },
	{ "up to the end of a page", PAGE_SIZE - 10, 10 },
	{ "one byte beyond the end of a page", PAGE_SIZE - 10, 11 },
	{ "across the end of a page", PAGE_SIZE - 123, 456 },
	{ "all", 0, 2 * PAGE_SIZE },
};

static void vipin_write_row(struct kunit *test, const struct vipin_span_row *row)
{
	struct vipin_dma_test *t = test->priv;
	dma_addr_t addr = vipin_map(test);
	int err;

	memset(t->pages, VIPIN_DMA_OLD, VIPIN_DMA_SIZE);
	dma_sync_single_for_device(t->dev, addr, VIPIN_DMA_SIZE, DMA_BIDIRECTIONAL);
	memset(t->data, VIPIN_DMA_NEW, row->len);
	err = vipin_dma_write(t->dev, addr + row->start, t->data, row->len);
	vipin_unmap(test, addr);
	KUNIT_EXPECT_EQ(test, err, 0);
	vipin_expect_new(test, row->start, row->start + row->len);
}

VIPIN_PARAM_TEST(vipin_write, vipin_span_row);

static void vipin_read_row(struct kunit *test, const struct vipin_span_row *row)
{
	struct vipin_dma_test *t = test->priv;
	dma_addr_t addr;
	size_t i;
	int err;

	for (i = 0; i < VIPIN_DMA_SIZE; i++)
		t->pages[i] = i % 251;
	memset(t->data, 0xff, VIPIN_DMA_SIZE);

	addr = vipin_map(test);
	err = vipin_dma_read(t->dev, addr + row->start, t->data, row->len);
	vipin_unmap(test, addr);

	KUNIT_EXPECT_EQ(test, err, 0);
	KUNIT_EXPECT_EQ(test, memcmp(t->data, t->pages + row->start, row->len), 0);
	if (row->len < VIPIN_DMA_SIZE)
		KUNIT_EXPECT_EQ(test, t->data[row->len], (u8)0xff);
}

VIPIN_PARAM_TEST(vipin_read, vipin_span_row);

static void vipin_nothing_answers(struct kunit *test)
{
	struct vipin_dma_test *t = test->priv;

	KUNIT_EXPECT_EQ(test, vipin_dma_write(t->dev, DMA_MAPPING_ERROR, t->data, 1),
			-EFAULT);
	KUNIT_EXPECT_EQ(test, vipin_dma_read(t->dev, DMA_MAPPING_ERROR, t->data, 1),
			-EFAULT);
}

static void vipin_kernel_image_is_out_of_reach(struct kunit *test)
{
	struct vipin_dma_test *t = test->priv;
	dma_addr_t addr = phys_to_dma(t->dev, __pa_symbol(&platform_bus_type));

	if (dma_need_sync(t->dev, addr))
		kunit_skip(test, "DMA is not coherent here");
	KUNIT_EXPECT_EQ(test, vipin_dma_read(t->dev, addr, t->data, 1), -EFAULT);
}

/* The zero page is reserved, but anonymous memory that was only read is mapped to it. */
static void vipin_zero_page_can_be_read_only(struct kunit *test)
{
	struct vipin_dma_test *t = test->priv;
	dma_addr_t addr = phys_to_dma(t->dev, page_to_phys(ZERO_PAGE(0)));

	t->data[0] = 0xff;
	KUNIT_EXPECT_EQ(test, vipin_dma_read(t->dev, addr, t->data, 1), 0);
	KUNIT_EXPECT_EQ(test, t->data[0], (u8)0);
	KUNIT_EXPECT_EQ(test, vipin_dma_write(t->dev, addr, t->data, 1), -EFAULT);
}

/* A page that the device may not access ends a run of contiguous pages. */
static void vipin_reserved_page_is_out_of_reach(struct kunit *test)
{
	struct vipin_dma_test *t = test->priv;
	dma_addr_t addr = phys_to_dma(t->dev, t->phys);
	struct page *second = virt_to_page(t->pages + PAGE_SIZE);
	int err;

	if (dma_need_sync(t->dev, addr))
		kunit_skip(test, "DMA is not coherent here");
	memset(t->data, VIPIN_DMA_NEW, VIPIN_DMA_SIZE);
	SetPageReserved(second);
	err = vipin_dma_write(t->dev, addr, t->data, VIPIN_DMA_SIZE);
	ClearPageReserved(second);
	KUNIT_EXPECT_EQ(test, err, -EFAULT);
	vipin_expect_new(test, 0, PAGE_SIZE);
}

/*
 * Set the DMA ranges of the device so that the two pages are at @bus, or unreachable if
 * @bus is DMA_MAPPING_ERROR. All other memory stays at its physical address. So the test
 * does not depend on where the memory of the machine is.
 */
static void vipin_move_pages(struct kunit *test, dma_addr_t bus)
{
	struct vipin_dma_test *t = test->priv;
	struct bus_dma_region *region = t->regions;
	phys_addr_t end = t->phys + VIPIN_DMA_SIZE;

	if (IS_ENABLED(CONFIG_ARCH_HAS_PHYS_TO_DMA))
		kunit_skip(test, "this architecture has bus addresses of its own");

	*region++ = vipin_bus_dma_region(0, 0, t->phys);
	*region++ = vipin_bus_dma_region(end, end, (u64)SZ_2G << 10);
	*region = vipin_bus_dma_region(t->phys, bus,
				       bus == DMA_MAPPING_ERROR ? 0 : VIPIN_DMA_SIZE);
	t->dev->dma_range_map = t->regions;
}

/* Far above the memory of any machine that runs this test, and within 64 bits. */
#define VIPIN_FAR	((dma_addr_t)SZ_2G << 16)

static void vipin_bus_address_is_not_physical(struct kunit *test)
{
	struct vipin_dma_test *t = test->priv;

	vipin_move_pages(test, VIPIN_FAR);
	memset(t->data, VIPIN_DMA_NEW, 100);
	KUNIT_EXPECT_EQ(test, vipin_dma_write(t->dev, VIPIN_FAR + PAGE_SIZE - 50,
					      t->data, 100), 0);
	vipin_expect_new(test, PAGE_SIZE - 50, PAGE_SIZE + 50);
	KUNIT_EXPECT_EQ(test, vipin_dma_read(t->dev, VIPIN_FAR, t->data, 1), 0);
	KUNIT_EXPECT_EQ(test, t->data[0], (u8)VIPIN_DMA_OLD);

	/* On this bus there is nothing at their physical address. */
	KUNIT_EXPECT_EQ(test, vipin_dma_read(t->dev, t->phys, t->data, 1), -EFAULT);

	/* Two whole pages, of which only the first one is there. */
	t->regions[2].size = PAGE_SIZE;
	KUNIT_EXPECT_EQ(test, vipin_dma_read(t->dev, VIPIN_FAR, t->data, VIPIN_DMA_SIZE), -EFAULT);
}

static const struct vipin_bounce_row {
	const char *name;
	dma_addr_t bus;
	unsigned int mask_bits;
} vipin_bounce_rows[] = {
	{ "above a mask of 32 bits", VIPIN_FAR, 32 },
	{ "nowhere on the bus", DMA_MAPPING_ERROR, 64 },
};

/* Is there SWIOTLB? Then it limits the mappings of a device that reaches no memory. */
static bool vipin_has_swiotlb(struct device *dev)
{
	size_t max;

	dev->bus_dma_limit = 1;
	max = dma_max_mapping_size(dev);
	dev->bus_dma_limit = 0;
	return max != SIZE_MAX;
}

/*
 * The engine writes to the bounce buffer, and the pages change only when the DMA API
 * copies the bounce buffer. Reading is the same in the other direction.
 */
static void vipin_bounce_row(struct kunit *test, const struct vipin_bounce_row *row)
{
	struct vipin_dma_test *t = test->priv;
	dma_addr_t addr;

	if (!vipin_has_swiotlb(t->dev))
		kunit_skip(test, "no SWIOTLB: boot with swiotlb=force, or with more than 4 GiB");
	vipin_move_pages(test, row->bus);
	KUNIT_ASSERT_EQ(test, dma_set_mask_and_coherent(t->dev,
							DMA_BIT_MASK(row->mask_bits)), 0);
	memset(t->pages, VIPIN_DMA_OLD, VIPIN_DMA_SIZE);

	addr = vipin_map(test);
	KUNIT_EXPECT_NE(test, addr, row->bus);
	KUNIT_EXPECT_NE(test, addr, (dma_addr_t)t->phys);
	KUNIT_EXPECT_LE(test, addr, (dma_addr_t)DMA_BIT_MASK(row->mask_bits));

	memset(t->data, VIPIN_DMA_NEW, 100);
	KUNIT_EXPECT_EQ(test, vipin_dma_write(t->dev, addr + PAGE_SIZE - 50, t->data,
					      100), 0);
	vipin_expect_new(test, 0, 0);
	dma_sync_single_for_cpu(t->dev, addr, VIPIN_DMA_SIZE, DMA_BIDIRECTIONAL);
	vipin_expect_new(test, PAGE_SIZE - 50, PAGE_SIZE + 50);

	t->pages[0] = 0x11;
	KUNIT_EXPECT_EQ(test, vipin_dma_read(t->dev, addr, t->data, 1), 0);
	KUNIT_EXPECT_EQ(test, t->data[0], (u8)VIPIN_DMA_OLD);
	dma_sync_single_for_device(t->dev, addr, VIPIN_DMA_SIZE, DMA_BIDIRECTIONAL);
	KUNIT_EXPECT_EQ(test, vipin_dma_read(t->dev, addr, t->data, 1), 0);
	KUNIT_EXPECT_EQ(test, t->data[0], (u8)0x11);

	vipin_unmap(test, addr);
	t->dev->dma_range_map = NULL;
}

VIPIN_PARAM_TEST(vipin_bounce, vipin_bounce_row);

/*
 * The domain maps the second page at VIPIN_IOVA, then the first page, then nothing for one
 * page, and repeats that.
 */
#define VIPIN_IOVA	((dma_addr_t)SZ_2G)

static phys_addr_t vipin_iova_to_phys(struct iommu_domain *domain, dma_addr_t iova)
{
	struct vipin_dma_test *t = container_of(domain, struct vipin_dma_test, domain);

	if (iova < VIPIN_IOVA)
		return 0;
	switch (((iova - VIPIN_IOVA) >> PAGE_SHIFT) % 3) {
	case 0:
		return t->phys + PAGE_SIZE + offset_in_page(iova);
	case 1:
		return t->phys + offset_in_page(iova);
	default:
		return 0;
	}
}

static struct iommu_domain *vipin_domain(struct kunit *test, unsigned int type)
{
	struct vipin_dma_test *t = test->priv;

	if (!IS_ENABLED(CONFIG_IOMMU_API))
		kunit_skip(test, "this kernel has no IOMMUs: CONFIG_IOMMU_API");
	t->ops.iova_to_phys = vipin_iova_to_phys;
	t->domain.ops = &t->ops;
	t->domain.type = type;
	return &t->domain;
}

static int vipin_transfer(struct kunit *test, struct iommu_domain *domain,
			  dma_addr_t addr, size_t len, bool write)
{
	struct vipin_dma_test *t = test->priv;

	return vipin_dma_transfer(t->dev, domain, addr, t->data, len, write);
}

static void vipin_domain_scatters_pages(struct kunit *test)
{
	struct iommu_domain *domain = vipin_domain(test, IOMMU_DOMAIN_DMA);
	struct vipin_dma_test *t = test->priv;

	memset(t->data, VIPIN_DMA_NEW, 30);
	KUNIT_EXPECT_EQ(test, vipin_transfer(test, domain, VIPIN_IOVA + PAGE_SIZE - 10,
					     30, true), 0);
	/* The last 10 bytes of the second page, and the first 20 of the first. */
	KUNIT_EXPECT_EQ(test, memcmp(t->pages + VIPIN_DMA_SIZE - 10, t->data, 10), 0);
	memset(t->pages + VIPIN_DMA_SIZE - 10, VIPIN_DMA_OLD, 10);
	vipin_expect_new(test, 0, 20);
}

static void vipin_domain_gathers_pages(struct kunit *test)
{
	struct iommu_domain *domain = vipin_domain(test, IOMMU_DOMAIN_DMA);
	struct vipin_dma_test *t = test->priv;

	memset(t->pages, 1, PAGE_SIZE);
	memset(t->pages + PAGE_SIZE, 2, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, vipin_transfer(test, domain, VIPIN_IOVA, VIPIN_DMA_SIZE,
					     false), 0);
	KUNIT_EXPECT_EQ(test, t->data[0], (u8)2);
	KUNIT_EXPECT_EQ(test, t->data[PAGE_SIZE - 1], (u8)2);
	KUNIT_EXPECT_EQ(test, t->data[PAGE_SIZE], (u8)1);
	KUNIT_EXPECT_EQ(test, t->data[VIPIN_DMA_SIZE - 1], (u8)1);
}

/* A transfer writes all bytes before the fault, and none after it. */
static void vipin_domain_ends_in_a_fault(struct kunit *test)
{
	struct iommu_domain *domain = vipin_domain(test, IOMMU_DOMAIN_DMA);
	struct vipin_dma_test *t = test->priv;

	memset(t->data, VIPIN_DMA_NEW, VIPIN_DMA_SIZE);
	KUNIT_EXPECT_EQ(test, vipin_transfer(test, domain,
					     VIPIN_IOVA + 2 * PAGE_SIZE - 10,
					     PAGE_SIZE + 20, true), -EFAULT);
	vipin_expect_new(test, PAGE_SIZE - 10, PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, vipin_transfer(test, domain, VIPIN_IOVA - 1, 1, true),
			-EFAULT);
}

/* A device may access a page that its domain maps, even a reserved one. */
static void vipin_domain_maps_reserved_page(struct kunit *test)
{
	struct iommu_domain *domain = vipin_domain(test, IOMMU_DOMAIN_DMA);
	struct vipin_dma_test *t = test->priv;
	struct page *second = virt_to_page(t->pages + PAGE_SIZE);
	int err;

	memset(t->data, VIPIN_DMA_NEW, VIPIN_DMA_SIZE);
	SetPageReserved(second);
	err = vipin_transfer(test, domain, VIPIN_IOVA, VIPIN_DMA_SIZE, true);
	ClearPageReserved(second);
	KUNIT_EXPECT_EQ(test, err, 0);
	vipin_expect_new(test, 0, VIPIN_DMA_SIZE);
}

/* With a passthrough domain, the bus address is the physical address. */
static void vipin_domain_in_passthrough(struct kunit *test)
{
	struct vipin_dma_test *t = test->priv;
	dma_addr_t addr = phys_to_dma(t->dev, t->phys);
	struct iommu_domain *domain;

	memset(t->data, VIPIN_DMA_NEW, 100);
	domain = vipin_domain(test, IOMMU_DOMAIN_IDENTITY);
	KUNIT_EXPECT_EQ(test, vipin_transfer(test, domain, addr + PAGE_SIZE - 50, 100,
					     true), 0);
	vipin_expect_new(test, PAGE_SIZE - 50, PAGE_SIZE + 50);

	/* A passthrough domain does not change a bus whose addresses are not physical. */
	vipin_move_pages(test, VIPIN_FAR);
	KUNIT_EXPECT_EQ(test, vipin_transfer(test, domain, VIPIN_FAR, 1, false), 0);
	KUNIT_EXPECT_EQ(test, t->data[0], (u8)VIPIN_DMA_OLD);
}

/*
 * An IOMMU with smaller pages than the kernel's. They are mapped in reverse order, so that
 * no two of them are contiguous.
 */
#define VIPIN_SMALL_PAGE	SZ_512
#define VIPIN_SMALL_PAGES	(VIPIN_DMA_SIZE / VIPIN_SMALL_PAGE)

static size_t vipin_small_page(size_t offset)
{
	size_t nr = VIPIN_SMALL_PAGES - 1 - offset / VIPIN_SMALL_PAGE;

	return nr * VIPIN_SMALL_PAGE + offset % VIPIN_SMALL_PAGE;
}

static phys_addr_t vipin_small_iova_to_phys(struct iommu_domain *domain, dma_addr_t iova)
{
	struct vipin_dma_test *t = container_of(domain, struct vipin_dma_test, domain);

	return t->phys + vipin_small_page(iova - VIPIN_IOVA);
}

static const struct vipin_small_row {
	const char *name;
	size_t start;
	size_t len;
} vipin_small_rows[] = {
	{ "a page of the IOMMU", 0, VIPIN_SMALL_PAGE },
	{ "across the end of a page of the IOMMU", VIPIN_SMALL_PAGE - 10, 20 },
	{ "a page of the kernel", 0, PAGE_SIZE },
	{ "across the end of a page of the kernel", PAGE_SIZE - 700, 1400 },
	{ "all", 0, VIPIN_DMA_SIZE },
};

static void vipin_small_row(struct kunit *test, const struct vipin_small_row *row)
{
	struct iommu_domain *domain = vipin_domain(test, IOMMU_DOMAIN_DMA);
	struct vipin_dma_test *t = test->priv;
	size_t i, bad = 0;
	u8 is;

	t->ops.iova_to_phys = vipin_small_iova_to_phys;
	domain->pgsize_bitmap = VIPIN_SMALL_PAGE | SZ_2M;
	memset(t->pages, VIPIN_DMA_OLD, VIPIN_DMA_SIZE);
	for (i = 0; i < row->len; i++)
		t->data[i] = i % 151;
	KUNIT_EXPECT_EQ(test, vipin_transfer(test, domain, VIPIN_IOVA + row->start,
					     row->len, true), 0);
	for (i = 0; i < VIPIN_DMA_SIZE; i++) {
		is = i >= row->start && i < row->start + row->len ?
		     (i - row->start) % 151 : VIPIN_DMA_OLD;
		bad += t->pages[vipin_small_page(i)] != is;
	}
	KUNIT_EXPECT_EQ(test, bad, (size_t)0);

	memset(t->data, 0xff, row->len);
	KUNIT_EXPECT_EQ(test, vipin_transfer(test, domain, VIPIN_IOVA + row->start,
					     row->len, false), 0);
	for (i = 0, bad = 0; i < row->len; i++)
		bad += t->data[i] != i % 151;
	KUNIT_EXPECT_EQ(test, bad, (size_t)0);
}

VIPIN_PARAM_TEST(vipin_small, vipin_small_row);

static void vipin_domain_has_no_answer(struct kunit *test)
{
	struct iommu_domain *domain = vipin_domain(test, IOMMU_DOMAIN_DMA);
	struct vipin_dma_test *t = test->priv;

	t->ops.iova_to_phys = NULL;
	KUNIT_EXPECT_EQ(test, vipin_transfer(test, domain, VIPIN_IOVA, 1, true), -EFAULT);
}

static struct kunit_case vipin_dma_cases[] = {
	VIPIN_PARAM_CASE(vipin_write),
	VIPIN_PARAM_CASE(vipin_read),
	KUNIT_CASE(vipin_nothing_answers),
	KUNIT_CASE(vipin_kernel_image_is_out_of_reach),
	KUNIT_CASE(vipin_zero_page_can_be_read_only),
	KUNIT_CASE(vipin_reserved_page_is_out_of_reach),
	KUNIT_CASE(vipin_bus_address_is_not_physical),
	VIPIN_PARAM_CASE(vipin_bounce),
	KUNIT_CASE(vipin_domain_scatters_pages),
	KUNIT_CASE(vipin_domain_gathers_pages),
	KUNIT_CASE(vipin_domain_ends_in_a_fault),
	KUNIT_CASE(vipin_domain_maps_reserved_page),
	KUNIT_CASE(vipin_domain_in_passthrough),
	VIPIN_PARAM_CASE(vipin_small),
	KUNIT_CASE(vipin_domain_has_no_answer),
	{}
};

struct kunit_suite vipin_dma_suite = {
	.name = "vipin_dma",
	.init = vipin_dma_test_init,
	.exit = vipin_dma_test_exit,
	.test_cases = vipin_dma_cases,
};
