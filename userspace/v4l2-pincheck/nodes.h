/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * nodes.h - which devices to check
 */
#ifndef NODES_H
#define NODES_H

#include "options.h"
#include "run.h"

int nodes_open(struct options *o, const struct run *run, struct device *devices,
	       bool *incomplete);

#endif
