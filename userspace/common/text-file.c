// SPDX-License-Identifier: GPL-2.0-only
/*
 * text-file.c - write a text to a file of the kernel
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "text-file.h"

/**
 * text_file_write() - write a text to a file, by one write()
 * @path:	of the file, which exists
 * @text:	the text
 *
 * Return: 0, or a negative errno.
 */
int text_file_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;

	if (fd < 0)
		return -errno;
	if (write(fd, text, strlen(text)) < 0)
		err = -errno;
	close(fd);
	return err;
}
