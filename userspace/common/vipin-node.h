/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vipin-node.h - what only a video node of vipin has: counted frames and pages, and verdicts
 */
#ifndef VIPIN_NODE_H
#define VIPIN_NODE_H

#include <stddef.h>
#include <stdio.h>

int vipin_node_count_frames(int fd, long long *good, long long *bad);
FILE *vipin_node_open_verdicts(const char *name);
long vipin_node_pinned(const char *path);
long vipin_node_verdict(const char *path, char *line, size_t size);

#endif
