/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kernel.h - features of a kernel that pins depend on, by its version
 */
#ifndef KERNEL_H
#define KERNEL_H

#include <stdbool.h>

#define KERNEL(major, minor, patch)	(((major) << 20) | ((minor) << 10) | (patch))

/**
 * enum feature - changes in the kernel that pins of user pointers depend on
 * @REFUSES_PFNS:	the frame vector no longer uses page frames without a pin
 * @PINS_LONG_TERM:	the frame vector pins with FOLL_LONGTERM, by GUP-fast
 * @PINS_BY_DIRECTION:	it pins for writing only if the device writes
 * @PINS_WITHOUT_FORCE:	it no longer overrides a read-only mapping
 * @UNSHARES_FOR_READS:	a long-term pin for reading breaks copy-on-write first
 * @EXPORTERS_PIN:	udmabuf makes a long-term pin of the memfd pages that it exports
 * @EXPORTERS_MAP:	the kernel can map a dma-buf of udmabuf
 * @REFUSES_FILE_WRITES: no long-term pin for writing on files whose dirty pages are tracked
 * @MIGRATES_MOVABLE:	a long-term pin migrates pages out of ZONE_MOVABLE as well
 * @FAILS_WITHOUT_STRUCT_PAGE: a pin fails at a page frame without a struct page
 * @MIGRATES_HUGETLB:	a long-term pin migrates hugetlb pages as well
 * @LONG_TERM_WAITS:	a long-term pin waits until userfaultfd is answered
 * @REPORTS_OVERFLOW:	a range that wraps around returns EOVERFLOW
 * @CHECKS_SECRETMEM:	GUP-fast recognises every secretmem page
 * @STRICT_NULL_MAPPING: GUP-fast does not pin single pages without page->mapping
 * @LOOKS_AT_VMAS:	the frame vector looks at all VMAs before it pins
 * @FAILS_UNMOVABLE:	a long-term pin fails at a page that has to move, but never can
 * @NR_FEATURES:	number of features
 */
enum feature {
	REFUSES_PFNS,
	PINS_LONG_TERM,
	PINS_BY_DIRECTION,
	PINS_WITHOUT_FORCE,
	UNSHARES_FOR_READS,
	REFUSES_FILE_WRITES,
	MIGRATES_MOVABLE,
	FAILS_WITHOUT_STRUCT_PAGE,
	MIGRATES_HUGETLB,
	LONG_TERM_WAITS,
	REPORTS_OVERFLOW,
	CHECKS_SECRETMEM,
	EXPORTERS_PIN,
	EXPORTERS_MAP,
	STRICT_NULL_MAPPING,
	LOOKS_AT_VMAS,
	FAILS_UNMOVABLE,
	NR_FEATURES
};

#define MAX_BACKPORTS	4
#define NOT_RELEASED	(~0U)	/* it is in no released kernel */

/**
 * struct kernel_feature - one feature
 * @name:	short name
 * @sentence:	what the kernel does
 * @source:	upstream commit that added it
 * @since:	first version that has it, or NOT_RELEASED
 * @until:	first version that no longer has it, or 0
 * @ended_by:	upstream commit that removed it, or NULL
 * @backports:	first stable version that has it, one for each branch; then 0
 */
struct kernel_feature {
	const char *name;
	const char *sentence;
	const char *source;
	unsigned int since;
	unsigned int until;
	const char *ended_by;
	unsigned int backports[MAX_BACKPORTS];
};

/**
 * struct kernel - a kernel
 * @version:	its version, as KERNEL() encodes it
 * @name:	its release, from uname()
 * @build:	its build, from uname()
 * @machine:	the architecture of its hardware, from uname(), such as x86_64
 * @flipped:	a bit for each feature that is inverted: missing although @version has it, or
 *		there although @version lacks it
 */
struct kernel {
	unsigned int version;
	char name[65];
	char build[65];
	char machine[65];
	unsigned int flipped;
};

extern const struct kernel_feature kernel_features[NR_FEATURES];
extern const struct kernel kernel_landmarks[];

const struct kernel *kernel_at_hand(void);
bool kernel_has(const struct kernel *k, enum feature feature);
void kernel_observe(enum feature feature, bool has);

#endif
