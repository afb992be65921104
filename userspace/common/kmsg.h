/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kmsg.h - the kernel's log, record by record
 */
#ifndef KMSG_H
#define KMSG_H

/* The longest record, CONSOLE_EXT_LOG_MAX of older kernels. */
#define KMSG_SIZE	8192

const char *kmsg_read(int fd, char record[KMSG_SIZE]);

#endif
