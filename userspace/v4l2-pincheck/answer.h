/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * answer.h - what a device takes, in plain words
 */
#ifndef ANSWER_H
#define ANSWER_H

#include "result.h"

void answer_add(const struct row *row);
void answer_print(void);

#endif
