// SPDX-License-Identifier: GPL-2.0-only
/*
 * dma-contig-table.c - does the patched videobuf2-dma-contig make the same scatterlists as
 * sg_alloc_table_from_pages()?
 *
 * vb2_dc_alloc_table() replaces that function for pages that were pinned at consecutive
 * addresses. Compare both for random arrays of such pages: single pages, parts of compound
 * folios in any order, and hugetlb folios, which are always mapped as a whole. The module
 * loads if all tables are equal.
 */

#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/scatterlist.h>

/* The functions to test are static, so include their file, but export nothing. */
#undef EXPORT_SYMBOL_GPL
#define EXPORT_SYMBOL_GPL(symbol)
#include "drivers/media/common/videobuf2/videobuf2-dma-contig.c"

#define TABLE_TRIES	20000
#define TABLE_PAGES	1200	/* at most in an array */
#define TABLE_BLOCKS	6

/**
 * struct table_block - pages to make arrays of
 * @order:	order of its allocation
 * @compound:	it is one folio, and not single pages
 * @hugetlb:	it is a hugetlb folio
 * @pages:	the first page
 */
struct table_block {
	unsigned int order;
	bool compound;
	bool hugetlb;
	struct page *pages;
};

static struct table_block table_blocks[TABLE_BLOCKS] = {
	{ .order = 5 },
	{ .order = 5 },
	{ .order = 4, .compound = true },
	{ .order = 4, .compound = true },
	{ .order = 9, .compound = true, .hugetlb = true },
	{ .order = 9, .compound = true, .hugetlb = true },
};

static struct page *table_pages[TABLE_PAGES];

static void table_free_blocks(void)
{
	struct table_block *b;
	unsigned int i;

	for (b = table_blocks; b < table_blocks + TABLE_BLOCKS; b++) {
		if (!b->pages)
			continue;
		if (b->hugetlb)
			__folio_clear_hugetlb(page_folio(b->pages));
		if (b->compound) {
			__free_pages(b->pages, b->order);
			continue;
		}
		for (i = 0; i < 1U << b->order; i++)
			__free_page(b->pages + i);
	}
}

static int table_alloc_blocks(void)
{
	struct table_block *b;

	for (b = table_blocks; b < table_blocks + TABLE_BLOCKS; b++) {
		b->pages = alloc_pages(GFP_KERNEL | (b->compound ? __GFP_COMP : 0), b->order);
		if (!b->pages)
			return -ENOMEM;
		if (b->hugetlb)
			__folio_set_hugetlb(page_folio(b->pages));
		if (!b->compound)
			split_page(b->pages, b->order);
	}
	return 0;
}

/* Append a part of a random block to the first @n entries. Return the new number. */
static unsigned int table_append(unsigned int n, unsigned int max)
{
	struct table_block *b = &table_blocks[get_random_u32_below(TABLE_BLOCKS)];
	unsigned int nr = 1U << b->order;
	unsigned int first = get_random_u32_below(nr);
	unsigned int count = nr - first;
	unsigned int i;

	/* Only the array's end ends a hugetlb folio early. */
	if (!b->hugetlb)
		count = 1 + get_random_u32_below(count);
	for (i = 0; i < count && n < max; i++)
		table_pages[n++] = b->pages + first + i;
	return n;
}

static bool table_equal(struct sg_table *a, struct sg_table *b)
{
	struct scatterlist *x = a->sgl, *y = b->sgl;
	unsigned int i;

	if (a->nents != b->nents || a->orig_nents != b->orig_nents)
		return false;
	for (i = 0; i < a->orig_nents; i++) {
		if (!x || !y || sg_page(x) != sg_page(y) || x->offset != y->offset ||
		    x->length != y->length || sg_is_last(x) != sg_is_last(y))
			return false;
		x = sg_next(x);
		y = sg_next(y);
	}
	return !x && !y;
}

static int table_try(void)
{
	unsigned int max = 1 + get_random_u32_below(TABLE_PAGES);
	unsigned int offset = get_random_u32_below(PAGE_SIZE);
	struct vb2_dc_buf buf = { };
	struct sg_table expected;
	unsigned long size;
	unsigned int n = 0;
	int err;

	while (n < max)
		n = table_append(n, max);
	size = n * PAGE_SIZE - offset;
	if (n > 1)
		size -= get_random_u32_below(PAGE_SIZE);

	err = sg_alloc_table_from_pages(&expected, table_pages, n, offset, size, GFP_KERNEL);
	if (err)
		return err;
	err = vb2_dc_alloc_table(&buf, table_pages, n, offset, size);
	if (!err) {
		err = table_equal(&expected, &buf.userptr_sgt) ? 0 : -EINVAL;
		vb2_dc_free_table(&buf);
	}
	sg_free_table(&expected);
	if (err)
		pr_err("the tables of %u pages differ (%d)\n", n, err);
	return err;
}

static int __init table_init(void)
{
	unsigned int i;
	int err;

	err = table_alloc_blocks();
	for (i = 0; i < TABLE_TRIES && !err; i++) {
		err = table_try();
		cond_resched();
	}
	table_free_blocks();
	return err;
}

static void __exit table_exit(void)
{
}

module_init(table_init);
module_exit(table_exit);
