// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmsg.c - the kernel's log, record by record
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "kmsg.h"

/**
 * kmsg_read() - read the next record
 * @fd:		of /dev/kmsg, which does not block
 * @record:	filled in, as Documentation/ABI/testing/dev-kmsg says: "6,339,5140900,-;text"
 *
 * What was overwritten before it was read is passed over.
 *
 * Return: the record's text, or NULL if there is none any more.
 */
const char *kmsg_read(int fd, char record[KMSG_SIZE])
{
	const char *text;
	ssize_t got;

	do {
		got = read(fd, record, KMSG_SIZE - 1);
		record[got > 0 ? got : 0] = 0;
		text = strchr(record, ';');
	} while (!text && (got > 0 || (got < 0 && errno == EPIPE)));
	return text ? text + 1 : NULL;
}
