/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * row.h - the calls with each kind of memory, and the faults of each
 */
#ifndef ROW_H
#define ROW_H

#include <stdbool.h>

bool rows_all_faults(const char *path, bool large, bool patched);
bool row_one_frame(const char *path);

#endif
