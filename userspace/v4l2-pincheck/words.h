/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * words.h - one text of several, in another
 */
#ifndef WORDS_H
#define WORDS_H

#include <stdbool.h>

bool has_one_of(const char *text, const char *words);

#endif
