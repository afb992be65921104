/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * asleep.h - where do the processes of a scenario sleep?
 */
#ifndef ASLEEP_H
#define ASLEEP_H

#include <sys/types.h>

void asleep_print(pid_t group);

#endif
