/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lock.h - several pin-life run on different nodes at the same time
 */
#ifndef LOCK_H
#define LOCK_H

#include <stdbool.h>

void lock_open(const char *path);
bool lock_take(bool exclusive);
void lock_release(void);

#endif
