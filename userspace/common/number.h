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
 * number_parse() - read a decimal number that is nothing but digits
 * @text:	the number
 * @min:	the smallest that is allowed
 * @max:	the largest that is allowed
 * @number:	filled in if it is one
 *
 * strtoul() also takes signs and white space, and makes a huge number of "-1".
 *
 * Return: false if @text is no such number.
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
