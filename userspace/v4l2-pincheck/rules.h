/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rules.h - what a correct kernel does with a pointer
 */
#ifndef RULES_H
#define RULES_H

#include "facts.h"
#include "verdict.h"

#define NR_POLICIES	2

/**
 * struct rule_case - one case of a rule
 * @name:	short name
 * @rule:	number of the rule
 * @when:	facts for which the case applies
 * @facts:	which facts decide: those collected after the device got the memory (the
 *		usual), before, or either
 * @error:	what QBUF returns: 0, or a negative errno
 * @decided_by:	what must have decided: without a check by the driver, and with one;
 *		VIPIN_BY_UNKNOWN if vipin records no verdict
 * @reasons:	the set of reasons that vipin may report; empty if it records no verdict
 * @announces:	text that the kernel itself logs then, alternatives separated by "|", or NULL
 * @source:	where the kernel does this
 * @instead:	what a program can do instead, or NULL
 */
struct rule_case {
	const char *name;
	unsigned int rule;
	struct condition when;
	enum { AFTER, BEFORE, BEFORE_OR_AFTER } facts;
	int error;
	enum vipin_decider decided_by[2];
	unsigned long long reasons;
	const char *announces;
	const char *source;
	const char *instead;
};

extern const struct rule_case rule_cases[];

bool rule_case_applies(const struct rule_case *c, const struct facts *before,
		       const struct facts *after);

#endif
