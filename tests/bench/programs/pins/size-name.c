// SPDX-License-Identifier: GPL-2.0-only
/*
 * size-name.c - names of sizes
 */
#include <stdio.h>

#include "pins.h"

/**
 * size_name() - format a size, such as "4KiB"
 * @size:	in bytes, whole KiB
 *
 * Return: the text, which is valid until the next call.
 */
const char *size_name(size_t size)
{
	static char name[32];

	if (size % MIB)
		snprintf(name, sizeof(name), "%zuKiB", size / KIB);
	else
		snprintf(name, sizeof(name), "%zuMiB", size / MIB);
	return name;
}
