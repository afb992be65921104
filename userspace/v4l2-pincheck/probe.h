/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * probe.h - find out, by a test, what a device needs but does not report
 */
#ifndef PROBE_H
#define PROBE_H

#include "device.h"
#include "memory/memory.h"

bool probe_scattered(struct device *d);
bool probe_kernel(struct device *d);
void probe_check(struct device *d);
void probe_alignment(struct device *d, const struct memory *good);
int probe_depth(struct device *d, const struct memory *good);

#endif
