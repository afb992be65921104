/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * suggest.h - find the name that the user may have meant
 */
#ifndef SUGGEST_H
#define SUGGEST_H

#include <stddef.h>

const char *suggest(const char *word, const char *(*name_at)(size_t index));

#endif
