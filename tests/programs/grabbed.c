// SPDX-License-Identifier: GPL-2.0-only
/*
 * grabbed - is vipin's policy control grabbed exactly while buffers exist?
 *
 * Creates and frees buffers in each way that V4L2 has, and reads the control's flags after
 * each step.
 */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/kernel.h"
#include "common/macros.h"
#include "common/video-node.h"
#include "must.h"
#include "vipin/vipin-uapi.h"

static const char usage[] =
	"Usage: grabbed NODE\n"
	"Creates and frees buffers of a vipin in every way, and checks the flags of its control\n"
	"\"User Pointer Policy\" after each step.\n"
	"Exit status: 0 the flags are right, 1 they are not, 2 could not run.\n";

/* Another open file, which reads the control. */
static int observer;
static enum v4l2_buf_type type;
static int faults;

static void expect(const char *when, bool buffers)
{
	struct v4l2_queryctrl query = { .id = VIPIN_CID_POLICY };
	struct v4l2_control set = { .id = VIPIN_CID_POLICY };
	bool grabbed, fine;
	int err;

	must("VIDIOC_QUERYCTRL", ioctl(observer, VIDIOC_QUERYCTRL, &query));
	grabbed = query.flags & V4L2_CTRL_FLAG_GRABBED;
	err = ioctl(observer, VIDIOC_S_CTRL, &set) ? errno : 0;
	fine = grabbed == buffers && err == (buffers ? EBUSY : 0);
	printf("%-40s %s, kernel: %s%s\n", when, grabbed ? "grabbed" : "free",
	       err ? strerror(err) : "set", fine ? "" : "  <-- wrong");
	faults += !fine;
	set.value = VIPIN_POLICY_STRICT;
	ioctl(observer, VIDIOC_S_CTRL, &set);
}

static int open_node(const char *path)
{
	int fd = video_node_open(path, &type);

	must(path, fd);
	return fd;
}

static void request(int fd, enum v4l2_memory memory, unsigned int count)
{
	int got = video_node_request(fd, type, memory, count);

	errno = got < 0 ? -got : 0;
	must("VIDIOC_REQBUFS", got);
}

static void create(int fd, unsigned int count)
{
	struct v4l2_create_buffers req = {
		.count = count,
		.memory = V4L2_MEMORY_MMAP,
		.format.type = type,
	};

	must("VIDIOC_G_FMT", ioctl(fd, VIDIOC_G_FMT, &req.format));
	must("VIDIOC_CREATE_BUFS", ioctl(fd, VIDIOC_CREATE_BUFS, &req));
}

static void by_reqbufs(const char *path)
{
	static const enum v4l2_memory memories[] = {
		V4L2_MEMORY_MMAP, V4L2_MEMORY_USERPTR, V4L2_MEMORY_DMABUF,
	};
	int fd = open_node(path);
	size_t i;

	expect("no buffers", false);
	for (i = 0; i < ARRAY_SIZE(memories); i++) {
		request(fd, memories[i], 2);
		expect("VIDIOC_REQBUFS", true);
		request(fd, memories[i], 0);
		expect("VIDIOC_REQBUFS of none", false);
	}
	request(fd, V4L2_MEMORY_USERPTR, 2);
	request(fd, V4L2_MEMORY_MMAP, 2);
	expect("VIDIOC_REQBUFS of others", true);
	close(fd);
	expect("close()", false);
}

static void by_create_bufs(const char *path)
{
	int fd = open_node(path);

	create(fd, 0);
	expect("VIDIOC_CREATE_BUFS of none", false);
	create(fd, 2);
	expect("VIDIOC_CREATE_BUFS", true);
#ifdef VIDIOC_REMOVE_BUFS
	struct v4l2_remove_buffers remove = { .index = 0, .count = 1, .type = type };

	if (kernel_at_hand()->version >= KERNEL(6, 10, 0)) {
		must("VIDIOC_REMOVE_BUFS", ioctl(fd, VIDIOC_REMOVE_BUFS, &remove));
		expect("VIDIOC_REMOVE_BUFS of one", true);
		remove.index = 1;
		must("VIDIOC_REMOVE_BUFS", ioctl(fd, VIDIOC_REMOVE_BUFS, &remove));
		expect("VIDIOC_REMOVE_BUFS of the last one", false);
		create(fd, 1);
		expect("VIDIOC_CREATE_BUFS again", true);
	}
#endif
	close(fd);
	expect("close()", false);
}

static void by_file(const char *path)
{
	static char frame[1 << 22];
	int fd = open_node(path);
	ssize_t n;

	if (V4L2_TYPE_IS_OUTPUT(type))
		n = write(fd, frame, 1000);
	else
		n = read(fd, frame, 1000);
	must("read() or write()", n);
	expect("read() or write()", true);
	close(fd);
	expect("close()", false);
}

/* If there are no buffers, poll() makes vb2 start read() or write(). */
static void by_poll(const char *path)
{
	int fd = open_node(path);
	struct pollfd poll_fd = {
		.fd = fd,
		.events = V4L2_TYPE_IS_OUTPUT(type) ? POLLOUT : POLLIN,
	};

	must("poll()", poll(&poll_fd, 1, 5000));
	expect("poll()", true);
	close(fd);
	expect("close()", false);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fputs(usage, stderr);
		return 2;
	}
	observer = open_node(argv[1]);
	by_reqbufs(argv[1]);
	by_create_bufs(argv[1]);
	by_file(argv[1]);
	by_poll(argv[1]);
	printf("%d wrong\n", faults);
	return faults ? 1 : 0;
}
