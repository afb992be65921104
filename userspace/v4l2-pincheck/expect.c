// SPDX-License-Identifier: GPL-2.0-only
/*
 * expect.c - what to expect of a kernel, from rules and quirks
 */
#include "expect.h"
#include "mutate.h"

/**
 * expect() - find out what to expect of a kernel for some memory
 * @e:		filled in
 * @k:		the kernel
 * @before:	facts collected before the device got the memory
 * @after:	facts collected afterwards: pages may have moved
 *
 * Return: true if the facts are enough to decide.
 */
bool expect(struct expectation *e, const struct kernel *k, const struct facts *before,
	    const struct facts *after)
{
	const struct rule_case *broken = NULL;
	const struct quirk *quirk = NULL;

	for (const struct rule_case *c = rule_cases; c->name; c++) {
		const struct quirk *breaks;

		if (!rule_case_applies(c, before, after))
			continue;
		breaks = quirk_find(c->name, before, k);
		if (breaks) {
			quirk = breaks;
			broken = c;
		}
		if (breaks && !breaks->error && c->error)
			continue;

		*e = (struct expectation) {
			.decides = c, .quirk = quirk, .broken = broken ? broken : c,
			.error = c->error, .decided_by = c->decided_by[before->driver_checks],
			.reasons = c->reasons,
		};
		if (breaks && breaks->error) {
			e->error = breaks->error;
			e->decided_by = VIPIN_BY_FRAME_VECTOR;
			e->reasons = breaks->reasons;
			e->pinned_for_writing = breaks->pinned_for_writing;
		}
		mutate(e);
		return true;
	}
	return false;
}

/**
 * expect_depends() - find the features of a kernel that decide about some memory
 * @k:		the kernel
 * @before:	facts collected before the device got the memory
 * @after:	facts collected afterwards
 *
 * Return: a bit for each feature. If only that feature were inverted, the
 * kernel would answer differently.
 */
unsigned int expect_depends(const struct kernel *k, const struct facts *before,
			    const struct facts *after)
{
	struct expectation here, there;
	unsigned int features = 0;

	if (!expect(&here, k, before, after))
		return 0;
	for (unsigned int i = 0; i < NR_FEATURES; i++) {
		struct kernel other = *k;

		other.flipped ^= 1U << i;
		if (!expect(&there, &other, before, after) ||
		    there.error != here.error || there.quirk != here.quirk)
			features |= 1U << i;
	}
	return features;
}

static bool has_reason(const struct verdict *v, unsigned long long reasons,
		       bool pinned_for_writing)
{
	return reasons >> v->reason & 1 && v->pinned_for_writing == pinned_for_writing;
}

/**
 * expect_reason() - check whether the reason of a verdict is an expected one
 * @e:		the expectation
 * @v:		vipin's verdict
 * @k:		the kernel
 * @before:	facts collected before the device got the memory
 * @after:	facts collected afterwards
 *
 * If several cases refuse the memory, the reason may be that of a later case: a range can
 * have several VMAs, and the kernel reports the first one that it refuses. But that case must
 * have the same decider, and no quirk may break it.
 *
 * Return: true if it is an expected one.
 */
bool expect_reason(const struct expectation *e, const struct verdict *v,
		   const struct kernel *k, const struct facts *before,
		   const struct facts *after)
{
	if (!e->reasons)
		return false;
	if (has_reason(v, e->reasons, e->pinned_for_writing))
		return true;
	if (!e->error || (e->quirk && e->quirk->error))
		return false;

	for (const struct rule_case *c = rule_cases; c->name; c++)
		if (c->error && c->decided_by[before->driver_checks] == v->decided_by &&
		    rule_case_applies(c, before, after) &&
		    !quirk_find(c->name, before, k) &&
		    has_reason(v, c->reasons, false))
			return true;
	return false;
}
