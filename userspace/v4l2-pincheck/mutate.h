/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mutate.h - invert an expectation, to prove that rows can fail
 */
#ifndef MUTATE_H
#define MUTATE_H

#include "expect.h"

#ifdef MUTATE
void mutate(struct expectation *e);
#else
static inline void mutate(struct expectation *e)
{
	(void)e;
}
#endif

#endif
