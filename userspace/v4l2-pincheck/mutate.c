// SPDX-License-Identifier: GPL-2.0-only
/*
 * mutate.c - rules turned round, to see their rows go red
 *
 * Only in a build with MUTATE=1. V4L2_PINCHECK_MUTATE names a rule, or "all": what
 * it accepts it refuses then, and the other way round. Each row that it decides
 * must become a surprise; one that does not proves nothing. See tests/mutate. With
 * "reasons", no reason is the right one: each row that vipin records a verdict for must
 * become a surprise.
 */
#ifdef MUTATE
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "mutate.h"

/**
 * mutate() - turn the expectation round if its rule is to be
 * @e:	the expectation
 */
void mutate(struct expectation *e)
{
	const char *holds = e->known ? e->known->name : e->rule->name;
	const char *name = getenv("V4L2_PINCHECK_MUTATE");

	if (name && !strcmp(name, "reasons"))
		e->reasons = 0;
	if (!name || (strcmp(name, "all") && strcmp(name, holds)))
		return;
	e->error = e->error ? 0 : -EFAULT;
	e->decided_by = e->error ? VIPIN_BY_FRAME_VECTOR : VIPIN_BY_NOBODY;
}
#endif
