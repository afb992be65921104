// SPDX-License-Identifier: GPL-2.0-only
/*
 * copy-cost.c - measure how long it takes to copy memory: the lower limit for the time of
 * a frame
 *
 * As in vipin, the source is vmalloc() memory, and the destination is in the direct
 * mapping. The module measures while it is loaded. Then its parameters show how long each
 * copy took.
 */

#include <linux/gfp.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#define COPY_COST_ROUNDS	5
#define COPY_COST_ORDER		9
#define COPY_COST_SIZE		(PAGE_SIZE << COPY_COST_ORDER)

static unsigned long memcpy_ns[COPY_COST_ROUNDS];
module_param_array(memcpy_ns, ulong, NULL, 0444);
MODULE_PARM_DESC(memcpy_ns, "time of a memcpy() of 2 MiB, in nanoseconds");

static unsigned long copy_page_ns[COPY_COST_ROUNDS];
module_param_array(copy_page_ns, ulong, NULL, 0444);
MODULE_PARM_DESC(copy_page_ns, "time of a copy_page() of each page of 2 MiB, in nanoseconds");

static void copy_cost_memcpy(void *to, void *from)
{
	memcpy(to, from, COPY_COST_SIZE);
}

static void copy_cost_pages(void *to, void *from)
{
	size_t i;

	for (i = 0; i < COPY_COST_SIZE; i += PAGE_SIZE)
		copy_page(to + i, from + i);
}

/* Return the nanoseconds of one copy, without preemption. */
static u64 copy_cost(void (*copy)(void *to, void *from), void *to, void *from)
{
	u64 start, end;

	preempt_disable();
	start = ktime_get_ns();
	copy(to, from);
	end = ktime_get_ns();
	preempt_enable();
	return end - start;
}

static int __init copy_cost_init(void)
{
	void *from = vzalloc(COPY_COST_SIZE);
	void *to = (void *)__get_free_pages(GFP_KERNEL, COPY_COST_ORDER);
	int err = from && to ? 0 : -ENOMEM;
	unsigned int i;

	for (i = 0; i < COPY_COST_ROUNDS && !err; i++) {
		memcpy_ns[i] = copy_cost(copy_cost_memcpy, to, from);
		copy_page_ns[i] = copy_cost(copy_cost_pages, to, from);
	}
	free_pages((unsigned long)to, COPY_COST_ORDER);
	vfree(from);
	return err;
}

static void __exit copy_cost_exit(void)
{
}

module_init(copy_cost_init);
module_exit(copy_cost_exit);

MODULE_DESCRIPTION("Measures how long it takes to copy memory");
MODULE_LICENSE("GPL");
