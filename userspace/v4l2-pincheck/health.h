/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * health.h - what a row must leave as it found it
 */
#ifndef HEALTH_H
#define HEALTH_H

#include <stdbool.h>
#include <stddef.h>

/**
 * struct klog - the kernel's log from one moment on
 * @fd:	of /dev/kmsg, or -1 where it cannot be read
 */
struct klog {
	int fd;
};

/**
 * struct footprint - how much memory this process itself has
 * @anonymous:	pages of it that are resident and anonymous; what is resident of
 *		files is mostly the program itself, and grows as it runs
 * @mapped:	pages of address space, resident or not, but for heap and stack
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
