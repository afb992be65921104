// SPDX-License-Identifier: GPL-2.0-only
/*
 * life.c - the functions that the scenarios of pin-life use
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "common/pins.h"
#include "common/stamp.h"
#include "common/video-node.h"
#include "common/vipin-node.h"
#include "life.h"
#include "time-limit.h"

/* A frame takes long enough for something to happen while it is queued. */
#define FRAMES_PER_SECOND	240

static void print_line(const char *format, va_list args)
{
	vprintf(format, args);
	putchar('\n');
	fflush(stdout);
}

/**
 * life_expect() - end the scenario as wrong unless a condition is true
 * @condition:	the condition
 * @format:	what is wrong if it is false, as for printf()
 */
void life_expect(bool condition, const char *format, ...)
{
	va_list args;

	if (condition)
		return;
	va_start(args, format);
	print_line(format, args);
	va_end(args);
	_exit(WRONG);
}

/**
 * life_skip() - end the scenario as skipped
 * @format:	why it cannot run here, as for printf()
 */
void life_skip(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_line(format, args);
	va_end(args);
	_exit(SKIPPED);
}

/**
 * life_expected_failure() - end the scenario as an expected failure
 * @format:	name of the kernel quirk, and a sentence about it, as for printf()
 */
void life_expected_failure(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_line(format, args);
	va_end(args);
	_exit(EXPECTED_FAILURE);
}

/**
 * life_ioctl() - call an ioctl of the device, again if a signal has interrupted it
 * @l:		the device
 * @request:	the ioctl
 * @argument:	its argument
 *
 * Return: 0, or a negative errno.
 */
int life_ioctl(const struct life *l, unsigned long request, void *argument)
{
	int err;

	do {
		err = ioctl(l->fd, request, argument) ? -errno : 0;
	} while (err == -EINTR && l->way & SIGNALS);
	return err;
}

static void set_format(struct life *l, __u32 fourcc)
{
	struct v4l2_format format = { .type = l->type };
	bool mplane = V4L2_TYPE_IS_MULTIPLANAR(l->type);

	if (mplane)
		format.fmt.pix_mp = (struct v4l2_pix_format_mplane) {
			.width = page_side(), .height = page_side(), .pixelformat = fourcc,
		};
	else
		format.fmt.pix = (struct v4l2_pix_format) {
			.width = page_side(), .height = page_side(), .pixelformat = fourcc,
		};
	life_expect(!life_ioctl(l, VIDIOC_S_FMT, &format), "VIDIOC_S_FMT fails");
	l->planes = mplane ? format.fmt.pix_mp.num_planes : 1;
	l->frame = 0;
	for (unsigned int i = 0; i < l->planes; i++) {
		l->size[i] = mplane ? format.fmt.pix_mp.plane_fmt[i].sizeimage :
				      format.fmt.pix.sizeimage;
		l->frame += l->size[i];
	}
	life_expect(l->size[0] == PAGE, "a frame's first plane is not one page");
	l->pages = l->planes;
}

static void set_rate(const struct life *l, unsigned int frames_per_second)
{
	struct v4l2_streamparm parm = { .type = l->type };

	/* parm.output.timeperframe is at the same place. */
	parm.parm.capture.timeperframe = (struct v4l2_fract) { 1, frames_per_second };
	life_expect(!life_ioctl(l, VIDIOC_S_PARM, &parm), "VIDIOC_S_PARM fails");
}

/**
 * life_open() - open a node, and set its policy and a format with one page per plane
 * @l:		filled in
 * @path:	of the node
 * @policy:	the policy
 * @way:	an enum life_way
 *
 * A streaming device has a frame clock. An idle one runs free, so a frame is done as soon as
 * the stream starts.
 */
void life_open(struct life *l, const char *path, enum vipin_policy policy, unsigned int way)
{
	struct v4l2_capability cap;

	*l = (struct life) { .path = path, .policy = policy, .way = way };
	l->fd = video_node_open(path, &l->type);
	if (l->fd < 0 || ioctl(l->fd, VIDIOC_QUERYCAP, &cap)) {
		fprintf(stderr, "pin-life: %s: %s\n", path, strerror(errno));
		exit(CANNOT_RUN);
	}
	if (strcmp((const char *)cap.driver, "vipin")) {
		fprintf(stderr, "pin-life: %s: not a vipin\n", path);
		exit(CANNOT_RUN);
	}
	l->output = V4L2_TYPE_IS_OUTPUT(l->type);
	l->translated = video_node_is_translated(path);
	set_format(l, V4L2_TYPE_IS_MULTIPLANAR(l->type) ? V4L2_PIX_FMT_NV12M : V4L2_PIX_FMT_GREY);
	life_expect(!video_node_set_control(l->fd, VIPIN_CID_POLICY, policy),
		    "the policy cannot be set");
	life_expect(!video_node_set_control(l->fd, VIPIN_CID_FREE_RUN, !(way & STREAMING)),
		    "Free Run cannot be set");
	set_rate(l, FRAMES_PER_SECOND);
}

/**
 * life_restore() - set the controls of a node as they are by default, and a format with one plane
 * @path:	of the node
 */
void life_restore(const char *path)
{
	struct life l;

	life_open(&l, path, VIPIN_POLICY_STRICT, STREAMING);
	set_rate(&l, 30);
	set_format(&l, V4L2_PIX_FMT_GREY);
	close(l.fd);
}

/**
 * life_buffers() - call VIDIOC_REQBUFS
 * @l:		the device
 * @count:	number of buffers; 0 frees all
 * @memory:	type of their memory
 */
void life_buffers(struct life *l, unsigned int count, enum v4l2_memory memory)
{
	int got = video_node_request(l->fd, l->type, memory, count);

	life_expect(got >= 0, "REQBUFS of %u: %s", count, strerror(-got));
}

static unsigned char *map(const struct life *l, void *at, int flags)
{
	unsigned char *memory = mmap(at, l->pages * PAGE, PROT_READ | PROT_WRITE,
				     flags | MAP_ANONYMOUS, -1, 0);

	life_expect(memory != MAP_FAILED, "mmap: %s", strerror(errno));
	life_fill(l, memory);
	return memory;
}

/**
 * life_map() - map anonymous memory for a frame, and fill it
 * @l:		the device
 * @at:		address, where the memory replaces the mapping that is there; NULL for anywhere
 *
 * Return: the memory.
 */
unsigned char *life_map(const struct life *l, void *at)
{
	return map(l, at, MAP_PRIVATE | (at ? MAP_FIXED : 0));
}

/**
 * life_map_shared() - map memory that processes share for a frame, and fill it
 * @l:		the device
 *
 * Return: the memory.
 */
unsigned char *life_map_shared(const struct life *l)
{
	return map(l, NULL, MAP_SHARED);
}

/**
 * life_map_device() - replace memory by that of /dev/vimap
 * @at:		its address
 * @length:	in bytes, at most VIMAP_SIZE
 * @kind:	which memory
 *
 * Skips the scenario if there is no /dev/vimap or no memory of that kind. vimap allocates
 * VIMAP_SIZE bytes in one piece, which a machine with little free memory may not have.
 *
 * Return: the address.
 */
unsigned char *life_map_device(void *at, size_t length, enum vimap_kind kind)
{
	int fd = open("/dev/vimap", O_RDWR | O_CLOEXEC);
	void *memory;

	if (fd < 0)
		life_skip("/dev/vimap: %s", strerror(errno));
	memory = mmap(at, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED | MAP_POPULATE, fd,
		      VIMAP_OFFSET(kind));
	if (memory == MAP_FAILED && errno == ENODEV)
		life_skip("this machine has no memory of that kind");
	if (memory == MAP_FAILED && errno == ENOMEM)
		life_skip("no contiguous memory is free");
	life_expect(memory != MAP_FAILED, "mmap of /dev/vimap: %s", strerror(errno));
	close(fd);
	return memory;
}

/**
 * life_fill() - fill a frame's memory with LIFE_FILL
 * @l:		the device
 * @memory:	of the frame
 */
void life_fill(const struct life *l, unsigned char *memory)
{
	memset(memory, LIFE_FILL, l->pages * PAGE);
}

/**
 * life_untouched() - check that nothing was written to a frame's memory
 * @l:		the device
 * @memory:	memory that life_fill() has filled
 *
 * Return: true if every byte is still LIFE_FILL.
 */
bool life_untouched(const struct life *l, const unsigned char *memory)
{
	for (size_t i = 0; i < l->pages * PAGE; i++)
		if (memory[i] != LIFE_FILL)
			return false;
	return true;
}

/**
 * life_buffer() - fill in a struct v4l2_buffer with a frame's memory
 * @l:		the device
 * @memory:	of the frame
 * @planes:	room for the planes, which the result points to
 *
 * Return: the buffer, for QBUF or PREPARE_BUF.
 */
struct v4l2_buffer life_buffer(const struct life *l, unsigned char *memory,
			       struct v4l2_plane planes[LIFE_PLANES])
{
	struct v4l2_buffer buf = {
		.index = l->index, .type = l->type, .memory = V4L2_MEMORY_USERPTR,
	};

	if (!V4L2_TYPE_IS_MULTIPLANAR(l->type)) {
		buf.m.userptr = (unsigned long)memory;
		buf.length = l->size[0];
		buf.bytesused = l->size[0] - l->trim;
		return buf;
	}
	memset(planes, 0, LIFE_PLANES * sizeof(*planes));
	for (unsigned int i = 0; i < l->planes; i++) {
		planes[i].m.userptr = (unsigned long)memory + i * PAGE;
		planes[i].length = l->size[i];
		planes[i].bytesused = l->size[i];
	}
	planes[l->planes - 1].bytesused -= l->trim;
	buf.m.planes = planes;
	buf.length = l->planes;
	return buf;
}

/**
 * life_pointer() - get the user pointer of the first plane
 * @buf:	a buffer that an ioctl has returned
 *
 * Return: the pointer.
 */
unsigned char *life_pointer(const struct v4l2_buffer *buf)
{
	return (unsigned char *)(V4L2_TYPE_IS_MULTIPLANAR(buf->type) ?
				 buf->m.planes[0].m.userptr : buf->m.userptr);
}

/**
 * life_good_frames() - read the number of good frames that an output device has sent
 * @l:		the device
 *
 * Return: the number; 0 for a capture device.
 */
long long life_good_frames(const struct life *l)
{
	long long good = 0, bad;

	life_expect(!l->output || !vipin_node_count_frames(l->fd, &good, &bad),
		    "no count of good frames");
	return good;
}

/**
 * life_paint() - paint a frame for an output device to send
 * @l:		the device; nothing happens if it is a capture device
 * @memory:	of the frame; it gets a stamp, so that the device counts it as good
 */
void life_paint(struct life *l, unsigned char *memory)
{
	if (!l->output)
		return;
	l->good = life_good_frames(l);
	life_fill(l, memory);
	stamp_put(memory, l->frame, 0);
}

static int hand_over(struct life *l, unsigned long request, unsigned char *memory)
{
	struct v4l2_plane planes[LIFE_PLANES];
	struct v4l2_buffer buf = life_buffer(l, memory, planes);
	int err = life_ioctl(l, request, &buf);

	life_expect(err || life_pointer(&buf) == memory, "%s returns the pointer %p, not %p",
		    request == VIDIOC_QBUF ? "QBUF" : "PREPARE_BUF", life_pointer(&buf), memory);
	return err;
}

/**
 * life_queue() - queue a frame's memory
 * @l:		the device
 * @memory:	of the frame
 *
 * Return: 0, or a negative errno.
 */
int life_queue(struct life *l, unsigned char *memory)
{
	return hand_over(l, VIDIOC_QBUF, memory);
}

/**
 * life_expect_queued() - queue a frame's memory, which the device must accept
 * @l:		the device
 * @memory:	of the frame
 */
void life_expect_queued(struct life *l, unsigned char *memory)
{
	int err = life_queue(l, memory);

	life_expect(!err, "QBUF: %s", strerror(-err));
}

/**
 * life_prepare() - prepare a buffer with a frame's memory
 * @l:		the device
 * @memory:	of the frame
 *
 * Return: 0, or a negative errno.
 */
int life_prepare(struct life *l, unsigned char *memory)
{
	return hand_over(l, VIDIOC_PREPARE_BUF, memory);
}

/**
 * life_start() - start the stream, unless it has started
 * @l:		the device
 */
void life_start(struct life *l)
{
	int err;

	if (l->streaming)
		return;
	err = video_node_stream(l->fd, l->type, true);
	life_expect(!err, "STREAMON: %s", strerror(-err));
	l->streaming = true;
}

/**
 * life_stop() - stop the stream
 * @l:		the device, which streams
 */
void life_stop(struct life *l)
{
	int err = video_node_stream(l->fd, l->type, false);

	life_expect(!err, "STREAMOFF: %s", strerror(-err));
	l->streaming = false;
}

static int wait_for_frame(const struct life *l)
{
	struct pollfd done = { .fd = l->fd, .events = l->output ? POLLOUT : POLLIN };
	int ready;

	do {
		ready = poll(&done, 1, FRAME_TIMEOUT);
	} while (ready < 0 && errno == EINTR);
	return ready;
}

/**
 * life_take() - start the stream, and take the next buffer from the device
 * @l:		the device, with a buffer queued
 * @memory:	the pointer that DQBUF must return
 */
void life_take(struct life *l, unsigned char *memory)
{
	struct v4l2_plane planes[LIFE_PLANES];
	struct v4l2_buffer buf = life_buffer(l, NULL, planes);
	int err;

	life_start(l);
	life_expect(wait_for_frame(l) == 1, "no frame in %d s", FRAME_TIMEOUT / 1000);
	err = life_ioctl(l, VIDIOC_DQBUF, &buf);
	life_expect(!err, "DQBUF: %s", strerror(-err));
	life_expect(!(buf.flags & V4L2_BUF_FLAG_ERROR), "the frame is lost to a DMA fault");
	life_expect(life_pointer(&buf) == memory, "DQBUF returns the pointer %p, not %p",
		    life_pointer(&buf), memory);
}

/**
 * life_expect_frame() - memory must contain a captured frame
 * @l:		the device
 * @memory:	the memory
 */
void life_expect_frame(const struct life *l, const unsigned char *memory)
{
	struct vipin_stamp stamp;
	char why[128];

	life_expect(stamp_agrees(memory, l->frame, &stamp, why, sizeof(why)),
		    "the frame is not where its pointer points: %s", why);
}

/**
 * life_dequeue() - stream, and verify the frame of the queued buffer
 * @l:		the device, with a buffer queued
 * @memory:	where the captured frame must arrive, or the frame to send, which was the last
 *		one that life_paint() has painted
 */
void life_dequeue(struct life *l, unsigned char *memory)
{
	life_take(l, memory);
	if (l->output)
		life_expect(life_good_frames(l) == l->good + 1,
			    "the frame that was sent is not the one that arrived");
	else
		life_expect_frame(l, memory);
}

/**
 * life_frame() - capture or send one frame in some memory
 * @l:		the device
 * @memory:	of the frame
 */
void life_frame(struct life *l, unsigned char *memory)
{
	life_paint(l, memory);
	life_expect_queued(l, memory);
	life_dequeue(l, memory);
}

static bool pins_are_counted = true;

/**
 * life_count_pins() - choose whether pinned pages are counted
 * @count:	if false, each number of pinned pages counts as the expected one, since other
 *		processes pin pages meanwhile
 */
void life_count_pins(bool count)
{
	pins_are_counted = count;
}

/**
 * life_pins() - count the pinned pages of the whole system
 * @expected:	the number that should be seen, or -1 for any
 *
 * Waits a while for @expected, also if signals arrive.
 *
 * Return: the number.
 */
long life_pins(long expected)
{
	time_t end = time(NULL) + 2;
	long held;

	if (!pins_are_counted)
		return expected < 0 ? 0 : expected;
	/* A signal ends the pauses of pins_count() early. */
	do {
		held = pins_count(expected);
	} while (expected >= 0 && held != expected && time(NULL) < end);
	return held;
}

/**
 * life_expect_pins() - a number of pages must be pinned
 * @expected:	the number
 * @when:	"after ..."
 */
void life_expect_pins(long expected, const char *when)
{
	long held = life_pins(expected);

	life_expect(held == expected, "%ld pages are pinned %s, not %ld", held, when, expected);
}

/**
 * life_verdict() - read the newest verdict
 * @l:		the device
 * @line:	filled in with the verdict; empty if there is none
 * @size:	room in @line
 *
 * Return: its number, 0 if there is none.
 */
unsigned long life_verdict(const struct life *l, char *line, size_t size)
{
	long number = vipin_node_verdict(l->path, line, size);

	life_expect(number >= 0, "verdicts: %s", strerror(-number));
	return number;
}

/**
 * life_expect_verdict() - the newest verdict must have some keys, and a sentence
 * @l:		the device
 * @keys:	the keys as they follow each other, such as "reason=too-short by=argument"
 */
void life_expect_verdict(const struct life *l, const char *keys)
{
	char line[512], *sentence;

	life_verdict(l, line, sizeof(line));
	sentence = strstr(line, ": ");
	life_expect(sentence && sentence[2], "the verdict has no sentence: \"%s\"", line);
	*sentence = 0;
	life_expect(strstr(line, keys), "the verdict is \"%s\", without \"%s\"", line, keys);
}
