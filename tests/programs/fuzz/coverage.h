/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * coverage.h - which code of the kernel the programs reach, by KCOV
 */
#ifndef COVERAGE_H
#define COVERAGE_H

#include <stdbool.h>

/**
 * enum coverage_task - the tasks whose system calls can be traced at the same time
 * @COVERAGE_MAIN:	the program
 * @COVERAGE_THREAD:	one of its threads
 * @COVERAGE_CHILD:	one of its child processes
 * @COVERAGE_TASKS:	their number
 */
enum coverage_task {
	COVERAGE_MAIN,
	COVERAGE_THREAD,
	COVERAGE_CHILD,
	COVERAGE_TASKS
};

bool coverage_open(void);
void coverage_begin(enum coverage_task task);
void coverage_collect(void);
void coverage_end(enum coverage_task task);
unsigned int coverage_blocks(void);
void coverage_print(const char *path);

#endif
