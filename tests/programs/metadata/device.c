// SPDX-License-Identifier: GPL-2.0-only
/*
 * device.c - scenarios: what both capturing nodes share, injected errors, and a device that goes
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "binding.h"
#include "common/video-node.h"
#include "common/vipin-node.h"
#include "node.h"

#define BUFFERS		8

/* Set the policy of a node to the other one, and back. */
static int change_policy(struct node *n, int fd)
{
	int err = video_node_set_control(fd, VIPIN_CID_POLICY, !n->policy);

	return err ?: video_node_set_control(fd, VIPIN_CID_POLICY, n->policy);
}

static enum outcome run_policy(struct node *n)
{
	struct v4l2_control control = { .id = VIPIN_CID_POLICY };
	enum v4l2_buf_type type;
	int fd = video_node_open(n->capture, &type), err;

	if (fd < 0 || ioctl(fd, VIDIOC_G_CTRL, &control))
		return cannot(n);
	if (control.value != (int)n->policy)
		return ended(n, WRONG, "the capture node has another policy");
	if (!node_begin(n, V4L2_MEMORY_USERPTR, 1))
		return cannot(n);
	err = change_policy(n, fd);
	if (err != -EBUSY)
		return ended(n, WRONG, "while metadata buffers exist: %s", strerror(-err));
	node_end(n);
	err = change_policy(n, fd);
	if (err)
		return ended(n, WRONG, "without buffers: %s", strerror(-err));
	if (video_node_request(fd, type, V4L2_MEMORY_USERPTR, 1) < 1)
		return cannot(n);
	err = change_policy(n, n->fd);
	close(fd);
	return err == -EBUSY ? RIGHT : ended(n, WRONG, "while frame buffers exist: %s",
					     strerror(-err));
}

static enum outcome run_errors(struct node *n)
{
	unsigned char *page = page_map(NULL);
	enum outcome outcome;
	int err;

	if (!page || !node_begin(n, V4L2_MEMORY_USERPTR, 1))
		return cannot(n);
	if (video_node_set_control(n->fd, VIPIN_CID_INJECT_PIN_ERROR, ENOMEM))
		return cannot(n);
	outcome = node_refuses(n, page, n->length, ENOMEM, " reason=injected by=injection: ");
	/* The next error comes after the pin. So pin now, as each pin has a verdict. */
	if (outcome == RIGHT)
		outcome = node_take(n, 0, page);
	if (outcome != RIGHT)
		return outcome;
	memset(page, FILL, META_SIZE);
	if (video_node_set_control(n->fd, VIPIN_CID_INJECT_QBUF, 1))
		return cannot(n);
	outcome = node_refuses(n, page, n->length, EINVAL, " reason=injected by=injection: ");
	if (outcome != RIGHT)
		return outcome;
	if (video_node_set_control(n->fd, VIPIN_CID_INJECT_DMA_FAULT_AT, 20))
		return cannot(n);
	err = node_queue(n, 0, page) ?: node_dequeue(n);
	if (err)
		return ended(n, WRONG, "%s", strerror(-err));
	if (!(n->done.flags & V4L2_BUF_FLAG_ERROR))
		return ended(n, WRONG, "a DMA fault sets no error flag");
	if (is_filled(page, page + 20) || !is_filled(page + 20, page + META_SIZE))
		return ended(n, WRONG, "not the bytes before the fault have arrived");
	return node_take(n, 0, page);
}

/* The node goes while it streams, half of its buffers are done, and all are in one page. */
static enum outcome run_unbound(struct node *n)
{
	unsigned char *page = page_map(NULL);
	struct binding binding;
	int err;

	if (!page || video_node_set_control(n->fd, VIPIN_CID_FREE_RUN, 0) ||
	    !node_begin(n, V4L2_MEMORY_USERPTR, BUFFERS))
		return cannot(n);
	for (unsigned int i = 0; i < BUFFERS; i++)
		if (node_queue(n, i, page + i * n->length))
			return cannot(n);
	for (unsigned int i = 0; i < BUFFERS / 2; i++)
		if (node_dequeue(n) || !node_arrived(n, page + n->done.index * n->length))
			return ended(n, WRONG, "buffer %u has not arrived", i);
	err = binding_find(&binding, n->path) ?: binding_unbind(&binding);
	if (err)
		return ended(n, CANNOT_RUN, "unbind: %s", strerror(-err));
	n->gone = true;
	err = node_dequeue(n);
	if (err != -ENODEV)
		return ended(n, WRONG, "VIDIOC_DQBUF: %s", err ? strerror(-err) : "a buffer");
	return RIGHT;
}

const struct scenario scenarios_device[] = {
	{
		.name = "policy", .run = run_policy,
		.sentence = "both capturing nodes have one policy, constant while one has buffers",
	}, {
		.name = "errors", .run = run_errors,
		.sentence = "injected errors take their effect once, with a verdict",
	}, {
		.name = "unbound", .run = run_unbound,
		.sentence = "when the device goes, VIDIOC_DQBUF says so and nothing stays pinned",
	}, { }
};
