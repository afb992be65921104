// SPDX-License-Identifier: GPL-2.0-only
/*
 * device.c - one frame from a video node, or to it, in each way that V4L2 has
 *
 * A frame is kept in one piece: its pieces of memory, one after the other.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/page.h"
#include "common/video-node.h"
#include "common/vipin-node.h"
#include "device.h"
#include "must.h"

/* Each piece of a user pointer has a part of a huge page, which is contiguous. */
#define PART		(HUGE_PAGE / 4)
/* Pieces begin in the middle of a page, and suit the DMA of every architecture. */
#define ALIGNMENT	128
#define START		(3 * ALIGNMENT)
/* Number of MMAP buffers, which vivid needs. */
#define BUFFERS		2

/**
 * device_fails() - say what went wrong
 * @d:		the device
 * @format:	as for printf()
 *
 * Return: false
 */
bool device_fails(struct device *d, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(d->why, sizeof(d->why), format, args);
	va_end(args);
	return false;
}

static bool fails(struct device *d, const char *what)
{
	return device_fails(d, "%s: %s", what, strerror(errno));
}

/**
 * device_open() - open a node, or end the program
 * @d:		filled in
 * @path:	of the node
 */
void device_open(struct device *d, const char *path)
{
	d->path = path;
	d->fd = video_node_open(path, &d->type);
	must(path, d->fd);
}

/**
 * device_format() - enumerate the formats of a node
 * @d:		the device
 * @index:	number of the format, from 0
 *
 * Return: the fourcc, or 0 after the last one.
 */
__u32 device_format(struct device *d, unsigned int index)
{
	struct v4l2_fmtdesc desc = { .index = index, .type = d->type };

	return ioctl(d->fd, VIDIOC_ENUM_FMT, &desc) ? 0 : desc.pixelformat;
}

/**
 * device_set() - set a format
 * @d:		the device
 * @fourcc:	the format
 * @width:	in pixels
 * @height:	in pixels
 * @line:	bytes in a line of the first plane, 0 for no padding
 * @got:	filled in: pieces, size, total, and the line of each piece
 *
 * Return: true if the device has the format and the size.
 */
bool device_set(struct device *d, __u32 fourcc, unsigned int width, unsigned int height,
		size_t line, struct shape *got)
{
	struct v4l2_format f = video_node_format(d->type, width, height, fourcc);
	struct v4l2_pix_format_mplane *mp = &f.fmt.pix_mp;
	const bool multi = V4L2_TYPE_IS_MULTIPLANAR(d->type);
	unsigned int i;

	*got = (struct shape) { .pieces = 1 };
	if (multi)
		mp->plane_fmt[0].bytesperline = line;
	else
		f.fmt.pix.bytesperline = line;
	if (ioctl(d->fd, VIDIOC_S_FMT, &f))
		return fails(d, "VIDIOC_S_FMT");
	/* The first fields of both structures are the same. */
	if (f.fmt.pix.pixelformat != fourcc || f.fmt.pix.width != width ||
	    f.fmt.pix.height != height)
		return device_fails(d, "VIDIOC_S_FMT sets another format or size");
	if (!multi) {
		got->line[0] = f.fmt.pix.bytesperline;
		got->size[0] = f.fmt.pix.sizeimage;
	} else {
		got->pieces = mp->num_planes;
		for (i = 0; i < got->pieces && i < PIECES; i++) {
			got->line[i] = mp->plane_fmt[i].bytesperline;
			got->size[i] = mp->plane_fmt[i].sizeimage;
		}
	}
	for (i = 0; i < PIECES; i++)
		got->total += got->size[i];
	return true;
}

/**
 * device_select() - select the part of a frame that the device accesses
 * @d:		the device; a format is set
 * @target:	V4L2_SEL_TGT_COMPOSE to capture, V4L2_SEL_TGT_CROP to send
 * @part:	the part, in pixels
 *
 * Return: true if the device accesses this part.
 */
bool device_select(struct device *d, __u32 target, const struct v4l2_rect *part)
{
	struct v4l2_selection s = { .type = d->type, .target = target, .r = *part };

	if (ioctl(d->fd, VIDIOC_S_SELECTION, &s))
		return fails(d, "VIDIOC_S_SELECTION");
	return !memcmp(&s.r, part, sizeof(*part)) ||
	       device_fails(d, "VIDIOC_S_SELECTION selects another part");
}

static struct v4l2_buffer buffer(const struct device *d, enum v4l2_memory memory,
				 unsigned int index, struct v4l2_plane planes[PIECES])
{
	struct v4l2_buffer b = { .index = index, .type = d->type, .memory = memory };

	memset(planes, 0, PIECES * sizeof(*planes));
	if (V4L2_TYPE_IS_MULTIPLANAR(d->type)) {
		b.m.planes = planes;
		b.length = PIECES;
	}
	return b;
}

/* Copy what a buffer says about its only piece, so that both APIs have planes. */
static void unify(const struct device *d, const struct v4l2_buffer *b, struct v4l2_plane *planes)
{
	if (V4L2_TYPE_IS_MULTIPLANAR(d->type))
		return;
	planes[0].length = b->length;
	planes[0].bytesused = b->bytesused;
	planes[0].m.mem_offset = b->m.offset;
}

static bool dequeue(struct device *d, enum v4l2_memory memory, struct v4l2_plane *planes,
		    unsigned int *index)
{
	struct v4l2_buffer b = buffer(d, memory, 0, planes);

	if (ioctl(d->fd, VIDIOC_DQBUF, &b))
		return fails(d, "VIDIOC_DQBUF");
	if (b.flags & V4L2_BUF_FLAG_ERROR)
		return device_fails(d, "the frame is lost");
	unify(d, &b, planes);
	*index = b.index;
	return true;
}

static unsigned char *user_memory(void)
{
	static unsigned char *memory;
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS;

	if (memory)
		return memory;
	memory = mmap(NULL, HUGE_PAGE, PROT_READ | PROT_WRITE, flags | MAP_HUGETLB, -1, 0);
	/* Behind an IOMMU, any memory will do. */
	if (memory == MAP_FAILED)
		memory = mmap(NULL, HUGE_PAGE, PROT_READ | PROT_WRITE, flags, -1, 0);
	must("mmap", memory == MAP_FAILED ? -1 : 0);
	return memory;
}

static size_t round_up(size_t size)
{
	return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* Queue a pointer for each piece. In it, the frame begins at @offset. */
static bool queue_userptr(struct device *d, const struct shape *s, size_t offset)
{
	unsigned char *memory = user_memory();
	struct v4l2_plane planes[PIECES];
	struct v4l2_buffer b = buffer(d, V4L2_MEMORY_USERPTR, 0, planes);
	unsigned int i;

	for (i = 0; i < s->pieces; i++) {
		planes[i].m.userptr = (unsigned long)(memory + i * PART + START);
		planes[i].length = round_up(offset + s->size[i]);
		planes[i].bytesused = offset + s->size[i];
		planes[i].data_offset = offset;
	}
	if (V4L2_TYPE_IS_MULTIPLANAR(d->type)) {
		b.length = s->pieces;
	} else {
		b.m.userptr = planes[0].m.userptr;
		b.length = planes[0].length;
		b.bytesused = planes[0].bytesused;
	}
	return !ioctl(d->fd, VIDIOC_QBUF, &b) || fails(d, "VIDIOC_QBUF of user pointers");
}

static bool stream(struct device *d, bool on)
{
	return !video_node_stream(d->fd, d->type, on) ||
	       fails(d, on ? "VIDIOC_STREAMON" : "VIDIOC_STREAMOFF");
}

/* Fill the memory up to a page after each piece. */
static void fill(const struct shape *s)
{
	unsigned int i;

	for (i = 0; i < s->pieces; i++)
		memset(user_memory() + i * PART, FILL, START + s->size[i] + PAGE);
}

/* Nothing but the frame may have been written. */
static bool only_frame_written(struct device *d, const struct shape *s)
{
	const unsigned char *memory;
	size_t byte, end;
	unsigned int i;

	for (i = 0; i < s->pieces; i++) {
		memory = user_memory() + i * PART;
		end = START + s->size[i];
		for (byte = 0; byte < end + PAGE; byte = byte == START - 1 ? end : byte + 1)
			if (memory[byte] != FILL)
				return device_fails(d, "byte %zd of piece %u is written",
						    (ssize_t)byte - START, i);
	}
	return true;
}

/**
 * device_capture_userptr() - capture a frame into user pointers, one for each piece
 * @d:		a capture node
 * @s:		the sizes
 * @frame:	filled in
 *
 * Return: true if a frame arrived, and nothing else was written.
 */
bool device_capture_userptr(struct device *d, const struct shape *s, unsigned char *frame)
{
	unsigned char *memory = user_memory();
	struct v4l2_plane planes[PIECES];
	unsigned int i, index;
	bool ok;

	fill(s);
	if (video_node_request(d->fd, d->type, V4L2_MEMORY_USERPTR, 1) < 1)
		return fails(d, "VIDIOC_REQBUFS");
	ok = queue_userptr(d, s, 0) && stream(d, true) &&
	     dequeue(d, V4L2_MEMORY_USERPTR, planes, &index);
	for (i = 0; ok && i < s->pieces; i++)
		ok = planes[i].bytesused == s->size[i] ||
		     device_fails(d, "bytesused of piece %u is %u", i, planes[i].bytesused);
	ok = stream(d, false) && ok && only_frame_written(d, s);
	video_node_request(d->fd, d->type, V4L2_MEMORY_USERPTR, 0);
	for (i = 0; i < s->pieces; i++) {
		memcpy(frame, memory + i * PART + START, s->size[i]);
		frame += s->size[i];
	}
	return ok;
}

/**
 * device_send() - send a frame from user pointers to vipin
 * @d:		an output node
 * @s:		the sizes
 * @frame:	the frame, with a stamp
 *
 * With the multi-planar API, the frame begins after the start of each pointer.
 *
 * Return: true if vipin found the frame good.
 */
bool device_send(struct device *d, const struct shape *s, const unsigned char *frame)
{
	const size_t offset = V4L2_TYPE_IS_MULTIPLANAR(d->type) ? ALIGNMENT / 2 : 0;
	long long good = 0, bad = 0, now_good = 0, now_bad = 0;
	unsigned char *memory = user_memory();
	struct v4l2_plane planes[PIECES];
	unsigned int i, index;
	bool ok;

	fill(s);
	for (i = 0; i < s->pieces; i++) {
		memcpy(memory + i * PART + START + offset, frame, s->size[i]);
		frame += s->size[i];
	}
	if (video_node_request(d->fd, d->type, V4L2_MEMORY_USERPTR, 1) < 1)
		return fails(d, "VIDIOC_REQBUFS");
	vipin_node_count_frames(d->fd, &good, &bad);
	ok = queue_userptr(d, s, offset) && stream(d, true) &&
	     dequeue(d, V4L2_MEMORY_USERPTR, planes, &index);
	vipin_node_count_frames(d->fd, &now_good, &now_bad);
	ok = stream(d, false) && ok;
	video_node_request(d->fd, d->type, V4L2_MEMORY_USERPTR, 0);
	if (ok && (now_good != good + 1 || now_bad != bad))
		return device_fails(d, "the output device found the frame bad");
	return ok;
}

static bool queue_mmap(struct device *d, unsigned int index)
{
	struct v4l2_plane planes[PIECES];
	struct v4l2_buffer b = buffer(d, V4L2_MEMORY_MMAP, index, planes);

	return !ioctl(d->fd, VIDIOC_QBUF, &b) || fails(d, "VIDIOC_QBUF of MMAP buffers");
}

/* Copy the frame from an MMAP buffer. */
static bool copy_mmap(struct device *d, const struct shape *s, unsigned int index, size_t more,
		      const struct v4l2_plane *done, unsigned char *frame)
{
	struct v4l2_plane planes[PIECES];
	struct v4l2_buffer b = buffer(d, V4L2_MEMORY_MMAP, index, planes);
	unsigned char *at;
	unsigned int i;

	if (ioctl(d->fd, VIDIOC_QUERYBUF, &b))
		return fails(d, "VIDIOC_QUERYBUF");
	unify(d, &b, planes);
	for (i = 0; i < s->pieces; i++) {
		if (planes[i].length < s->size[i] + more)
			return device_fails(d, "buffer %u of piece %u has %u bytes", index, i,
					    planes[i].length);
		if (done[i].bytesused != s->size[i] + done[i].data_offset)
			return device_fails(d, "bytesused of piece %u is %u", i,
					    done[i].bytesused);
		at = mmap(NULL, planes[i].length, PROT_READ, MAP_SHARED, d->fd,
			  planes[i].m.mem_offset);
		if (at == MAP_FAILED)
			return fails(d, "mmap of a buffer");
		memcpy(frame, at + done[i].data_offset, s->size[i]);
		munmap(at, planes[i].length);
		frame += s->size[i];
	}
	return true;
}

/* Allocate buffers that are larger than the format needs. */
static bool create(struct device *d, size_t more)
{
	struct v4l2_create_buffers c = {
		.count = BUFFERS, .memory = V4L2_MEMORY_MMAP, .format.type = d->type,
	};
	unsigned int i;

	if (ioctl(d->fd, VIDIOC_G_FMT, &c.format))
		return fails(d, "VIDIOC_G_FMT");
	if (!V4L2_TYPE_IS_MULTIPLANAR(d->type))
		c.format.fmt.pix.sizeimage += more;
	else
		for (i = 0; i < c.format.fmt.pix_mp.num_planes; i++)
			c.format.fmt.pix_mp.plane_fmt[i].sizeimage += more;
	return !ioctl(d->fd, VIDIOC_CREATE_BUFS, &c) || fails(d, "VIDIOC_CREATE_BUFS");
}

/**
 * device_capture_mmap() - capture a frame into the device's own memory
 * @d:		a capture node
 * @s:		the sizes
 * @more:	bytes by which each piece is larger than it needs to be
 * @frame:	filled in
 *
 * Return: true if a frame arrived.
 */
bool device_capture_mmap(struct device *d, const struct shape *s, size_t more,
			 unsigned char *frame)
{
	struct v4l2_plane done[PIECES];
	unsigned int i, index;
	bool ok;

	ok = create(d, more);
	for (i = 0; ok && i < BUFFERS; i++)
		ok = queue_mmap(d, i);
	ok = ok && stream(d, true) && dequeue(d, V4L2_MEMORY_MMAP, done, &index) &&
	     copy_mmap(d, s, index, more, done, frame);
	ok = stream(d, false) && ok;
	video_node_request(d->fd, d->type, V4L2_MEMORY_MMAP, 0);
	return ok;
}

/**
 * device_read() - capture a frame by read()
 * @d:		a capture node
 * @s:		the sizes
 * @frame:	filled in
 *
 * Return: true if a frame arrived.
 */
bool device_read(struct device *d, const struct shape *s, unsigned char *frame)
{
	/* close() ends read(). */
	int fd = open(d->path, O_RDWR | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return fails(d, d->path);
	n = read(fd, frame, s->total);
	close(fd);
	if (n < 0)
		return fails(d, "read()");
	return n == (ssize_t)s->total || device_fails(d, "read() returns %zd", n);
}
