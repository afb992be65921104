/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * task.h - the processes and threads of a program
 */
#ifndef TASK_H
#define TASK_H

#include "coverage.h"

void task_set_up(enum coverage_task trace);

#endif
