/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * skips.h - skipped rows, counted by reason
 */
#ifndef SKIPS_H
#define SKIPS_H

#include "result.h"

void skips_add(const struct row *row);
void skips_print(void);

#endif
