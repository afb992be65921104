/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * video-node.h - a V4L2 video node: opening it, and calls that several programs make
 */
#ifndef VIDEO_NODE_H
#define VIDEO_NODE_H

#include <stdbool.h>

#include <linux/videodev2.h>

int video_node_open(const char *path, enum v4l2_buf_type *type);
bool video_node_is_translated(const char *path);
struct v4l2_format video_node_format(enum v4l2_buf_type type, unsigned int width,
				     unsigned int height, __u32 pixelformat);
int video_node_request(int fd, enum v4l2_buf_type type, enum v4l2_memory memory,
		       unsigned int count);
int video_node_stream(int fd, enum v4l2_buf_type type, bool on);
int video_node_set_control(int fd, __u32 id, int value);

#endif
