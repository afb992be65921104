/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * child.h - hand over memory from another process
 */
#ifndef CHILD_H
#define CHILD_H

#include "result.h"
#include "run.h"

bool child_run(struct row *row, struct run *run, struct device *d, struct memory *m,
	       bool (*work)(struct row *row, struct run *run, struct device *d,
			    struct memory *m));
int child_killed_in_queue(struct row *row, struct device *d, struct memory *m);
int child_queue(struct row *row, struct device *d, struct memory *m);

#endif
