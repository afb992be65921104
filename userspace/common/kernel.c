// SPDX-License-Identifier: GPL-2.0-only
/*
 * kernel.c - what a kernel does with pins, by its version
 *
 * A distribution may have more than its version says; the versions of stable
 * kernels that are known to have a commit are listed. Where a kernel behaves as
 * none of this says, a row is a surprise, and this table is to be completed.
 */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "kernel.h"

const struct kernel_feature kernel_features[NR_FEATURES] = {
	[REFUSES_PFNS] = {
		.name = "refuses-pfns",
		.sentence = "a mapping of page frames is no longer taken without a pin",
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
		.sentence = "a long-term pin moves pages out of ZONE_MOVABLE, too",
		.source = "d1e153fea2a8, migrate pinned pages out of movable zone",
		.since = KERNEL(5, 13, 0),
	},
	[FAILS_AT_BARE_ENTRIES] = {
		.name = "fails-at-bare-entries",
		.sentence = "a pin does not pass over a page table entry without a struct page",
		.source = "1027e4436b6a, fix invalid page pointer returned with FOLL_PIN gups",
		.since = KERNEL(5, 18, 0),
		.backports = { KERNEL(5, 15, 41), KERNEL(5, 17, 9) },
	},
	[MIGRATES_HUGETLB] = {
		.name = "migrates-hugetlb",
		.sentence = "a long-term pin moves huge pages of hugetlb, too",
		.source = "\"mm/gup: retire follow_hugetlb_page()\"",
		.since = KERNEL(6, 5, 0),
	},
	[LONG_TERM_WAITS] = {
		.name = "long-term-waits",
		.sentence = "a long-term pin may wait for who answers userfaultfd",
		.source = "\"mm/gup: remove the restriction on locked with FOLL_LONGTERM\"",
		.since = KERNEL(6, 2, 0),
	},
	[TELLS_OVERFLOW] = {
		.name = "tells-overflow",
		.sentence = "GUP-fast says EOVERFLOW to a range that wraps around",
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
		.sentence = "a long-term pin for reading gets the process a page of its own first",
		.source = "8d6a0ac09a16, FAULT_FLAG_UNSHARE for anything in a COW mapping",
		.since = KERNEL(6, 2, 0),
	},
	[REFUSES_FILE_WRITES] = {
		.name = "refuses-file-writes",
		.sentence = "no pin for writing on files whose dirty pages are tracked",
		.source = "a6e79df92e4a, no FOLL_LONGTERM GUP-fast writing to file-backed mappings",
		.since = KERNEL(6, 5, 0),
	},
	[CHECKS_SECRETMEM] = {
		.name = "checks-secretmem",
		.sentence = "GUP-fast sees secretmem pages that are not on a list yet, too",
		.source = "\"mm/secretmem: fix GUP-fast succeeding on secretmem folios\"",
		.since = KERNEL(6, 9, 0),
		.backports = { KERNEL(6, 1, 85) },
	},
	[EXPORTERS_PIN] = {
		.name = "exporters-pin",
		.sentence = "udmabuf moves a memfd's pages out of CMA before it keeps them",
		.source = "\"udmabuf: pin the pages using memfd_pin_folios() API\"",
		.since = KERNEL(6, 11, 0),
	},
	/* In 6.12's sources and not in 6.1's; it was posted in November 2022. */
	[EXPORTERS_MAP] = {
		.name = "exporters-map",
		.sentence = "udmabuf lets the kernel map what it exports",
		.source = "\"udmabuf: add vmap and vunmap methods to udmabuf_ops\"",
		.since = KERNEL(6, 3, 0),
	},
	/* Gone in 7.3's sources; from when on exactly has not been looked up. */
	[STRICT_NULL_MAPPING] = {
		.name = "strict-null-mapping",
		.sentence = "GUP-fast takes a single page of no mapping for one of secretmem's",
		.source = "f002882ca369, which made gup_fast_folio_allowed()",
		.since = KERNEL(6, 10, 0),
		.until = KERNEL(7, 3, 0),
		.ended_by = "\"mm/gup: fix GUP-fast fallback for NULL-mapping order-0 folios\"",
	},
};

/* What --explain compares: Debian's kernels, by their upstream versions. */
const struct kernel kernel_landmarks[] = {
	{ .version = KERNEL(5, 10, 262), .name = "5.10" },
	{ .version = KERNEL(6, 1, 192), .name = "6.1" },
	{ .version = KERNEL(6, 12, 117), .name = "6.12" },
	{ .version = KERNEL(7, 3, 4), .name = "7.3" },
	{ }
};

/**
 * kernel_at_hand() - the kernel that this runs on
 *
 * Return: the kernel; its version is 0 if it cannot be told.
 */
const struct kernel *kernel_at_hand(void)
{
	static struct kernel kernel;
	unsigned int major = 0, minor = 0, patch = 0;
	struct utsname name;
	const char *debian;

	if (!kernel.name[0] && !uname(&name)) {
		memcpy(kernel.name, name.release, sizeof(kernel.name));
		memcpy(kernel.build, name.version, sizeof(kernel.build));
		/* Debian's releases may end in an ABI's number: 6.1.0-50 is a 6.1.192. */
		debian = strstr(name.version, "Debian ");
		if ((debian && sscanf(debian, "Debian %u.%u.%u", &major, &minor, &patch) >= 2) ||
		    sscanf(name.release, "%u.%u.%u", &major, &minor, &patch) >= 2)
			kernel.version = KERNEL(major, minor, patch);
	}
	return &kernel;
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
 * kernel_has() - whether a kernel has a feature
 * @k:		the kernel
 * @feature:	the feature
 *
 * Return: whether it has, by its version.
 */
bool kernel_has(const struct kernel *k, enum feature feature)
{
	return version_has(k->version, &kernel_features[feature]) !=
	       (k->flipped >> feature & 1);
}
