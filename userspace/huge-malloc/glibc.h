/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * glibc.h - the C library's own allocator, which huge-malloc falls back to
 */
#ifndef GLIBC_H
#define GLIBC_H

#include <stddef.h>

void *__libc_malloc(size_t size);
void __libc_free(void *block);
void *__libc_calloc(size_t nr, size_t size);
void *__libc_realloc(void *block, size_t size);

#endif
