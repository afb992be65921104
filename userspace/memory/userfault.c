// SPDX-License-Identifier: GPL-2.0-only
/*
 * userfault.c - pages that a thread of the process itself brings in
 *
 * Documentation/admin-guide/mm/userfaultfd.rst
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "provider.h"

static pthread_t thread;

/* The thread's own, since the C library keeps the stacks that it makes. */
#define STACK_SIZE	(64 * 1024UL)
static void *stack;

/* A pipe whose end tells the thread to end. */
static int stop[2] = { -1, -1 };

/* The faults of one region, each answered with a page of the fill. */
static void *answer(void *region)
{
	static unsigned char page[PAGE] __aligned(PAGE);
	struct memory *m = region;
	struct pollfd fds[] = {
		{ .fd = m->fd, .events = POLLIN },
		{ .fd = stop[0], .events = POLLIN },
	};
	struct uffd_msg msg;

	memset(page, m->fill, sizeof(page));
	while (poll(fds, ARRAY_SIZE(fds), -1) >= 0 || errno == EINTR) {
		if (fds[1].revents)
			break;
		if (read(m->fd, &msg, sizeof(msg)) != sizeof(msg) ||
		    msg.event != UFFD_EVENT_PAGEFAULT)
			continue;

		struct uffdio_copy copy = {
			.dst = msg.arg.pagefault.address & ~(PAGE - 1),
			.src = (uintptr_t)page,
			.len = PAGE,
		};

		/* Another fault may have been answered with the same page. */
		ioctl(m->fd, UFFDIO_COPY, &copy);
	}
	return NULL;
}

static int watch(struct memory *m)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };

	if (memory_map_plain(m, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1))
		return -1;
	/* Where only the process's own faults may be watched, the kernel's fail. */
	m->fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (m->fd < 0)
		return memory_lacks(m, "userfaultfd (root or vm.unprivileged_userfaultfd): %s",
				    strerror(errno));
	reg.range.start = (uintptr_t)m->base;
	reg.range.len = m->size;
	if (ioctl(m->fd, UFFDIO_API, &api) || ioctl(m->fd, UFFDIO_REGISTER, &reg))
		return memory_lacks(m, "UFFDIO_REGISTER: %s", strerror(errno));
	return 0;
}

static bool start_thread(struct memory *m)
{
	pthread_attr_t attr;
	bool started;

	stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (stack == MAP_FAILED)
		return false;
	pthread_attr_init(&attr);
	started = !pthread_attr_setstack(&attr, stack, STACK_SIZE) &&
		  !pthread_create(&thread, &attr, answer, m);
	pthread_attr_destroy(&attr);
	if (!started)
		munmap(stack, STACK_SIZE);
	return started;
}

static int userfault_map(struct memory *m)
{
	if (watch(m))
		return -1;
	if (pipe2(stop, O_CLOEXEC))
		return memory_lacks(m, "pipe: %s", strerror(errno));
	if (!start_thread(m)) {
		close(stop[0]);
		close(stop[1]);
		stop[1] = -1;
		return memory_lacks(m, "no thread could be started");
	}
	return 0;
}

static void userfault_unmap(struct memory *m)
{
	if (stop[1] >= 0) {
		close(stop[1]);
		pthread_join(thread, NULL);
		munmap(stack, STACK_SIZE);
		close(stop[0]);
		stop[1] = -1;
	}
	memory_unmap_plain(m);
}

const struct memory_kind memory_userfault = {
	.name = "userfault",
	.sentence = "a pin waits for pages that userspace itself has to bring in",
	.map = userfault_map,
	.unmap = userfault_unmap,
	.untouched = true,
};

static int userfault_killed_map(struct memory *m)
{
	/* What is there when nobody waits any more. */
	m->fill = 0;
	return watch(m);
}

const struct memory_kind memory_userfault_killed = {
	.name = "userfault-killed",
	.sentence = "a process may be killed while it waits for a page: the queue goes on",
	.map = userfault_killed_map,
	.unmap = memory_unmap_plain,
	.untouched = true,
	.blocks_in_fault = true,
};
