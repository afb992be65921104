/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * known.h - rows that are known to fail on a device (--expect)
 */
#ifndef KNOWN_H
#define KNOWN_H

#include "result.h"

int known_read(const char *path, char *why, size_t size);
void known_apply(struct row *row);
void known_print_unused(const char *path);

#endif
