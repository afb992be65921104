/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * trial.h - run a program, and check the kernel afterwards
 */
#ifndef TRIAL_H
#define TRIAL_H

#include <stdbool.h>
#include <sys/types.h>

#include "program.h"

#define WHY_SIZE	256

int trial_set_up(bool verbose);
pid_t trial_start(const struct program *p);
int trial_end(pid_t child, int *status, char why[WHY_SIZE]);

#endif
