// SPDX-License-Identifier: GPL-2.0-only
/*
 * changer.c - a thread that changes the mapping while a pin waits for a page
 *
 * A pin waits if a page is missing in a range of userfaultfd, until a thread has provided
 * that page. So everything that the thread does before it provides the page happens during
 * the pin, every time, without a race.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "changer.h"

static void provide(struct changer *c, unsigned int page)
{
	struct uffdio_copy copy = {
		.dst = (unsigned long)c->frame + page * PAGE,
		.src = (unsigned long)c->image + page * PAGE,
		.len = PAGE,
	};
	struct uffdio_range range = { .start = copy.dst, .len = PAGE };

	/* If the page is there already, or cannot be there, just wake up the waiting task. */
	if (ioctl(c->uffd, UFFDIO_COPY, &copy))
		ioctl(c->uffd, UFFDIO_WAKE, &range);
}

static void *answer(void *data)
{
	struct changer *c = data;
	struct pollfd fds[] = {
		{ .fd = c->uffd, .events = POLLIN },
		{ .fd = c->stop[0], .events = POLLIN },
	};
	struct uffd_msg msg;
	unsigned int page;

	while (poll(fds, ARRAY_SIZE(fds), -1) >= 0 || errno == EINTR) {
		if (fds[1].revents)
			break;
		if (read(c->uffd, &msg, sizeof(msg)) != sizeof(msg) ||
		    msg.event != UFFD_EVENT_PAGEFAULT)
			continue;
		page = (msg.arg.pagefault.address - (unsigned long)c->frame) / PAGE;
		c->tries += !page;
		if (c->signal) {
			pthread_kill(c->pinner, c->signal);
			c->signal = 0;
		}
		if (c->on_fault)
			c->on_fault(c, page);
		provide(c, page);
	}
	return NULL;
}

/**
 * changer_start() - map memory without pages, and start the thread
 * @c:		the caller has set @on_fault and what it uses; the rest is filled in
 * @at:		address, where the memory replaces the mapping that is there; NULL for anywhere
 * @pages:	number of pages
 * @shared:	map shared memory instead of anonymous
 */
void changer_start(struct changer *c, void *at, unsigned int pages, bool shared)
{
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct uffdio_api api = { .api = UFFD_API };
	size_t size = pages * PAGE;

	c->pages = pages;
	c->tries = 0;
	c->pinner = pthread_self();
	c->memory = -1;
	if (shared) {
		c->memory = memfd_create("pin-swap", MFD_CLOEXEC);
		if (c->memory < 0 || ftruncate(c->memory, size))
			die("memfd", "%s", strerror(errno));
	}
	c->frame = mmap(at, size, PROT_READ | PROT_WRITE, (at ? MAP_FIXED : 0) |
			(shared ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS), c->memory, 0);
	c->image = malloc(size);
	if (c->frame == MAP_FAILED || !c->image)
		die("memory", "%s", strerror(errno));

	c->uffd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	reg.range.start = (unsigned long)c->frame;
	reg.range.len = size;
	if (c->uffd < 0 || ioctl(c->uffd, UFFDIO_API, &api) ||
	    ioctl(c->uffd, UFFDIO_REGISTER, &reg) || pipe2(c->stop, O_CLOEXEC))
		die("userfaultfd", "%s", strerror(errno));
	errno = pthread_create(&c->thread, NULL, answer, c);
	if (errno)
		die("pthread_create", "%s", strerror(errno));
}

/**
 * changer_stop() - end the thread, and unmap the memory
 * @c:	the changer
 */
void changer_stop(struct changer *c)
{
	close(c->stop[1]);
	pthread_join(c->thread, NULL);
	close(c->stop[0]);
	close(c->uffd);
	munmap(c->frame, c->pages * PAGE);
	free(c->image);
	if (c->memory >= 0)
		close(c->memory);
}

/**
 * changer_drop() - make a page missing again
 * @c:		the changer
 * @page:	its number
 */
void changer_drop(struct changer *c, unsigned int page)
{
	int err;

	if (c->memory >= 0)
		err = fallocate(c->memory, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
				page * PAGE, PAGE);
	else
		err = madvise(c->frame + page * PAGE, PAGE, MADV_DONTNEED);
	if (err)
		die("memory", "a page cannot be dropped: %s", strerror(errno));
}
