/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rules.h - what a kernel must say to a pointer, and what some say instead
 */
#ifndef RULES_H
#define RULES_H

#include "common/kernel.h"
#include "sight.h"
#include "verdict.h"

#define NR_POLICIES	2

/* A set of reasons has a bit for each enum vipin_reason. */
#define REASON(name)	(1ULL << VIPIN_REASON_##name)

/**
 * struct rule - one sentence of the law
 * @name:	short name
 * @law:	its number in the law
 * @applies:	whether it is about this memory, in this direction
 * @error:	what QBUF returns: 0, or a negative errno
 * @decided_by:	what must have decided, for each policy; VIPIN_BY_UNKNOWN if vipin records
 *		no verdict
 * @reasons:	the set of reasons that vipin may report; empty if it records no verdict
 * @announces:	what the kernel itself writes to its log then, "|" between one and
 *		another, or NULL
 * @source:	where it is written
 * @instead:	what a program is to do instead, or NULL
 */
struct rule {
	const char *name;
	unsigned int law;
	bool (*applies)(const struct sight *s, enum direction direction);
	int error;
	enum vipin_decider decided_by[NR_POLICIES];
	unsigned long long reasons;
	const char *announces;
	const char *source;
	const char *instead;
};

/**
 * struct known - where some kernels are known to break the law
 * @name:	short name
 * @sentence:	what they do
 * @breaks:	names of the rules that they break, "|" between one and another
 * @applies:	whether such a kernel does it to this memory; what was observed
 *		before a device got it decides, since that is what it found
 * @error:	what QBUF returns instead; if 0, the next rule holds
 * @reasons:	the set of reasons that vipin may report then; empty if the next rule
 *		holds, or vipin records no verdict
 * @pinned_for_writing: vipin must report that the kernel pins output buffers for
 *		writing, too
 * @strict:	whether policy strict keeps it from happening (PREVENTS, the usual),
 *		cannot (BEARS: strict refuses more than the kernel, never less), or
 *		brings it about (CAUSES)
 * @in_place:	pages are pinned where they should not stay
 * @untold:	vipin cannot observe the reason, and must report VIPIN_REASON_UNKNOWN
 * @source:	where it is written
 */
struct known {
	const char *name;
	const char *sentence;
	const char *breaks;
	bool (*applies)(const struct sight *before, enum direction direction,
			const struct kernel *k);
	int error;
	unsigned long long reasons;
	bool pinned_for_writing;
	enum { PREVENTS, BEARS, CAUSES } strict;
	bool in_place;
	bool untold;
	const char *source;
};

/**
 * struct expectation - what a kernel should say
 * @rule:	the rule that holds
 * @known:	the breach that is known of this kernel, or NULL
 * @law:	the rule that should hold: the one that @known breaks, else @rule
 * @error:	what QBUF returns: 0, or a negative errno
 * @decided_by:	what must have decided; VIPIN_BY_UNKNOWN if vipin records no verdict
 * @reasons:	the set of reasons that vipin may report
 * @pinned_for_writing: vipin must report that as well
 */
struct expectation {
	const struct rule *rule;
	const struct known *known;
	const struct rule *law;
	int error;
	enum vipin_decider decided_by;
	unsigned long long reasons;
	bool pinned_for_writing;
};

extern const struct rule rules[];

bool rules_expect(struct expectation *e, const struct kernel *k,
		  enum vipin_policy policy, enum direction direction,
		  const struct sight *before, const struct sight *after);
unsigned int rules_depend(const struct kernel *k, enum vipin_policy policy,
			  enum direction direction, const struct sight *before,
			  const struct sight *after);
bool rules_tell(const struct expectation *e, const struct verdict *told,
		const struct kernel *k, enum vipin_policy policy, enum direction direction,
		const struct sight *before, const struct sight *after);

#endif
