/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ballast.h - memory taken only so that others cannot have it
 */
#ifndef BALLAST_H
#define BALLAST_H

#include <stddef.h>

/**
 * struct ballast - memory that nobody looks at
 * @fd:		the file whose pages it is, or -1
 * @size:	bytes taken
 */
struct ballast {
	int fd;
	size_t size;
};

int ballast_open(struct ballast *b);
int ballast_add(struct ballast *b, size_t size);
void ballast_drop(struct ballast *b);

#endif
