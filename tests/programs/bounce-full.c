// SPDX-License-Identifier: GPL-2.0-only
/*
 * bounce-full - does QBUF fail cleanly if the pool of bounce buffers (SWIOTLB) is full?
 *
 * Hands over a pointer whose pages are not contiguous, and which has more bytes than the pool. So
 * the DMA API fails at one of its last segments. QBUF must return EIO, all bounce buffers and
 * pages must be released, and the next frame must arrive.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/videodev2.h>

#include "common/page.h"
#include "common/pins.h"
#include "common/stamp.h"
#include "common/video-node.h"
#include "common/vipin-node.h"
#include "vipin/vipin-uapi.h"

#define SLOT		2048UL	/* bytes of a slot of the pool: IO_TLB_SIZE */
#define FOLDER		"/sys/kernel/debug/swiotlb/"
#define TIMES		3
#define WIDTH		64
#define HEIGHT		64

static const char usage[] =
"Usage: bounce-full NODE\n"
"Hands over a pointer that needs more bounce buffers than there are. All DMA of the capture\n"
"node NODE must be bounced.\n"
"Exit status: 0 QBUF fails with EIO and releases everything, 1 it does not, 2 could not run.\n";

static void die(const char *what)
{
	fprintf(stderr, "bounce-full: %s: %s\n", what, strerror(errno));
	exit(2);
}

static unsigned long read_number(const char *file)
{
	unsigned long number;
	FILE *f = fopen(file, "re");

	if (!f || fscanf(f, "%lu", &number) != 1)
		die(file);
	fclose(f);
	return number;
}

/* Map one page again and again, so that no two segments can be merged. */
static unsigned char *map_page_again(size_t length)
{
	int fd = memfd_create("page", MFD_CLOEXEC);
	unsigned char *base;
	size_t at;

	if (fd < 0 || ftruncate(fd, PAGE))
		die("memfd_create");
	base = mmap(NULL, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (base == MAP_FAILED)
		die("mmap");
	for (at = 0; at < length; at += PAGE)
		if (mmap(base + at, PAGE, PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_FIXED | MAP_POPULATE, fd, 0) == MAP_FAILED)
			die("mmap (vm.max_map_count)");
	close(fd);
	return base;
}

static int queue(int fd, enum v4l2_buf_type type, void *frame, size_t length)
{
	struct v4l2_buffer buf = {
		.type = type, .memory = V4L2_MEMORY_USERPTR,
		.m.userptr = (unsigned long)frame, .length = length,
	};

	return ioctl(fd, VIDIOC_QBUF, &buf) ? errno : 0;
}

static size_t set_format(int fd, enum v4l2_buf_type type)
{
	struct v4l2_format format = {
		.type = type, .fmt.pix = {
			.width = WIDTH, .height = HEIGHT, .pixelformat = V4L2_PIX_FMT_GREY,
		},
	};

	if (ioctl(fd, VIDIOC_S_FMT, &format))
		die("VIDIOC_S_FMT");
	return format.fmt.pix.sizeimage;
}

/* Capture a frame. Return true if it is complete. */
static bool captures(int fd, enum v4l2_buf_type type, size_t size)
{
	unsigned char *frame = mmap(NULL, size, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct v4l2_buffer buf = { .type = type, .memory = V4L2_MEMORY_USERPTR };
	struct vipin_stamp stamp;
	char why[100];

	if (frame == MAP_FAILED || queue(fd, type, frame, size))
		die("VIDIOC_QBUF of one page");
	if (video_node_stream(fd, type, true) || ioctl(fd, VIDIOC_DQBUF, &buf))
		die("VIDIOC_DQBUF");
	if (stamp_agrees(frame, size, &stamp, why, sizeof(why)))
		return true;
	fprintf(stderr, "bounce-full: %s\n", why);
	return false;
}

int main(int argc, char **argv)
{
	unsigned long slots, used;
	enum v4l2_buf_type type;
	unsigned char *pointer;
	size_t size, length;
	bool well = true;
	char verdict[512];
	int fd, i, error;
	long held;

	if (argc != 2) {
		fputs(usage, stderr);
		return 2;
	}
	fd = video_node_open(argv[1], &type);
	if (fd < 0)
		die(argv[1]);
	size = set_format(fd, type);
	if (video_node_request(fd, type, V4L2_MEMORY_USERPTR, 1) < 1)
		die("VIDIOC_REQBUFS");
	slots = read_number(FOLDER "io_tlb_nslabs");
	length = slots * SLOT + (1 << 20);
	pointer = map_page_again(length);
	used = read_number(FOLDER "io_tlb_used");
	held = pins_count(-1);

	for (i = 0; i < TIMES; i++) {
		error = queue(fd, type, pointer, length);
		if (vipin_node_verdict(argv[1], verdict, sizeof(verdict)) > 0)
			puts(verdict);
		if (error != EIO || !strstr(verdict, " by=dma-map")) {
			printf("QBUF of %zu bytes: %s\n", length, strerror(error));
			well = false;
		}
	}
	if (pins_count(held) != held) {
		puts("pages are still pinned");
		well = false;
	}
	if (read_number(FOLDER "io_tlb_used") > used) {
		printf("%lu of %lu bounce buffers were in use, now %lu\n", used, slots,
		       read_number(FOLDER "io_tlb_used"));
		well = false;
	}
	return captures(fd, type, size) && well ? 0 : 1;
}
