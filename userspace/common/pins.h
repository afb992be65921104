/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pins.h - how many pages are pinned
 */
#ifndef PINS_H
#define PINS_H

long pins_count(long expected);

#endif
