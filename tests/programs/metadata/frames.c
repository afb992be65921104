// SPDX-License-Identifier: GPL-2.0-only
/*
 * frames.c - scenarios: which frame metadata are about
 */
#include <endian.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/page.h"
#include "common/stamp.h"
#include "common/video-node.h"
#include "node.h"

#define FRAMES		20
#define WIDTH		64
#define HEIGHT		32

/**
 * struct camera - the capture node of the same device, with one MMAP buffer
 * @fd:		its file descriptor
 * @type:	of its buffers
 * @buf:	the buffer
 * @frame:	its memory
 */
struct camera {
	int fd;
	enum v4l2_buf_type type;
	struct v4l2_buffer buf;
	void *frame;
};

static bool camera_open(struct camera *c, const char *path)
{
	struct v4l2_format format;

	c->frame = MAP_FAILED;
	c->fd = video_node_open(path, &c->type);
	if (c->fd < 0)
		return false;
	format = video_node_format(c->type, WIDTH, HEIGHT, V4L2_PIX_FMT_GREY);
	c->buf = (struct v4l2_buffer) { .type = c->type, .memory = V4L2_MEMORY_MMAP };
	if (video_node_set_control(c->fd, VIPIN_CID_FREE_RUN, 1) ||
	    ioctl(c->fd, VIDIOC_S_FMT, &format) ||
	    video_node_request(c->fd, c->type, V4L2_MEMORY_MMAP, 1) < 1 ||
	    ioctl(c->fd, VIDIOC_QUERYBUF, &c->buf))
		return false;
	c->frame = mmap(NULL, c->buf.length, PROT_READ, MAP_SHARED, c->fd, c->buf.m.offset);
	return c->frame != MAP_FAILED && !video_node_stream(c->fd, c->type, true);
}

static bool camera_take(struct camera *c)
{
	return !ioctl(c->fd, VIDIOC_QBUF, &c->buf) && !ioctl(c->fd, VIDIOC_DQBUF, &c->buf);
}

static void camera_close(struct camera *c)
{
	/* Stop first: with the frame clock, frames without a buffer have metadata, too. */
	video_node_stream(c->fd, c->type, false);
	video_node_set_control(c->fd, VIPIN_CID_FREE_RUN, 0);
	/* A mapping keeps the file open. */
	if (c->frame != MAP_FAILED)
		munmap(c->frame, c->buf.length);
	close(c->fd);
}

static unsigned int number_of(const char *path)
{
	return strtoul(path + strcspn(path, "0123456789"), NULL, 10);
}

/* Check that metadata are about the frame that was captured, and say so in each of their fields. */
static enum outcome about_frame(struct node *n, const struct camera *c)
{
	const struct vipin_metadata *meta = &n->meta;
	const struct vipin_stamp *stamp = c->frame;

	if (le32toh(meta->device) != number_of(n->capture))
		return ended(n, WRONG, "the metadata are of video%u", le32toh(meta->device));
	if (meta->sequence != stamp->sequence || n->done.sequence != c->buf.sequence)
		return ended(n, WRONG, "the metadata are of frame %u, the frame is %u",
			     le32toh(meta->sequence), le32toh(stamp->sequence));
	if (meta->timestamp != stamp->timestamp)
		return ended(n, WRONG, "the frame has another timestamp than its metadata");
	if (le32toh(meta->width) != WIDTH || le32toh(meta->height) != HEIGHT ||
	    le32toh(meta->pixelformat) != V4L2_PIX_FMT_GREY)
		return ended(n, WRONG, "the metadata have another format: %ux%u",
			     le32toh(meta->width), le32toh(meta->height));
	return RIGHT;
}

/* Capture frames, and get the metadata of each one. They wait for a buffer, so none is missed. */
static enum outcome each_frame(struct node *n, struct camera *c, unsigned char *start)
{
	unsigned long long frames = 0;

	for (unsigned int i = 0; i < FRAMES; i++) {
		enum outcome outcome;

		if (!camera_take(c))
			return cannot(n);
		outcome = node_take(n, 0, start);
		if (outcome == RIGHT)
			outcome = about_frame(n, c);
		if (outcome != RIGHT)
			return outcome;
		if (i && le64toh(n->meta.frames) != frames + 1)
			return ended(n, WRONG, "%llu frames captured, and %llu one later", frames,
				     (unsigned long long)le64toh(n->meta.frames));
		frames = le64toh(n->meta.frames);
	}
	return RIGHT;
}

static enum outcome run_led(struct node *n)
{
	unsigned char *page = page_map(NULL);
	enum outcome outcome;
	struct camera c;

	if (!page)
		return cannot(n);
	/* Metadata are those of the frames after the first buffer. */
	outcome = node_begin_at(n, page);
	if (outcome != RIGHT)
		return outcome;
	outcome = camera_open(&c, n->capture) ? each_frame(n, &c, page) : cannot(n);
	camera_close(&c);
	if (outcome != RIGHT)
		return outcome;
	/* From here on, the node makes frames of its own. */
	outcome = node_take(n, 0, page);
	if (outcome == RIGHT && le32toh(n->meta.device) != number_of(n->path))
		return ended(n, WRONG, "without a capture, the metadata are of video%u",
			     le32toh(n->meta.device));
	return outcome;
}

/* The newest metadata wait for a buffer. */
static enum outcome run_newest(struct node *n)
{
	unsigned char *page = page_map(NULL);
	enum outcome outcome;
	struct camera c;

	if (!page)
		return cannot(n);
	outcome = node_begin_at(n, page);
	if (outcome != RIGHT)
		return outcome;
	outcome = camera_open(&c, n->capture) ? RIGHT : cannot(n);
	for (unsigned int i = 0; i < FRAMES && outcome == RIGHT; i++)
		if (!camera_take(&c))
			outcome = cannot(n);
	if (outcome == RIGHT)
		outcome = node_take(n, 0, page);
	if (outcome == RIGHT)
		outcome = about_frame(n, &c);
	camera_close(&c);
	return outcome;
}

static enum outcome run_clock(struct node *n)
{
	unsigned char *page = page_map(NULL);
	unsigned long long last = 0, interval;
	enum outcome outcome;

	if (!page || video_node_set_control(n->fd, VIPIN_CID_FREE_RUN, 0) ||
	    !node_begin(n, V4L2_MEMORY_USERPTR, 1))
		return cannot(n);
	for (unsigned int i = 0; i < 5; i++) {
		unsigned int sequence = n->done.sequence;

		outcome = node_take(n, 0, page);
		if (outcome != RIGHT)
			return outcome;
		if (i) {
			/* 30 frames a second; frames may have been dropped. */
			interval = (le64toh(n->meta.timestamp) - last) /
				   (n->done.sequence - sequence);
			if (interval < 33000000 || interval > 34000000)
				return ended(n, WRONG, "a frame takes %llu ns", interval);
		}
		last = le64toh(n->meta.timestamp);
	}
	return RIGHT;
}

const struct scenario scenarios_frames[] = {
	{
		.name = "led", .run = run_led,
		.sentence = "each captured frame has metadata with its number, time and format",
	}, {
		.name = "newest", .run = run_newest,
		.sentence = "a buffer that comes late gets the metadata of the newest frame",
	}, {
		.name = "clock", .run = run_clock,
		.sentence = "without a capture, metadata come at the interval of the capture node",
	}, { }
};
