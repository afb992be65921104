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
 * @fd:		of /dev/kmsg, opened with O_NONBLOCK
 * @record:	filled in, as Documentation/ABI/testing/dev-kmsg says: "6,339,5140900,-;text"
 *
 * Records that were overwritten before they could be read are skipped.
 *
 * Return: the text of the record, or NULL if there are no more records.
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
