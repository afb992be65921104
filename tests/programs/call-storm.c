// SPDX-License-Identifier: GPL-2.0-only
/*
 * call-storm - make calls that race with each other on one node, from several threads
 *
 * Each thread repeats one kind of work: it streams, changes the memory of the buffers, reads
 * or writes frames, polls, sets controls or the frame rate, or reads vipin's verdicts. Any call
 * may fail, since another thread owns the queue. Lockdep, KASAN and KCSAN find what is wrong
 * with the locks.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <linux/mman.h>

#include "common/macros.h"
#include "common/number.h"
#include "common/page.h"
#include "common/video-node.h"
#include "time-limit.h"
#include "vipin/vipin-uapi.h"

#define BUFFERS		2
#define FRAMES		6	/* of a stream, before another thread may own the queue */
#define HUGE_PAGES	(MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_2MB)

static const char usage[] =
	"Usage: call-storm NODE SECONDS\n"
	"Makes calls on a vipin from several threads at the same time, for SECONDS, or until each kind\n"
	"has succeeded, and prints how many did.\n"
	"Exit status: 0 each kind succeeded at least once, 1 one did not, 2 could not run.\n";

static const char *path;
static enum v4l2_buf_type type;
static struct v4l2_format format;
static size_t frame_size;
/* The memory of the buffers: a huge page each, since a device may need contiguous memory. */
static char *memory;
static atomic_bool over;

static void __noreturn die(const char *what)
{
	fprintf(stderr, "call-storm: %s: %s\n", what, strerror(errno));
	exit(2);
}

static bool is_output(void)
{
	return type == V4L2_BUF_TYPE_VIDEO_OUTPUT;
}

static int open_node(void)
{
	int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		die(path);
	return fd;
}

static void pause_ms(unsigned int ms)
{
	struct timespec time = { .tv_nsec = ms * 1000000L };

	nanosleep(&time, NULL);
}

static int queue(int fd, enum v4l2_memory kind, unsigned int index)
{
	struct v4l2_buffer buf = {
		.index = index,
		.type = type,
		.memory = kind,
		.bytesused = is_output() ? frame_size : 0,
	};

	if (kind == V4L2_MEMORY_USERPTR) {
		buf.m.userptr = (unsigned long)(memory + index * HUGE_PAGE);
		buf.length = frame_size;
	}
	return ioctl(fd, VIDIOC_QBUF, &buf);
}

/* Wait for a frame, and queue its buffer again. Return false after some time without one. */
static bool next_frame(int fd, enum v4l2_memory kind)
{
	struct v4l2_buffer buf = { .type = type, .memory = kind };
	unsigned int tries;

	for (tries = 0; tries < 50; tries++) {
		if (!ioctl(fd, VIDIOC_DQBUF, &buf)) {
			queue(fd, kind, buf.index);
			return true;
		}
		if (errno != EAGAIN)
			return false;
		pause_ms(10);
	}
	return false;
}

static unsigned int stream(enum v4l2_memory kind)
{
	unsigned int i, frames = 0;
	int fd = open_node();

	if (video_node_request(fd, type, kind, BUFFERS) >= 0) {
		for (i = 0; i < BUFFERS; i++)
			queue(fd, kind, i);
		if (!video_node_stream(fd, type, true))
			while (frames < FRAMES && !over && next_frame(fd, kind))
				frames++;
	}
	close(fd);
	/* Leave the queue to another thread. */
	pause_ms(frames ? 50 : 5);
	return frames;
}

static unsigned int stream_mmap(void)
{
	return stream(V4L2_MEMORY_MMAP);
}

static unsigned int stream_userptr(void)
{
	return stream(V4L2_MEMORY_USERPTR);
}

/* Replace pages of the buffers, which strict's MMU notifier records. */
static unsigned int change_memory(void)
{
	static unsigned int n;

	pause_ms(1);
	return mmap(memory + n++ % BUFFERS * HUGE_PAGE, HUGE_PAGE, PROT_READ | PROT_WRITE,
		    HUGE_PAGES | MAP_FIXED, -1, 0) != MAP_FAILED;
}

/* Start file I/O, which allocates buffers, and end it, which frees them. */
static unsigned int read_or_write(void)
{
	struct pollfd fds = { .events = is_output() ? POLLOUT : POLLIN };
	ssize_t done;
	char *frame = malloc(frame_size);

	if (!frame)
		die("malloc");
	fds.fd = open_node();
	memset(frame, 0, frame_size);
	poll(&fds, 1, 200);
	done = is_output() ? write(fds.fd, frame, frame_size) : read(fds.fd, frame, frame_size);
	close(fds.fd);
	free(frame);
	pause_ms(done > 0 ? 50 : 5);
	return done > 0;
}

/* The node of the threads that never own the queue. */
static int observer;

static unsigned int poll_node(void)
{
	struct pollfd fds = { .fd = observer, .events = POLLPRI };

	return poll(&fds, 1, 0) >= 0;
}

static unsigned int set_controls(void)
{
	static const struct {
		__u32 id;
		int values;
	} controls[] = {
		{ VIPIN_CID_FRAME_STAMP, 2 }, { VIPIN_CID_FREE_RUN, 2 },
		{ VIPIN_CID_INJECT_DMA_FAULT, 1 }, { VIPIN_CID_POLICY, 2 },
		{ V4L2_CID_TEST_PATTERN, 5 },
	};
	static unsigned int n;
	unsigned int i, set = 0;

	for (i = 0; i < ARRAY_SIZE(controls); i++, n++)
		set += !video_node_set_control(observer, controls[i].id, n % controls[i].values);
	pause_ms(1);
	return set;
}

static unsigned int set_rate_and_format(void)
{
	struct v4l2_streamparm parm = { .type = type };
	struct v4l2_format same = format;
	static unsigned int n;
	unsigned int set;

	/* The time per frame is at the same place for both directions. */
	parm.parm.capture.timeperframe.numerator = 1;
	parm.parm.capture.timeperframe.denominator = 30 + n++ % 211;
	set = !ioctl(observer, VIDIOC_S_PARM, &parm);
	set += !ioctl(observer, VIDIOC_G_FMT, &same);
	set += !ioctl(observer, VIDIOC_S_FMT, &same);
	pause_ms(1);
	return set;
}

static unsigned int read_verdicts(void)
{
	static char verdicts[64 * 512];
	char name[128];
	unsigned int got;
	int fd;

	snprintf(name, sizeof(name), "/sys/kernel/debug/vipin/%s/verdicts",
		 strrchr(path, '/') + 1);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		die(name);
	got = read(fd, verdicts, sizeof(verdicts)) >= 0;
	close(fd);
	pause_ms(1);
	return got;
}

static struct work {
	const char *name;
	unsigned int (*run)(void);
	pthread_t thread;
	atomic_ulong successes;
} works[] = {
	{ .name = "frames into MMAP buffers", .run = stream_mmap },
	{ .name = "frames into user pointers", .run = stream_userptr },
	{ .name = "changes of their memory", .run = change_memory },
	{ .name = "frames by read() or write()", .run = read_or_write },
	{ .name = "polls", .run = poll_node },
	{ .name = "controls", .run = set_controls },
	{ .name = "rates and formats", .run = set_rate_and_format },
	{ .name = "reads of the verdicts", .run = read_verdicts },
};

static void *repeat(void *data)
{
	struct work *work = data;

	while (!over)
		work->successes += work->run();
	return NULL;
}

static void set_up(void)
{
	observer = video_node_open(path, &type);
	if (observer < 0)
		die(path);
	format.type = type;
	if (ioctl(observer, VIDIOC_G_FMT, &format))
		die("VIDIOC_G_FMT");
	frame_size = format.fmt.pix.sizeimage;
	memory = mmap(NULL, BUFFERS * HUGE_PAGE, PROT_READ | PROT_WRITE,
		      HUGE_PAGES, -1, 0);
	if (memory == MAP_FAILED)
		die("huge pages");
}

static bool all_succeeded(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(works); i++)
		if (!works[i].successes)
			return false;
	return true;
}

static void restore(void)
{
	struct v4l2_streamparm parm = { .type = type };

	parm.parm.capture.timeperframe.numerator = 1;
	parm.parm.capture.timeperframe.denominator = 30;
	ioctl(observer, VIDIOC_S_PARM, &parm);
	video_node_set_control(observer, VIPIN_CID_FRAME_STAMP, 1);
	video_node_set_control(observer, VIPIN_CID_FREE_RUN, 0);
	video_node_set_control(observer, VIPIN_CID_POLICY, VIPIN_POLICY_STRICT);
	video_node_set_control(observer, V4L2_CID_TEST_PATTERN, 0);
}

int main(int argc, char **argv)
{
	unsigned long seconds, slept, i;

	if (argc != 3 || !number_parse(argv[2], 1, 3600, &seconds)) {
		fputs(usage, stderr);
		return 2;
	}
	path = argv[1];
	set_up();
	for (i = 0; i < ARRAY_SIZE(works); i++)
		if (pthread_create(&works[i].thread, NULL, repeat, &works[i]))
			die("pthread_create");
	for (slept = 0; slept < seconds || (!all_succeeded() && slept < TIME_LIMIT); slept++)
		sleep(1);
	over = true;
	for (i = 0; i < ARRAY_SIZE(works); i++)
		pthread_join(works[i].thread, NULL);
	restore();
	for (i = 0; i < ARRAY_SIZE(works); i++)
		printf("%s: %lu\n", works[i].name, works[i].successes);
	return !all_succeeded();
}
