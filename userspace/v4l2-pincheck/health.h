/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * health.h - the state of the system that a row must leave unchanged
 */
#ifndef HEALTH_H
#define HEALTH_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct klog - the kernel log from one moment on
 * @fd:	fd of /dev/kmsg, or -1 if it cannot be read
 */
struct klog {
	int fd;
};

/**
 * struct footprint - memory of this process
 * @anonymous:	number of anonymous pages that are resident; those of files are mostly the
 *		program itself, and grow as it runs
 * @mapped:	number of mapped pages, without heap and stack
 */
struct footprint {
	long anonymous;
	long mapped;
};

void health_footprint(struct footprint *f);
long health_huge_pages(void);
long health_migrations(void);
void klog_begin(struct klog *log);
bool klog_end(struct klog *log, const char *announced, char *line, size_t size);

#endif
