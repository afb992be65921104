/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * buffer-alignment.h - the alignment that a node requires for a buffer
 */
#ifndef BUFFER_ALIGNMENT_H
#define BUFFER_ALIGNMENT_H

#include <stddef.h>

#include <linux/videodev2.h>

int buffer_alignment(int fd, enum v4l2_buf_type type, size_t payload);

#endif
