/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * control-group.h - a control group for the processes of a scenario
 */
#ifndef CONTROL_GROUP_H
#define CONTROL_GROUP_H

#include <stdbool.h>
#include <stddef.h>

#define CONTROL_GROUPS	"/run/vipin-control-groups"
#define CONTROL_GROUP	CONTROL_GROUPS "/scenario"

int control_group_make(bool memory, char *why, size_t room);
int control_group_remove(void);

#endif
