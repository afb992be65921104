/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * header.h - what the rows were run on: the machine, and the devices
 */
#ifndef HEADER_H
#define HEADER_H

#include "report.h"

void header_print(const char *prefix, const struct plan *plan);

#endif
