/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sample.h - prints the samples of make bench, one line each, and reads CPU clocks
 */
#ifndef SAMPLE_H
#define SAMPLE_H

#include <linux/types.h>
#include <sys/types.h>

/* The clock of a sample: see tests/bench/run. */
#define CLOCK_THREAD	"cpu-thread"
#define CLOCK_CALLER	"cpu-caller"
#define CLOCK_WALL	"wall"

void sample(const char *measure, const char *variant, const char *clock, const char *unit,
	    double value);
__u64 sample_task_ns(pid_t tid);
__u64 sample_own_ns(void);
pid_t sample_find_task(const char *name);

#endif
