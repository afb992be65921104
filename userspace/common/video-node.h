/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * video-node.h - a V4L2 node that a program is given
 */
#ifndef VIDEO_NODE_H
#define VIDEO_NODE_H

#include <stdbool.h>

#include <linux/videodev2.h>

int video_node_open(const char *path, enum v4l2_buf_type *type);
bool video_node_is_translated(const char *path);

#endif
