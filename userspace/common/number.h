/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * number.h - a number on a command line
 */
#ifndef NUMBER_H
#define NUMBER_H

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

/**
 * number_parse() - parse a decimal number that has only digits
 * @text:	the text
 * @min:	the smallest allowed number
 * @max:	the largest allowed number
 * @number:	filled in on success
 *
 * strtoul() alone would also accept signs and white space, and turn "-1" into a huge number.
 *
 * Return: true if @text is such a number.
 */
static inline bool number_parse(const char *text, unsigned long min, unsigned long max,
				unsigned long *number)
{
	unsigned long value;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || *end || value < min || value > max)
		return false;
	*number = value;
	return true;
}

#endif
