// SPDX-License-Identifier: GPL-2.0-only
/*
 * fail-nth - does a V4L2 device bear that any allocation behind an ioctl fails?
 *
 * For each ioctl on a pointer's way, the kernel's fault injection lets the first
 * allocation (or copy from or to the user) fail that it causes, then only the second,
 * and so on until there was none left to fail. Each time the ioctl has to say ENOMEM or
 * EFAULT, or to do without, and the same must work right afterwards.
 *
 * What is left pinned or warned of is for the caller to see.
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
#include "common/standard-output.h"
#include "common/video-node.h"

#define HUGE_PAGE	(2UL << 20)
#define MOST		5000	/* allocations behind one ioctl; vb2's have some dozen */

enum {
	EXIT_BORNE = 0,
	EXIT_NOT_BORNE = 1,
	EXIT_CANNOT_RUN = 2,
};

/**
 * struct subject - the device, and what it is handed
 * @fd:		the V4L2 device
 * @type:	its direction
 * @flags:	of mmap(), for memory that this device accepts
 * @length:	of a frame, in bytes
 * @frame:	the memory, which nobody touched
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
	struct v4l2_requestbuffers request = {
		.count = count, .type = subject->type, .memory = V4L2_MEMORY_USERPTR,
	};

	return ioctl(subject->fd, VIDIOC_REQBUFS, &request);
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

/* Each frame has an end, whatever fails meanwhile. */
static int dequeue(struct subject *subject)
{
	struct v4l2_buffer buf = {
		.type = subject->type, .memory = V4L2_MEMORY_USERPTR,
	};

	return ioctl(subject->fd, VIDIOC_DQBUF, &buf);
}

/* On a pointer's way: an ioctl is looked at when all before it were done. */
static const struct step {
	const char *name;
	int (*take)(struct subject *subject);
	bool aside;	/* not on the way of the others */
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
		if (!before->aside && before->take(subject))
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

/* Whether there was an nth to fail. The ioctl's errno is left in *error. */
static bool let_fail(struct subject *subject, const struct step *step, int injector,
		     unsigned int nth, int *error)
{
	char text[12] = "";
	int length = snprintf(text, sizeof(text), "%u", nth);
	bool reached;

	if (pwrite(injector, text, length, 0) != length)
		die("fail-nth");
	*error = step->take(subject) ? errno : 0;
	/* If one of these fails, that was the nth. */
	reached = pread(injector, text, sizeof(text) - 1, 0) > 0 && !atoi(text);
	if (pwrite(injector, "0", 1, 0) != 1 && pwrite(injector, "0", 1, 0) != 1)
		die("fail-nth");
	return reached;
}

static bool borne(struct subject *subject, const struct step *step, int injector)
{
	unsigned int nth, failed = 0;
	bool well = true;

	for (nth = 1; nth <= MOST; nth++) {
		bool reached;
		int error;

		begin(subject, step);
		reached = let_fail(subject, step, injector, nth, &error);
		if (error && (!reached || (error != ENOMEM && error != EFAULT))) {
			printf("%s: number %u failed, and the ioctl says: %s\n",
			       step->name, nth, strerror(error));
			well = false;
		}
		end(subject);
		failed += error != 0;

		/* All the way: a DQBUF whose answer was lost has taken the frame. */
		begin(subject, step);
		if (step->take(subject)) {
			printf("%s: number %u failed, and now it goes no more: %s\n",
			       step->name, nth, strerror(errno));
			well = false;
		}
		end(subject);
		if (!reached)
			break;
	}
	printf("%s: %u failures one by one, %u told as the ioctl's own\n",
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
"Let each allocation behind each ioctl on a pointer's way fail, one by one, and see\n"
"that a V4L2 device says so and works on. Needs a kernel with fault injection, whose\n"
"attributes in /sys/kernel/debug let allocations fail that may sleep.\n"
"\n"
"  --huge  hand over huge pages: contiguous memory, for a device without an IOMMU\n"
"  --help  this text\n"
"\n"
"Exit status: 0 all were borne, 1 some were not, 2 could not run.\n";

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
		well &= borne(&subject, &steps[i], injector);
	return well ? EXIT_BORNE : EXIT_NOT_BORNE;
}
