/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kernel.h - what a kernel does with pins, by its version
 */
#ifndef KERNEL_H
#define KERNEL_H

#include <stdbool.h>

#define KERNEL(major, minor, patch)	(((major) << 20) | ((minor) << 10) | (patch))

/**
 * enum feature - what changed for pins of user pointers
 * @REFUSES_PFNS:	the frame vector takes no page frames without a pin
 * @PINS_LONG_TERM:	the frame vector pins with FOLL_LONGTERM, by GUP-fast
 * @PINS_BY_DIRECTION:	it pins for writing only what the device will write
 * @PINS_WITHOUT_FORCE:	it no longer overrides a read-only mapping
 * @UNSHARES_FOR_READS:	a long-term pin for reading breaks copy-on-write first
 * @EXPORTERS_PIN:	udmabuf pins the memfd's pages that it exports, for long
 * @EXPORTERS_MAP:	udmabuf lets the kernel map what it exports
 * @REFUSES_FILE_WRITES: no long-term pin for writing on dirty-tracked files
 * @MIGRATES_MOVABLE:	a long-term pin moves pages out of ZONE_MOVABLE, too
 * @FAILS_AT_BARE_ENTRIES: a pin does not pass over an entry without a page
 * @MIGRATES_HUGETLB:	a long-term pin moves huge pages of hugetlb, too
 * @LONG_TERM_WAITS:	a long-term pin waits for who answers userfaultfd
 * @TELLS_OVERFLOW:	a range that wraps around is EOVERFLOW
 * @CHECKS_SECRETMEM:	GUP-fast sees every secretmem page
 * @STRICT_NULL_MAPPING: GUP-fast leaves single pages of no mapping alone
 * @NR_FEATURES:	how many there are
 */
enum feature {
	REFUSES_PFNS,
	PINS_LONG_TERM,
	PINS_BY_DIRECTION,
	PINS_WITHOUT_FORCE,
	UNSHARES_FOR_READS,
	REFUSES_FILE_WRITES,
	MIGRATES_MOVABLE,
	FAILS_AT_BARE_ENTRIES,
	MIGRATES_HUGETLB,
	LONG_TERM_WAITS,
	TELLS_OVERFLOW,
	CHECKS_SECRETMEM,
	EXPORTERS_PIN,
	EXPORTERS_MAP,
	STRICT_NULL_MAPPING,
	NR_FEATURES
};

#define MAX_BACKPORTS	4

/**
 * struct kernel_feature - one of them
 * @name:	short name
 * @sentence:	what it does
 * @source:	the upstream commit
 * @since:	version that has it first
 * @until:	version that no longer has it, or 0
 * @ended_by:	the upstream commit that took it away, or NULL
 * @backports:	stable versions that have it first, one for each branch; then 0
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
 * @version:	as KERNEL() makes it
 * @name:	its release, as uname says it
 * @build:	its build, likewise
 * @flipped:	a bit for each feature of which the opposite holds of what its version
 *		says
 */
struct kernel {
	unsigned int version;
	char name[65];
	char build[65];
	unsigned int flipped;
};

extern const struct kernel_feature kernel_features[NR_FEATURES];
extern const struct kernel kernel_landmarks[];

const struct kernel *kernel_at_hand(void);
bool kernel_has(const struct kernel *k, enum feature feature);

#endif
