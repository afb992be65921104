// SPDX-License-Identifier: GPL-2.0-only
/*
 * scene.c - a node, and the buffer that it gets
 *
 * A frame is small, so that thousands of them take seconds on a kernel with KASAN.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/page.h"
#include "common/stamp.h"
#include "common/video-node.h"
#include "common/vipin-node.h"
#include "scenario-options.h"
#include "scene.h"

#define WIDTH		64
#define HEIGHT		64
#define MOST_TRIES	1000	/* ms, for a frame of write() */
#define MOST_FDS	8	/* that the calls open */

static void die(const char *what)
{
	fprintf(stderr, "fail-nth: %s: %s\n", what, strerror(errno));
	exit(CANNOT_RUN);
}

/**
 * scene_open() - open a node
 * @s:		filled in
 * @path:	of the node
 *
 * Ends the program if the node cannot be used.
 */
void scene_open(struct scene *s, const char *path)
{
	*s = (struct scene) { .path = path, .fd = -1 };
	s->watch = video_node_open(path, &s->type);
	if (s->watch < 0)
		die(path);
	s->output = V4L2_TYPE_IS_OUTPUT(s->type);
	s->translated = video_node_is_translated(path);
	s->planes = V4L2_TYPE_IS_MULTIPLANAR(s->type) ? 2 : 1;
	s->size[0] = WIDTH * HEIGHT;
	s->size[1] = s->planes == 2 ? WIDTH * HEIGHT / 2 : 0;
}

/**
 * scene_map() - map the memory of a buffer
 * @s:		the scene
 * @kind:	of memory
 *
 * Return: true, or false if there is no such memory; memory.why of the first plane says why.
 */
bool scene_map(struct scene *s, const struct memory_kind *kind)
{
	unsigned int i;

	for (i = 0; i < s->planes; i++) {
		size_t length = s->length ? s->length : s->size[i];

		if (!memory_map(&s->memory[i], kind, s->path, length))
			continue;
		if (i)
			die(s->memory[i].why);
		s->memory[0].kind = NULL;
		return false;
	}
	return true;
}

/**
 * scene_unmap() - release the memory of scene_map()
 * @s:	the scene
 */
void scene_unmap(struct scene *s)
{
	unsigned int i;

	for (i = 0; i < s->planes; i++) {
		if (s->memory[i].kind)
			memory_unmap(&s->memory[i]);
		s->memory[i].kind = NULL;
	}
}

/**
 * scene_memory() - get the V4L2 memory type of the buffer
 * @s:	the scene
 *
 * Return: the type.
 */
enum v4l2_memory scene_memory(const struct scene *s)
{
	if (!s->memory[0].kind)
		return V4L2_MEMORY_MMAP;
	return s->memory[0].kind->by_fd ? V4L2_MEMORY_DMABUF : V4L2_MEMORY_USERPTR;
}

/**
 * scene_set_format() - fill in the argument of VIDIOC_S_FMT
 * @s:		the scene
 * @format:	filled in
 */
void scene_set_format(const struct scene *s, struct v4l2_format *format)
{
	*format = video_node_format(s->type, WIDTH, HEIGHT,
				    s->planes == 1 ? V4L2_PIX_FMT_GREY : V4L2_PIX_FMT_NV12M);
}

/**
 * scene_describe() - fill in the argument of VIDIOC_QBUF: buf and plane of the scene
 * @s:	the scene
 */
void scene_describe(struct scene *s)
{
	enum v4l2_memory memory = scene_memory(s);
	unsigned int i;

	memset(s->plane, 0, sizeof(s->plane));
	s->buf = (struct v4l2_buffer) { .type = s->type, .memory = memory };
	for (i = 0; i < s->planes; i++) {
		s->plane[i].bytesused = s->size[i];
		s->plane[i].length = s->length ? s->length : s->size[i];
		if (memory == V4L2_MEMORY_USERPTR)
			s->plane[i].m.userptr = (unsigned long)s->memory[i].frame;
		else if (memory == V4L2_MEMORY_DMABUF)
			s->plane[i].m.fd = s->memory[i].dmabuf;
	}
	if (s->planes == 1) {
		s->buf.bytesused = s->plane[0].bytesused;
		s->buf.length = s->plane[0].length;
		if (memory == V4L2_MEMORY_USERPTR)
			s->buf.m.userptr = s->plane[0].m.userptr;
		else if (memory == V4L2_MEMORY_DMABUF)
			s->buf.m.fd = s->plane[0].m.fd;
		return;
	}
	s->buf.m.planes = s->plane;
	s->buf.length = s->planes;
}

static int highest_fd(const struct scene *s)
{
	int highest = s->watch;
	unsigned int i;

	for (i = 0; i < s->planes; i++) {
		if (!s->memory[i].kind)
			continue;
		if (s->memory[i].fd > highest)
			highest = s->memory[i].fd;
		if (s->memory[i].dmabuf > highest)
			highest = s->memory[i].dmabuf;
	}
	return highest;
}

/**
 * scene_begin() - record the state before the calls
 * @s:	the scene
 */
void scene_begin(struct scene *s)
{
	long long bad;

	s->fd = -1;
	/* Fill the numbers below those of the memory, so that the calls get higher ones. */
	do {
		s->first_fd = dup(STDERR_FILENO);
		if (s->first_fd < 0)
			die("dup");
	} while (s->first_fd < highest_fd(s));
	close(s->first_fd);
	memset(s->mapped, 0, sizeof(s->mapped));
	memset(s->data, 0, sizeof(s->data));
	if (s->output && vipin_node_count_frames(s->watch, &s->good, &bad))
		die("VIDIOC_G_EXT_CTRLS");
}

/* Return the plane's bytes, or NULL if the frame is in @data. */
static unsigned char *plane_bytes(struct scene *s, unsigned int plane)
{
	if (s->memory[plane].kind)
		return s->memory[plane].frame;
	return s->mapped[plane];
}

static bool is_untouched(const struct scene *s)
{
	return s->memory[0].kind && s->memory[0].kind->untouched;
}

/**
 * scene_paint() - prepare the memory: a frame to send, or no frame
 * @s:	the scene; if its memory has to stay untouched, nothing is done
 */
void scene_paint(struct scene *s)
{
	size_t all = s->size[0] + s->size[1], done = 0;
	unsigned int i;

	if (s->output)
		stamp_put(s->data, all, 0);
	if (is_untouched(s))
		return;
	for (i = 0; i < s->planes && plane_bytes(s, i); done += s->size[i++]) {
		if (s->memory[i].kind)
			memory_begin_access(&s->memory[i]);
		memcpy(plane_bytes(s, i), s->data + done, s->size[i]);
		if (s->memory[i].kind)
			memory_end_access(&s->memory[i]);
	}
}

static void collect(struct scene *s)
{
	size_t done = 0;
	unsigned int i;

	for (i = 0; i < s->planes && plane_bytes(s, i); done += s->size[i++]) {
		if (s->memory[i].kind)
			memory_begin_access(&s->memory[i]);
		memcpy(s->data + done, plane_bytes(s, i), s->size[i]);
		if (s->memory[i].kind)
			memory_end_access(&s->memory[i]);
	}
}

/**
 * scene_verify() - verify that a frame arrived
 * @s:		the scene, after all calls but close()
 * @why:	filled in, if not
 * @size:	room in @why
 *
 * An output device reads a bad frame from memory that is untouched.
 *
 * Return: true if a complete frame arrived.
 */
bool scene_verify(struct scene *s, char *why, size_t size)
{
	struct vipin_stamp stamp;
	long long good, bad;
	int try = 0;

	if (!s->output) {
		collect(s);
		return stamp_agrees(s->data, s->size[0] + s->size[1], &stamp, why, size);
	}
	/* write() does not wait until the device has read the frame. */
	do {
		if (try)
			usleep(1000);
		if (vipin_node_count_frames(s->watch, &good, &bad))
			die("VIDIOC_G_EXT_CTRLS");
	} while (good == s->good && !is_untouched(s) && try++ < MOST_TRIES);
	snprintf(why, size, "%lld good frames were sent", good - s->good);
	return is_untouched(s) ? good == s->good : good > s->good;
}

/**
 * scene_end() - close all that the calls have opened
 * @s:	the scene
 *
 * VIDIOC_EXPBUF leaves a file descriptor open if it cannot return its number.
 */
void scene_end(struct scene *s)
{
	unsigned int i;
	int fd;

	for (i = 0; i < s->planes; i++)
		if (s->mapped[i])
			munmap(s->mapped[i], s->size[i]);
	for (fd = s->first_fd; fd < s->first_fd + MOST_FDS; fd++)
		close(fd);
}
