/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rules.h - what a correct kernel must say to a pointer
 */
#ifndef RULES_H
#define RULES_H

#include "sight.h"
#include "verdict.h"

#define NR_POLICIES	2

/**
 * struct rule - one sentence of the law
 * @name:	short name
 * @law:	its number in the law
 * @applies:	whether it is about this memory
 * @error:	what QBUF returns: 0, or a negative errno
 * @who:	who must have decided, for each policy
 * @announces:	what the kernel itself writes to its log then, or NULL
 * @source:	where it is written
 */
struct rule {
	const char *name;
	unsigned int law;
	bool (*applies)(const struct sight *s);
	int error;
	enum who who[NR_POLICIES];
	const char *announces;
	const char *source;
};

const struct rule *rule_for(const struct sight *before,
			    const struct sight *after);

#endif
