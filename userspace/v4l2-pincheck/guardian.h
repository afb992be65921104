/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * guardian.h - restore devices even if the process that checks them crashes
 */
#ifndef GUARDIAN_H
#define GUARDIAN_H

#include "run.h"

void guardian_catch_signals(struct run *run);
int guardian_run(int (*work)(void *context), void *context);

/* What the guardian reports if the worker crashes: the row that is running. */
void guardian_row(const char *path, const char *kind, const char *suffix);

#endif
