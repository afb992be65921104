// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-elsewhere.c - give the device vipin.0 its own DMA operations, as Xen PV and a GART
 * do, with bus addresses that are not physical addresses
 *
 * When the driver allocates memory, the bus address that it gets is the physical address of
 * another page. A driver that uses the bus address as a physical address writes to that
 * page. The parameter "touched" shows whether that has happened. The parameter "held" is the
 * number of allocations that the driver has not freed. With the parameter "full" set, no
 * memory is free.
 */

#include <linux/dma-map-ops.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/platform_device.h>
#include <linux/string.h>

#define ELSEWHERE_ORDER	1
#define ELSEWHERE_SIZE	(PAGE_SIZE << ELSEWHERE_ORDER)
#define ELSEWHERE_FILL	0xaa

static struct device *elsewhere_dev;
static void *elsewhere_other;

static bool elsewhere_full;
module_param_named(full, elsewhere_full, bool, 0644);
MODULE_PARM_DESC(full, "let each allocation fail");

static int elsewhere_held;
module_param_named(held, elsewhere_held, int, 0444);
MODULE_PARM_DESC(held, "number of allocations that are not freed");

static int elsewhere_touched_get(char *buffer, const struct kernel_param *kp)
{
	return sprintf(buffer, "%d\n", elsewhere_other &&
		       memchr_inv(elsewhere_other, ELSEWHERE_FILL, ELSEWHERE_SIZE));
}

static const struct kernel_param_ops elsewhere_touched_ops = {
	.get = elsewhere_touched_get,
};
module_param_cb(touched, &elsewhere_touched_ops, NULL, 0444);
MODULE_PARM_DESC(touched, "whether the other page was written");

static void *elsewhere_alloc(struct device *dev, size_t size, dma_addr_t *addr,
			     gfp_t gfp, unsigned long attrs)
{
	void *memory;

	if (elsewhere_full || size > ELSEWHERE_SIZE)
		return NULL;
	memory = (void *)__get_free_pages(gfp, ELSEWHERE_ORDER);
	if (memory)
		elsewhere_held++;
	*addr = virt_to_phys(elsewhere_other);
	return memory;
}

static void elsewhere_free(struct device *dev, size_t size, void *memory,
			   dma_addr_t addr, unsigned long attrs)
{
	free_pages((unsigned long)memory, ELSEWHERE_ORDER);
	elsewhere_held--;
}

static const struct dma_map_ops elsewhere_ops = {
	.alloc = elsewhere_alloc,
	.free = elsewhere_free,
};

static int __init elsewhere_init(void)
{
	elsewhere_dev = bus_find_device_by_name(&platform_bus_type, NULL, "vipin.0");
	if (!elsewhere_dev)
		return -ENODEV;
	elsewhere_other = (void *)__get_free_pages(GFP_KERNEL, ELSEWHERE_ORDER);
	if (!elsewhere_other) {
		put_device(elsewhere_dev);
		return -ENOMEM;
	}
	memset(elsewhere_other, ELSEWHERE_FILL, ELSEWHERE_SIZE);
	set_dma_ops(elsewhere_dev, &elsewhere_ops);
	return 0;
}

static void __exit elsewhere_exit(void)
{
	set_dma_ops(elsewhere_dev, NULL);
	put_device(elsewhere_dev);
	free_pages((unsigned long)elsewhere_other, ELSEWHERE_ORDER);
}

module_init(elsewhere_init);
module_exit(elsewhere_exit);

MODULE_DESCRIPTION("DMA operations whose bus addresses are not physical addresses");
MODULE_LICENSE("GPL");
