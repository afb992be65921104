/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * row.h - run one row: hand one kind of memory to one device under one policy
 */
#ifndef ROW_H
#define ROW_H

#include "result.h"
#include "run.h"

void row_run(struct row *row, struct run *run, struct device *d,
	     const struct memory_kind *kind, const struct variant *variant);

#endif
