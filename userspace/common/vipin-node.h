/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vipin-node.h - what only a video node of vipin has: settings, counted frames and pages, verdicts
 */
#ifndef VIPIN_NODE_H
#define VIPIN_NODE_H

#include <stddef.h>
#include <stdio.h>

long vipin_node_setting(const char *path, const char *name);
int vipin_node_count_frames(int fd, long long *good, long long *bad);
FILE *vipin_node_open_verdicts(const char *name);
long vipin_node_pinned(const char *path);
long vipin_node_verdict(const char *path, char *line, size_t size);

#endif
