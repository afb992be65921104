// SPDX-License-Identifier: GPL-2.0-only
/*
 * neighbours - does a device write to any byte of a process that is not in a frame?
 *
 * In each round another process queues frames at random places of its memory. Before the stream
 * starts or while it runs, something happens to the pages of one frame. Otherwise that process is
 * stopped, so each change of its memory is the work of a device. All its pages are compared.
 *
 * It must be linked statically: the C library's own variables belong to the program then.
 *
 * In the last rounds the device is unbound while it streams. Then it may not write to frames
 * either.
 */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "binding.h"
#include "buffer-alignment.h"
#include "common/macros.h"
#include "common/number.h"
#include "common/page.h"
#include "common/standard-output.h"
#include "common/video-node.h"
#include "memory/memory.h"
#include "random.h"
#include "scenario-options.h"
#include "snapshot.h"
#include "time-limit.h"
#include "victim.h"

#define BUFFERS		4
#define STEP		8	/* a frame starts at a multiple of it, and of @alignment */
#define ROUNDS		60	/* by default */
#define FRAMES_PER_S	120
#define UNBINDS		3
#define UNBIND_AFTER	25000	/* us at most: BUFFERS frames take longer */
#define LATER		100000	/* us: a frame thread that was left would write a frame */

static const char usage[] =
"Usage: neighbours -d DEVICE [OPTION]...\n"
"Let a vipin device capture into random places of a process, change the mappings there\n"
"meanwhile, and compare the content of every other byte of that process. In three\n"
"more rounds, unbind the device while it streams, and bind it again. Root only.\n"
"\n"
"  -d, --device DEVICE  a capture node of vipin, with the single-planar API\n"
"  -s, --seed SEED      repeat a run that had this seed\n"
"  -r, --rounds NUMBER  number of rounds (default: 60)\n"
"  -h, --help           print this text\n"
"\n"
"Exit status: 0 all is right, 1 a byte has changed, 2 could not run.\n";

static const char * const actions[ACTIONS] = {
	[NOTHING] = "nothing", [UNMAP] = "unmap", [REPLACE] = "replace", [MOVE] = "move",
	[DROP] = "drop", [FORK] = "fork", [PROTECT] = "protect", [EXIT] = "exit",
};

static const char * const regions[REGIONS] = {
	[ANONYMOUS] = "anonymous", [SHARED] = "shared", [PRIVATE] = "private", [HUGE] = "huge",
	[HUGETLB] = "hugetlb", [RESERVED] = "reserved",
};

/**
 * struct run - a run of the program
 * @path:	of the node
 * @fd:		its open file
 * @alignment:	what the start and the length of a buffer have to be multiples of
 * @translated:	an IOMMU translates, so frames may cross pages anywhere
 * @random:	random numbers
 * @v:		the process whose memory is pinned
 * @frame:	bytes of a frame
 * @length:	of a buffer: @frame, rounded up to @alignment
 * @region:	region of each buffer
 * @at:		where each buffer is
 * @frames:	bytes of the process that the device may write
 * @changing:	pages of the process that change because of the action
 * @acted:	the action, and the buffer that it happens to
 * @buffer:	see @acted
 * @late:	it happens while the device streams
 * @captured:	number of frames
 * @compared:	number of pages
 * @done:	how often each action has happened
 */
struct run {
	const char *path;
	int fd;
	size_t alignment;
	bool translated;
	struct random random;
	struct victim v;
	size_t frame;
	size_t length;
	enum region region[BUFFERS];
	unsigned char *at[BUFFERS];
	struct spans frames;
	struct spans changing;
	enum action acted;
	unsigned int buffer;
	bool late;
	unsigned long captured;
	unsigned long compared;
	unsigned int done[ACTIONS];
};

static void die(const char *what)
{
	fprintf(stderr, "neighbours: %s: %s\n", what, strerror(errno));
	exit(CANNOT_RUN);
}

static void set_size(struct run *r, unsigned int width, unsigned int height)
{
	struct v4l2_format f = video_node_format(V4L2_BUF_TYPE_VIDEO_CAPTURE, width, height,
						 V4L2_PIX_FMT_GREY);

	if (ioctl(r->fd, VIDIOC_S_FMT, &f))
		die("VIDIOC_S_FMT");
	r->frame = f.fmt.pix.sizeimage;
	r->length = memory_round_up(r->frame, r->alignment);
}

static void set_format(struct run *r)
{
	static const unsigned int sizes[][2] = {
		{ 16, 16 }, { 64, 62 }, { 64, 64 }, { 126, 130 }, { 256, 256 },
	};
	const unsigned int *size = sizes[random_below(&r->random, ARRAY_SIZE(sizes))];
	struct v4l2_streamparm parm = {
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.parm.capture.timeperframe = { 1, FRAMES_PER_S },
	};

	set_size(r, size[0], size[1]);
	if (ioctl(r->fd, VIDIOC_S_PARM, &parm) ||
	    video_node_set_control(r->fd, VIPIN_CID_FREE_RUN, random_below(&r->random, 2)))
		die("the rate cannot be set");
}

/* Find a place for a buffer in @room bytes. */
static size_t choose_offset(struct run *r, size_t room)
{
	size_t step = r->alignment > STEP ? r->alignment : STEP;

	return random_below(&r->random, (room - r->length) / step + 1) * step;
}

/* Without an IOMMU, a frame in small pages must not cross a page, and larger ones need hugetlb. */
static void choose_place(struct run *r, unsigned int index)
{
	const struct place *region = r->v.order->region;
	const bool huge = region[HUGETLB].size;
	enum region chosen = random_below(&r->random, huge ? RESERVED : HUGETLB);
	size_t offset;

	if (!r->translated && r->frame > PAGE)
		chosen = HUGETLB;
	if (!region[chosen].size) {
		errno = ENOMEM;
		die("no huge page");
	}
	offset = choose_offset(r, region[chosen].size);
	if (!r->translated && chosen != HUGETLB)
		offset = offset / PAGE * PAGE + choose_offset(r, PAGE);
	r->region[index] = chosen;
	r->at[index] = region[chosen].start + offset;
}

static void queue_all(struct run *r)
{
	struct order *order = r->v.order;
	int err;

	r->frames.nr = 0;
	for (unsigned int i = 0; i < BUFFERS; i++) {
		choose_place(r, i);
		order->fd = r->fd;
		order->buffer = (struct v4l2_buffer) {
			.index = i, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
			.memory = V4L2_MEMORY_USERPTR, .m.userptr = (unsigned long)r->at[i],
			.length = r->length,
		};
		err = victim_do(&r->v, victim_queue);
		if (err) {
			errno = -err;
			fprintf(stderr, "neighbours: %s memory at %p, %zu bytes\n",
				regions[r->region[i]], (void *)r->at[i], r->frame);
			die("VIDIOC_QBUF");
		}
		spans_add(&r->frames, (uintptr_t)r->at[i], r->frame);
	}
}

/* The pinned pages are no longer at @from; with @to, they are there instead. */
static void relocate(struct run *r, const struct place *from, const unsigned char *to)
{
	const __u64 start = (uintptr_t)from->start, end = start + from->size;
	struct spans frames = { .nr = 0 };

	for (size_t i = 0; i < r->frames.nr; i++) {
		__u64 a = r->frames.span[i].start, b = a + r->frames.span[i].size;
		__u64 in = a > start ? a : start, out = b < end ? b : end;

		if (in >= out) {
			spans_add(&frames, a, b - a);
			continue;
		}
		if (a < in)
			spans_add(&frames, a, in - a);
		if (to)
			spans_add(&frames, (uintptr_t)to + (in - start), out - in);
		if (out < b)
			spans_add(&frames, out, b - out);
	}
	r->frames = frames;
}

/* The process is gone, and another one may get its pages when they are free. */
static void replace_victim(struct run *r)
{
	victim_end(&r->v);
	if (victim_start(&r->v) || victim_do(&r->v, victim_map))
		die("no other process");
	r->frames.nr = 0;
}

/* Let the action happen to the pages of a buffer. */
static void act(struct run *r)
{
	struct order *order = r->v.order;
	const enum region region = r->region[r->buffer];
	uintptr_t start = (uintptr_t)r->at[r->buffer] & -PAGE;
	uintptr_t end = ((uintptr_t)r->at[r->buffer] + r->frame + PAGE - 1) & -PAGE;
	int err;

	r->done[r->acted]++;
	if (r->acted == EXIT) {
		replace_victim(r);
		return;
	}
	order->action = r->acted;
	order->at = (struct place) { (unsigned char *)start, end - start };
	if (region == HUGETLB && r->acted != FORK)
		order->at = order->region[HUGETLB];
	err = victim_do(&r->v, victim_act);
	if (err) {
		errno = -err;
		die(actions[r->acted]);
	}
	spans_add(&r->changing, (uintptr_t)order->at.start, order->at.size);
	if (r->acted == MOVE) {
		relocate(r, &order->at, order->region[RESERVED].start);
		spans_add(&r->changing, (uintptr_t)order->region[RESERVED].start,
			  order->region[RESERVED].size);
	} else if (r->acted == UNMAP || r->acted == REPLACE ||
		   (r->acted == DROP && region != SHARED)) {
		relocate(r, &order->at, NULL);
	}
}

static void choose_action(struct run *r)
{
	enum action acted = random_below(&r->random, ACTIONS);

	r->buffer = random_below(&r->random, BUFFERS);
	r->late = random_below(&r->random, 2);
	/* A part of a hugetlb page cannot be mapped. */
	if (r->region[r->buffer] == HUGETLB && (acted == REPLACE || acted == MOVE || acted == DROP))
		acted = FORK;
	r->acted = acted;
}

static void take_frames(struct run *r)
{
	struct v4l2_buffer buf = {
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_USERPTR,
	};
	struct pollfd poll_fd = { .fd = r->fd, .events = POLLIN };

	for (size_t left = random_below(&r->random, BUFFERS + 1); left; left--) {
		if (poll(&poll_fd, 1, FRAME_TIMEOUT) != 1 || ioctl(r->fd, VIDIOC_DQBUF, &buf))
			die("VIDIOC_DQBUF");
		r->captured += !(buf.flags & V4L2_BUF_FLAG_ERROR);
	}
}

static void take_snapshot(struct run *r, struct snapshot *s)
{
	if (snapshot_take(s, r->v.pid, &r->frames))
		die("the memory cannot be read");
}

static bool unchanged(struct run *r, const char *what, const struct snapshot *before,
		      const struct snapshot *after, bool runs)
{
	__u64 address = snapshot_compare(before, after, &r->changing, runs);
	const struct place *region = r->v.order->region;

	r->compared += after->nr;
	if (!address)
		return true;
	printf("%s%s: the page at 0x%llx has changed\n", what, r->late ? " while streaming" : "",
	       address);
	for (size_t i = 0; i < REGIONS; i++)
		printf("  %s memory: %p, 0x%zx bytes\n", regions[i], (void *)region[i].start,
		       region[i].size);
	for (size_t i = 0; i < BUFFERS; i++)
		printf("  frame of %zu bytes at %p\n", r->frame, (void *)r->at[i]);
	return false;
}

static void stream(struct run *r, bool on)
{
	errno = -video_node_stream(r->fd, V4L2_BUF_TYPE_VIDEO_CAPTURE, on);
	if (errno)
		die(on ? "VIDIOC_STREAMON" : "VIDIOC_STREAMOFF");
}

static void find_alignment(struct run *r)
{
	int alignment;

	r->alignment = 1;
	set_size(r, 16, 16);
	alignment = buffer_alignment(r->fd, V4L2_BUF_TYPE_VIDEO_CAPTURE, 0);
	errno = alignment < 0 ? -alignment : 0;
	if (errno)
		die("the alignment of a buffer");
	r->alignment = alignment;
}

static void request(struct run *r, unsigned int count)
{
	if (video_node_request(r->fd, V4L2_BUF_TYPE_VIDEO_CAPTURE, V4L2_MEMORY_USERPTR, count) < 0)
		die("VIDIOC_REQBUFS");
}

static void begin(struct run *r)
{
	if (victim_do(&r->v, victim_map))
		die("no memory");
	set_format(r);
	request(r, BUFFERS);
	queue_all(r);
}

static bool do_round(struct run *r)
{
	static struct snapshot first, before, after;
	bool right = true;

	begin(r);
	choose_action(r);
	r->changing.nr = 0;
	if (r->late) {
		take_snapshot(r, &first);
		stream(r, true);
	}
	act(r);
	/* Both processes write to the order. */
	spans_add(&r->changing, (uintptr_t)r->v.order, PAGE);
	take_snapshot(r, &before);
	if (r->late && r->acted != EXIT)
		right = unchanged(r, actions[r->acted], &first, &before, true);
	r->changing.nr = 0;
	if (!r->late)
		stream(r, true);
	take_frames(r);
	stream(r, false);
	request(r, 0);
	take_snapshot(r, &after);
	return right && unchanged(r, actions[r->acted], &before, &after, false);
}

/* Open the node, also in a new process. */
static void start(struct run *r)
{
	enum v4l2_buf_type type;

	r->fd = video_node_open(r->path, &type);
	if (r->fd < 0)
		die(r->path);
	errno = ENOTSUP;
	if (type != V4L2_BUF_TYPE_VIDEO_CAPTURE)
		die("no capture node with the single-planar API");
	r->translated = video_node_is_translated(r->path);
	find_alignment(r);
	if (victim_start(&r->v))
		die("fork");
}

static void end(struct run *r)
{
	victim_end(&r->v);
	close(r->fd);
}

/* The process is stopped all the time. When unbind has returned, no frame may arrive any more. */
static bool unbind_round(struct run *r)
{
	static struct snapshot before, gone, later;
	struct binding binding;
	struct spans frames;
	bool right;

	begin(r);
	frames = r->frames;
	if (video_node_set_control(r->fd, VIPIN_CID_FREE_RUN, 0))
		die("Free Run");
	r->late = true;
	r->changing.nr = 0;
	take_snapshot(r, &before);
	errno = -binding_find(&binding, r->path);
	if (errno)
		die("the device of the node");
	stream(r, true);
	usleep(random_below(&r->random, UNBIND_AFTER));
	errno = -binding_unbind(&binding);
	if (errno)
		die("unbind");
	r->frames.nr = 0;
	take_snapshot(r, &gone);
	usleep(LATER);
	take_snapshot(r, &later);
	right = unchanged(r, "after unbind", &gone, &later, false);
	r->frames = frames;
	take_snapshot(r, &later);
	right = right && unchanged(r, "unbind", &before, &later, false);
	/* The node gets its old number if no file of the old one is open. */
	end(r);
	errno = -binding_bind(&binding);
	if (errno)
		die("bind");
	start(r);
	return right;
}

static void parse(struct run *r, int argc, char **argv, unsigned long *seed, unsigned long *rounds)
{
	static const struct option longs[] = {
		{ "device", required_argument, NULL, 'd' },
		{ "seed", required_argument, NULL, 's' },
		{ "rounds", required_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	bool right = true;
	int c;

	while ((c = getopt_long(argc, argv, "d:s:r:h", longs, NULL)) != -1) {
		switch (c) {
		case 'd':
			r->path = optarg;
			break;
		case 's':
			right = right && number_parse(optarg, 1, ULONG_MAX, seed);
			break;
		case 'r':
			right = right && number_parse(optarg, 1, ULONG_MAX, rounds);
			break;
		case 'h':
			fputs(usage, stdout);
			exit(RIGHT);
		default:
			right = false;
		}
	}
	if (!r->path || !right || optind < argc) {
		fputs(usage, stderr);
		exit(CANNOT_RUN);
	}
}

int main(int argc, char **argv)
{
	unsigned long seed = time(NULL) * 1000UL + getpid() % 1000, rounds = ROUNDS, round;
	unsigned int unbinds;
	struct run r = { };
	bool right = true;

	standard_output_check();
	parse(&r, argc, argv, &seed, &rounds);
	if (getauxval(AT_BASE)) {
		fprintf(stderr, "neighbours: link it statically: libraries change their memory\n");
		return CANNOT_RUN;
	}
	random_seed(&r.random, seed);
	start(&r);
	for (round = 0; round < rounds && right; round++)
		right = do_round(&r);
	for (unbinds = 0; unbinds < UNBINDS && right; unbinds++)
		right = unbind_round(&r);
	video_node_set_control(r.fd, VIPIN_CID_FREE_RUN, 0);
	end(&r);

	printf("seed %lu: %lu rounds, %lu frames, %lu pages compared;", seed, round, r.captured,
	       r.compared);
	for (size_t i = 0; i < ACTIONS; i++)
		printf(" %s %u", actions[i], r.done[i]);
	printf(" unbind %u\n", unbinds);
	if (right && !r.captured) {
		printf("no frame was captured\n");
		right = false;
	}
	return right ? RIGHT : WRONG;
}
