/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * zram.h - private swap space in compressed memory
 */
#ifndef ZRAM_H
#define ZRAM_H

#include <stddef.h>

int zram_swapon(size_t size);
int zram_swapoff(int number);

#endif
