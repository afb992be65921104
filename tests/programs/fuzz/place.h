/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * place.h - memory that all processes of the fuzzer share
 */
#ifndef PLACE_H
#define PLACE_H

#include <stddef.h>

void *place_shared(size_t size, int fd);
void *place_segment(int id);

#endif
