// SPDX-License-Identifier: GPL-2.0-only
/*
 * node.c - the video node of a scenario
 */
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "account.h"
#include "common/pins.h"
#include "common/video-node.h"
#include "common/vipin-node.h"
#include "time-limit.h"

static long pins_before;

/**
 * node_format() - set the size of a frame of one byte per pixel
 * @n:		the node, without buffers
 * @line:	bytes of a line, with padding if it is longer than the largest width
 * @lines:	how many
 */
void node_format(const struct node *n, unsigned int line, unsigned int lines)
{
	struct v4l2_format format = {
		.type = n->type,
		.fmt.pix = {
			.width = line, .height = lines, .bytesperline = line,
			.pixelformat = V4L2_PIX_FMT_GREY,
		},
	};

	expect(!ioctl(n->fd, VIDIOC_S_FMT, &format), "VIDIOC_S_FMT: %s", strerror(errno));
	expect(format.fmt.pix.sizeimage == line * lines, "a frame has %u bytes",
	       format.fmt.pix.sizeimage);
}

/**
 * node_is_multiplanar() - check which API a node has
 * @path:	of the node
 *
 * Return: true if it has the multi-planar API, false if it has the single-planar one or cannot be
 * opened.
 */
bool node_is_multiplanar(const char *path)
{
	enum v4l2_buf_type type;
	int fd = video_node_open(path, &type);

	if (fd < 0)
		return false;
	close(fd);
	return V4L2_TYPE_IS_MULTIPLANAR(type);
}

static bool is_vipin(int fd)
{
	struct v4l2_capability cap;

	return !ioctl(fd, VIDIOC_QUERYCAP, &cap) && !strcmp((char *)cap.driver, "vipin");
}

/**
 * node_skip_unless_vipin() - skip a scenario that needs a parameter or a control of vipin
 * @n:		the node
 */
void node_skip_unless_vipin(const struct node *n)
{
	if (!n->vipin)
		skip("the node is not one of vipin");
}

/* Two planes: the second one has half as many bytes. */
static void set_planes(const struct node *n)
{
	struct v4l2_format format = {
		.type = n->type,
		.fmt.pix_mp = {
			.width = page_side(), .height = page_side(),
			.pixelformat = V4L2_PIX_FMT_NV12M,
		},
	};

	expect(!ioctl(n->fd, VIDIOC_S_FMT, &format), "VIDIOC_S_FMT: %s", strerror(errno));
	expect(format.fmt.pix_mp.num_planes == 2, "a frame has %u planes",
	       format.fmt.pix_mp.num_planes);
	expect(format.fmt.pix_mp.plane_fmt[0].sizeimage == PAGE, "the first plane has %u bytes",
	       format.fmt.pix_mp.plane_fmt[0].sizeimage);
}

/**
 * node_open() - open a node, with frames of one page; those of vipin are done at once
 * @n:		filled in
 * @path:	of the node
 * @policy:	its policy, if it is one of vipin
 *
 * With the multi-planar API, the frame has half a page more, in a second plane.
 *
 * A buffer may be larger than a frame. All of it is pinned. Other drivers are expected to accept
 * memory that is not contiguous.
 */
void node_open(struct node *n, const char *path, enum vipin_policy policy)
{
	n->path = path;
	n->policy = policy;
	n->fd = video_node_open(path, &n->type);
	expect(n->fd >= 0, "%s: %s", path, strerror(errno));
	n->vipin = is_vipin(n->fd);
	n->pages = !n->vipin || video_node_is_translated(path) ? 5 : 1;
	if (V4L2_TYPE_IS_MULTIPLANAR(n->type))
		set_planes(n);
	else
		node_format(n, page_side(), page_side());
	if (!n->vipin)
		return;
	expect(!video_node_set_control(n->fd, VIPIN_CID_POLICY, policy),
	       "the policy cannot be set");
	expect(!video_node_set_control(n->fd, VIPIN_CID_FREE_RUN, 1), "no control Free Run");
}

/**
 * node_restore() - give a node its policy and its frame clock back, after a scenario
 * @path:	of the node
 */
void node_restore(const char *path)
{
	struct node n;

	node_open(&n, path, VIPIN_POLICY_STRICT);
	if (n.vipin)
		video_node_set_control(n.fd, VIPIN_CID_FREE_RUN, 0);
	close(n.fd);
}

/**
 * node_stream() - start or stop the stream
 * @n:		the node
 * @on:		start or stop
 */
void node_stream(const struct node *n, bool on)
{
	int err = video_node_stream(n->fd, n->type, on);

	expect(!err, "VIDIOC_STREAM%s: %s", on ? "ON" : "OFF", strerror(-err));
}

/**
 * node_request() - allocate USERPTR buffers, or stop the stream and free all buffers
 * @n:		the node
 * @count:	number of buffers; 0 frees all of them
 */
void node_request(const struct node *n, unsigned int count)
{
	int granted;

	/* videobuf2 does not free the buffers of a stream. */
	if (!count)
		node_stream(n, false);
	granted = video_node_request(n->fd, n->type, V4L2_MEMORY_USERPTR, count);
	/* videobuf2 allocates at least two. */
	expect(count ? granted >= (int)count : !granted, "VIDIOC_REQBUFS of %u returns %d", count,
	       granted);
}

/**
 * node_queue_mmap() - queue a buffer of the device's own memory
 * @n:		the node
 * @index:	of the buffer
 * @bytes:	output: bytes of the frame
 */
void node_queue_mmap(const struct node *n, unsigned int index, unsigned int bytes)
{
	struct v4l2_buffer buf = {
		.type = n->type, .memory = V4L2_MEMORY_MMAP, .index = index, .bytesused = bytes,
	};

	expect(!ioctl(n->fd, VIDIOC_QBUF, &buf), "VIDIOC_QBUF: %s", strerror(errno));
}

/**
 * node_dequeue() - wait for a frame, and dequeue its buffer
 * @n:		the node, which streams
 */
void node_dequeue(const struct node *n)
{
	bool output = V4L2_TYPE_IS_OUTPUT(n->type);
	struct pollfd poll_fd = { .fd = n->fd, .events = output ? POLLOUT : POLLIN };
	struct v4l2_buffer buf = { .type = n->type, .memory = V4L2_MEMORY_USERPTR };
	struct v4l2_plane planes[2] = { };

	if (V4L2_TYPE_IS_MULTIPLANAR(n->type)) {
		buf.m.planes = planes;
		buf.length = ARRAY_SIZE(planes);
	}
	expect(poll(&poll_fd, 1, FRAME_TIMEOUT) == 1, "no frame is done");
	expect(!ioctl(n->fd, VIDIOC_DQBUF, &buf), "VIDIOC_DQBUF: %s", strerror(errno));
	expect(!(buf.flags & V4L2_BUF_FLAG_ERROR), "the frame is lost to a DMA fault");
}

/**
 * node_remember_pins() - count the pages that are pinned before the scenario
 */
void node_remember_pins(void)
{
	pins_before = pins_count(-1);
}

/**
 * node_expect_pinned() - check how many pages are pinned
 * @n:		the node; no other one has pins
 * @pages:	the number
 * @when:	words for the message
 *
 * debugfs of vipin and the counters of the whole system must agree.
 */
void node_expect_pinned(const struct node *n, long pages, const char *when)
{
	long pinned, counted;

	if (n->vipin) {
		counted = vipin_node_pinned(n->path);
		expect(counted == pages, "%s, the node counts %ld pages instead of %ld", when,
		       counted, pages);
	}
	pinned = pins_count(pins_before + pages) - pins_before;
	expect(pinned == pages, "%s, %ld pages are pinned instead of %ld", when, pinned, pages);
}

/**
 * node_find_other() - find another node of vipin
 * @n:		the node
 * @path:	filled in: path of the other one
 * @size:	room in @path
 *
 * Return: false if there is none.
 */
bool node_find_other(const struct node *n, char *path, size_t size)
{
	DIR *folder = opendir("/sys/kernel/debug/vipin");
	const struct dirent *entry;
	bool found = false;

	expect(folder, "debugfs: %s", strerror(errno));
	while (!found && (entry = readdir(folder))) {
		if (strncmp(entry->d_name, "video", 5))
			continue;
		snprintf(path, size, "/dev/%.32s", entry->d_name);
		found = strcmp(path, n->path);
	}
	closedir(folder);
	return found;
}

/**
 * node_expect_verdict() - check the newest verdict, if the node is one of vipin
 * @n:		the node
 * @keys:	keys and values that it must have
 */
void node_expect_verdict(const struct node *n, const char *keys)
{
	char line[512];

	if (!n->vipin)
		return;
	expect(vipin_node_verdict(n->path, line, sizeof(line)) > 0, "there is no verdict");
	expect(strstr(line, keys), "no \"%s\" in: %s", keys, line);
}

/**
 * node_set_memlock() - set the module parameter memlock
 * @on:		its value
 */
void node_set_memlock(bool on)
{
	write_file("/sys/module/vipin/parameters/memlock", on ? "Y" : "N");
}
