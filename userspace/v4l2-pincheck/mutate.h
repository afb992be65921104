/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mutate.h - rules turned round, to see their rows go red
 */
#ifndef MUTATE_H
#define MUTATE_H

#include "rules.h"

#ifdef MUTATE
void mutate(struct expectation *e);
#else
static inline void mutate(struct expectation *e)
{
	(void)e;
}
#endif

#endif
