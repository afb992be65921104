// SPDX-License-Identifier: GPL-2.0-only
/*
 * stage.c - a node of vipin, and its memory
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/page.h"
#include "common/stamp.h"
#include "common/video-node.h"
#include "common/vipin-node.h"
#include "stage.h"

/**
 * die() - end the program with CANNOT_RUN, because of errno
 * @what:	what failed
 */
void __noreturn die(const char *what)
{
	fprintf(stderr, "device-gone: %s: %s\n", what, strerror(errno));
	exit(CANNOT_RUN);
}

/**
 * stage_hand_over() - queue or prepare a buffer
 * @s:		the stage
 * @index:	of the buffer
 * @request:	VIDIOC_QBUF or VIDIOC_PREPARE_BUF
 *
 * Return: 0, or -1 with errno set.
 */
int stage_hand_over(struct stage *s, unsigned int index, unsigned long request)
{
	struct v4l2_buffer buf = {
		.type = s->type, .memory = V4L2_MEMORY_USERPTR, .index = index,
		.m.userptr = (unsigned long)s->page[index], .length = PAGE, .bytesused = PAGE,
	};

	return ioctl(s->fd, request, &buf);
}

/**
 * stage_dqbuf() - call VIDIOC_DQBUF
 * @s:		the stage
 * @index:	filled in: index of the buffer
 *
 * Return: 0, or -1 with errno set.
 */
int stage_dqbuf(struct stage *s, unsigned int *index)
{
	struct v4l2_buffer buf = { .type = s->type, .memory = V4L2_MEMORY_USERPTR };
	int ret = ioctl(s->fd, VIDIOC_DQBUF, &buf);

	*index = buf.index;
	return ret;
}

/* Map a page without memory. A pin of it waits for UFFDIO_ZEROPAGE. */
static void map_missing(struct stage *s)
{
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct uffdio_api api = { .api = UFFD_API };

	munmap(s->page[MISSING], PAGE);
	s->page[MISSING] = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (s->page[MISSING] == MAP_FAILED)
		die("mmap");
	s->uffd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	reg.range.start = (unsigned long)s->page[MISSING];
	reg.range.len = PAGE;
	if (s->uffd < 0 || ioctl(s->uffd, UFFDIO_API, &api) ||
	    ioctl(s->uffd, UFFDIO_REGISTER, &reg))
		die("userfaultfd");
}

/**
 * stage_provide_missing() - let the pin that waits for the missing page go on
 * @s:	the stage
 */
void stage_provide_missing(struct stage *s)
{
	struct uffdio_zeropage zero = {
		.range = { .start = (unsigned long)s->page[MISSING], .len = PAGE },
	};

	if (ioctl(s->uffd, UFFDIO_ZEROPAGE, &zero))
		die("UFFDIO_ZEROPAGE");
}

/**
 * stage_open() - open the node, and set the format
 * @s:	the stage
 */
void stage_open(struct stage *s)
{
	/* A frame is a page: it is contiguous without an IOMMU, too. */
	struct v4l2_format format = { .fmt.pix = {
		.width = page_side(), .height = page_side(), .pixelformat = V4L2_PIX_FMT_GREY,
	} };

	s->fd = video_node_open(s->path, &s->type);
	format.type = s->type;
	if (s->fd < 0 || ioctl(s->fd, VIDIOC_S_FMT, &format))
		die(s->path);
}

/**
 * stage_map() - map the memory of all buffers
 * @s:		the stage
 * @missing:	the page of the last one is missing: a pin of it waits
 */
void stage_map(struct stage *s, bool missing)
{
	unsigned int i;

	s->uffd = -1;
	s->pin_waits = false;
	for (i = 0; i < BUFFERS; i++) {
		s->page[i] = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (s->page[i] == MAP_FAILED)
			die("mmap");
		stamp_put(s->page[i], PAGE, i);
	}
	if (missing)
		map_missing(s);
}

/**
 * stage_unmap() - release the memory of stage_map()
 * @s:	the stage
 */
void stage_unmap(struct stage *s)
{
	unsigned int i;

	for (i = 0; i < BUFFERS; i++)
		munmap(s->page[i], PAGE);
	if (s->uffd >= 0)
		close(s->uffd);
}

static const struct {
	const char *name;
	unsigned long request;
} old_calls[] = {
	{ "QUERYCAP", VIDIOC_QUERYCAP }, { "G_FMT", VIDIOC_G_FMT }, { "S_FMT", VIDIOC_S_FMT },
	{ "REQBUFS", VIDIOC_REQBUFS }, { "CREATE_BUFS", VIDIOC_CREATE_BUFS },
	{ "QUERYBUF", VIDIOC_QUERYBUF }, { "PREPARE_BUF", VIDIOC_PREPARE_BUF },
	{ "QBUF", VIDIOC_QBUF }, { "DQBUF", VIDIOC_DQBUF }, { "EXPBUF", VIDIOC_EXPBUF },
	{ "STREAMON", VIDIOC_STREAMON }, { "STREAMOFF", VIDIOC_STREAMOFF },
	{ "G_CTRL", VIDIOC_G_CTRL }, { "S_CTRL", VIDIOC_S_CTRL },
	{ "SUBSCRIBE_EVENT", VIDIOC_SUBSCRIBE_EVENT }, { "DQEVENT", VIDIOC_DQEVENT },
	{ "LOG_STATUS", VIDIOC_LOG_STATUS },
};

/**
 * stage_use_old_file() - check all calls on the file whose device is gone
 * @s:	the stage
 *
 * None of these calls may sleep: the program would not end in time.
 *
 * Return: RIGHT, or WRONG.
 */
enum outcome stage_use_old_file(struct stage *s)
{
	struct pollfd wait = { .fd = s->fd, .events = POLLIN | POLLOUT };
	unsigned char argument[512];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(old_calls); i++) {
		memset(argument, 0, sizeof(argument));
		if (ioctl(s->fd, old_calls[i].request, argument) != -1 || errno != ENODEV)
			return ended(s, WRONG, "%s on the old file: %s", old_calls[i].name,
				     strerror(errno));
	}
	if (read(s->fd, argument, 1) != -1 || errno != ENODEV ||
	    write(s->fd, argument, 1) != -1 || errno != ENODEV)
		return ended(s, WRONG, "read() and write() on the old file: %s", strerror(errno));
	if (mmap(NULL, PAGE, PROT_READ, MAP_SHARED, s->fd, 0) != MAP_FAILED || errno != ENODEV)
		return ended(s, WRONG, "mmap() of the old file: %s", strerror(errno));
	if (poll(&wait, 1, -1) != 1 || !(wait.revents & POLLERR) || !(wait.revents & POLLHUP))
		return ended(s, WRONG, "poll() on the old file: events 0x%x", wait.revents);
	return RIGHT;
}

/**
 * stage_one_frame() - get or send a frame, now that the device is back
 * @s:	the stage; the number of its node may have changed
 *
 * Return: RIGHT, or WRONG.
 */
enum outcome stage_one_frame(struct stage *s)
{
	struct pollfd wait = { .events = POLLIN | POLLOUT };
	long long good = 0, good_after = 1, bad;
	enum outcome outcome = RIGHT;
	struct vipin_stamp stamp;
	unsigned int index;
	char why[120];

	if (!device_node(&s->device, s->path, sizeof(s->path)))
		return ended(s, WRONG, "the device has no node any more");
	stage_open(s);
	wait.fd = s->fd;
	if (V4L2_TYPE_IS_OUTPUT(s->type)) {
		stamp_put(s->page[0], PAGE, 0);
		if (vipin_node_count_frames(s->fd, &good, &bad))
			die("VIDIOC_G_EXT_CTRLS");
	} else {
		memset(s->page[0], 0, PAGE);
	}
	if (video_node_request(s->fd, s->type, V4L2_MEMORY_USERPTR, 1) < 1 ||
	    stage_hand_over(s, 0, VIDIOC_QBUF) || video_node_stream(s->fd, s->type, true) ||
	    poll(&wait, 1, 1000 * PATIENCE) != 1 || stage_dqbuf(s, &index)) {
		outcome = ended(s, WRONG, "no frame after the device is back: %s", strerror(errno));
	} else if (!V4L2_TYPE_IS_OUTPUT(s->type)) {
		if (!stamp_agrees(s->page[0], PAGE, &stamp, why, sizeof(why)))
			outcome = ended(s, WRONG, "after the device is back: %s", why);
	} else if (vipin_node_count_frames(s->fd, &good_after, &bad) || good_after != good + 1) {
		outcome = ended(s, WRONG, "after the device is back, the frame is not good");
	}
	close(s->fd);
	return outcome;
}
