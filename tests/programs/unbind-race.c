// SPDX-License-Identifier: GPL-2.0-only
/*
 * unbind-race - does a call get ENODEV if its device was unbound while it slept?
 *
 * A call may start before its device is unbound, and get the queue's lock after the queue
 * was released. Such a call must neither allocate buffers nor start a stream. This program
 * makes that order happen: a read() holds the lock while it waits for a page of userfaultfd.
 * The call sleeps on the lock. A real-time task keeps the call's CPU busy, so that the call
 * cannot take the lock when it is free. Then the device is unbound from another CPU.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/userfaultfd.h>
#include <linux/videodev2.h>

#include "common/macros.h"
#include "common/page.h"
#include "common/video-node.h"
#include "time-limit.h"

#define CPU_BUSY	0	/* the call sleeps here, and cannot wake up */
#define CPU_OTHER	1

enum {
	EXIT_GONE = 0,
	EXIT_WENT_ON = 1,
	EXIT_CANNOT_RUN = 2,
};

static const char usage[] =
	"Usage: unbind-race CALL NODE DRIVER DEVICE\n"
	"Unbinds DEVICE from DRIVER, a folder of /sys/bus, while a CALL on its capture node\n"
	"NODE sleeps on the queue's lock: read, poll or reqbufs. Needs root and two CPUs.\n"
	"Exit status: 0 the call got ENODEV (poll: POLLERR) and nothing streams, 1 it did not,\n"
	"2 could not run.\n";

/* The result of the call: return value, errno, and for poll the events. */
static long result;
static int result_errno;
static short result_events;

static int holder_fd, caller_fd;
static void *watched_page;
static atomic_int caller_tid;
static atomic_bool hog_runs, hog_stop;

static void __noreturn die(const char *what)
{
	fprintf(stderr, "unbind-race: %s: %s\n", what, strerror(errno));
	exit(EXIT_CANNOT_RUN);
}

static void run_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("two CPUs");
}

/* Write @text to a file. Do nothing if this kernel has no such file. */
static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, text, strlen(text)) < 0)
		die(path);
	close(fd);
}

/*
 * The kernel reserves 5 % of the time for other tasks, even if a real-time task never
 * sleeps. Turn that off and on.
 */
static void spare_time_for_others(bool spare)
{
	static const char fair_server[] = "/sys/kernel/debug/sched/fair_server/cpu0/runtime";
	static const char limit[] = "/proc/sys/kernel/sched_rt_runtime_us";

	/* Reduce the fair server's runtime first: the limit must not be below it. */
	if (spare) {
		write_file(fair_server, "50000000");
		write_file(limit, "950000");
	} else {
		write_file(limit, "-1");
		write_file(fair_server, "0");
	}
}

static long call_read(void)
{
	static char frame[PAGE_MAX];

	return read(caller_fd, frame, PAGE);
}

static long call_poll(void)
{
	struct pollfd fds = { .fd = caller_fd, .events = POLLIN };
	int ready = poll(&fds, 1, -1);

	result_events = fds.revents;
	return ready;
}

static long call_reqbufs(void)
{
	int got = video_node_request(caller_fd, V4L2_BUF_TYPE_VIDEO_CAPTURE, V4L2_MEMORY_MMAP, 1);

	errno = got < 0 ? -got : 0;
	return got < 0 ? -1 : 0;
}

static const struct call {
	const char *name;
	long (*call)(void);
} calls[] = {
	{ .name = "read", .call = call_read },
	{ .name = "poll", .call = call_poll },
	{ .name = "reqbufs", .call = call_reqbufs },
};

static const struct call *find_call(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(calls); i++)
		if (!strcmp(calls[i].name, name))
			return &calls[i];
	return NULL;
}

static void *caller(void *call)
{
	run_on(CPU_BUSY);
	caller_tid = syscall(SYS_gettid);
	result = ((const struct call *)call)->call();
	result_errno = errno;
	return NULL;
}

static void *holder(void *unused)
{
	if (read(holder_fd, watched_page, PAGE) != (ssize_t)PAGE)
		die("the read that holds the lock");
	return unused;
}

static void *hog(void *unused)
{
	struct sched_param param = { .sched_priority = 1 };

	run_on(CPU_BUSY);
	if (sched_setscheduler(0, SCHED_FIFO, &param))
		die("SCHED_FIFO");
	hog_runs = true;
	while (!hog_stop)
		;
	return unused;
}

static pthread_t start(void *(*function)(void *), const void *argument)
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, function, (void *)argument);
	if (errno)
		die("a thread");
	return thread;
}

static bool caller_sleeps(void)
{
	char path[64], state = 0;
	FILE *file;

	if (!caller_tid)
		return false;
	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", caller_tid);
	file = fopen(path, "r");
	if (!file || fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		die(path);
	fclose(file);
	return state == 'S';
}

/* Map a page that stays missing until UFFDIO_ZEROPAGE. */
static int watch_page(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	if (fd < 0)
		die("userfaultfd");
	watched_page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (watched_page == MAP_FAILED)
		die("mmap");
	reg.range.start = (unsigned long)watched_page;
	reg.range.len = PAGE;
	if (ioctl(fd, UFFDIO_API, &api) || ioctl(fd, UFFDIO_REGISTER, &reg))
		die("UFFDIO_REGISTER");
	return fd;
}

static void wait_for_fault(int fd)
{
	struct uffd_msg msg;

	if (read(fd, &msg, sizeof(msg)) != sizeof(msg) || msg.event != UFFD_EVENT_PAGEFAULT)
		die("a page fault");
}

static void answer_fault(int fd)
{
	struct uffdio_zeropage zero = {
		.range = { .start = (unsigned long)watched_page, .len = PAGE },
	};

	if (ioctl(fd, UFFDIO_ZEROPAGE, &zero))
		die("UFFDIO_ZEROPAGE");
}

static void wait_until_caller_sleeps(void)
{
	while (!caller_sleeps())
		usleep(1000);
}

static void unbind_device(const char *driver, const char *device)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/unbind", driver);
	write_file(path, device);
}

/* Let the call sleep on the lock, and get the lock after the device is gone. */
static pthread_t unbind_while_it_sleeps(const struct call *call, const char *driver,
					const char *device)
{
	int fault = watch_page();
	pthread_t threads[3];

	threads[0] = start(holder, NULL);
	wait_for_fault(fault);
	threads[1] = start(caller, call);
	wait_until_caller_sleeps();
	threads[2] = start(hog, NULL);
	while (!hog_runs)
		usleep(1000);

	answer_fault(fault);
	pthread_join(threads[0], NULL);
	unbind_device(driver, device);
	hog_stop = true;
	pthread_join(threads[2], NULL);
	return threads[1];
}

/* Check for the thread that makes a node's frames, such as video0-frames. */
static bool streams(const char *node)
{
	DIR *processes = opendir("/proc");
	char path[280], name[64], comm[64];
	struct dirent *process;
	bool found = false;
	FILE *file;

	if (!processes)
		die("/proc");
	snprintf(name, sizeof(name), "%s-frames", strrchr(node, '/') + 1);
	while (!found && (process = readdir(processes))) {
		snprintf(path, sizeof(path), "/proc/%s/comm", process->d_name);
		file = fopen(path, "r");
		if (!file)
			continue;
		found = fscanf(file, "%63s", comm) == 1 && !strcmp(comm, name);
		fclose(file);
	}
	closedir(processes);
	return found;
}

static bool refused(void)
{
	if (result_events)
		return result_events & POLLERR && !(result_events & POLLIN);
	return result < 0 && result_errno == ENODEV;
}

int main(int argc, char **argv)
{
	const struct call *call = argc == 5 ? find_call(argv[1]) : NULL;
	enum v4l2_buf_type type;
	pthread_t thread;
	bool on;

	if (!call || !strchr(argv[2], '/')) {
		fputs(usage, stderr);
		return EXIT_CANNOT_RUN;
	}
	alarm(TIME_LIMIT);
	run_on(CPU_OTHER);
	holder_fd = video_node_open(argv[2], &type);
	caller_fd = video_node_open(argv[2], &type);
	if (holder_fd < 0 || caller_fd < 0)
		die(argv[2]);

	spare_time_for_others(false);
	thread = unbind_while_it_sleeps(call, argv[3], argv[4]);
	pthread_join(thread, NULL);
	spare_time_for_others(true);

	on = streams(argv[2]);
	printf("%s: %ld, %s, events 0x%x, %s\n", call->name, result,
	       result < 0 ? strerror(result_errno) : "no error", result_events,
	       on ? "it streams on" : "nothing streams");
	return refused() && !on ? EXIT_GONE : EXIT_WENT_ON;
}
