/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zone.h - find out which pages lie in ZONE_MOVABLE
 */
#ifndef ZONE_H
#define ZONE_H

#include <linux/types.h>
#include <stdbool.h>

bool zone_movable_contains(__u64 pfn);
bool zone_is_known(__u64 pfn);
void zone_forget(void);

#endif
