/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stamp.h - the stamp at a frame's start, as struct vipin_stamp defines it
 */
#ifndef STAMP_H
#define STAMP_H

#include <stdbool.h>
#include <stddef.h>

#include "vipin/vipin-uapi.h"

bool stamp_agrees(const void *frame, size_t length, struct vipin_stamp *stamp,
		  char *why, size_t size);
void stamp_put(void *frame, size_t length, unsigned int sequence);

#endif
