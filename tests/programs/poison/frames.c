// SPDX-License-Identifier: GPL-2.0-only
/*
 * frames.c - what captured frames contain, and the memory after them
 *
 * All memory of a buffer is filled before it is queued. Afterwards it must have one whole frame, or
 * what it had before; and the bytes after a frame never change.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "buffer-alignment.h"
#include "common/page.h"
#include "common/stamp.h"
#include "common/video-node.h"
#include "memory/memory.h"
#include "poison.h"

#define BUFFERS		3
#define FRAMES		8	/* until a DMA fault, and after it */
#define STOPS		24
#define STOP_STEP	97	/* us */

/**
 * struct pool - the buffers of a queue
 * @n:		the node
 * @memory:	an enum v4l2_memory
 * @frame:	bytes of a frame
 * @alignment:	what the length of a user pointer has to be a multiple of
 * @at:		start of each buffer
 * @size:	bytes of its memory, up to the end of the last page
 * @pages:	memory of user pointers and dma-bufs
 */
struct pool {
	struct node *n;
	enum v4l2_memory memory;
	size_t frame;
	size_t alignment;
	unsigned char *at[BUFFERS];
	size_t size[BUFFERS];
	struct memory pages[BUFFERS];
};

static bool set_format(struct pool *p, unsigned int width, unsigned int height,
		       unsigned int bytes_per_line)
{
	struct v4l2_format f = {
		.type = p->n->type,
		.fmt.pix = {
			.width = width, .height = height, .bytesperline = bytes_per_line,
			.pixelformat = V4L2_PIX_FMT_GREY,
		},
	};

	if (ioctl(p->n->fd, VIDIOC_S_FMT, &f))
		return false;
	p->frame = f.fmt.pix.sizeimage;
	return f.fmt.pix.width == width && f.fmt.pix.height == height;
}

static struct v4l2_buffer buffer(const struct pool *p, unsigned int index)
{
	struct v4l2_buffer buf = {
		.index = index, .type = p->n->type, .memory = p->memory,
	};

	if (p->memory == V4L2_MEMORY_USERPTR) {
		buf.m.userptr = (unsigned long)p->at[index];
		buf.length = memory_round_up(p->frame, p->alignment);
	} else if (p->memory == V4L2_MEMORY_DMABUF) {
		buf.m.fd = p->pages[index].dmabuf;
	}
	return buf;
}

static bool map_mmap(struct pool *p, unsigned int index)
{
	struct v4l2_buffer buf = buffer(p, index);

	if (ioctl(p->n->fd, VIDIOC_QUERYBUF, &buf))
		return false;
	p->size[index] = memory_round_up(buf.length, PAGE);
	p->at[index] = mmap(NULL, p->size[index], PROT_READ | PROT_WRITE, MAP_SHARED, p->n->fd,
			    buf.m.offset);
	return p->at[index] != MAP_FAILED;
}

/* Find out the alignment that the node requires for a user pointer. */
static bool find_alignment(struct pool *p)
{
	int alignment;

	if (p->memory != V4L2_MEMORY_USERPTR)
		return true;
	if (!set_format(p, 16, 16, 0))
		return false;
	alignment = buffer_alignment(p->n->fd, p->n->type, 0);
	p->alignment = alignment;
	return alignment > 0;
}

/* Memory for user pointers and dma-bufs is contiguous, so that every device accepts it. */
static bool map_pages(struct pool *p, unsigned int index)
{
	const char *kind = p->memory == V4L2_MEMORY_USERPTR ? "hugetlb" : "udmabuf-fd";
	struct memory *m = &p->pages[index];

	if (memory_map(m, memory_find(kind), p->n->path, p->frame)) {
		snprintf(p->n->why, sizeof(p->n->why), "%s", m->why);
		return false;
	}
	p->at[index] = m->frame;
	p->size[index] = m->base + m->size - m->frame;
	return true;
}

static void unmap(struct pool *p)
{
	video_node_stream(p->n->fd, p->n->type, false);
	for (unsigned int i = 0; i < BUFFERS; i++) {
		if (p->pages[i].base)
			memory_unmap(&p->pages[i]);
		else if (p->at[i])
			munmap(p->at[i], p->size[i]);
		p->at[i] = NULL;
	}
	video_node_request(p->n->fd, p->n->type, p->memory, 0);
}

/* Allocate all buffers. On failure, the outcome is SKIPPED or WRONG, and @p->n->why is set. */
static enum outcome map(struct pool *p)
{
	if (video_node_request(p->n->fd, p->n->type, p->memory, BUFFERS) < BUFFERS)
		return ended(p->n, WRONG, "VIDIOC_REQBUFS: %s", strerror(errno));
	for (unsigned int i = 0; i < BUFFERS; i++) {
		if (p->memory != V4L2_MEMORY_MMAP && !map_pages(p, i)) {
			unmap(p);
			return SKIPPED;
		}
		if (p->memory == V4L2_MEMORY_MMAP && !map_mmap(p, i))
			return ended(p->n, WRONG, "no MMAP buffer: %s", strerror(errno));
	}
	return RIGHT;
}

static bool queue(struct pool *p, unsigned int index)
{
	struct v4l2_buffer buf = buffer(p, index);

	memset(p->at[index], POISON_FILL, p->size[index]);
	if (!ioctl(p->n->fd, VIDIOC_QBUF, &buf))
		return true;
	ended(p->n, WRONG, "VIDIOC_QBUF: %s", strerror(errno));
	return false;
}

static bool is_filled(const struct pool *p, unsigned int index)
{
	return memory_is_filled(p->at[index], p->size[index], POISON_FILL);
}

/* Check the bytes after a frame, up to the end of its memory. */
static bool tail_is_filled(struct pool *p, unsigned int index)
{
	if (memory_is_filled(p->at[index] + p->frame, p->size[index] - p->frame, POISON_FILL))
		return true;
	ended(p->n, WRONG, "bytes after a frame of %zu bytes have changed", p->frame);
	return false;
}

static bool has_frame(struct pool *p, unsigned int index)
{
	struct vipin_stamp stamp;
	char why[100];

	if (!stamp_agrees(p->at[index], p->frame, &stamp, why, sizeof(why))) {
		ended(p->n, WRONG, "buffer %u: %s", index, why);
		return false;
	}
	return tail_is_filled(p, index);
}

/* Take the next buffer: it has a frame, or with the error flag what it had before. */
static bool take(struct pool *p, bool fault)
{
	struct v4l2_buffer buf = { .type = p->n->type, .memory = p->memory };

	if (ioctl(p->n->fd, VIDIOC_DQBUF, &buf)) {
		ended(p->n, WRONG, "VIDIOC_DQBUF: %s", strerror(errno));
		return false;
	}
	if (!(buf.flags & V4L2_BUF_FLAG_ERROR) != !fault) {
		ended(p->n, WRONG, "a frame %s the error flag", fault ? "lacks" : "has");
		return false;
	}
	if (!fault)
		return has_frame(p, buf.index);
	if (is_filled(p, buf.index))
		return true;
	ended(p->n, WRONG, "a frame with the error flag has changed the buffer");
	return false;
}

/* One buffer at a time: good frames, one that is lost, and good ones again. */
static bool take_and_fault(struct pool *p)
{
	unsigned int i;

	for (i = 0; i < 2 * FRAMES; i++) {
		if (i == FRAMES)
			video_node_set_control(p->n->fd, VIPIN_CID_INJECT_DMA_FAULT, 1);
		if (!queue(p, i % BUFFERS))
			return false;
		if (!i && video_node_stream(p->n->fd, p->n->type, true)) {
			ended(p->n, WRONG, "VIDIOC_STREAMON: %s", strerror(errno));
			return false;
		}
		if (!take(p, i == FRAMES))
			return false;
	}
	snprintf(p->n->why, sizeof(p->n->why), "%u frames, 1 DMA fault", i);
	return true;
}

/* Stop the stream after some microseconds: each buffer has a whole frame or none. */
static bool stop_and_look(struct pool *p)
{
	unsigned int frames = 0, stop, i;

	for (stop = 0; stop < STOPS; stop++) {
		for (i = 0; i < BUFFERS; i++)
			if (!queue(p, i))
				return false;
		video_node_stream(p->n->fd, p->n->type, true);
		usleep(stop * STOP_STEP);
		video_node_stream(p->n->fd, p->n->type, false);
		for (i = 0; i < BUFFERS; i++) {
			if (is_filled(p, i))
				continue;
			if (!has_frame(p, i))
				return false;
			frames++;
		}
	}
	snprintf(p->n->why, sizeof(p->n->why), "%u of %u buffers have a frame", frames,
		 STOPS * BUFFERS);
	return frames;
}

static enum outcome run(struct node *n, bool (*test)(struct pool *p), unsigned int width,
			unsigned int height)
{
	struct pool p = { .n = n, .memory = n->memory };
	enum outcome outcome;

	if (!find_alignment(&p))
		return ended(n, WRONG, "no alignment of a pointer is right");
	if (video_node_set_control(n->fd, VIPIN_CID_FREE_RUN, 1) ||
	    !set_format(&p, width, height, 0))
		return ended(n, WRONG, "the format cannot be set");
	outcome = map(&p);
	if (outcome != RIGHT)
		return outcome;
	if (!test(&p))
		outcome = WRONG;
	unmap(&p);
	return outcome;
}

/**
 * frames_and_fault() - check frames, and one with the error flag
 * @n:	the node; @n->memory is set
 *
 * The last page of a frame is not full.
 *
 * Return: the outcome
 */
enum outcome frames_and_fault(struct node *n)
{
	return run(n, take_and_fault, 90, 70);
}

/**
 * frames_when_stopped() - check buffers after STREAMOFF
 * @n:	the node; @n->memory is set
 *
 * To write a frame takes so long that the stream can be stopped meanwhile.
 *
 * Return: the outcome
 */
enum outcome frames_when_stopped(struct node *n)
{
	return run(n, stop_and_look, 898, 598);
}

#define PIXELS		64	/* of a line, one byte each */
#define LINE		200	/* bytes of a line */

/* Each bit of a dot is inverted, and so is each bit of a pixel. */
static bool padding_is_clear(struct pool *p)
{
	for (size_t i = 0; i < p->frame; i++) {
		unsigned char byte = p->at[0][i];

		if (i % LINE < PIXELS || byte == 0 || byte == 0xff)
			continue;
		ended(p->n, WRONG, "byte %zu of line %zu is 0x%02x", i % LINE, i / LINE, byte);
		return false;
	}
	return true;
}

/**
 * frames_padding() - check the padding of lines
 * @n:	the node
 *
 * Return: the outcome
 */
enum outcome frames_padding(struct node *n)
{
	struct pool p = { .n = n, .memory = V4L2_MEMORY_MMAP };
	enum outcome outcome;

	if (video_node_set_control(n->fd, VIPIN_CID_FREE_RUN, 1) ||
	    !set_format(&p, PIXELS, PIXELS, LINE) || p.frame != PIXELS * LINE)
		return ended(n, WRONG, "the format cannot be set");
	outcome = map(&p);
	if (outcome != RIGHT)
		return outcome;
	for (unsigned int i = 0; i < FRAMES && outcome == RIGHT; i++) {
		soil_pages();
		if (!queue(&p, 0) || video_node_stream(n->fd, n->type, true) || !take(&p, false) ||
		    !padding_is_clear(&p))
			outcome = WRONG;
		video_node_stream(n->fd, n->type, false);
	}
	unmap(&p);
	if (outcome == RIGHT)
		snprintf(n->why, sizeof(n->why), "%u frames", FRAMES);
	return outcome;
}

/* Read a frame in pieces of odd length. No byte after a piece may change. */
static bool read_frame(struct pool *p, unsigned char *frame)
{
	static unsigned char piece[12 << 10];
	size_t length = 0, ask;
	ssize_t got;

	while (length < p->frame) {
		ask = 1 + length % 1531;
		if (ask > p->frame - length)
			ask = p->frame - length;
		memset(piece, POISON_FILL, sizeof(piece));
		got = read(p->n->fd, piece, ask);
		if (got < 1 || (size_t)got > ask) {
			ended(p->n, WRONG, "read() of %zu bytes returns %zd", ask, got);
			return false;
		}
		if (!memory_is_filled(piece + got, sizeof(piece) - got, POISON_FILL)) {
			ended(p->n, WRONG, "read() has written more than %zd bytes", got);
			return false;
		}
		memcpy(frame + length, piece, got);
		length += got;
	}
	return true;
}

/**
 * frames_by_read() - check read(), with a DMA fault after some frames
 * @n:	the node
 *
 * videobuf2 does not report a lost frame to read(). It returns what the buffer had before: zeroes,
 * or an older frame.
 *
 * Return: the outcome
 */
enum outcome frames_by_read(struct node *n)
{
	struct pool p = { .n = n };
	unsigned int old = 0;

	soil_pages();
	if (video_node_set_control(n->fd, VIPIN_CID_FREE_RUN, 1) || !set_format(&p, 90, 70, 0))
		return ended(n, WRONG, "the format cannot be set");
	for (unsigned int i = 0; i < 3 * FRAMES; i++) {
		static unsigned char frame[8 << 10];
		struct vipin_stamp stamp;
		char why[100];

		if (i % FRAMES == 1)
			video_node_set_control(n->fd, VIPIN_CID_INJECT_DMA_FAULT, 1);
		if (!read_frame(&p, frame))
			return WRONG;
		if (memory_is_filled(frame, p.frame, 0))
			old++;
		else if (!stamp_agrees(frame, p.frame, &stamp, why, sizeof(why)))
			return ended(n, WRONG, "frame %u: %s", i, why);
	}
	snprintf(n->why, sizeof(n->why), "%u frames, %u of them empty", 3 * FRAMES, old);
	return RIGHT;
}
