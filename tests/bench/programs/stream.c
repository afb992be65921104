// SPDX-License-Identifier: GPL-2.0-only
/*
 * bench-stream - measure the CPU time of a captured frame
 *
 * Measures the driver's thread, and this program, which dequeues the frames.
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/videodev2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/number.h"
#include "common/standard-output.h"
#include "sample.h"
#include "vipin/vipin-uapi.h"

#define MAX_DEVICES	64
#define MAX_BUFFERS	1024
#define MAX_NUMBER	1000000
/* Alignment of the USERPTR buffers. */
#define ALIGNMENT	(2UL << 20)
/* Frames before the first measurement, which fill caches and page tables. */
#define WARM_UP		3

static const char usage[] =
"Usage: bench-stream [OPTION]... DEVICE...\n"
"Captures from all devices at once, and prints a sample per round: the CPU time of their\n"
"threads and of this program, per frame.\n"
"\n"
"  -m MEASURE    the samples' name (default: frame)\n"
"  -v VARIANT    the samples' variant (default: the format)\n"
"  -t NAME       a device's thread; %s is its node (default: \"%s-frames\")\n"
"  -f FOURCC     pixel format (default: YUYV)\n"
"  -s WxH        size (default: 640x480)\n"
"  -r FPS        frames per second (default: 30), or 0: as fast as vipin can\n"
"  -u FILE       USERPTR buffers in a mapping of this file (default: MMAP buffers)\n"
"  -b BUFFERS    buffers (default: 4)\n"
"  -c FRAMES     frames per round and device (default: 10)\n"
"  -n ROUNDS     rounds (default: 5)\n"
"  -p            without stamps\n"
"  -B            samples per byte instead of per frame\n";

/**
 * struct stream - a capturing device
 * @path:	of its node
 * @fd:		the open node
 * @memory:	memory of its USERPTR buffers
 * @length:	of @memory in bytes
 * @size:	of a frame in bytes
 * @buffers:	number of buffers
 * @held:	the buffer that was dequeued last, or -1
 * @thread:	the driver's thread
 */
struct stream {
	const char *path;
	int fd;
	unsigned char *memory;
	size_t length;
	size_t size;
	unsigned int buffers;
	int held;
	pid_t thread;
};

static struct options {
	const char *measure, *variant, *thread, *fourcc, *memory;
	unsigned int width, height, fps, buffers, frames, rounds;
	enum v4l2_memory io;
	bool plain, per_byte;
} options = {
	.measure = "frame", .thread = "%s-frames", .fourcc = "YUYV",
	.width = 640, .height = 480, .fps = 30, .buffers = 4, .frames = 10, .rounds = 5,
	.io = V4L2_MEMORY_MMAP,
};

static void must(struct stream *s, unsigned long request, void *arg, const char *what)
{
	int ret;

	do
		ret = ioctl(s->fd, request, arg);
	while (ret && errno == EINTR);
	if (ret)
		err(1, "%s: %s", s->path, what);
}

static void set_control(struct stream *s, __u32 id, __s32 value)
{
	struct v4l2_control control = { .id = id, .value = value };

	must(s, VIDIOC_S_CTRL, &control, "VIDIOC_S_CTRL");
}

static bool is_vipin(struct stream *s)
{
	struct v4l2_capability cap = {};

	must(s, VIDIOC_QUERYCAP, &cap, "VIDIOC_QUERYCAP");
	return !strcmp((char *)cap.driver, "vipin");
}

static void set_format(struct stream *s)
{
	struct v4l2_format format = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };
	struct v4l2_pix_format *pix = &format.fmt.pix;
	struct v4l2_streamparm parm = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };
	const char *f = options.fourcc;

	pix->width = options.width;
	pix->height = options.height;
	pix->pixelformat = v4l2_fourcc(f[0], f[1], f[2], f[3]);
	must(s, VIDIOC_S_FMT, &format, "VIDIOC_S_FMT");
	if (pix->width != options.width || pix->height != options.height ||
	    pix->pixelformat != v4l2_fourcc(f[0], f[1], f[2], f[3]))
		errx(2, "%s has no %s of %ux%u", s->path, f, options.width, options.height);
	s->size = pix->sizeimage;

	if (is_vipin(s)) {
		set_control(s, VIPIN_CID_FRAME_STAMP, !options.plain);
		set_control(s, VIPIN_CID_FREE_RUN, !options.fps);
	}
	if (options.fps) {
		parm.parm.capture.timeperframe = (struct v4l2_fract){ 1, options.fps };
		must(s, VIDIOC_S_PARM, &parm, "VIDIOC_S_PARM");
	}
}

static void queue(struct stream *s, unsigned int index)
{
	struct v4l2_buffer buf = {
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.memory = options.io,
		.index = index,
	};

	if (options.io == V4L2_MEMORY_USERPTR) {
		buf.m.userptr = (unsigned long)s->memory + s->length / s->buffers * index;
		buf.length = s->size;
	}
	must(s, VIDIOC_QBUF, &buf, "VIDIOC_QBUF");
}

/*
 * Queue the last frame's buffer again, and dequeue the next frame. Without a frame clock the
 * driver then has nothing to do while the clocks are read.
 */
static void next_frame(struct stream *s)
{
	struct v4l2_buffer buf = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = options.io };

	if (s->held >= 0)
		queue(s, s->held);
	must(s, VIDIOC_DQBUF, &buf, "VIDIOC_DQBUF");
	if (buf.flags & V4L2_BUF_FLAG_ERROR)
		errx(1, "%s: frame %u is spoilt", s->path, buf.sequence);
	s->held = buf.index;
}

static void map(struct stream *s)
{
	int fd;

	s->length = s->buffers * ((s->size + ALIGNMENT - 1) & ~(ALIGNMENT - 1));
	fd = open(options.memory, O_RDWR);
	if (fd < 0)
		err(1, "%s", options.memory);
	s->memory = mmap(NULL, s->length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (s->memory == MAP_FAILED)
		err(1, "%zu bytes of %s", s->length, options.memory);
	close(fd);
}

static void start(struct stream *s)
{
	struct v4l2_requestbuffers request = {
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.memory = options.io,
		.count = options.buffers,
	};
	int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
	char thread[64];

	must(s, VIDIOC_REQBUFS, &request, "VIDIOC_REQBUFS");
	if (request.count != options.buffers)
		errx(2, "%s has no %u buffers, but %u", s->path, options.buffers, request.count);
	s->buffers = request.count;
	s->held = -1;
	if (options.io == V4L2_MEMORY_USERPTR)
		map(s);
	/* Without a frame clock queue only one buffer, so that the driver works on that alone. */
	for (unsigned int i = 0; i < (options.fps ? s->buffers : 1); i++)
		queue(s, i);
	must(s, VIDIOC_STREAMON, &type, "VIDIOC_STREAMON");
	snprintf(thread, sizeof(thread), options.thread, strrchr(s->path, '/') + 1);
	s->thread = sample_find_task(thread);
}

static void stop(struct stream *s)
{
	int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;

	must(s, VIDIOC_STREAMOFF, &type, "VIDIOC_STREAMOFF");
	close(s->fd);
}

static __u64 threads_ns(struct stream *streams, unsigned int nr)
{
	__u64 ns = 0;

	for (unsigned int i = 0; i < nr; i++)
		ns += sample_task_ns(streams[i].thread);
	return ns;
}

static void frames(struct stream *streams, unsigned int nr, unsigned int count)
{
	for (unsigned int frame = 0; frame < count; frame++)
		for (unsigned int i = 0; i < nr; i++)
			next_frame(&streams[i]);
}

static void measure(struct stream *streams, unsigned int nr)
{
	double per = (double)nr * options.frames;
	const char *unit = options.per_byte ? "ns/byte" : "ns/frame";
	__u64 driver, own;

	if (options.per_byte)
		per *= streams->size;
	driver = threads_ns(streams, nr);
	own = sample_own_ns();
	frames(streams, nr, options.frames);
	own = sample_own_ns() - own;
	driver = threads_ns(streams, nr) - driver;
	sample(options.measure, options.variant, CLOCK_THREAD, unit, driver / per);
	sample(options.measure, options.variant, CLOCK_CALLER, unit, own / per);
}

static unsigned int parse_number(const char *text, unsigned int min)
{
	unsigned long value;

	if (!number_parse(text, min, MAX_NUMBER, &value))
		errx(2, "'%s' is no number from %u to %u", text, min, MAX_NUMBER);
	return value;
}

static void parse(int argc, char **argv)
{
	char *height;
	int option;

	while ((option = getopt(argc, argv, "m:v:t:f:s:r:u:b:c:n:pBh")) != -1) {
		switch (option) {
		case 'm':
			options.measure = optarg;
			break;
		case 'v':
			options.variant = optarg;
			break;
		case 't':
			options.thread = optarg;
			break;
		case 'f':
			options.fourcc = optarg;
			break;
		case 's':
			height = strchr(optarg, 'x');
			if (!height)
				errx(2, "'%s' is no size, such as 640x480", optarg);
			*height++ = 0;
			options.width = parse_number(optarg, 1);
			options.height = parse_number(height, 1);
			break;
		case 'r':
			options.fps = parse_number(optarg, 0);
			break;
		case 'u':
			options.memory = optarg;
			options.io = V4L2_MEMORY_USERPTR;
			break;
		case 'b':
			options.buffers = parse_number(optarg, 1);
			break;
		case 'c':
			options.frames = parse_number(optarg, 1);
			break;
		case 'n':
			options.rounds = parse_number(optarg, 1);
			break;
		case 'p':
			options.plain = true;
			break;
		case 'B':
			options.per_byte = true;
			break;
		default:
			fputs(usage, option == 'h' ? stdout : stderr);
			exit(option == 'h' ? 0 : 2);
		}
	}
	if (!options.variant)
		options.variant = options.fourcc;
	if (optind == argc || argc - optind > MAX_DEVICES || options.buffers > MAX_BUFFERS ||
	    strlen(options.fourcc) != 4)
		errx(2, "bench-stream -h says how");
}

int main(int argc, char **argv)
{
	static struct stream streams[MAX_DEVICES];
	unsigned int nr, i;

	standard_output_check();
	parse(argc, argv);
	nr = argc - optind;
	for (i = 0; i < nr; i++) {
		streams[i].path = argv[optind + i];
		streams[i].fd = open(streams[i].path, O_RDWR);
		if (streams[i].fd < 0)
			err(1, "%s", streams[i].path);
		set_format(&streams[i]);
	}
	for (i = 0; i < nr; i++)
		start(&streams[i]);
	frames(streams, nr, WARM_UP);
	for (i = 0; i < options.rounds; i++)
		measure(streams, nr);
	for (i = 0; i < nr; i++)
		stop(&streams[i]);
	return 0;
}
