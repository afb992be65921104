// SPDX-License-Identifier: GPL-2.0-only
/*
 * number-file.c - files of sysfs that contain one number
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "number-file.h"

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
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -1;
	ret = dprintf(fd, "%ld", number) < 0 ? -1 : 0;
	close(fd);
	return ret;
}
