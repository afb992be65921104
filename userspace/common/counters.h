/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * counters.h - numbers from a file of labelled lines, such as /proc/vmstat
 */
#ifndef COUNTERS_H
#define COUNTERS_H

void counters_read(const char *path, const char * const *labels, int nr, long *numbers);

#endif
