// SPDX-License-Identifier: GPL-2.0-only
/*
 * trial.c - run a program, and check the kernel afterwards
 *
 * Each program runs in a process of its own. When this process ends, so do its threads, and its
 * own child processes are killed. Then no page may be pinned, the kernel must have reported
 * nothing, and each node must have no buffers. The nodes get the same settings before each
 * program.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/harmless-messages.h"
#include "common/kmsg.h"
#include "common/pins.h"
#include "common/video-node.h"
#include "coverage.h"
#include "place.h"
#include "task.h"
#include "trial.h"
#include "vipin/vipin-uapi.h"

/* Frames are small, so that a node makes many of them. */
#define WIDTH	64
#define HEIGHT	32

#define TRIES	10
#define NUMBERS	64	/* of nodes */

struct shared *shared;
static struct node nodes[NODES];
static unsigned int nr_nodes;
static bool print_calls;
static int kernel_log = -1;
static long pinned;

static void add_node(const char *path, int fd, enum v4l2_buf_type type)
{
	struct node *node = &nodes[nr_nodes++];

	snprintf(node->path, sizeof(node->path), "%s", path);
	node->fd = fd;
	node->type = type;
}

/* Find the nodes in the order of their numbers, so that new ones do not change a program. */
static void find_nodes(void)
{
	struct v4l2_capability cap;
	enum v4l2_buf_type type;
	char path[32];

	for (int number = 0; number < NUMBERS && nr_nodes < NODES - 1; number++) {
		int fd;

		snprintf(path, sizeof(path), "/dev/video%d", number);
		fd = video_node_open(path, &type);
		if (fd < 0)
			continue;
		if (ioctl(fd, VIDIOC_QUERYCAP, &cap) || strcmp((const char *)cap.driver, "vipin")) {
			close(fd);
			continue;
		}
		add_node(path, fd, type);
		if (!(cap.device_caps & V4L2_CAP_VIDEO_M2M))
			continue;
		add_node(path, fd, V4L2_BUF_TYPE_VIDEO_OUTPUT);
		nodes[nr_nodes - 2].other = &nodes[nr_nodes - 1];
		nodes[nr_nodes - 1].other = &nodes[nr_nodes - 2];
	}
}

/*
 * Let each HDMI input have an EDID, the smallest timings, and a source that sends them. A program
 * begins with the first input.
 */
static void reset_inputs(const struct node *node)
{
	static __u8 blocks[2 * 128];
	struct v4l2_input input = {};
	int first = 0;

	for (; !ioctl(node->fd, VIDIOC_ENUMINPUT, &input); input.index++) {
		struct v4l2_edid edid = { .pad = input.index, .blocks = 2, .edid = blocks };
		struct v4l2_enum_dv_timings timings = {};
		int index = input.index;

		if (!(input.capabilities & V4L2_IN_CAP_DV_TIMINGS))
			continue;
		ioctl(node->fd, VIDIOC_S_EDID, &edid);
		if (!ioctl(node->fd, VIDIOC_S_INPUT, &index) &&
		    !ioctl(node->fd, VIDIOC_ENUM_DV_TIMINGS, &timings))
			ioctl(node->fd, VIDIOC_S_DV_TIMINGS, &timings.timings);
	}
	ioctl(node->fd, VIDIOC_S_INPUT, &first);
}

/* Give a node the settings that each program begins with. */
static int reset_node(const struct node *node)
{
	struct v4l2_format format = video_node_format(node->type, WIDTH, HEIGHT,
						      V4L2_PIX_FMT_YUYV);
	struct v4l2_streamparm parm = { .type = node->type };

	/* The time per frame is at the same place for both directions. */
	parm.parm.capture.timeperframe = (struct v4l2_fract){ 1, 60 };
	video_node_set_control(node->fd, VIPIN_CID_DV_TIMINGS_SIGNAL_MODE, VIPIN_SIGNAL_CURRENT);
	reset_inputs(node);
	ioctl(node->fd, VIDIOC_S_PARM, &parm);
	video_node_set_control(node->fd, VIPIN_CID_POLICY, VIPIN_POLICY_KERNEL);
	video_node_set_control(node->fd, VIPIN_CID_FREE_RUN, 1);
	video_node_set_control(node->fd, VIPIN_CID_FRAME_STAMP, 1);
	video_node_set_control(node->fd, V4L2_CID_TEST_PATTERN, 0);
	return ioctl(node->fd, VIDIOC_S_FMT, &format) ? -errno : 0;
}

/**
 * trial_set_up() - prepare to run programs
 * @verbose:	print each call of the programs
 *
 * Return: 0, or -1 after a message.
 */
int trial_set_up(bool verbose)
{
	const struct rlimit no_core = {};
	struct memory first;

	print_calls = verbose;
	shared = place_shared(sizeof(*shared), -1);
	find_nodes();
	kernel_log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (!shared || !nr_nodes || kernel_log < 0) {
		fprintf(stderr, "vipin-fuzz: %s\n",
			nr_nodes ? strerror(errno) : "there is no node of vipin");
		return -1;
	}
	lseek(kernel_log, 0, SEEK_END);
	setrlimit(RLIMIT_CORE, &no_core);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	/* The first memory prepares the providers, which takes long. */
	if (!memory_map(&first, memory_find("malloc"), nodes[0].path, PAGE))
		memory_unmap(&first);
	for (unsigned int i = 0; i < nr_nodes; i++)
		reset_node(&nodes[i]);
	pinned = pins_count(-1);
	return 0;
}

static void do_nothing(int signal)
{
	(void)signal;
}

static void end_process(int signal)
{
	(void)signal;
	_exit(0);
}

/**
 * task_set_up() - set up signals of a program's process
 * @trace:	which coverage to record
 *
 * A blocking call is interrupted by a timer. The process ends quietly if a device has written to
 * memory that it needs, or if one of its threads has unmapped it.
 */
void task_set_up(enum coverage_task trace)
{
	static const struct itimerval often = { .it_interval.tv_usec = 50000,
						.it_value.tv_usec = 50000 };
	const struct sigaction interrupt = { .sa_handler = do_nothing };
	const struct sigaction end = { .sa_handler = end_process };
	static const int errors[] = { SIGSEGV, SIGBUS, SIGABRT, SIGILL, SIGFPE, SIGPIPE };

	for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
		sigaction(errors[i], &end, NULL);
	sigaction(SIGALRM, &interrupt, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	coverage_begin(trace);
}

static void run_in_child(const struct program *p)
{
	static struct scene scene;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	scene.nodes = nodes;
	scene.nr_nodes = nr_nodes;
	scene.verbose = print_calls;
	for (int i = 0; i < FILES; i++)
		scene.files[i] = (struct file){ .fd = -1, .node = &nodes[i % nr_nodes] };
	for (int i = 0; i < DMABUFS; i++)
		scene.dmabufs[i] = -1;
	task_set_up(COVERAGE_MAIN);
	program_run(p, &scene);
	fflush(stdout);
	_exit(0);
}

/**
 * trial_start() - start a process that runs a program
 * @p:	the program
 *
 * Return: the process, or -1 with errno set.
 */
pid_t trial_start(const struct program *p)
{
	pid_t child;

	shared->inputs++;
	shared->forks = 0;
	shared->threads = 0;
	shared->used = 0;
	fflush(stdout);
	child = fork();
	if (!child)
		run_in_child(p);
	return child;
}

/* Does the kernel report an error? Other messages are allowed: programs make mistakes. */
static bool is_report(const char *text)
{
	static const char * const words[] = {
		"WARNING: ", "BUG: ", "KASAN: ", "UBSAN: ", "INFO: ", "DMA-API: ", "Oops",
		"general protection fault", "kernel BUG at",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strstr(text, words[i]))
			return !message_is_harmless(text);
	return false;
}

/* Add to the reasons why something is wrong. */
static void __printf(2, 3) add_reason(char why[WHY_SIZE], const char *format, ...)
{
	size_t used = strlen(why);
	va_list args;

	if (used)
		used += snprintf(why + used, WHY_SIZE - used, "; ");
	if (used >= WHY_SIZE)
		return;
	va_start(args, format);
	vsnprintf(why + used, WHY_SIZE - used, format, args);
	va_end(args);
}

/* Read all new messages, so that the next program does not get them. Describe the first report. */
static void check_log(char why[WHY_SIZE])
{
	char record[KMSG_SIZE];
	bool clean = true;
	const char *text;

	while ((text = kmsg_read(kernel_log, record))) {
		if (!clean || !is_report(text))
			continue;
		add_reason(why, "the kernel logged: %.*s", (int)strcspn(text, "\n"), text);
		clean = false;
	}
}

/* Reset a node. On a slow machine the last file may be closed a moment late. */
static bool node_is_free(const struct node *node)
{
	for (int i = 0; i < TRIES; i++) {
		if (!reset_node(node))
			return true;
		usleep(100000);
	}
	return false;
}

static void check_nodes(char why[WHY_SIZE])
{
	for (unsigned int i = 0; i < nr_nodes; i++)
		if (shared->used & 1U << i && !node_is_free(&nodes[i]))
			add_reason(why, "%s: S_FMT: %m", nodes[i].path);
}

/* pins_count() waits as well. */
static void check_pins(char why[WHY_SIZE])
{
	long before = pinned;

	for (int i = 0; i < TRIES; i++)
		if (pins_count(before) == before)
			return;
	pinned = pins_count(-1);
	add_reason(why, "%ld pages are pinned, %ld were before", pinned, before);
}

/**
 * trial_end() - wait for the end of a program, and check the kernel
 * @child:	its process
 * @status:	filled in: exit status of the process, as waitpid() returns it
 * @why:	filled in: what is wrong, or ""
 *
 * The log comes last: the other checks make calls, after which it may have more reports.
 *
 * Return: 0, or -1 if something is wrong.
 */
int trial_end(pid_t child, int *status, char why[WHY_SIZE])
{
	*why = 0;
	waitpid(child, status, 0);
	kill(-child, SIGKILL);
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
	check_nodes(why);
	check_pins(why);
	check_log(why);
	if (!*why)
		return 0;
	shared->reports++;
	return -1;
}
