// SPDX-License-Identifier: GPL-2.0-only
/*
 * pin-race - is a page of a VM_IO mapping ever pinned while the mapping is swapped?
 *
 * One thread swaps the mapping at an address between anonymous memory and a VM_IO mapping
 * of vimap, in each way a program can: mmap() with MAP_FIXED, munmap(), mremap(). Another
 * thread hands that address to a vipin, over and over. vimap reports whether one of its
 * pages is pinned or was written: that must never happen.
 *
 * A wrong driver checks the mapping first and pins later. The time in between is far
 * shorter than a swap, so two CPUs hardly ever hit it. On one CPU, a swapping thread of
 * higher priority wakes up at just that moment: when the driver releases the lock under
 * which it has checked the mapping. It sleeps up to four times as long as the fastest QBUF
 * takes, and long and short times alternate. So it wakes up about once for each QBUF, whatever
 * the machine.
 *
 * munmap() removes VMAs from the tree before it clears their page table entries, and meanwhile
 * it lets others read the tree. GUP-fast still finds the pages then, and a check of VMAs finds
 * no VM_IO mapping. --long-munmap makes this moment long: the pages of vimap are the last ones
 * of a large range.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <linux/videodev2.h>

#include "common/clock.h"
#include "common/number.h"
#include "common/page.h"
#include "common/standard-output.h"
#include "common/video-node.h"
#include "common/vma-order.h"
#include "vimap/vimap-uapi.h"
#include "vipin/vipin-uapi.h"

#define CONTESTED	(2 * PAGE)	/* two frames, so that vb2 never keeps the last pin */
#define BEFORE		(8 << 20)	/* memory before it, for --long-munmap */
#define REQBUFS_EVERY	256		/* QBUFs between two REQBUFS */
#define MEASURED	32		/* QBUFs that are measured together */
#define MEASURED_NS	100000000	/* how long they are measured, in nanoseconds */
#define MAX_QBUF_NS	100000000	/* so that a pause is shorter than a second */
#define MOMENTS		97		/* a prime: no common factor with other periods */

enum {
	EXIT_NOT_PINNED = 0,
	EXIT_PINNED = 1,
	EXIT_CANNOT_RUN = 2,
};

/**
 * struct race - the data of both threads, and the result
 * @vimap:	/dev/vimap
 * @contested:	the address that is swapped
 * @one_cpu:	both threads run on one CPU, and the swapping one has priority
 * @long_munmap: unmap the memory together with the memory before it
 * @qbuf_ns:	the time for a QBUF of anonymous memory and its STREAMOFF, in nanoseconds
 * @stop:	ends the swapping thread
 * @swaps:	number of swaps
 * @device:	the V4L2 device
 * @type:	its direction
 * @qbufs:	number of QBUFs
 * @accepted:	QBUFs that succeeded
 * @refused:	QBUFs that failed with EFAULT
 * @gave_up:	QBUFs that failed with EAGAIN: the mapping changed during every try
 * @pinned:	QBUFs after which a page of vimap was pinned
 * @written:	QBUFs after which a page of vimap had been written
 * @judged:	a pinned page is an error
 */
struct race {
	int vimap;
	char *contested;
	bool one_cpu;
	bool long_munmap;
	__u64 qbuf_ns;
	atomic_bool stop;
	atomic_ulong swaps;
	int device;
	enum v4l2_buf_type type;
	unsigned long qbufs;
	unsigned long accepted;
	unsigned long refused;
	unsigned long gave_up;
	unsigned long pinned;
	unsigned long written;
	bool judged;
};

static void die(const char *what)
{
	fprintf(stderr, "pin-race: %s: %s\n", what, strerror(errno));
	exit(EXIT_CANNOT_RUN);
}

/*
 * Map anonymous memory or that of vimap, with its pages, at an address or anywhere. vimap's
 * pages are parts of a large folio: from Linux 6.10 to 7.2, GUP-fast does not pin single
 * pages that a driver allocated, by accident.
 */
static char *map(const struct race *race, bool device, char *at)
{
	int flags = device ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS;
	char *to;

	to = mmap(at, CONTESTED, PROT_READ | PROT_WRITE,
		  flags | MAP_POPULATE | (at ? MAP_FIXED : 0),
		  device ? race->vimap : -1,
		  device ? (off_t)VIMAP_OFFSET(VIMAP_FOLIO_IO) : 0);
	if (to == MAP_FAILED)
		die("mmap");
	return to;
}

static void swap_by_map_fixed(struct race *race, bool device)
{
	map(race, device, race->contested);
}

static void swap_by_munmap(struct race *race, bool device)
{
	munmap(race->contested, CONTESTED);
	map(race, device, race->contested);
}

static void swap_by_mremap(struct race *race, bool device)
{
	char *elsewhere = map(race, device, NULL);

	if (mremap(elsewhere, CONTESTED, CONTESTED, MREMAP_MAYMOVE | MREMAP_FIXED,
		   race->contested) == MAP_FAILED)
		die("mremap");
}

static void swap_by_long_munmap(struct race *race, bool device)
{
	char *before = race->contested - BEFORE;

	if (mmap(before, BEFORE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE | MAP_FIXED, -1, 0) == MAP_FAILED)
		die("mmap");
	map(race, device, race->contested);
	munmap(before, BEFORE + CONTESTED);
}

static void *swap(void *data)
{
	static void (* const ways[])(struct race *, bool) = {
		swap_by_map_fixed, swap_by_munmap, swap_by_mremap,
	};
	const struct sched_param first = { .sched_priority = 1 };
	struct race *race = data;

	if (race->one_cpu && sched_setscheduler(0, SCHED_FIFO, &first))
		die("SCHED_FIFO");
	while (!race->stop) {
		const struct timespec pause = {
			.tv_nsec = race->swaps * 37 % MOMENTS * 4 * race->qbuf_ns / MOMENTS,
		};

		if (race->long_munmap)
			swap_by_long_munmap(race, true);
		else
			ways[race->swaps / 2 % 3](race, race->swaps % 2);
		race->swaps++;
		if (race->one_cpu)
			nanosleep(&pause, NULL);
	}
	return NULL;
}

static void request_buffers(struct race *race, unsigned int count)
{
	int got = video_node_request(race->device, race->type, V4L2_MEMORY_USERPTR, count);

	errno = got < 0 ? -got : 0;
	if (got < 0)
		die("VIDIOC_REQBUFS");
}

static void stream(struct race *race, bool on)
{
	errno = -video_node_stream(race->device, race->type, on);
	if (errno)
		die(on ? "VIDIOC_STREAMON" : "VIDIOC_STREAMOFF");
}

static void check_device_pages(struct race *race)
{
	struct vimap_pins pins = { .kind = VIMAP_FOLIO_IO, .length = CONTESTED };

	if (ioctl(race->vimap, VIMAP_IOC_PINS, &pins))
		die("VIMAP_IOC_PINS");
	race->pinned += !!pins.pinned;
	race->written += !!pins.changed;
}

static bool queue(struct race *race)
{
	struct v4l2_buffer buf = {
		.type = race->type,
		.memory = V4L2_MEMORY_USERPTR,
		.m.userptr = (unsigned long)race->contested +
			     race->qbufs % (CONTESTED / PAGE) * PAGE,
		.length = PAGE,
		.bytesused = PAGE,
	};

	race->qbufs++;
	if (!ioctl(race->device, VIDIOC_QBUF, &buf)) {
		race->accepted++;
		return true;
	}
	switch (errno) {
	case EFAULT:
		race->refused++;
		break;
	case EAGAIN:
		race->gave_up++;
		break;
	default:
		die("VIDIOC_QBUF");
	}
	return false;
}

static void dequeue(struct race *race)
{
	struct v4l2_buffer buf = {
		.type = race->type, .memory = V4L2_MEMORY_USERPTR,
	};

	if (ioctl(race->device, VIDIOC_DQBUF, &buf))
		die("VIDIOC_DQBUF");
}

/*
 * Call QBUF at least so many times, and until there were so many swaps. Without a stream, STREAMOFF
 * returns the buffer, still pinned.
 */
static void run(struct race *race, unsigned long qbufs, unsigned long swaps, bool frames)
{
	request_buffers(race, 1);
	if (frames)
		stream(race, true);
	while (race->qbufs < qbufs || race->swaps < swaps) {
		bool queued = queue(race);

		if (queued && frames)
			dequeue(race);
		check_device_pages(race);
		if (queued && !frames)
			stream(race, false);
		if (!frames && race->qbufs % REQBUFS_EVERY == 0) {
			request_buffers(race, 0);
			request_buffers(race, 1);
		}
	}
	stream(race, false);
	request_buffers(race, 0);
}

/*
 * Measure how long run() takes for a QBUF of anonymous memory, with the STREAMOFF after it. Use
 * the fastest of several: an emulator translates the code at first, and the host can stop it.
 */
static void measure(struct race *race)
{
	__u64 began = clock_ns();

	map(race, false, race->contested);
	race->qbuf_ns = ULLONG_MAX;
	do {
		__u64 start = clock_ns(), ns;

		run(race, race->qbufs + MEASURED, 0, false);
		ns = (clock_ns() - start) / MEASURED;
		if (ns < race->qbuf_ns)
			race->qbuf_ns = ns;
	} while (clock_ns() - began < MEASURED_NS);
	if (!race->accepted || race->qbuf_ns > MAX_QBUF_NS) {
		fputs("pin-race: QBUF of anonymous memory fails, or takes too long\n", stderr);
		exit(EXIT_CANNOT_RUN);
	}
	/* No page of vimap was mapped. If one was pinned or written, the counts stay. */
	race->qbufs = 0;
	race->accepted = 0;
	race->refused = 0;
	race->gave_up = 0;
}

static int queue_once(void *data, void *pointer, size_t size)
{
	struct race *race = data;
	struct v4l2_buffer buf = {
		.type = race->type, .memory = V4L2_MEMORY_USERPTR,
		.m.userptr = (unsigned long)pointer, .length = size, .bytesused = PAGE,
	};
	int err;

	request_buffers(race, 1);
	err = ioctl(race->device, VIDIOC_QBUF, &buf) ? -errno : 0;
	request_buffers(race, 0);
	return err;
}

static void control(int device, unsigned int id, int value, const char *what)
{
	errno = -video_node_set_control(device, id, value);
	if (errno)
		die(what);
}

/* Open the node, and set a format with frames of one page. */
static void open_device(struct race *race, const char *path)
{
	struct v4l2_format format = {
		.fmt.pix = {
			.width = page_side(), .height = page_side(),
			.pixelformat = V4L2_PIX_FMT_GREY,
		},
	};

	race->device = video_node_open(path, &race->type);
	if (race->device < 0)
		die(path);
	format.type = race->type;
	if (ioctl(race->device, VIDIOC_S_FMT, &format))
		die("VIDIOC_S_FMT");
	if (format.fmt.pix.sizeimage != PAGE) {
		errno = EINVAL;
		die("the device has no frames of one page");
	}
}

static const char usage[] =
"Usage: pin-race -d DEVICE [OPTION]...\n"
"Swap anonymous memory and VM_IO pages under a pointer while it is handed to a\n"
"vipin device, and check whether a VM_IO page is ever pinned or written. Root only.\n"
"Both modules must be loaded.\n"
"\n"
"  -d, --device DEVICE  a vipin node, capture or output\n"
"  -p, --policy POLICY  kernel or strict (default: strict). With kernel, a pinned page is\n"
"                       no error unless the kernel looks at VMAs before it pins\n"
"  -n, --qbufs N        number of QBUFs (default: 200000)\n"
"  -1, --one-cpu        run both threads on one CPU; the swapping one has priority, so\n"
"                       it wakes up between check and pin. There are also at least N swaps\n"
"  -l, --long-munmap    only unmap the VM_IO pages, as the last ones of a large range\n"
"  -g, --give-up N      at most N QBUFs may fail with EAGAIN, which means that the\n"
"                       mapping changed during every try (default: all)\n"
"  -f, --frames         stream, with a frame through each buffer\n"
"  -h, --help           print this text\n"
"\n"
"Exit status: 0 no VM_IO page was pinned or written, 1 one was, or too many QBUFs\n"
"gave up, 2 could not run, or nothing was tested: the device accepted no pointer.\n";

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "device", required_argument, NULL, 'd' },
		{ "policy", required_argument, NULL, 'p' },
		{ "qbufs", required_argument, NULL, 'n' },
		{ "one-cpu", no_argument, NULL, '1' },
		{ "long-munmap", no_argument, NULL, 'l' },
		{ "give-up", required_argument, NULL, 'g' },
		{ "frames", no_argument, NULL, 'f' },
		{ "help", no_argument, NULL, 'h' },
		{ }
	};
	const char *path = NULL, *policy = "strict";
	unsigned long qbufs = 200000, may_give_up = ULONG_MAX;
	struct race race = { };
	bool frames = false;
	pthread_t swapper;
	cpu_set_t cpus;
	int c;

	standard_output_check();
	while ((c = getopt_long(argc, argv, "d:p:n:1lg:fh", options, NULL)) != -1) {
		switch (c) {
		case 'd':
			path = optarg;
			break;
		case 'p':
			policy = optarg;
			break;
		case 'n':
			if (!number_parse(optarg, 1, ULONG_MAX, &qbufs)) {
				errno = EINVAL;
				die(optarg);
			}
			break;
		case '1':
			race.one_cpu = true;
			break;
		case 'l':
			race.long_munmap = true;
			break;
		case 'g':
			if (!number_parse(optarg, 0, ULONG_MAX, &may_give_up)) {
				errno = EINVAL;
				die(optarg);
			}
			break;
		case 'f':
			frames = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return 0;
		default:
			return EXIT_CANNOT_RUN;
		}
	}
	if (!path || optind < argc || (strcmp(policy, "kernel") && strcmp(policy, "strict"))) {
		fputs(usage, stderr);
		return EXIT_CANNOT_RUN;
	}

	race.vimap = open("/dev/vimap", O_RDWR | O_CLOEXEC);
	if (race.vimap < 0)
		die("/dev/vimap");
	open_device(&race, path);
	control(race.device, VIPIN_CID_POLICY, strcmp(policy, "kernel") ?
		VIPIN_POLICY_STRICT : VIPIN_POLICY_KERNEL, "policy");
	control(race.device, VIPIN_CID_FREE_RUN, true, "free run");

	race.judged = !strcmp(policy, "strict") || vmas_come_first(PAGE, queue_once, &race) > 0;
	/* Reserve the addresses before the contested ones, too. */
	race.contested = mmap(NULL, BEFORE + CONTESTED, PROT_NONE,
			      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (race.contested == MAP_FAILED)
		die("mmap");
	race.contested += BEFORE;
	map(&race, true, race.contested);
	if (race.one_cpu) {
		CPU_ZERO(&cpus);
		CPU_SET(0, &cpus);
		if (sched_setaffinity(0, sizeof(cpus), &cpus))
			die("sched_setaffinity");
		measure(&race);
	}
	errno = pthread_create(&swapper, NULL, swap, &race);
	if (errno)
		die("pthread_create");
	/* The mapping does change. The first swap makes it one that the device accepts. */
	while (!race.swaps)
		usleep(100);
	run(&race, qbufs, race.one_cpu ? qbufs : 0, frames);
	race.stop = true;
	pthread_join(swapper, NULL);
	control(race.device, VIPIN_CID_FREE_RUN, false, "free run");
	control(race.device, VIPIN_CID_POLICY, VIPIN_POLICY_STRICT, "policy");

	printf("%s, %s, %s: %lu QBUFs during %lu swaps: ",
	       race.type == V4L2_BUF_TYPE_VIDEO_OUTPUT ? "output" : "capture",
	       policy, race.one_cpu ? "one CPU" : "all CPUs", race.qbufs, race.swaps);
	printf("%lu accepted, %lu refused, %lu gave up; ",
	       race.accepted, race.refused, race.gave_up);
	printf("VM_IO pages pinned after %lu, written after %lu\n",
	       race.pinned, race.written);
	if (!race.judged)
		printf("not judged: this kernel does not look at VMAs before it pins\n");
	if (race.gave_up > may_give_up)
		printf("it gave up more than %lu times\n", may_give_up);
	if ((race.judged && (race.pinned || race.written)) || race.gave_up > may_give_up)
		return EXIT_PINNED;
	/* With --long-munmap, only VM_IO pages are ever mapped there. */
	if (!race.accepted && !race.long_munmap) {
		printf("nothing was tested\n");
		return EXIT_CANNOT_RUN;
	}
	return EXIT_NOT_PINNED;
}
