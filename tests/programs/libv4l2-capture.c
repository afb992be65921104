// SPDX-License-Identifier: GPL-2.0-only
/*
 * libv4l2-capture - capture frames through libv4l2, and write them to standard output
 *
 * libv4l2 converts frames if the device does not have the requested format (libv4lconvert).
 * It passes user pointers through only for a file descriptor that it does not know: one
 * from open() instead of v4l2_open(). Its other functions accept such a descriptor too.
 */
#include <errno.h>
#include <fcntl.h>
#include <libv4l2.h>
#include <linux/videodev2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/number.h"

#define BUFFERS	4
#define MAX_NUMBER	1000000

static const char usage[] =
	"Usage: libv4l2-capture DEVICE FORMAT WIDTH HEIGHT read|mmap|userptr|open+userptr COUNT\n"
	"Captures COUNT frames of FORMAT, four letters such as YUYV, through libv4l2, and\n"
	"writes them to standard output. open+userptr opens the device with open() instead of\n"
	"v4l2_open(). Prints on standard error if libv4l2 converts the frames.\n";

struct capture {
	int fd;
	__u32 memory;
	size_t length;
	void *buffers[BUFFERS];
};

static void die(const char *what)
{
	fprintf(stderr, "libv4l2-capture: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void do_ioctl(int fd, unsigned long request, void *arg, const char *name)
{
	if (v4l2_ioctl(fd, request, arg))
		die(name);
}

static void write_frame(const void *frame, size_t length)
{
	if (fwrite(frame, 1, length, stdout) != length)
		die("standard output");
}

static void set_format(struct capture *c, const char *letters, int width, int height)
{
	__u32 wanted = v4l2_fourcc(letters[0], letters[1], letters[2], letters[3]);
	struct v4l2_format format = {
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.fmt.pix = { .width = width, .height = height, .pixelformat = wanted },
	};
	struct v4l2_fmtdesc desc = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };

	do_ioctl(c->fd, VIDIOC_S_FMT, &format, "VIDIOC_S_FMT");
	if (format.fmt.pix.pixelformat != wanted || (int)format.fmt.pix.width != width ||
	    (int)format.fmt.pix.height != height) {
		fprintf(stderr, "libv4l2-capture: %s of %d x %d is refused\n", letters,
			width, height);
		exit(1);
	}
	c->length = format.fmt.pix.sizeimage;

	while (!v4l2_ioctl(c->fd, VIDIOC_ENUM_FMT, &desc) && desc.pixelformat != wanted)
		desc.index++;
	if (desc.flags & V4L2_FMT_FLAG_EMULATED)
		fprintf(stderr, "libv4l2-capture: %s is converted\n", letters);
}

static void by_read(struct capture *c, int count)
{
	void *frame = malloc(c->length);
	ssize_t got;

	if (!frame)
		die("malloc");
	while (count--) {
		got = v4l2_read(c->fd, frame, c->length);
		if (got < 0)
			die("v4l2_read");
		write_frame(frame, got);
	}
	free(frame);
}

static void enqueue(struct capture *c, __u32 index)
{
	struct v4l2_buffer buf = {
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = c->memory, .index = index,
	};

	if (c->memory == V4L2_MEMORY_USERPTR) {
		buf.m.userptr = (unsigned long)c->buffers[index];
		buf.length = c->length;
	}
	do_ioctl(c->fd, VIDIOC_QBUF, &buf, "VIDIOC_QBUF");
}

static void *make_buffer(struct capture *c, __u32 index)
{
	struct v4l2_buffer buf = {
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = c->memory, .index = index,
	};
	void *buffer;

	if (c->memory == V4L2_MEMORY_USERPTR) {
		buffer = malloc(c->length);
		if (!buffer)
			die("malloc");
		return buffer;
	}
	do_ioctl(c->fd, VIDIOC_QUERYBUF, &buf, "VIDIOC_QUERYBUF");
	buffer = v4l2_mmap(NULL, buf.length, PROT_READ | PROT_WRITE, MAP_SHARED, c->fd,
			   buf.m.offset);
	if (buffer == MAP_FAILED)
		die("v4l2_mmap");
	c->length = buf.length;
	return buffer;
}

static void by_streaming(struct capture *c, int count)
{
	struct v4l2_requestbuffers req = {
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = c->memory, .count = BUFFERS,
	};
	int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
	struct v4l2_buffer buf;
	__u32 i;

	do_ioctl(c->fd, VIDIOC_REQBUFS, &req, "VIDIOC_REQBUFS");
	if (req.count < 2 || req.count > BUFFERS) {
		errno = ENOMEM;
		die("VIDIOC_REQBUFS");
	}
	for (i = 0; i < req.count; i++) {
		c->buffers[i] = make_buffer(c, i);
		enqueue(c, i);
	}
	do_ioctl(c->fd, VIDIOC_STREAMON, &type, "VIDIOC_STREAMON");
	while (count--) {
		memset(&buf, 0, sizeof(buf));
		buf.type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
		buf.memory = c->memory;
		do_ioctl(c->fd, VIDIOC_DQBUF, &buf, "VIDIOC_DQBUF");
		write_frame(c->buffers[buf.index], buf.bytesused);
		enqueue(c, buf.index);
	}
	do_ioctl(c->fd, VIDIOC_STREAMOFF, &type, "VIDIOC_STREAMOFF");
	for (i = 0; i < req.count; i++) {
		if (c->memory == V4L2_MEMORY_MMAP)
			v4l2_munmap(c->buffers[i], c->length);
		else
			free(c->buffers[i]);
	}
}

int main(int argc, char **argv)
{
	struct capture c = { 0 };
	unsigned long width, height, count;
	const char *how;

	if (argc != 7 || strlen(argv[2]) != 4 ||
	    !number_parse(argv[3], 1, MAX_NUMBER, &width) ||
	    !number_parse(argv[4], 1, MAX_NUMBER, &height) ||
	    !number_parse(argv[6], 1, MAX_NUMBER, &count)) {
		fputs(usage, stderr);
		return 2;
	}
	how = argv[5];
	if (!strcmp(how, "open+userptr")) {
		how += strlen("open+");
		c.fd = open(argv[1], O_RDWR);
	} else {
		c.fd = v4l2_open(argv[1], O_RDWR);
	}
	if (c.fd < 0)
		die(argv[1]);
	set_format(&c, argv[2], width, height);
	if (!strcmp(how, "read")) {
		by_read(&c, count);
	} else if (!strcmp(how, "mmap") || !strcmp(how, "userptr")) {
		c.memory = how[0] == 'm' ? V4L2_MEMORY_MMAP : V4L2_MEMORY_USERPTR;
		by_streaming(&c, count);
	} else {
		fputs(usage, stderr);
		return 2;
	}
	v4l2_close(c.fd);
	if (fclose(stdout))
		die("standard output");
	return 0;
}
