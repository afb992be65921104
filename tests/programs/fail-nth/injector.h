/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * injector.h - let one allocation of this task fail
 */
#ifndef INJECTOR_H
#define INJECTOR_H

#include <stdbool.h>

void injector_open(void);
void injector_arm(unsigned int nth);
bool injector_disarm(void);

#endif
