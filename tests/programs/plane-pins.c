// SPDX-License-Identifier: GPL-2.0-only
/*
 * plane-pins - is each plane of a frame checked and pinned on its own?
 *
 * Hands frames of two planes to a vipin: two user pointers, each to a page of memory that
 * may be pinned or not. If QBUF accepts them, each plane must arrive in its own memory. If
 * QBUF refuses them, no page may stay pinned.
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

#include "common/macros.h"
#include "common/page.h"
#include "common/pins.h"
#include "common/stamp.h"
#include "common/video-node.h"
#include "common/vipin-node.h"
#include "vimap/vimap-uapi.h"

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
	"Hands frames in two planes to a vipin with the multi-planar API. Each MEMORY is one of\n"
	"  anonymous  anonymous memory\n"
	"  replaced   the same, replaced by other memory at that address for the second frame\n"
	"  read-only  the same, but the process is not allowed to write it\n"
	"  device     pages of /dev/vimap in a VM_IO mapping\n"
	"  nothing    nothing is mapped there\n"
	"  offset     anonymous memory, but the data_offset of the plane is its bytesused\n"
	"Exit status: 0 accepted and all frames arrived, 3 refused with EFAULT (offset: EINVAL) and\n"
	"nothing is pinned, 1 neither, 2 could not run.\n";

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
		"anonymous", "replaced", "read-only", "device", "nothing", "offset",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (!strcmp(memory, known[i]))
			return true;
	return false;
}

/* Map a page and touch it, so that GUP-fast finds it. */
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

/* Revoke access, after the frame was written. */
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

/* Prepare the memory for the second frame. */
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

static void open_queue(int fd, enum v4l2_buf_type type)
{
	struct v4l2_format format = video_node_format(type, WIDTH, HEIGHT, V4L2_PIX_FMT_NV12M);

	if (ioctl(fd, VIDIOC_S_FMT, &format))
		die("VIDIOC_S_FMT");
	if (format.fmt.pix_mp.num_planes != PLANES ||
	    format.fmt.pix_mp.plane_fmt[0].sizeimage != LUMA ||
	    format.fmt.pix_mp.plane_fmt[1].sizeimage != CHROMA)
		broken("the planes are not a page and a half");
	if (video_node_request(fd, type, V4L2_MEMORY_USERPTR, 1) < 0)
		die("VIDIOC_REQBUFS");
}

/* Make a frame to send, and copy its planes to their memory. */
static void fill(unsigned char *planes[PLANES], unsigned int sequence)
{
	static unsigned char frame[FRAME];

	memset(frame, FILL + sequence, FRAME);
	stamp_put(frame, FRAME, sequence);
	memcpy(planes[0], frame, LUMA);
	memcpy(planes[1], frame + LUMA, CHROMA);
}

/* Verify a captured frame, and that nothing was written after its second plane. */
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
			broken("written after the second plane");
}

static long long good_frames(int fd)
{
	long long good, bad;

	if (vipin_node_count_frames(fd, &good, &bad))
		die("VIDIOC_G_EXT_CTRLS");
	return good;
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

static int queue(int fd, unsigned int type, char **memory, unsigned char *planes[PLANES])
{
	struct v4l2_plane plane[PLANES] = { { 0 } };
	struct v4l2_buffer buf = frame_of(plane, type);
	unsigned int i;

	for (i = 0; i < PLANES; i++) {
		plane[i].m.userptr = (unsigned long)planes[i];
		plane[i].length = plane_size[i];
		plane[i].bytesused = plane_size[i];
		if (!strcmp(memory[i], "offset"))
			plane[i].data_offset = plane_size[i];
	}
	return ioctl(fd, VIDIOC_QBUF, &buf);
}

/*
 * Return the negative errno of QBUF if it refuses. videobuf2 checks the arguments before it gets
 * the memory.
 */
static int refusal(char **memory)
{
	unsigned int i;

	for (i = 0; i < PLANES; i++)
		if (!strcmp(memory[i], "offset"))
			return -EINVAL;
	return -EFAULT;
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
	enum v4l2_buf_type type;
	unsigned int sequence;
	long long good = 0;
	bool output;
	long held;
	int fd;

	if (argc != 4 || !is_known(argv[2]) || !is_known(argv[3])) {
		fputs(usage, stderr);
		return EXIT_CANNOT_RUN;
	}
	fd = video_node_open(argv[1], &type);
	if (fd < 0)
		die(argv[1]);
	open_queue(fd, type);
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
		if (queue(fd, type, argv + 2, planes)) {
			if (errno != -refusal(argv + 2))
				die("VIDIOC_QBUF");
			usleep(100000);
			if (pins_count(-1) != held)
				broken("refused, and a page is pinned");
			return EXIT_REFUSED;
		}
		if (pins_count(-1) == held)
			broken("accepted, and nothing is pinned");
		if (!sequence && video_node_stream(fd, type, true))
			die("VIDIOC_STREAMON");
		dequeue(fd, type);
		if (output && good_frames(fd) != ++good)
			broken("the frame that was sent is not the one that arrived");
		if (!output)
			look_at(planes);
	}
	return EXIT_ACCEPTED;
}
