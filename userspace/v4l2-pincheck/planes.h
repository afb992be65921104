/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * planes.h - memory that every device should take
 */
#ifndef PLANES_H
#define PLANES_H

#include "device.h"
#include "memory/memory.h"

int good_map(struct memory *whole, struct memory *m, const struct device *d, size_t length);
int planes_map(struct device *d, struct memory others[VIDEO_MAX_PLANES]);
void planes_unmap(struct device *d, struct memory others[VIDEO_MAX_PLANES]);

#endif
