// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-movable-test.c - KUnit: VMAs that a driver can have mapped pages in
 */

#include <kunit/test.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <linux/mm.h>

#include "vipin-compat.h"
#include "vipin-test.h"
#include "vipin.h"

#define VIPIN_OTHER_MAGIC	0x12345678

static const struct vm_operations_struct vipin_ops;

static const struct vipin_pages_row {
	const char *name;
	unsigned long flags;
	const struct vm_operations_struct *ops;
	umode_t mode;		/* of the inode; 0: there is no file */
	unsigned int dax;
	unsigned long magic;
	bool may;
} vipin_pages_rows[] = {
	{ "anonymous", .may = false },
	/* A private mapping of /dev/zero. */
	{ "anonymous, with a file", .mode = S_IFCHR, .magic = TMPFS_MAGIC, .may = false },
	{ "hugetlb", VM_HUGETLB, &vipin_ops, S_IFREG, 0, HUGETLBFS_MAGIC, false },
	{ "a driver's, without a file", .ops = &vipin_ops, .may = true },
	{ "a device", 0, &vipin_ops, S_IFCHR, 0, TMPFS_MAGIC, true },
	{ "a file of tmpfs", 0, &vipin_ops, S_IFREG, 0, TMPFS_MAGIC, false },
	{ "a file of tmpfs, VM_MIXEDMAP", VM_MIXEDMAP, &vipin_ops, S_IFREG, 0, TMPFS_MAGIC, true },
	{ "a file of tmpfs, VM_DONTEXPAND", VM_DONTEXPAND, &vipin_ops, S_IFREG, 0, TMPFS_MAGIC,
	  false },
	{ "a file of another file system", 0, &vipin_ops, S_IFREG, 0, VIPIN_OTHER_MAGIC, true },
#if IS_ENABLED(CONFIG_FS_DAX)
	{ "DAX", 0, &vipin_ops, S_IFREG, S_DAX, VIPIN_OTHER_MAGIC, false },
	{ "DAX, VM_MIXEDMAP", VM_MIXEDMAP, &vipin_ops, S_IFREG, S_DAX, VIPIN_OTHER_MAGIC, false },
#endif
};

static void vipin_pages_row(struct kunit *test, const struct vipin_pages_row *row)
{
	struct super_block *sb = kunit_kzalloc(test, sizeof(*sb), GFP_KERNEL);
	struct inode *inode = kunit_kzalloc(test, sizeof(*inode), GFP_KERNEL);
	struct file *file = kunit_kzalloc(test, sizeof(*file), GFP_KERNEL);
	struct vm_area_struct vma = {
		.vm_flags = row->flags,
		.vm_ops = row->ops,
		.vm_file = row->mode ? file : NULL,
	};

	KUNIT_ASSERT_TRUE(test, sb && inode && file);
	sb->s_magic = row->magic;
	inode->i_sb = sb;
	inode->i_mode = row->mode;
	inode->i_flags = row->dax;
	inode->i_mapping = &inode->i_data;
	inode->i_data.host = inode;
	file->f_inode = inode;
	file->f_mapping = inode->i_mapping;
	KUNIT_EXPECT_EQ(test, vipin_vma_may_have_drivers_pages(&vma), row->may);
}

VIPIN_PARAM_TEST(vipin_pages, vipin_pages_row);

static struct kunit_case vipin_movable_cases[] = {
	VIPIN_PARAM_CASE(vipin_pages),
	{}
};

struct kunit_suite vipin_movable_suite = {
	.name = "vipin_movable",
	.test_cases = vipin_movable_cases,
};
