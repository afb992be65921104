/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * device.h - one frame from a video node, or to it, in each way that V4L2 has
 */
#ifndef DEVICE_H
#define DEVICE_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/videodev2.h>

#include "common/macros.h"
#include "layout.h"

#define PIECES	LAYOUT_PLANES
/* What is in memory before a frame is captured. */
#define FILL	0x5a

/**
 * struct device - a video node
 * @path:	its path, or NULL if there is none
 * @fd:		the open node
 * @type:	type of its buffers
 * @why:	what went wrong, in words
 */
struct device {
	const char *path;
	int fd;
	enum v4l2_buf_type type;
	char why[192];
};

void device_open(struct device *d, const char *path);
__u32 device_format(struct device *d, unsigned int index);
bool device_set(struct device *d, __u32 fourcc, unsigned int width, unsigned int height,
		size_t line, struct shape *got);
bool device_select(struct device *d, __u32 target, const struct v4l2_rect *part);
bool device_capture_userptr(struct device *d, const struct shape *s, unsigned char *frame);
bool device_capture_mmap(struct device *d, const struct shape *s, size_t more,
			 unsigned char *frame);
bool device_read(struct device *d, const struct shape *s, unsigned char *frame);
bool device_send(struct device *d, const struct shape *s, const unsigned char *frame);

__printf(2, 3)
bool device_fails(struct device *d, const char *format, ...);

#endif
