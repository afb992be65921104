/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * quirks.h - kernel quirks: how some kernels break a rule
 */
#ifndef QUIRKS_H
#define QUIRKS_H

#include "common/kernel.h"
#include "facts.h"
#include "verdict.h"

/**
 * struct quirk - a way in which some kernels break rules
 * @name:	short name
 * @sentence:	what these kernels do
 * @breaks:	names of the cases that they break, separated by "|"
 * @has:	the kernel must have these features, each a BIT() of enum feature
 * @lacks:	the kernel must lack these features, likewise
 * @when:	facts for which it happens, collected before the device got the memory:
 *		this is what the kernel found
 * @applies:	another condition, for facts and features that belong together, or NULL
 * @error:	what QBUF returns instead; if 0, the next case decides
 * @reasons:	the set of reasons that vipin may report then; empty if the next case
 *		decides, or vipin records no verdict
 * @pinned_for_writing: vipin must report that the kernel pins output buffers for writing
 * @strict:	the effect of policy strict: STRICT_FIXES (the usual) prevents the quirk if the
 *		driver checks VMAs, STRICT_KEEPS does not (strict only refuses more than the
 *		kernel, never less), and STRICT_ADDS means that only this policy has the quirk
 * @in_place:	pages are pinned where they should not stay
 * @no_reason:	vipin cannot observe the reason, and must report VIPIN_REASON_UNKNOWN
 * @source:	where the kernel does this
 */
struct quirk {
	const char *name;
	const char *sentence;
	const char *breaks;
	unsigned int has;
	unsigned int lacks;
	struct condition when;
	bool (*applies)(const struct facts *before, const struct kernel *k);
	int error;
	unsigned long long reasons;
	bool pinned_for_writing;
	enum { STRICT_FIXES, STRICT_KEEPS, STRICT_ADDS } strict;
	bool in_place;
	bool no_reason;
	const char *source;
};

const struct quirk *quirk_number(unsigned int n);
bool quirk_is_possible(const struct quirk *q, const struct kernel *k, enum direction direction);
const struct quirk *quirk_find(const char *rule_case, const struct facts *before,
			       const struct kernel *k);
const struct quirk *quirk_prevents_run(const struct facts *before, const struct kernel *k);

#endif
