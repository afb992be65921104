// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-userptr-test.c - KUnit: which VMAs may be pinned from, and the policies
 */

#include <kunit/test.h>
#include <linux/mm.h>

#include "vipin-compat.h"
#include "vipin-test.h"
#include "vipin.h"

#define VIPIN_RW	(VM_READ | VM_WRITE)

static const struct vipin_law_row {
	const char *name;
	unsigned long flags;
	bool write;
	const char *law;
} vipin_law_rows[] = {
	{ "capture, ordinary", VIPIN_RW, true, NULL },
	{ "output, ordinary", VIPIN_RW, false, NULL },
	{ "capture, read-only", VM_READ, true, "may not be written" },
	{ "output, read-only", VM_READ, false, NULL },
	{ "capture, write-only", VM_WRITE, true, NULL },
	{ "output, write-only", VM_WRITE, false, "may not be read" },
	{ "capture, PROT_NONE", 0, true, "may not be written" },
	{ "output, PROT_NONE", 0, false, "may not be read" },
	{ "capture, VM_IO", VIPIN_RW | VM_IO, true, "is VM_IO" },
	{ "output, VM_IO", VIPIN_RW | VM_IO, false, "is VM_IO" },
	{ "capture, VM_PFNMAP", VIPIN_RW | VM_PFNMAP, true, "is VM_PFNMAP" },
	{ "output, VM_PFNMAP", VIPIN_RW | VM_PFNMAP, false, "is VM_PFNMAP" },
	{ "capture, both", VIPIN_RW | VM_IO | VM_PFNMAP, true, "is VM_IO|VM_PFNMAP" },
	{ "output, both", VIPIN_RW | VM_IO | VM_PFNMAP, false, "is VM_IO|VM_PFNMAP" },
	{ "capture, read-only VM_IO", VM_READ | VM_IO, true, "is VM_IO" },
	/* Ordinary pages of a driver's, with reference counts: GUP takes them. */
	{ "capture, VM_MIXEDMAP", VIPIN_RW | VM_MIXEDMAP, true, NULL },
	{ "capture, VM_MIXEDMAP and VM_IO", VIPIN_RW | VM_MIXEDMAP | VM_IO, true,
	  "is VM_IO" },
};

static void vipin_law_row(struct kunit *test, const struct vipin_law_row *row)
{
	const char *law = vipin_vma_law(row->flags, row->write);

	KUNIT_EXPECT_STREQ(test, law ?: "may be pinned", row->law ?: "may be pinned");
}

VIPIN_PARAM_TEST(vipin_law, vipin_law_row);

/* Whatever else a VMA is, it changes nothing. */
static void vipin_other_flags_do_not_matter(struct kunit *test)
{
	const unsigned long known = VIPIN_RW | VM_IO | VM_PFNMAP;
	unsigned int bit, row;
	const char *with, *without;

	for (bit = 0; bit < BITS_PER_LONG; bit++) {
		if (BIT(bit) & known)
			continue;
		for (row = 0; row < ARRAY_SIZE(vipin_law_rows); row++) {
			with = vipin_vma_law(vipin_law_rows[row].flags | BIT(bit),
					     vipin_law_rows[row].write);
			without = vipin_vma_law(vipin_law_rows[row].flags & ~BIT(bit),
						vipin_law_rows[row].write);
			KUNIT_EXPECT_PTR_EQ_MSG(test, with, without, "bit %u, %s", bit,
						vipin_law_rows[row].name);
		}
	}
}

static void vipin_policies_have_names(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, vipin_policy_by_name("strict"), (int)VIPIN_POLICY_STRICT);
	KUNIT_EXPECT_EQ(test, vipin_policy_by_name("kernel"), (int)VIPIN_POLICY_KERNEL);
	KUNIT_EXPECT_EQ(test, vipin_policy_by_name("lax"), -EINVAL);
	KUNIT_EXPECT_EQ(test, vipin_policy_by_name(""), -EINVAL);
	KUNIT_EXPECT_STREQ(test, vipin_policy_name(VIPIN_POLICY_STRICT), "strict");
	KUNIT_EXPECT_STREQ(test, vipin_policy_name(VIPIN_POLICY_KERNEL), "kernel");
}

static struct kunit_case vipin_userptr_cases[] = {
	VIPIN_PARAM_CASE(vipin_law),
	KUNIT_CASE(vipin_other_flags_do_not_matter),
	KUNIT_CASE(vipin_policies_have_names),
	{}
};

struct kunit_suite vipin_userptr_suite = {
	.name = "vipin_userptr",
	.test_cases = vipin_userptr_cases,
};
