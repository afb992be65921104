// SPDX-License-Identifier: GPL-2.0-only
/*
 * plane-pins - is each plane of a frame checked and pinned on its own?
 *
 * Hands frames of two or three planes to a vipin: a user pointer for each, to a page of memory
 * that may be pinned or not. If QBUF accepts them, each plane must arrive in its own memory. If
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

#define MAX_PLANES	3
#define WIDTH		64
#define HEIGHT		64
#define LUMA		(WIDTH * HEIGHT)
/* Chroma has half the resolution, in both directions: in one plane, or in two. */
#define FRAME		(LUMA + LUMA / 2)
#define FILL		0x5a
/*
 * Bytes before the frame in a plane with a data_offset. The page has room for them, and the length
 * of the buffer suits the DMA of every architecture.
 */
#define SHIFT		128

enum {
	EXIT_ACCEPTED = 0,
	EXIT_BROKEN = 1,
	EXIT_CANNOT_RUN = 2,
	EXIT_REFUSED = 3,
};

static const char usage[] =
	"Usage: plane-pins NODE MEMORY MEMORY [MEMORY]\n"
	"Hands frames in two or three planes to a vipin with the multi-planar API. MEMORY is one of\n"
	"  anonymous  anonymous memory\n"
	"  replaced   the same, replaced by other memory at that address for the second frame\n"
	"  read-only  the same, but the process is not allowed to write it\n"
	"  device     pages of /dev/vimap in a VM_IO mapping\n"
	"  nothing    nothing is mapped there\n"
	"  offset     anonymous memory, but the data_offset of the plane is its bytesused\n"
	"  shifted    anonymous memory, and the plane begins after the pointer; not the first plane\n"
	"Exit status: 0 accepted and all frames arrived, 3 refused with EFAULT (offset: EINVAL) and\n"
	"nothing is pinned, 1 neither, 2 could not run.\n";

static unsigned int planes_used;
static size_t plane_size[MAX_PLANES];

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
		"shifted",
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

static void map_planes(char **memory, unsigned char *planes[MAX_PLANES])
{
	unsigned int i;

	for (i = 0; i < planes_used; i++)
		planes[i] = map(memory[i], NULL);
}

/* Revoke access, after the frame was written. */
static void spoil_planes(char **memory, unsigned char *planes[MAX_PLANES])
{
	unsigned int i;

	for (i = 0; i < planes_used; i++) {
		if (!strcmp(memory[i], "read-only"))
			mprotect(planes[i], PAGE, PROT_READ);
		else if (!strcmp(memory[i], "nothing"))
			munmap(planes[i], PAGE);
	}
}

/* Prepare the memory for the second frame. */
static void replace_planes(char **memory, unsigned char *planes[MAX_PLANES])
{
	unsigned int i;

	for (i = 0; i < planes_used; i++) {
		if (!strcmp(memory[i], "replaced"))
			map("anonymous", planes[i]);
		else if (!strcmp(memory[i], "read-only"))
			mprotect(planes[i], PAGE, PROT_READ | PROT_WRITE);
	}
}

static void open_queue(int fd, enum v4l2_buf_type type)
{
	struct v4l2_format format = video_node_format(type, WIDTH, HEIGHT, planes_used == 2 ?
						      V4L2_PIX_FMT_NV12M : V4L2_PIX_FMT_YUV420M);
	unsigned int i;

	if (ioctl(fd, VIDIOC_S_FMT, &format))
		die("VIDIOC_S_FMT");
	if (format.fmt.pix_mp.num_planes != planes_used)
		broken("the format has another number of planes");
	for (i = 0; i < planes_used; i++) {
		plane_size[i] = i ? LUMA / 2 / (planes_used - 1) : LUMA;
		if (format.fmt.pix_mp.plane_fmt[i].sizeimage != plane_size[i])
			broken("the planes have other sizes");
	}
	if (video_node_request(fd, type, V4L2_MEMORY_USERPTR, 1) < 0)
		die("VIDIOC_REQBUFS");
}

/* Return the bytes between the pointer and the first byte of the plane. */
static size_t shift_of(const char *memory)
{
	return strcmp(memory, "shifted") ? 0 : SHIFT;
}

/* Make a frame to send, and copy its planes to their memory. */
static void fill(char **memory, unsigned char *planes[MAX_PLANES], unsigned int sequence)
{
	static unsigned char frame[FRAME];
	const unsigned char *from = frame;
	unsigned int i;

	memset(frame, FILL + sequence, FRAME);
	stamp_put(frame, FRAME, sequence);
	for (i = 0; i < planes_used; from += plane_size[i++])
		memcpy(planes[i] + shift_of(memory[i]), from, plane_size[i]);
}

/* Verify a captured frame, and that nothing was written after its planes. */
static void look_at(unsigned char *planes[MAX_PLANES])
{
	static unsigned char frame[FRAME];
	unsigned char *to = frame;
	struct vipin_stamp stamp;
	unsigned int i;
	char why[128];
	size_t byte;

	for (i = 0; i < planes_used; to += plane_size[i++]) {
		memcpy(to, planes[i], plane_size[i]);
		for (byte = plane_size[i]; byte < PAGE; byte++)
			if (planes[i][byte] != FILL)
				broken("written after a plane");
	}
	if (!stamp_agrees(frame, FRAME, &stamp, why, sizeof(why)))
		broken(why);
}

static long long good_frames(int fd)
{
	long long good, bad;

	if (vipin_node_count_frames(fd, &good, &bad))
		die("VIDIOC_G_EXT_CTRLS");
	return good;
}

static struct v4l2_buffer frame_of(struct v4l2_plane plane[MAX_PLANES], unsigned int type)
{
	return (struct v4l2_buffer) {
		.type = type,
		.memory = V4L2_MEMORY_USERPTR,
		.m.planes = plane,
		.length = planes_used,
	};
}

static int queue(int fd, unsigned int type, char **memory, unsigned char *planes[MAX_PLANES])
{
	struct v4l2_plane plane[MAX_PLANES] = { { 0 } };
	struct v4l2_buffer buf = frame_of(plane, type);
	unsigned int i;

	for (i = 0; i < planes_used; i++) {
		plane[i].m.userptr = (unsigned long)planes[i];
		plane[i].length = plane_size[i] + shift_of(memory[i]);
		plane[i].bytesused = plane[i].length;
		plane[i].data_offset = strcmp(memory[i], "offset") ? shift_of(memory[i]) :
								     plane_size[i];
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

	for (i = 0; i < planes_used; i++)
		if (!strcmp(memory[i], "offset"))
			return -EINVAL;
	return -EFAULT;
}

static void dequeue(int fd, unsigned int type)
{
	struct v4l2_plane plane[MAX_PLANES] = { { 0 } };
	struct v4l2_buffer buf = frame_of(plane, type);

	if (ioctl(fd, VIDIOC_DQBUF, &buf))
		die("VIDIOC_DQBUF");
	if (buf.flags & V4L2_BUF_FLAG_ERROR)
		broken("the frame is lost to a DMA fault");
}

int main(int argc, char **argv)
{
	unsigned char *planes[MAX_PLANES];
	enum v4l2_buf_type type;
	unsigned int sequence;
	long long good = 0;
	bool output;
	long held;
	int fd, i;

	for (i = 2; i < argc && is_known(argv[i]); i++)
		planes_used++;
	if (i != argc || (planes_used != 2 && planes_used != MAX_PLANES)) {
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
			fill(argv + 2, planes, sequence);
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
