/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * explain.h - explain kinds of memory and rules
 */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include <stdbool.h>

void explain_list(void);
void explain(const char *name, bool intrusive);

#endif
