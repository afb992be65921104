// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-dma-bind-test.c - KUnit: the self-test refuses a device whose memory the DMA
 * engine does not find, and never writes to other memory
 */

#include <kunit/test.h>
#include <linux/dma-direct.h>
#include <linux/dma-mapping.h>
#include <linux/iommu.h>
#include <linux/mm.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#include "vipin-compat.h"
#include "vipin-test.h"
#include "vipin.h"

#define VIPIN_OTHER_ORDER	1
#define VIPIN_OTHER_SIZE	(PAGE_SIZE << VIPIN_OTHER_ORDER)
#define VIPIN_OTHER_FILL	0xaa

/**
 * struct vipin_bind_test - fixture of the tests
 * @pdev:	a device; no driver is bound to it
 * @dev:	&@pdev->dev
 * @other:	memory of another owner, filled with VIPIN_OTHER_FILL
 * @phys:	physical address of @other
 * @domain:	an IOMMU domain that translates
 * @ops:	operations of @domain
 * @spare:	memory that the engine may write to
 * @answers:	number of addresses that @ops has translated
 */
struct vipin_bind_test {
	struct platform_device *pdev;
	struct device *dev;
	u8 *other;
	phys_addr_t phys;
	struct iommu_domain domain;
	struct iommu_domain_ops ops;
	u8 *spare;
	unsigned int answers;
};

static int vipin_bind_test_init(struct kunit *test)
{
	struct vipin_bind_test *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	if (!t)
		return -ENOMEM;
	test->priv = t;
	t->domain.ops = &t->ops;
	t->domain.type = IOMMU_DOMAIN_DMA;
	t->other = (u8 *)__get_free_pages(GFP_KERNEL, VIPIN_OTHER_ORDER);
	t->spare = (u8 *)__get_free_pages(GFP_KERNEL, VIPIN_OTHER_ORDER);
	if (!t->other || !t->spare)
		return -ENOMEM;
	memset(t->other, VIPIN_OTHER_FILL, VIPIN_OTHER_SIZE);
	t->phys = virt_to_phys(t->other);

	t->pdev = platform_device_register_simple("vipin-dma-bind-test",
						  PLATFORM_DEVID_AUTO, NULL, 0);
	if (IS_ERR(t->pdev))
		return PTR_ERR(t->pdev);
	t->dev = &t->pdev->dev;
	return dma_set_mask_and_coherent(t->dev, DMA_BIT_MASK(64));
}

static void vipin_bind_test_exit(struct kunit *test)
{
	struct vipin_bind_test *t = test->priv;

	if (!t)
		return;
	if (!IS_ERR_OR_NULL(t->pdev))
		platform_device_unregister(t->pdev);
	free_pages((unsigned long)t->other, VIPIN_OTHER_ORDER);
	free_pages((unsigned long)t->spare, VIPIN_OTHER_ORDER);
}

static void vipin_expect_untouched(struct kunit *test)
{
	struct vipin_bind_test *t = test->priv;

	KUNIT_EXPECT_FALSE(test, memchr_inv(t->other, VIPIN_OTHER_FILL,
					    VIPIN_OTHER_SIZE));
}

/* The right answer of an IOMMU driver: here bus addresses are physical addresses. */
static phys_addr_t vipin_says_truth(struct iommu_domain *domain, dma_addr_t iova)
{
	struct vipin_bind_test *t = container_of(domain, struct vipin_bind_test, domain);

	return dma_to_phys(t->dev, iova);
}

static phys_addr_t vipin_says_nothing(struct iommu_domain *domain, dma_addr_t iova)
{
	return 0;
}

static phys_addr_t vipin_says_page_only(struct iommu_domain *domain, dma_addr_t iova)
{
	return vipin_says_truth(domain, iova) & PAGE_MASK;
}

static phys_addr_t vipin_says_other_memory(struct iommu_domain *domain, dma_addr_t iova)
{
	struct vipin_bind_test *t = container_of(domain, struct vipin_bind_test, domain);

	return t->phys + iova % VIPIN_OTHER_SIZE;
}

/* The answer is right for every second page. */
static phys_addr_t vipin_says_half(struct iommu_domain *domain, dma_addr_t iova)
{
	return (iova >> PAGE_SHIFT) % 2 ? vipin_says_other_memory(domain, iova) :
					  vipin_says_truth(domain, iova);
}

/*
 * The answer is right until the engine has read all memory. It asks once for each part that it
 * copies: 1000 bytes, the rest of the first page, and the second page.
 */
static phys_addr_t vipin_says_truth_once(struct iommu_domain *domain, dma_addr_t iova)
{
	struct vipin_bind_test *t = container_of(domain, struct vipin_bind_test, domain);

	return t->answers++ < 3 ? vipin_says_truth(domain, iova) :
				  virt_to_phys(t->spare) + iova % VIPIN_OTHER_SIZE;
}

static const struct vipin_self_test_row {
	const char *name;
	phys_addr_t (*iova_to_phys)(struct iommu_domain *domain, dma_addr_t iova);
	int err;
} vipin_self_test_rows[] = {
	{ "the truth", vipin_says_truth, 0 },
	{ "that it cannot say", NULL, -ENODEV },
	{ "nothing", vipin_says_nothing, -ENODEV },
	{ "the page, without the offset", vipin_says_page_only, -ENODEV },
	{ "other memory", vipin_says_other_memory, -ENODEV },
	{ "other memory for one page", vipin_says_half, -ENODEV },
	{ "other memory for writes", vipin_says_truth_once, -ENODEV },
};

/*
 * Free memory that is like @other. The self-test gets it, and must not take what is in it for
 * its random numbers.
 */
static void vipin_free_memory_like_other(void)
{
	const size_t size = 2 * VIPIN_OTHER_SIZE;
	void *memory[4];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(memory); i++) {
		memory[i] = kmalloc(size, GFP_KERNEL);
		if (memory[i])
			memset(memory[i], VIPIN_OTHER_FILL, size);
	}
	for (i = 0; i < ARRAY_SIZE(memory); i++)
		kfree(memory[i]);
}

/* The self-test must not write to other memory, even if the IOMMU driver is wrong. */
static void vipin_self_test_row(struct kunit *test, const struct vipin_self_test_row *row)
{
	struct vipin_bind_test *t = test->priv;

	if (!IS_ENABLED(CONFIG_IOMMU_API))
		kunit_skip(test, "this kernel has no IOMMUs: CONFIG_IOMMU_API");
	t->ops.iova_to_phys = row->iova_to_phys;
	t->answers = 0;
	vipin_free_memory_like_other();
	KUNIT_EXPECT_EQ(test, vipin_dma_self_test(t->dev, &t->domain), row->err);
	vipin_expect_untouched(test);
}

VIPIN_PARAM_TEST(vipin_self_test, vipin_self_test_row);

static struct kunit_case vipin_dma_bind_cases[] = {
	VIPIN_PARAM_CASE(vipin_self_test),
	{}
};

struct kunit_suite vipin_dma_bind_suite = {
	.name = "vipin_dma_bind",
	.init = vipin_bind_test_init,
	.exit = vipin_bind_test_exit,
	.test_cases = vipin_dma_bind_cases,
};
