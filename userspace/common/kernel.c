// SPDX-License-Identifier: GPL-2.0-only
/*
 * kernel.c - features of a kernel that pins depend on, by its version
 *
 * Stable branches have backports: the table lists the first version of each branch. A
 * distribution may have more backports. Then rows become unexpected until the
 * table lists these.
 */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "kernel.h"

const struct kernel_feature kernel_features[NR_FEATURES] = {
	[REFUSES_PFNS] = {
		.name = "refuses-pfns",
		.sentence = "page frames of a driver's mapping are no longer used without a pin",
		.source = "6647e76ab623, v4l2: don't fall back to follow_pfn()",
		.since = KERNEL(6, 1, 0),
		.backports = { KERNEL(6, 0, 12), KERNEL(5, 15, 82), KERNEL(5, 10, 158) },
	},
	[PINS_LONG_TERM] = {
		.name = "pins-long-term",
		.sentence = "frame vectors pin by GUP-fast, with FOLL_LONGTERM",
		.source = "\"mm/frame-vector: Use FOLL_LONGTERM\", merged by e913a8cdc297",
		.since = KERNEL(5, 12, 0),
	},
	[MIGRATES_MOVABLE] = {
		.name = "migrates-movable",
		.sentence = "a long-term pin migrates pages out of ZONE_MOVABLE as well",
		.source = "d1e153fea2a8, migrate pinned pages out of movable zone",
		.since = KERNEL(5, 13, 0),
	},
	[FAILS_WITHOUT_STRUCT_PAGE] = {
		.name = "fails-without-struct-page",
		.sentence = "a pin fails at a page table entry without a struct page",
		.source = "1027e4436b6a, fix invalid page pointer returned with FOLL_PIN gups",
		.since = KERNEL(5, 18, 0),
		.backports = { KERNEL(5, 15, 41), KERNEL(5, 17, 9) },
	},
	[MIGRATES_HUGETLB] = {
		.name = "migrates-hugetlb",
		.sentence = "a long-term pin migrates hugetlb pages as well",
		.source = "\"mm/gup: retire follow_hugetlb_page()\"",
		.since = KERNEL(6, 5, 0),
	},
	[LONG_TERM_WAITS] = {
		.name = "long-term-waits",
		.sentence = "a long-term pin may wait until userfaultfd is answered",
		.source = "\"mm/gup: remove the restriction on locked with FOLL_LONGTERM\"",
		.since = KERNEL(6, 2, 0),
	},
	[REPORTS_OVERFLOW] = {
		.name = "reports-overflow",
		.sentence = "GUP-fast returns EOVERFLOW for a range that wraps around",
		.source = "9883c7f84053, do not return 0 from pin_user_pages_fast() for bad args",
		.since = KERNEL(6, 5, 0),
		.backports = { KERNEL(6, 4, 10) },
	},
	[PINS_BY_DIRECTION] = {
		.name = "pins-by-direction",
		.sentence = "an output buffer is pinned for reading only",
		.source = "e2fc6edd37ba, revert of \"get_userptr: buffers are always writable\"",
		.since = KERNEL(6, 2, 0),
	},
	[PINS_WITHOUT_FORCE] = {
		.name = "pins-without-force",
		.sentence = "a pin no longer overrides a read-only private mapping",
		.source = "\"mm/frame-vector: remove FOLL_FORCE usage\"",
		.since = KERNEL(6, 2, 0),
	},
	[UNSHARES_FOR_READS] = {
		.name = "unshares-for-reads",
		.sentence = "a long-term pin for reading first gives the process a copy of a page",
		.source = "8d6a0ac09a16, FAULT_FLAG_UNSHARE for anything in a COW mapping",
		.since = KERNEL(6, 2, 0),
	},
	[REFUSES_FILE_WRITES] = {
		.name = "refuses-file-writes",
		.sentence = "no long-term pin for writing on files whose dirty pages are tracked",
		.source = "a6e79df92e4a, no FOLL_LONGTERM GUP-fast writing to file-backed mappings",
		.since = KERNEL(6, 5, 0),
	},
	[CHECKS_SECRETMEM] = {
		.name = "checks-secretmem",
		.sentence = "GUP-fast recognises secretmem pages that are not on an LRU list yet",
		.source = "\"mm/secretmem: fix GUP-fast succeeding on secretmem folios\"",
		.since = KERNEL(6, 9, 0),
		.backports = { KERNEL(6, 1, 85) },
	},
	[EXPORTERS_PIN] = {
		.name = "exporters-pin",
		.sentence = "udmabuf migrates a memfd's pages out of CMA before it exports them",
		.source = "\"udmabuf: pin the pages using memfd_pin_folios() API\"",
		.since = KERNEL(6, 11, 0),
	},
	/* 6.12 has it and 6.1 does not; it was posted in November 2022. */
	[EXPORTERS_MAP] = {
		.name = "exporters-map",
		.sentence = "the kernel can map a dma-buf of udmabuf",
		.source = "\"udmabuf: add vmap and vunmap methods to udmabuf_ops\"",
		.since = KERNEL(6, 3, 0),
	},
	/* 7.3 no longer has it. The exact version is not known. */
	[STRICT_NULL_MAPPING] = {
		.name = "strict-null-mapping",
		.sentence = "GUP-fast treats a page without page->mapping as a secretmem page",
		.source = "f002882ca369, which added gup_fast_folio_allowed()",
		.since = KERNEL(6, 10, 0),
		.until = KERNEL(7, 3, 0),
		.ended_by = "\"mm/gup: fix GUP-fast fallback for NULL-mapping order-0 folios\"",
	},
	/* See kernel_observe(): no version says whether a kernel has the following ones. */
	[LOOKS_AT_VMAS] = {
		.name = "looks-at-vmas",
		.sentence = "the frame vector looks at all VMAs before it pins by GUP-fast",
		.source = "\"media: frame_vector: refuse VM_IO and VM_PFNMAP mappings\"",
		.since = NOT_RELEASED,
	},
	[FAILS_UNMOVABLE] = {
		.name = "fails-unmovable",
		.sentence = "a long-term pin fails at a driver's page that has to stay movable",
		.source = "\"mm/gup: fail a long-term pin of a driver's page that has to move\"",
		.since = NOT_RELEASED,
	},
};

/* Kernels that --explain compares: those of Debian, by their upstream versions. */
const struct kernel kernel_landmarks[] = {
	{ .version = KERNEL(5, 10, 262), .name = "5.10" },
	{ .version = KERNEL(6, 1, 192), .name = "6.1" },
	{ .version = KERNEL(6, 12, 117), .name = "6.12" },
	{ .version = KERNEL(7, 3, 4), .name = "7.3" },
	{ }
};

static struct kernel *find_kernel(void)
{
	static struct kernel kernel;
	unsigned int major = 0, minor = 0, patch = 0;
	struct utsname name;
	const char *debian;

	if (!kernel.name[0] && !uname(&name)) {
		memcpy(kernel.name, name.release, sizeof(kernel.name));
		memcpy(kernel.build, name.version, sizeof(kernel.build));
		memcpy(kernel.machine, name.machine, sizeof(kernel.machine));
		/* A Debian release may have an ABI number: 6.1.0-50 may be 6.1.192. */
		debian = strstr(name.version, "Debian ");
		if ((debian && sscanf(debian, "Debian %u.%u.%u", &major, &minor, &patch) >= 2) ||
		    sscanf(name.release, "%u.%u.%u", &major, &minor, &patch) >= 2)
			kernel.version = KERNEL(major, minor, patch);
	}
	return &kernel;
}

/**
 * kernel_at_hand() - get the running kernel
 *
 * Return: the kernel; its version is 0 if it is unknown.
 */
const struct kernel *kernel_at_hand(void)
{
	return find_kernel();
}

static bool version_has(unsigned int version, const struct kernel_feature *f)
{
	if (f->until && version >= f->until)
		return false;
	if (version >= f->since)
		return true;
	for (int i = 0; i < MAX_BACKPORTS && f->backports[i]; i++)
		if (version >> 10 == f->backports[i] >> 10 &&
		    version >= f->backports[i])
			return true;
	return false;
}

/**
 * kernel_has() - check whether a kernel has a feature
 * @k:		the kernel
 * @feature:	the feature
 *
 * Return: true if it has the feature, by its version and @k->flipped.
 */
bool kernel_has(const struct kernel *k, enum feature feature)
{
	return version_has(k->version, &kernel_features[feature]) !=
	       (k->flipped >> feature & 1);
}

/**
 * kernel_observe() - record whether the running kernel has a feature
 * @feature:	the feature
 * @has:	whether the kernel has it. From now on its version does not count for this feature
 */
void kernel_observe(enum feature feature, bool has)
{
	struct kernel *kernel = find_kernel();

	if (kernel_has(kernel, feature) != has)
		kernel->flipped ^= 1U << feature;
}
