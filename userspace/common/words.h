/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * words.h - lists of texts, separated by "|"
 */
#ifndef WORDS_H
#define WORDS_H

#include <stdbool.h>

bool has_one_of(const char *text, const char *words);
bool is_one_of(const char *name, const char *names);

#endif
