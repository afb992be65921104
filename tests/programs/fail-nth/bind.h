/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * bind.h - let the allocations of bind and unbind fail
 */
#ifndef BIND_H
#define BIND_H

#include <stdbool.h>

bool bind_all_faults(const char *driver, const char *device);

#endif
