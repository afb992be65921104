// SPDX-License-Identifier: GPL-2.0-only
/*
 * check.c - end a scenario, and read and write files of the kernel
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "common/counters.h"
#include "common/text-file.h"

/**
 * expect() - end the scenario as wrong unless a condition is true
 * @condition:	the condition
 * @format:	what is wrong if it is false, as for printf()
 */
void expect(bool condition, const char *format, ...)
{
	va_list args;

	if (condition)
		return;
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	fflush(stdout);
	_exit(WRONG);
}

/**
 * skip() - end the scenario as skipped
 * @format:	why it cannot run here, as for printf()
 */
void skip(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	fflush(stdout);
	_exit(SKIPPED);
}

/**
 * write_file() - write a text to a file of the kernel
 * @path:	of the file
 * @text:	the text
 */
void write_file(const char *path, const char *text)
{
	int err = text_file_write(path, text);

	expect(!err, "%s: %s", path, strerror(-err));
}

/**
 * read_number() - read a number from a file of the kernel
 * @path:	of the file
 * @label:	what comes before the number at the start of its line; "" for a file of one line
 *
 * Return: the number, or -1 if no line has the label.
 */
long read_number(const char *path, const char *label)
{
	long number;

	expect(!access(path, R_OK), "%s: %s", path, strerror(errno));
	counters_read(path, &label, 1, &number);
	return number;
}
