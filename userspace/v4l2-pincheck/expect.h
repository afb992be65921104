/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * expect.h - what to expect of a kernel, from rules and quirks
 */
#ifndef EXPECT_H
#define EXPECT_H

#include "quirks.h"
#include "rules.h"

/**
 * struct expectation - what to expect of a kernel
 * @decides:	the case that decides
 * @quirk:	the kernel quirk that applies, or NULL
 * @broken:	the case that should decide: the one that @quirk breaks, or else @decides
 * @error:	what QBUF returns: 0, or a negative errno
 * @decided_by:	what must have decided; VIPIN_BY_UNKNOWN if vipin records no verdict
 * @reasons:	the set of reasons that vipin may report
 * @pinned_for_writing: vipin must report that the kernel pins output buffers for writing
 */
struct expectation {
	const struct rule_case *decides;
	const struct quirk *quirk;
	const struct rule_case *broken;
	int error;
	enum vipin_decider decided_by;
	unsigned long long reasons;
	bool pinned_for_writing;
};

bool expect(struct expectation *e, const struct kernel *k, const struct facts *before,
	    const struct facts *after);
unsigned int expect_depends(const struct kernel *k, const struct facts *before,
			    const struct facts *after);
bool expect_reason(const struct expectation *e, const struct verdict *v,
		   const struct kernel *k, const struct facts *before,
		   const struct facts *after);

#endif
