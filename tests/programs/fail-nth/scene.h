/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scene.h - a node, and the buffer that it gets
 */
#ifndef SCENE_H
#define SCENE_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/videodev2.h>

#include "common/page.h"
#include "memory/memory.h"

#define MAX_PLANES	2

/**
 * struct scene - a node, and the buffer that it gets
 * @path:	of the node
 * @watch:	a second open file, which counts frames
 * @type:	type of the buffers
 * @output:	the device reads
 * @translated:	an IOMMU translates
 * @planes:	planes of a frame
 * @size:	bytes of each plane of a frame
 * @memory:	memory of each plane; its kind is NULL for buffers of the device
 * @length:	bytes of a pointer, or 0 for those of the plane
 * @first_fd:	the lowest file descriptor that the calls open
 * @fd:		the node, opened by the call, or -1
 * @buf:	the buffer
 * @plane:	its planes, in the multi-planar API
 * @mapped:	mappings of the device's buffer
 * @data:	the frame of read() or write(), or all planes together
 * @good:	output: frames that were right, before the calls
 */
struct scene {
	const char *path;
	int watch;
	enum v4l2_buf_type type;
	bool output;
	bool translated;
	unsigned int planes;
	size_t size[MAX_PLANES];
	struct memory memory[MAX_PLANES];
	size_t length;
	int first_fd;
	int fd;
	struct v4l2_buffer buf;
	struct v4l2_plane plane[MAX_PLANES];
	unsigned char *mapped[MAX_PLANES];
	unsigned char data[4 * PAGE_MAX];
	long long good;
};

void scene_open(struct scene *s, const char *path);
bool scene_map(struct scene *s, const struct memory_kind *kind);
void scene_unmap(struct scene *s);
enum v4l2_memory scene_memory(const struct scene *s);
void scene_set_format(const struct scene *s, struct v4l2_format *format);
void scene_describe(struct scene *s);
void scene_begin(struct scene *s);
void scene_paint(struct scene *s);
bool scene_verify(struct scene *s, char *why, size_t size);
void scene_end(struct scene *s);

#endif
