// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-userptr-test.c - KUnit: which VMAs may be pinned from, and names
 */

#include <kunit/test.h>
#include <linux/mm.h>

#include "vipin-compat.h"
#include "vipin-test.h"
#include "vipin.h"

#define VIPIN_RW	(VM_READ | VM_WRITE)

static const struct vipin_vma_row {
	const char *name;
	unsigned long flags;
	bool write;
	enum vipin_reason reason;
} vipin_vma_rows[] = {
	{ "capture, ordinary", VIPIN_RW, true, VIPIN_REASON_PINNED },
	{ "output, ordinary", VIPIN_RW, false, VIPIN_REASON_PINNED },
	{ "capture, read-only", VM_READ, true, VIPIN_REASON_NOT_WRITABLE },
	{ "output, read-only", VM_READ, false, VIPIN_REASON_PINNED },
	{ "capture, write-only", VM_WRITE, true, VIPIN_REASON_PINNED },
	{ "output, write-only", VM_WRITE, false, VIPIN_REASON_NOT_READABLE },
	{ "capture, PROT_NONE", 0, true, VIPIN_REASON_NOT_WRITABLE },
	{ "output, PROT_NONE", 0, false, VIPIN_REASON_NOT_READABLE },
	{ "capture, VM_IO", VIPIN_RW | VM_IO, true, VIPIN_REASON_VMA_IO },
	{ "output, VM_IO", VIPIN_RW | VM_IO, false, VIPIN_REASON_VMA_IO },
	{ "capture, VM_PFNMAP", VIPIN_RW | VM_PFNMAP, true, VIPIN_REASON_VMA_PFNMAP },
	{ "output, VM_PFNMAP", VIPIN_RW | VM_PFNMAP, false, VIPIN_REASON_VMA_PFNMAP },
	{ "capture, both", VIPIN_RW | VM_IO | VM_PFNMAP, true, VIPIN_REASON_VMA_PFNMAP },
	{ "output, both", VIPIN_RW | VM_IO | VM_PFNMAP, false, VIPIN_REASON_VMA_PFNMAP },
	{ "capture, read-only VM_IO", VM_READ | VM_IO, true, VIPIN_REASON_VMA_IO },
	/* Ordinary pages of a driver, with reference counts: GUP accepts them. */
	{ "capture, VM_MIXEDMAP", VIPIN_RW | VM_MIXEDMAP, true, VIPIN_REASON_PINNED },
	{ "capture, VM_MIXEDMAP and VM_IO", VIPIN_RW | VM_MIXEDMAP | VM_IO, true,
	  VIPIN_REASON_VMA_IO },
};

static void vipin_vma_row(struct kunit *test, const struct vipin_vma_row *row)
{
	KUNIT_EXPECT_EQ(test, (int)vipin_vma_refusal(row->flags, row->write),
			(int)row->reason);
}

VIPIN_PARAM_TEST(vipin_vma, vipin_vma_row);

/* No other VMA flag changes the decision. */
static void vipin_other_flags_do_not_matter(struct kunit *test)
{
	const unsigned long known = VIPIN_RW | VM_IO | VM_PFNMAP;
	enum vipin_reason with, without;
	unsigned int bit, row;

	for (bit = 0; bit < BITS_PER_LONG; bit++) {
		if (BIT(bit) & known)
			continue;
		for (row = 0; row < ARRAY_SIZE(vipin_vma_rows); row++) {
			with = vipin_vma_refusal(vipin_vma_rows[row].flags | BIT(bit),
						 vipin_vma_rows[row].write);
			without = vipin_vma_refusal(vipin_vma_rows[row].flags & ~BIT(bit),
						    vipin_vma_rows[row].write);
			KUNIT_EXPECT_EQ_MSG(test, (int)with, (int)without, "bit %u, %s", bit,
					    vipin_vma_rows[row].name);
		}
	}
}

/* Each name is there, is one word, and is unique. */
static void vipin_names_are_unique(struct kunit *test, const char * const *names,
				   unsigned int nr)
{
	unsigned int i, j;

	for (i = 0; i < nr; i++) {
		KUNIT_ASSERT_TRUE_MSG(test, names[i], "number %u has no name", i);
		KUNIT_EXPECT_EQ(test, strspn(names[i], "abcdefghijklmnopqrstuvwxyz-"),
				strlen(names[i]));
		for (j = 0; j < i; j++)
			KUNIT_EXPECT_TRUE_MSG(test, strcmp(names[i], names[j]),
					      "%u and %u are both %s", i, j, names[i]);
	}
}

static void vipin_deciders_and_reasons_have_names(struct kunit *test)
{
	static const char * const deciders[VIPIN_DECIDERS] = { VIPIN_DECIDER_NAMES };
	static const char * const reasons[VIPIN_REASONS] = { VIPIN_REASON_NAMES };

	vipin_names_are_unique(test, deciders, VIPIN_DECIDERS);
	vipin_names_are_unique(test, reasons, VIPIN_REASONS);
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
	VIPIN_PARAM_CASE(vipin_vma),
	KUNIT_CASE(vipin_other_flags_do_not_matter),
	KUNIT_CASE(vipin_deciders_and_reasons_have_names),
	KUNIT_CASE(vipin_policies_have_names),
	{}
};

struct kunit_suite vipin_userptr_suite = {
	.name = "vipin_userptr",
	.test_cases = vipin_userptr_cases,
};
