// SPDX-License-Identifier: GPL-2.0-only
/*
 * pin-cycle - pin and release a user pointer again and again
 *
 * Calls QBUF of a new pointer and releases its buffer. Prints how often QBUF succeeded, and
 * the shortest time of QBUF and of the release. The shortest time of many is the one that
 * other programs and interrupts have disturbed least.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/mman.h>
#include <linux/videodev2.h>

#include "common/clock.h"
#include "common/number.h"
#include "common/page.h"
#include "common/standard-output.h"
#include "common/video-node.h"
#include "vipin/vipin-uapi.h"

static const char usage[] =
"Usage: pin-cycle NODE huge|scattered|/FILE PAGES TIMES\n"
"Hands a frame of PAGES pages (1, or a multiple of 16) to a vipin with policy kernel, TIMES\n"
"times. The frame is part of a huge page, or has the same three pages of a memfd or of /FILE\n"
"in turn.\n"
"Prints the number of QBUFs that succeeded, and the shortest time of a QBUF and of a\n"
"release, in nanoseconds.\n"
"Exit status: 0 done, 2 could not run.\n";

static void must(const char *what, int err)
{
	if (err >= 0)
		return;
	fprintf(stderr, "pin-cycle: %s: %s\n", what, strerror(-err));
	exit(2);
}

static void must_map(const void *memory)
{
	if (memory == MAP_FAILED)
		must("mmap", -errno);
}

static void *map_huge(size_t size)
{
	void *memory = mmap(NULL, (size + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1),
			    PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_2MB, -1, 0);

	must_map(memory);
	memset(memory, 0, size);
	return memory;
}

/*
 * Three pages in turn are not contiguous for more than three pages. Fewer pages would not do: the
 * DMA API debugging warns if a page is mapped more than seven times.
 */
static void *map_scattered(size_t size, const char *path)
{
	char *memory = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int file = *path == '/' ? open(path, O_RDWR | O_CLOEXEC) : memfd_create(path, MFD_CLOEXEC);

	must_map(memory);
	if (file < 0 || ftruncate(file, 3 * PAGE))
		must(path, -errno);
	for (size_t at = 0; at < size; at += PAGE)
		must_map(mmap(memory + at, PAGE, PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_FIXED | MAP_POPULATE, file, at % (3 * PAGE)));
	close(file);
	return memory;
}

static unsigned long long shorter(unsigned long long least, unsigned long long since)
{
	unsigned long long took = clock_ns() - since;

	return took < least ? took : least;
}

/* The widths are multiples of 64, so that lines have no padding. A pixel has two bytes. */
static void set_size(int fd, enum v4l2_buf_type type, size_t size)
{
	struct v4l2_format format = {
		.type = type,
		.fmt.pix = {
			.width = size == PAGE ? 64 : 1024, .pixelformat = V4L2_PIX_FMT_YUYV,
		},
	};

	format.fmt.pix.height = size / 2 / format.fmt.pix.width;
	must("VIDIOC_S_FMT", ioctl(fd, VIDIOC_S_FMT, &format) ? -errno : 0);
	if (format.fmt.pix.sizeimage != size)
		must("the size of a frame", -EINVAL);
}

int main(int argc, char **argv)
{
	unsigned long long queued = ULLONG_MAX, released = ULLONG_MAX, began;
	unsigned long pages, times, n, good = 0;
	struct v4l2_buffer buf = { .memory = V4L2_MEMORY_USERPTR };
	enum v4l2_buf_type type;
	size_t size;
	void *frame;
	int fd;

	standard_output_check();
	if (argc != 5 ||
	    (strcmp(argv[2], "huge") && strcmp(argv[2], "scattered") && *argv[2] != '/') ||
	    !number_parse(argv[3], 1, 8192, &pages) ||
	    !number_parse(argv[4], 1, ULONG_MAX, &times)) {
		fputs(usage, stderr);
		return 2;
	}
	size = pages * PAGE;
	fd = video_node_open(argv[1], &type);
	must(argv[1], fd < 0 ? -errno : 0);
	set_size(fd, type, size);
	must("policy", video_node_set_control(fd, VIPIN_CID_POLICY, VIPIN_POLICY_KERNEL));
	frame = *argv[2] == 'h' ? map_huge(size) : map_scattered(size, argv[2]);

	buf.type = type;
	buf.m.userptr = (uintptr_t)frame;
	buf.length = size;
	buf.bytesused = size;
	for (n = 0; n < times; n++) {
		must("VIDIOC_REQBUFS", video_node_request(fd, type, buf.memory, 1));
		began = clock_ns();
		if (!ioctl(fd, VIDIOC_QBUF, &buf))
			good++;
		else if (errno != EFAULT)
			must("VIDIOC_QBUF", -errno);
		queued = shorter(queued, began);
		began = clock_ns();
		must("VIDIOC_REQBUFS", video_node_request(fd, type, buf.memory, 0));
		released = shorter(released, began);
	}
	must("policy", video_node_set_control(fd, VIPIN_CID_POLICY, VIPIN_POLICY_STRICT));
	printf("%lu %llu %llu\n", good, queued, released);
	return 0;
}
