// SPDX-License-Identifier: GPL-2.0-only
/*
 * node.c - open a metadata node, and pass buffers to it
 */
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "buffer-alignment.h"
#include "common/metadata.h"
#include "common/page.h"
#include "common/pins.h"
#include "common/video-node.h"
#include "common/vipin-node.h"
#include "node.h"
#include "time-limit.h"

/* The directory of a metadata node in debugfs is a link to that of the capture node. */
static bool find_capture(struct node *n)
{
	const char *number = strrchr(n->path, '/');
	char link[64], name[16];
	ssize_t length;

	snprintf(link, sizeof(link), "/sys/kernel/debug/vipin/%.16s", number ? number + 1 : "");
	length = readlink(link, name, sizeof(name) - 1);
	if (length < 0)
		return false;
	name[length] = 0;
	snprintf(n->capture, sizeof(n->capture), "/dev/%s", name);
	return true;
}

/* Find out the alignment that the node requires for a buffer. */
static bool find_alignment(struct node *n)
{
	int alignment = buffer_alignment(n->fd, n->type, 0);

	if (alignment < 0) {
		errno = -alignment;
		return false;
	}
	n->alignment = alignment;
	n->length = (META_SIZE + alignment - 1) / alignment * alignment;
	return true;
}

/**
 * node_open() - open a metadata node, and let it make metadata as soon as a buffer is queued
 * @n:	the node; its path and its policy are set
 *
 * Return: true on success; if not, errno is set.
 */
bool node_open(struct node *n)
{
	n->held = pins_count(-1);
	n->fd = video_node_open(n->path, &n->type);
	if (n->fd < 0)
		return false;
	errno = ENOTSUP;
	if (n->type != V4L2_BUF_TYPE_META_CAPTURE || !find_capture(n))
		return false;
	n->translated = video_node_is_translated(n->path);
	return !video_node_set_control(n->fd, VIPIN_CID_FREE_RUN, 1) &&
	       !video_node_set_control(n->fd, VIPIN_CID_POLICY, n->policy) && find_alignment(n);
}

/**
 * node_close() - close a node with its default settings, and check that nothing stays pinned
 * @n:		the node
 * @outcome:	of the scenario
 *
 * Return: the outcome, or %WRONG.
 */
enum outcome node_close(struct node *n, enum outcome outcome)
{
	node_end(n);
	video_node_set_control(n->fd, VIPIN_CID_FREE_RUN, 0);
	video_node_set_control(n->fd, VIPIN_CID_POLICY, VIPIN_POLICY_STRICT);
	close(n->fd);
	return outcome == RIGHT ? node_expect_pinned(n, 0) : outcome;
}

/**
 * node_begin() - request buffers, and start to stream
 * @n:		the node
 * @memory:	of the buffers
 * @count:	number of buffers
 *
 * Return: true on success; if not, errno is set.
 */
bool node_begin(struct node *n, enum v4l2_memory memory, unsigned int count)
{
	int ret = video_node_request(n->fd, n->type, memory, count);

	/* videobuf2 may make more of them. */
	if (ret >= (int)count)
		ret = video_node_stream(n->fd, n->type, true);
	if (!ret)
		return true;
	errno = ret < 0 ? -ret : ENOBUFS;
	return false;
}

/**
 * node_begin_at() - request one buffer, start to stream, and get metadata once
 * @n:		the node
 * @start:	where the metadata go
 *
 * Return: %RIGHT, or the outcome of the scenario.
 */
enum outcome node_begin_at(struct node *n, unsigned char *start)
{
	return node_begin(n, V4L2_MEMORY_USERPTR, 1) ? node_take(n, 0, start) : cannot(n);
}

/**
 * node_end() - stop streaming, and free all buffers
 * @n:	the node
 */
void node_end(struct node *n)
{
	video_node_stream(n->fd, n->type, false);
	video_node_request(n->fd, n->type, V4L2_MEMORY_USERPTR, 0);
}

/**
 * node_call() - queue or prepare a user pointer
 * @n:		the node
 * @call:	VIDIOC_QBUF or VIDIOC_PREPARE_BUF
 * @index:	number of the buffer
 * @pointer:	the pointer
 * @length:	its length in bytes
 *
 * Return: 0, or a negative errno.
 */
int node_call(struct node *n, unsigned long call, unsigned int index, const void *pointer,
	      size_t length)
{
	struct v4l2_buffer buf = {
		.index = index, .type = n->type, .memory = V4L2_MEMORY_USERPTR,
		.m.userptr = (uintptr_t)pointer, .length = length,
	};

	return ioctl(n->fd, call, &buf) ? -errno : 0;
}

/**
 * node_queue() - queue a user pointer with the length of metadata
 * @n:		the node
 * @index:	number of the buffer
 * @pointer:	the pointer
 *
 * Return: 0, or a negative errno.
 */
int node_queue(struct node *n, unsigned int index, const void *pointer)
{
	return node_call(n, VIDIOC_QBUF, index, pointer, n->length);
}

/**
 * node_dequeue() - wait for a buffer, and dequeue it
 * @n:	the node; its @done is filled in
 *
 * Return: 0, or a negative errno.
 */
int node_dequeue(struct node *n)
{
	struct pollfd poll_fd = { .fd = n->fd, .events = POLLIN };
	static const enum v4l2_memory memories[] = {
		V4L2_MEMORY_USERPTR, V4L2_MEMORY_MMAP, V4L2_MEMORY_DMABUF,
	};
	int ready = poll(&poll_fd, 1, FRAME_TIMEOUT);

	if (ready <= 0)
		return ready ? -errno : -ETIMEDOUT;
	/* VIDIOC_DQBUF needs the kind of memory that the queue has. */
	for (size_t i = 0; i < ARRAY_SIZE(memories); i++) {
		n->done = (struct v4l2_buffer) { .type = n->type, .memory = memories[i] };
		if (!ioctl(n->fd, VIDIOC_DQBUF, &n->done))
			return 0;
		if (errno != EINVAL)
			break;
	}
	return -errno;
}

/**
 * node_arrived() - check the buffer that was dequeued
 * @n:		the node; its @meta, or @why, is filled in
 * @memory:	the memory of the buffer
 *
 * Return: true if the metadata are complete, and belong to this buffer.
 */
bool node_arrived(struct node *n, const void *memory)
{
	if (!(n->done.flags & V4L2_BUF_FLAG_ERROR))
		return metadata_agree(memory, &n->done, &n->meta, n->why, sizeof(n->why));
	ended(n, WRONG, "buffer %u has the error flag", n->done.index);
	return false;
}

/**
 * node_take() - have metadata written to a user pointer
 * @n:		the node
 * @index:	number of the buffer
 * @pointer:	the pointer
 *
 * Return: %RIGHT, or %WRONG with the reason in @n.
 */
enum outcome node_take(struct node *n, unsigned int index, const void *pointer)
{
	int err = node_queue(n, index, pointer) ?: node_dequeue(n);

	if (err)
		return ended(n, WRONG, "at 0x%03zx: %s", (size_t)((uintptr_t)pointer % PAGE),
			     strerror(-err));
	return node_arrived(n, pointer) ? RIGHT : WRONG;
}

/**
 * node_refuses() - queue a pointer that must be refused, with a verdict; nothing more is pinned
 * @n:		the node
 * @pointer:	the pointer
 * @length:	its length in bytes
 * @error:	the errno, positive
 * @keys:	what the verdict has, such as " reason=not-mapped "
 *
 * Return: %RIGHT, or %WRONG with the reason in @n.
 */
enum outcome node_refuses(struct node *n, const void *pointer, size_t length, int error,
			  const char *keys)
{
	long counted = vipin_node_pinned(n->path);
	char line[512];
	long before = vipin_node_verdict(n->path, line, sizeof(line));
	int err = node_call(n, VIDIOC_QBUF, 0, pointer, length);

	if (err != -error)
		return ended(n, WRONG, "VIDIOC_QBUF: %s, not %s", err ? strerror(-err) : "accepted",
			     strerror(error));
	if (vipin_node_verdict(n->path, line, sizeof(line)) != before + 1)
		return ended(n, WRONG, "there is not one new verdict");
	if (!strstr(line, keys))
		return ended(n, WRONG, "the verdict is %.200s", line);
	/* videobuf2 releases the pin that the buffer had before. */
	if (vipin_node_pinned(n->path) > counted)
		return ended(n, WRONG, "%ld pages are counted, %ld before",
			     vipin_node_pinned(n->path), counted);
	return RIGHT;
}

/**
 * node_expect_pinned() - check how many pages are pinned by the scenario
 * @n:		the node
 * @pages:	how many there must be
 *
 * Return: %RIGHT, or %WRONG with the reason in @n.
 */
enum outcome node_expect_pinned(struct node *n, long pages)
{
	long held = pins_count(n->held + pages) - n->held;
	long counted = n->gone ? 0 : vipin_node_pinned(n->capture);

	if (held != pages || counted != pages)
		return ended(n, WRONG, "%ld pages are pinned, %ld are counted, not %ld", held,
			     counted, pages);
	return RIGHT;
}

/**
 * page_map() - map a new page, filled with FILL
 * @at:	where, instead of what is mapped there; or NULL
 *
 * Return: the page, or NULL with errno set.
 */
unsigned char *page_map(void *at)
{
	unsigned char *page = mmap(at, PAGE, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS | (at ? MAP_FIXED : 0), -1, 0);

	return page == MAP_FAILED ? NULL : memset(page, FILL, PAGE);
}
