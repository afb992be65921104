// SPDX-License-Identifier: GPL-2.0-only
/*
 * many-buffers - can a queue have as many buffers as vipin promises?
 *
 * Asks for more user pointers than a queue can have, queues all that it gets, each with a page of
 * its own, and streams a frame through each. A buffer that is removed releases its page.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/videodev2.h>

#include "common/kernel.h"
#include "common/number.h"
#include "common/page.h"
#include "common/stamp.h"
#include "common/video-node.h"
#include "common/vipin-node.h"
#include "must.h"

#define WIDTH		32
#define HEIGHT		32
#define FRAME		(2 * WIDTH * HEIGHT)

static const char usage[] =
	"Usage: many-buffers NODE COUNT\n"
	"Asks a vipin for twice COUNT buffers. It must get COUNT, and all must work. The node keeps a\n"
	"format of 32x32 YUYV.\n"
	"Exit status: 0 all is right, 1 something is wrong, 2 could not run.\n";

static const char *path;
static enum v4l2_buf_type type;
static int fd;
static unsigned char *pages;
static unsigned int count;

static void expect(const char *what, long long found, long long expected)
{
	printf("%s: %lld\n", what, found);
	if (found == expected)
		return;
	printf("it should be %lld\n", expected);
	exit(1);
}

static struct v4l2_buffer buffer_of(unsigned int index)
{
	return (struct v4l2_buffer){
		.type = type,
		.memory = V4L2_MEMORY_USERPTR,
		.index = index,
		.m.userptr = (unsigned long)(pages + index * PAGE),
		.length = PAGE,
		.bytesused = V4L2_TYPE_IS_OUTPUT(type) ? FRAME : 0,
	};
}

static void queue_all(void)
{
	struct v4l2_buffer b;
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (V4L2_TYPE_IS_OUTPUT(type))
			stamp_put(pages + i * PAGE, FRAME, i);
		b = buffer_of(i);
		must("VIDIOC_QBUF", ioctl(fd, VIDIOC_QBUF, &b));
	}
	expect("pinned pages", vipin_node_pinned(path), count);
}

/* Each buffer comes back once, in the order in which it was queued, and with the next frame. */
static void dequeue_all(void)
{
	struct vipin_stamp stamp;
	struct v4l2_buffer b;
	unsigned int i;
	char why[128];

	for (i = 0; i < count; i++) {
		b = buffer_of(0);
		must("VIDIOC_DQBUF", ioctl(fd, VIDIOC_DQBUF, &b));
		if (b.index != i || b.sequence != i || b.flags & V4L2_BUF_FLAG_ERROR) {
			printf("buffer %u: index %u, sequence %u, flags %#x\n", i, b.index,
			       b.sequence, b.flags);
			exit(1);
		}
		if (!V4L2_TYPE_IS_OUTPUT(type) &&
		    !stamp_agrees(pages + i * PAGE, FRAME, &stamp, why, sizeof(why))) {
			printf("buffer %u: %s\n", i, why);
			exit(1);
		}
	}
}

static void stream_all(void)
{
	long long good, good_before = 0, bad, bad_before = 0;
	bool output = V4L2_TYPE_IS_OUTPUT(type);

	if (output)
		must("frame counters", vipin_node_count_frames(fd, &good_before, &bad_before));
	must("Free Run", video_node_set_control(fd, VIPIN_CID_FREE_RUN, 1));
	must("VIDIOC_STREAMON", video_node_stream(fd, type, true));
	dequeue_all();
	must("VIDIOC_STREAMOFF", video_node_stream(fd, type, false));
	must("Free Run", video_node_set_control(fd, VIPIN_CID_FREE_RUN, 0));
	if (!output)
		return;
	must("frame counters", vipin_node_count_frames(fd, &good, &bad));
	expect("good frames", good - good_before, count);
	expect("bad frames", bad - bad_before, 0);
}

/* Linux has VIDIOC_REMOVE_BUFS since 6.10. */
static void remove_half(void)
{
#ifdef VIDIOC_REMOVE_BUFS
	struct v4l2_remove_buffers remove = { .index = 0, .count = count / 2, .type = type };

	if (kernel_at_hand()->version < KERNEL(6, 10, 0))
		return;
	must("VIDIOC_REMOVE_BUFS", ioctl(fd, VIDIOC_REMOVE_BUFS, &remove));
	expect("pinned pages after half is removed", vipin_node_pinned(path), count - count / 2);
#endif
}

int main(int argc, char **argv)
{
	struct v4l2_format format;
	unsigned long expected;

	if (argc != 3 || !number_parse(argv[2], 1, 100000, &expected)) {
		fputs(usage, stderr);
		return 2;
	}
	path = argv[1];
	fd = video_node_open(path, &type);
	must(path, fd);
	format = video_node_format(type, WIDTH, HEIGHT, V4L2_PIX_FMT_YUYV);
	must("VIDIOC_S_FMT", ioctl(fd, VIDIOC_S_FMT, &format));
	count = video_node_request(fd, type, V4L2_MEMORY_USERPTR, 2 * expected);
	expect("buffers", count, expected);
	pages = mmap(NULL, count * PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	must("mmap", pages == MAP_FAILED ? -1 : 0);
	queue_all();
	stream_all();
	remove_half();
	must("VIDIOC_REQBUFS of none", video_node_request(fd, type, V4L2_MEMORY_USERPTR, 0));
	expect("pinned pages at the end", vipin_node_pinned(path), 0);
	return 0;
}
