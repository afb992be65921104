// SPDX-License-Identifier: GPL-2.0-only
/*
 * userfault.c - pages that a thread of the process provides through userfaultfd
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

/*
 * The thread gets its own stack: the C library would keep a stack that it allocates. On arm64 it
 * needs 128 KiB.
 */
#define STACK_SIZE	(256 * 1024UL)
static void *stack;

/* A pipe. The thread ends when the write end is closed. */
static int stop[2] = { -1, -1 };

/* Answer each page fault with a filled page. */
static void *answer_faults(void *memory)
{
	static unsigned char page[PAGE_MAX] __aligned(PAGE_MAX);
	struct memory *m = memory;
	struct pollfd fds[] = {
		{ .fd = m->fd, .events = POLLIN },
		{ .fd = stop[0], .events = POLLIN },
	};
	struct uffd_msg msg;

	memset(page, m->fill, PAGE);
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

		/* This fails if the page was already provided for an earlier fault. */
		ioctl(m->fd, UFFDIO_COPY, &copy);
	}
	return NULL;
}

static int map_registered(struct memory *m)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };

	if (memory_map_plain(m, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1))
		return -1;
	/* Do not set UFFD_USER_MODE_ONLY: then faults of the kernel would fail. */
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
		  !pthread_create(&thread, &attr, answer_faults, m);
	pthread_attr_destroy(&attr);
	if (!started)
		munmap(stack, STACK_SIZE);
	return started;
}

static int userfault_map(struct memory *m)
{
	if (map_registered(m))
		return -1;
	if (pipe2(stop, O_CLOEXEC))
		return memory_lacks(m, "pipe: %s", strerror(errno));
	if (!start_thread(m)) {
		close(stop[0]);
		close(stop[1]);
		stop[1] = -1;
		return memory_lacks(m, "cannot start a thread");
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

static int userfault_killed_map(struct memory *m)
{
	/* No page is ever provided. After the kill, the pages read as zeroes. */
	m->fill = 0;
	return map_registered(m);
}

static const struct memory_kind kinds[] = {
	{
		.name = "userfault",
		.sentence = "a pin waits until userspace provides the pages (userfaultfd)",
		.map = userfault_map,
		.unmap = userfault_unmap,
		.untouched = true,
	}, {
		.name = "userfault-killed",
		.sentence = "a task can be killed while its pin waits in userfaultfd",
		.map = userfault_killed_map,
		.unmap = memory_unmap_plain,
		.untouched = true,
		.blocks_in_fault = true,
	},
};

const struct memory_provider userfault_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
