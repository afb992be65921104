/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ballast.h - memory that is allocated only to reduce the free memory
 */
#ifndef BALLAST_H
#define BALLAST_H

#include <stddef.h>

/**
 * struct ballast - memory that is allocated, and never accessed
 * @fd:		the file that the pages belong to, or -1
 * @size:	bytes allocated
 */
struct ballast {
	int fd;
	size_t size;
};

int ballast_open(struct ballast *b);
int ballast_add(struct ballast *b, size_t size);
void ballast_drop(struct ballast *b);

#endif
