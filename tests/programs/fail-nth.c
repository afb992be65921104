// SPDX-License-Identifier: GPL-2.0-only
/*
 * fail-nth - does a V4L2 device handle each allocation that fails in an ioctl?
 *
 * Each ioctl that handles a user pointer is called many times. The kernel's fault injection
 * makes its first allocation (or copy from or to the user) fail, then only the second one,
 * and so on until no allocation is left to fail. Each time the ioctl must either return
 * ENOMEM or EFAULT, or succeed without that allocation. The same ioctl must work right
 * afterwards.
 *
 * The caller of this program checks for pins that are left and for warnings.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
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
#include "common/standard-output.h"
#include "common/video-node.h"

#define MOST		5000	/* allocations in one ioctl; those of vb2 have a few dozen */

enum {
	EXIT_HANDLED = 0,
	EXIT_NOT_HANDLED = 1,
	EXIT_CANNOT_RUN = 2,
};

/**
 * struct subject - the device, and the frame that it gets
 * @fd:		the V4L2 device
 * @type:	its direction
 * @flags:	for mmap(), so that this device accepts the memory
 * @length:	of a frame, in bytes
 * @frame:	the memory, untouched
 */
struct subject {
	int fd;
	enum v4l2_buf_type type;
	int flags;
	size_t length;
	char *frame;
};

static void die(const char *what)
{
	fprintf(stderr, "fail-nth: %s: %s\n", what, strerror(errno));
	exit(EXIT_CANNOT_RUN);
}

static int request(struct subject *subject, unsigned int count)
{
	int got = video_node_request(subject->fd, subject->type, V4L2_MEMORY_USERPTR, count);

	errno = got < 0 ? -got : 0;
	return got < 0 ? -1 : 0;
}

static int request_one(struct subject *subject)
{
	return request(subject, 1);
}

static int hand_over(struct subject *subject, unsigned long ioctl_number)
{
	struct v4l2_buffer buf = {
		.type = subject->type,
		.memory = V4L2_MEMORY_USERPTR,
		.m.userptr = (unsigned long)subject->frame,
		.length = subject->length,
		.bytesused = subject->length,
	};

	return ioctl(subject->fd, ioctl_number, &buf);
}

static int queue(struct subject *subject)
{
	return hand_over(subject, VIDIOC_QBUF);
}

static int prepare(struct subject *subject)
{
	return hand_over(subject, VIDIOC_PREPARE_BUF);
}

static int stream(struct subject *subject)
{
	return ioctl(subject->fd, VIDIOC_STREAMON, &subject->type);
}

/* DQBUF returns even if an allocation failed, because the device returns each frame. */
static int dequeue(struct subject *subject)
{
	struct v4l2_buffer buf = {
		.type = subject->type, .memory = V4L2_MEMORY_USERPTR,
	};

	return ioctl(subject->fd, VIDIOC_DQBUF, &buf);
}

/* The ioctls, in the order in which a program calls them. */
static const struct step {
	const char *name;
	int (*take)(struct subject *subject);
	bool optional;	/* the ioctls after it do not need it */
} steps[] = {
	{ "REQBUFS", request_one, false },
	{ "PREPARE_BUF", prepare, true },
	{ "QBUF", queue, false },
	{ "STREAMON", stream, false },
	{ "DQBUF", dequeue, false },
};

static void begin(struct subject *subject, const struct step *step)
{
	const struct step *before;

	subject->frame = mmap(NULL, subject->length, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS | subject->flags, -1, 0);
	if (subject->frame == MAP_FAILED)
		die("mmap");
	for (before = steps; before < step; before++) {
		if (!before->optional && before->take(subject))
			die(before->name);
	}
}

static void end(struct subject *subject)
{
	if (ioctl(subject->fd, VIDIOC_STREAMOFF, &subject->type))
		die("STREAMOFF");
	if (request(subject, 0))
		die("REQBUFS of 0");
	munmap(subject->frame, subject->length);
}

/* Return true if an nth allocation was reached. *error is the errno of the ioctl, or 0. */
static bool let_fail(struct subject *subject, const struct step *step, int injector,
		     unsigned int nth, int *error)
{
	char text[12] = "";
	int length = snprintf(text, sizeof(text), "%u", nth);
	bool reached;

	if (pwrite(injector, text, length, 0) != length)
		die("fail-nth");
	*error = step->take(subject) ? errno : 0;
	/* If one of these calls fails, it had the nth allocation. */
	reached = pread(injector, text, sizeof(text) - 1, 0) > 0 && !atoi(text);
	if (pwrite(injector, "0", 1, 0) != 1 && pwrite(injector, "0", 1, 0) != 1)
		die("fail-nth");
	return reached;
}

static bool handles_failures(struct subject *subject, const struct step *step, int injector)
{
	unsigned int nth, failed = 0;
	bool well = true;

	for (nth = 1; nth <= MOST; nth++) {
		bool reached;
		int error;

		begin(subject, step);
		reached = let_fail(subject, step, injector, nth, &error);
		if (error && (!reached || (error != ENOMEM && error != EFAULT))) {
			printf("%s: allocation %u failed, and the ioctl returns: %s\n",
			       step->name, nth, strerror(error));
			well = false;
		}
		end(subject);
		failed += error != 0;

		/* Start again: if DQBUF failed when it copied its result, the frame is lost. */
		begin(subject, step);
		if (step->take(subject)) {
			printf("%s: after allocation %u failed, the ioctl no longer works: %s\n",
			       step->name, nth, strerror(errno));
			well = false;
		}
		end(subject);
		if (!reached)
			break;
	}
	printf("%s: %u allocations failed one by one, %u made the ioctl fail\n",
	       step->name, nth - 1, failed);
	return well && nth <= MOST;
}

static void open_device(struct subject *subject, const char *path)
{
	struct v4l2_format format = { };

	subject->fd = video_node_open(path, &subject->type);
	if (subject->fd < 0)
		die(path);
	format.type = subject->type;
	if (ioctl(subject->fd, VIDIOC_G_FMT, &format))
		die("VIDIOC_G_FMT");
	subject->length = format.fmt.pix.sizeimage;
	if (subject->flags)
		subject->length = (subject->length + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
}

static const char usage[] =
"Usage: fail-nth [--huge] DEVICE\n"
"Make each allocation fail, one by one, in each ioctl that handles a user pointer, and\n"
"check that a V4L2 device reports the error and works afterwards. Needs a kernel with\n"
"fault injection that is configured in /sys/kernel/debug.\n"
"\n"
"  --huge  use huge pages: contiguous memory, for a device without an IOMMU\n"
"  --help  print this text\n"
"\n"
"Exit status: 0 the device handled all failures, 1 it did not, 2 could not run.\n";

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "huge", no_argument, NULL, 'H' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	struct subject subject = { };
	bool well = true;
	int injector, c;
	size_t i;

	standard_output_check();
	while ((c = getopt_long(argc, argv, "Hh", options, NULL)) != -1) {
		switch (c) {
		case 'H':
			subject.flags = MAP_HUGETLB;
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		default:
			return EXIT_CANNOT_RUN;
		}
	}
	if (optind != argc - 1) {
		fputs(usage, stderr);
		return EXIT_CANNOT_RUN;
	}
	injector = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (injector < 0)
		die("fault injection");
	open_device(&subject, argv[optind]);
	for (i = 0; i < ARRAY_SIZE(steps); i++)
		well &= handles_failures(&subject, &steps[i], injector);
	return well ? EXIT_HANDLED : EXIT_NOT_HANDLED;
}
