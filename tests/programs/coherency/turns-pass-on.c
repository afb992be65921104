// SPDX-License-Identifier: GPL-2.0-only
/*
 * turns-pass-on.c - one device writes frames, and another one reads them from a dma-buf
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/video-node.h"
#include "common/vipin-node.h"
#include "turns.h"

#define TURNS		3

/* Open the output node of the device that a capture node belongs to. Return -1 if there is none. */
static int open_output_beside(const char *path)
{
	const char *slash = strrchr(path, '/');
	enum v4l2_buf_type type;
	struct dirent *entry;
	char name[300];
	int fd = -1;
	DIR *nodes;

	snprintf(name, sizeof(name), "/sys/class/video4linux/%.32s/device/video4linux",
		 slash ? slash + 1 : path);
	nodes = opendir(name);
	while (nodes && fd < 0 && (entry = readdir(nodes))) {
		snprintf(name, sizeof(name), "/dev/%s", entry->d_name);
		fd = *entry->d_name == '.' ? -1 : video_node_open(name, &type);
		if (fd >= 0 && type != V4L2_BUF_TYPE_VIDEO_OUTPUT) {
			close(fd);
			fd = -1;
		}
	}
	if (nodes)
		closedir(nodes);
	return fd;
}

/* Let the output device read a frame from a dma-buf. Return false with errno set on an error. */
static bool read_frame(int output, int dma_buf)
{
	struct v4l2_buffer buf = {
		.type = V4L2_BUF_TYPE_VIDEO_OUTPUT, .memory = V4L2_MEMORY_DMABUF,
		.m.fd = dma_buf, .bytesused = FRAME_SIZE,
	};

	return !ioctl(output, VIDIOC_QBUF, &buf) && !ioctl(output, VIDIOC_DQBUF, &buf);
}

static enum outcome take_turns(struct buffer *b, int output, int dma_buf)
{
	long long good, bad, good_before, bad_before;

	if (vipin_node_count_frames(output, &good_before, &bad_before))
		return ended(b, CANNOT_RUN, "the frames are not counted");
	for (unsigned int i = 1; i <= TURNS; i++) {
		memset(b->start, i, b->length);
		if (!buffer_prepare(b, b->s->hints) || !buffer_transfer(b) ||
		    !read_frame(output, dma_buf))
			return ended(b, CANNOT_RUN, "no frame: %s", strerror(errno));
		if (vipin_node_count_frames(output, &good, &bad))
			return ended(b, CANNOT_RUN, "the frames are not counted");
		if (good != good_before + i || bad != bad_before)
			return ended(b, WRONG, "the other device does not see frame %u", i);
		if (b->start[0] != i)
			return ended(b, WRONG, "the program sees frame %u", i);
	}
	return RIGHT;
}

/**
 * turns_pass_on() - let a device write frames, and another one read them
 * @b:	the buffer, with the hint NO_CACHE_INVALIDATE
 *
 * Return: %RIGHT, or another outcome; then @b->why is set.
 */
enum outcome turns_pass_on(struct buffer *b)
{
	struct v4l2_exportbuffer export = { .type = b->type, .flags = O_RDWR | O_CLOEXEC };
	const enum v4l2_buf_type type = V4L2_BUF_TYPE_VIDEO_OUTPUT;
	int output = open_output_beside(b->path);
	enum outcome outcome;

	if (output < 0)
		return ended(b, CANNOT_RUN, "there is no output node");
	if (ioctl(b->fd, VIDIOC_EXPBUF, &export) || !buffer_set_format(output, type) ||
	    video_node_request(output, type, V4L2_MEMORY_DMABUF, 1) < 1 ||
	    video_node_stream(output, type, true))
		outcome = ended(b, CANNOT_RUN, "the buffer cannot be shared: %s", strerror(errno));
	else
		outcome = take_turns(b, output, export.fd);
	/* When the output node is closed, it stops streaming and frees its buffers. */
	close(output);
	if (export.fd > 0)
		close(export.fd);
	return outcome;
}
