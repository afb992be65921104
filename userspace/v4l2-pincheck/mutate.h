/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mutate.h - one rule turned round, to see its rows go red
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
