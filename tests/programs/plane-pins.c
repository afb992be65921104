// SPDX-License-Identifier: GPL-2.0-only
/*
 * plane-pins - is each plane of a frame checked and pinned for itself?
 *
 * Hands vipin frames of two planes, one page each, and so two user pointers, of
 * memory that may be pinned or not. Taken, each plane has to arrive in its own
 * memory; refused, no pin of the other one may be left.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/videodev2.h>

#include "common/pins.h"
#include "common/stamp.h"
#include "vimap/vimap-uapi.h"

#define PAGE		4096UL
#define PLANES		2
#define WIDTH		64
#define HEIGHT		64
#define LUMA		(WIDTH * HEIGHT)
#define CHROMA		(LUMA / 2)
#define FRAME		(LUMA + CHROMA)
#define FILL		0x5a

enum {
	EXIT_ACCEPTED = 0,
	EXIT_BROKEN = 1,
	EXIT_CANNOT_RUN = 2,
	EXIT_REFUSED = 3,
};

static const char usage[] =
	"Usage: plane-pins NODE MEMORY MEMORY\n"
	"Hands a vipin with the multi-planar API frames in two planes, each in MEMORY:\n"
	"  anonymous  what any process has\n"
	"  replaced   the same, with other memory at that address for the second frame\n"
	"  read-only  the same, that the process may not write\n"
	"  device     pages of /dev/vimap in a VM_IO mapping\n"
	"  nothing    nothing is mapped there\n"
	"Status 0: accepted, and all frames arrived; 3: refused with EFAULT, and nothing is\n"
	"pinned; 1: neither; 2: this text, or it cannot run.\n";

static const size_t plane_size[PLANES] = { LUMA, CHROMA };

static void die(const char *what)
{
	fprintf(stderr, "plane-pins: %s: %s\n", what, strerror(errno));
	exit(EXIT_CANNOT_RUN);
}

static void broken(const char *what)
{
	fprintf(stderr, "plane-pins: %s\n", what);
	exit(EXIT_BROKEN);
}

static bool is_known(const char *memory)
{
	static const char * const known[] = {
		"anonymous", "replaced", "read-only", "device", "nothing",
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strcmp(memory, known[i]))
			return true;
	return false;
}

/* A page, touched, as GUP-fast would find it. */
static unsigned char *map(const char *memory, void *at)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, fd = -1;
	off_t offset = 0;
	unsigned char *to;

	if (!strcmp(memory, "device")) {
		fd = open("/dev/vimap", O_RDWR | O_CLOEXEC);
		if (fd < 0)
			die("/dev/vimap");
		flags = MAP_SHARED | MAP_POPULATE;
		offset = VIMAP_OFFSET(VIMAP_PAGE_IO);
	}
	to = mmap(at, PAGE, PROT_READ | PROT_WRITE, flags | (at ? MAP_FIXED : 0), fd, offset);
	if (to == MAP_FAILED)
		die("mmap");
	if (fd >= 0)
		close(fd);
	memset(to, FILL, PAGE);
	return to;
}

static void map_planes(char **memory, unsigned char *planes[PLANES])
{
	unsigned int i;

	for (i = 0; i < PLANES; i++)
		planes[i] = map(memory[i], NULL);
}

/* What cannot be done before something was written there. */
static void spoil_planes(char **memory, unsigned char *planes[PLANES])
{
	unsigned int i;

	for (i = 0; i < PLANES; i++) {
		if (!strcmp(memory[i], "read-only"))
			mprotect(planes[i], PAGE, PROT_READ);
		else if (!strcmp(memory[i], "nothing"))
			munmap(planes[i], PAGE);
	}
}

/* For the second frame. */
static void replace_planes(char **memory, unsigned char *planes[PLANES])
{
	unsigned int i;

	for (i = 0; i < PLANES; i++) {
		if (!strcmp(memory[i], "replaced"))
			map("anonymous", planes[i]);
		else if (!strcmp(memory[i], "read-only"))
			mprotect(planes[i], PAGE, PROT_READ | PROT_WRITE);
	}
}

static unsigned int open_queue(int fd)
{
	struct v4l2_capability cap = { 0 };
	struct v4l2_requestbuffers request = { .count = 1, .memory = V4L2_MEMORY_USERPTR };
	struct v4l2_format format = { 0 };

	if (ioctl(fd, VIDIOC_QUERYCAP, &cap))
		die("VIDIOC_QUERYCAP");
	format.type = cap.device_caps & V4L2_CAP_VIDEO_OUTPUT_MPLANE ?
		      V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE : V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE;
	format.fmt.pix_mp.width = WIDTH;
	format.fmt.pix_mp.height = HEIGHT;
	format.fmt.pix_mp.pixelformat = V4L2_PIX_FMT_NV12M;
	if (ioctl(fd, VIDIOC_S_FMT, &format))
		die("VIDIOC_S_FMT");
	if (format.fmt.pix_mp.num_planes != PLANES ||
	    format.fmt.pix_mp.plane_fmt[0].sizeimage != LUMA ||
	    format.fmt.pix_mp.plane_fmt[1].sizeimage != CHROMA)
		broken("the planes are not a page and a half");
	request.type = format.type;
	if (ioctl(fd, VIDIOC_REQBUFS, &request))
		die("VIDIOC_REQBUFS");
	return format.type;
}

/* A frame to send, half of it in each of two places. */
static void fill(unsigned char *planes[PLANES], unsigned int sequence)
{
	static unsigned char frame[FRAME];

	memset(frame, FILL + sequence, FRAME);
	stamp_put(frame, FRAME, sequence);
	memcpy(planes[0], frame, LUMA);
	memcpy(planes[1], frame + LUMA, CHROMA);
}

/* A frame that was captured, put together again; behind it nothing was written. */
static void look_at(unsigned char *planes[PLANES])
{
	static unsigned char frame[FRAME];
	struct vipin_stamp stamp;
	char why[128];
	size_t i;

	memcpy(frame, planes[0], LUMA);
	memcpy(frame + LUMA, planes[1], CHROMA);
	if (!stamp_agrees(frame, FRAME, &stamp, why, sizeof(why)))
		broken(why);
	for (i = CHROMA; i < PAGE; i++)
		if (planes[1][i] != FILL)
			broken("written behind the second plane");
}

static long long good_frames(int fd)
{
	struct v4l2_ext_control control = { .id = VIPIN_CID_GOOD_FRAMES };
	struct v4l2_ext_controls controls = { .count = 1, .controls = &control };

	if (ioctl(fd, VIDIOC_G_EXT_CTRLS, &controls))
		die("VIDIOC_G_EXT_CTRLS");
	return control.value64;
}

static struct v4l2_buffer frame_of(struct v4l2_plane plane[PLANES], unsigned int type)
{
	return (struct v4l2_buffer) {
		.type = type,
		.memory = V4L2_MEMORY_USERPTR,
		.m.planes = plane,
		.length = PLANES,
	};
}

static int queue(int fd, unsigned int type, unsigned char *planes[PLANES])
{
	struct v4l2_plane plane[PLANES] = { { 0 } };
	struct v4l2_buffer buf = frame_of(plane, type);
	unsigned int i;

	for (i = 0; i < PLANES; i++) {
		plane[i].m.userptr = (unsigned long)planes[i];
		plane[i].length = plane_size[i];
		plane[i].bytesused = plane_size[i];
	}
	return ioctl(fd, VIDIOC_QBUF, &buf);
}

static void dequeue(int fd, unsigned int type)
{
	struct v4l2_plane plane[PLANES] = { { 0 } };
	struct v4l2_buffer buf = frame_of(plane, type);

	if (ioctl(fd, VIDIOC_DQBUF, &buf))
		die("VIDIOC_DQBUF");
	if (buf.flags & V4L2_BUF_FLAG_ERROR)
		broken("the frame is lost to a DMA fault");
}

int main(int argc, char **argv)
{
	unsigned char *planes[PLANES];
	unsigned int type, sequence;
	long long good = 0;
	bool output;
	long held;
	int fd;

	if (argc != 4 || !is_known(argv[2]) || !is_known(argv[3])) {
		fputs(usage, stderr);
		return EXIT_CANNOT_RUN;
	}
	fd = open(argv[1], O_RDWR);
	if (fd < 0)
		die(argv[1]);
	type = open_queue(fd);
	output = V4L2_TYPE_IS_OUTPUT(type);
	if (output)
		good = good_frames(fd);
	map_planes(argv + 2, planes);
	held = pins_count(-1);

	for (sequence = 0; sequence < 2; sequence++) {
		if (sequence)
			replace_planes(argv + 2, planes);
		if (output)
			fill(planes, sequence);
		spoil_planes(argv + 2, planes);
		if (queue(fd, type, planes)) {
			if (errno != EFAULT)
				die("VIDIOC_QBUF");
			usleep(100000);
			if (pins_count(-1) != held)
				broken("refused, and a page is pinned");
			return EXIT_REFUSED;
		}
		if (pins_count(-1) == held)
			broken("accepted, and nothing is pinned");
		if (!sequence && ioctl(fd, VIDIOC_STREAMON, &type))
			die("VIDIOC_STREAMON");
		dequeue(fd, type);
		if (output && good_frames(fd) != ++good)
			broken("the frame that was sent is not the one that arrived");
		if (!output)
			look_at(planes);
	}
	return EXIT_ACCEPTED;
}
