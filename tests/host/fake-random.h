/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fake-random.h - answers of a driver that is full of faults
 */
#ifndef FAKE_RANDOM_H
#define FAKE_RANDOM_H

#include <stdbool.h>

bool fake_random_fails(unsigned int *seed, int *error);
void fake_random_answer(unsigned int *seed, unsigned long number, void *argument);

#endif
