// SPDX-License-Identifier: GPL-2.0-only
/*
 * mutate.c - invert an expectation, to prove that rows can fail
 *
 * Only a build with the Meson option "mutate" has this; see tests/invert-rules. The variable
 * V4L2_PINCHECK_MUTATE names a case or a quirk, or is "all". Memory that this case accepts
 * is then expected to be refused, and vice versa. So each row that this case decides must
 * become unexpected. A row that does not proves nothing. With "reasons", no reason is the
 * expected one, so each row that has a verdict of vipin must become unexpected.
 */
#ifdef MUTATE
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "mutate.h"

/**
 * mutate() - invert an expectation if its case or quirk is named
 * @e:	the expectation
 */
void mutate(struct expectation *e)
{
	const char *decides = e->quirk ? e->quirk->name : e->decides->name;
	const char *name = getenv("V4L2_PINCHECK_MUTATE");

	if (name && !strcmp(name, "reasons"))
		e->reasons = 0;
	if (!name || (strcmp(name, "all") && strcmp(name, decides)))
		return;
	e->error = e->error ? 0 : -EFAULT;
	e->decided_by = e->error ? VIPIN_BY_FRAME_VECTOR : VIPIN_BY_NOBODY;
}
#endif
