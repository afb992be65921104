// SPDX-License-Identifier: GPL-2.0-only
/*
 * number-file.c - files of sysfs that contain one number
 */
#include <errno.h>
#include <stdio.h>

#include "number-file.h"
#include "text-file.h"

/**
 * number_file_read() - read a decimal number from a file
 * @path:	of the file
 *
 * Return: the number, or -1 if there is no such file or no number in it.
 */
long number_file_read(const char *path)
{
	FILE *f = fopen(path, "re");
	long number = -1;

	if (!f)
		return -1;
	if (fscanf(f, "%ld", &number) != 1)
		number = -1;
	fclose(f);
	return number;
}

/**
 * number_file_write() - write a decimal number to a file
 * @path:	of the file
 * @number:	the number
 *
 * Return: 0, or -1 with errno set.
 */
int number_file_write(const char *path, long number)
{
	char text[32];
	int err;

	snprintf(text, sizeof(text), "%ld", number);
	err = text_file_write(path, text);
	if (!err)
		return 0;
	errno = -err;
	return -1;
}
