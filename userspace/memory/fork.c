// SPDX-License-Identifier: GPL-2.0-only
/*
 * fork.c - memory that another process has had a share in
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "provider.h"

enum {
	IN_PAGES,
	IN_HUGE_PAGES,
};

static int map_filled(struct memory *m)
{
	if (m->kind->variant == IN_HUGE_PAGES ?
	    memory_map_huge(m, MAP_PRIVATE, -1) :
	    memory_map_plain(m, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1))
		return -1;
	memset(m->base, m->fill, m->size);
	return 0;
}

/* Looks at its memory as often as it is asked, until nobody can ask any more. */
__noreturn
static void child_main(const struct memory *m, pid_t parent, int questions)
{
	char filled;

	/* It must not keep a device open that its parent has left. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGINT, SIG_IGN);
	while (getppid() == parent && read(questions, &filled, 1) == 1) {
		filled = memory_is_filled(m->base, m->size, m->fill);
		if (write(questions, &filled, 1) != 1)
			break;
	}
	_exit(0);
}

/* Has a child that shares all pages; m->fd is the way to ask it. */
static int shared_with_child_map(struct memory *m)
{
	pid_t parent = getpid(), child;
	int pair[2];

	if (map_filled(m))
		return -1;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return memory_lacks(m, "socketpair: %s", strerror(errno));
	m->fd = pair[0];
	child = fork();
	if (!child) {
		close(pair[0]);
		child_main(m, parent, pair[1]);
	}
	close(pair[1]);
	if (child < 0)
		return memory_lacks(m, "fork: %s", strerror(errno));
	m->child = child;
	return 0;
}

static void child_unmap(struct memory *m)
{
	if (m->child > 0) {
		/* Its questions end, and so does it. */
		shutdown(m->fd, SHUT_RDWR);
		while (waitpid(m->child, NULL, 0) < 0 && errno == EINTR)
			;
	}
	memory_unmap_plain(m);
}

static int child_keeps_fill(struct memory *m)
{
	char filled = 0;

	if (write(m->fd, &filled, 1) != 1 || read(m->fd, &filled, 1) != 1)
		return memory_lacks(m, "the child process has ended");
	return filled ? 0 : memory_lacks(m, "the child process sees what the device wrote");
}

const struct memory_kind memory_cow_parent = {
	.name = "cow-parent",
	.sentence = "pages shared with a child since fork(): the frame lands here alone",
	.map = shared_with_child_map,
	.unmap = child_unmap,
	.check_while_pinned = child_keeps_fill,
	.variant = IN_PAGES,
	.untouched = true,
};

const struct memory_kind memory_cow_parent_hugetlb = {
	.name = "cow-parent-hugetlb",
	.sentence = "a huge page shared with a child since fork(): the frame lands here alone",
	.map = shared_with_child_map,
	.unmap = child_unmap,
	.check_while_pinned = child_keeps_fill,
	.variant = IN_HUGE_PAGES,
	.untouched = true,
};

const struct memory_kind memory_cow_child = {
	.name = "cow-child",
	.sentence = "a child hands over pages shared since fork(): the frame lands there alone",
	.map = map_filled,
	.unmap = memory_unmap_plain,
	.variant = IN_PAGES,
	.untouched = true,
	.queued_by_child = true,
};

const struct memory_kind memory_cow_child_hugetlb = {
	.name = "cow-child-hugetlb",
	.sentence = "a child hands over a huge page shared since fork()",
	.map = map_filled,
	.unmap = memory_unmap_plain,
	.variant = IN_HUGE_PAGES,
	.untouched = true,
	.queued_by_child = true,
};

/* The status of a child that does nothing but what it is given to do. */
static int in_child(struct memory *m, int (*work)(const struct memory *m))
{
	pid_t child = fork();
	int status;

	if (!child)
		_exit(work(m));
	if (child < 0)
		return memory_lacks(m, "fork: %s", strerror(errno));
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return memory_lacks(m, "waitpid: %s", strerror(errno));
	if (!WIFEXITED(status))
		return memory_lacks(m, "the child process was killed");
	return WEXITSTATUS(status);
}

static int write_all(const struct memory *m)
{
	memset(m->base, 0, m->size);
	return 0;
}

static int fork_now(struct memory *m)
{
	return in_child(m, write_all);
}

const struct memory_kind memory_forked = {
	.name = "forked",
	.sentence = "a fork() while it is pinned copies it for the child: later frames arrive here",
	.map = map_filled,
	.unmap = memory_unmap_plain,
	.check_while_pinned = fork_now,
	.variant = IN_PAGES,
};

const struct memory_kind memory_forked_hugetlb = {
	.name = "forked-hugetlb",
	.sentence = "a fork() while a huge page is pinned copies it for the child",
	.map = map_filled,
	.unmap = memory_unmap_plain,
	.check_while_pinned = fork_now,
	.variant = IN_HUGE_PAGES,
};

/* What a child is given is not what its parent has there. */
static int wipeonfork_map(struct memory *m)
{
	if (map_filled(m))
		return -1;
	if (madvise(m->base, m->size, MADV_WIPEONFORK))
		return memory_lacks(m, "madvise(MADV_WIPEONFORK): %s", strerror(errno));
	return 0;
}

static int is_wiped(struct memory *m)
{
	m->fill = 0;
	return 0;
}

const struct memory_kind memory_wipeonfork = {
	.name = "wipeonfork",
	.sentence = "MADV_WIPEONFORK: a child's pages are new ones, and the frame lands in these",
	.map = wipeonfork_map,
	.unmap = memory_unmap_plain,
	.prepare_in_child = is_wiped,
	.variant = IN_PAGES,
	.untouched = true,
	.queued_by_child = true,
};

static int map_another(struct memory *m)
{
	if (mmap(m->base, m->size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		return memory_lacks(m, "mmap: %s", strerror(errno));
	m->fill = 0;
	return 0;
}

const struct memory_kind memory_other_process = {
	.name = "other-process",
	.sentence = "a process that was passed the device's fd hands over memory of its own",
	.map = map_filled,
	.unmap = memory_unmap_plain,
	.prepare_in_child = map_another,
	.variant = IN_PAGES,
	.queued_by_child = true,
};

static int dontfork_map(struct memory *m)
{
	if (map_filled(m))
		return -1;
	if (madvise(m->base, m->size, MADV_DONTFORK))
		return memory_lacks(m, "madvise(MADV_DONTFORK): %s", strerror(errno));
	return 0;
}

static int is_mapped(const struct memory *m)
{
	unsigned char *page = m->frame - (uintptr_t)m->frame % PAGE;
	unsigned char present;

	return mincore(page, PAGE, &present) && errno == ENOMEM ? 0 : 1;
}

static int child_lacks_it(struct memory *m)
{
	int ret = in_child(m, is_mapped);

	return ret > 0 ? memory_lacks(m, "a child process has it, too") : ret;
}

const struct memory_kind memory_dontfork = {
	.name = "dontfork",
	.sentence = "MADV_DONTFORK: a child has no part in what is pinned",
	.map = dontfork_map,
	.unmap = memory_unmap_plain,
	.check_while_pinned = child_lacks_it,
	.variant = IN_PAGES,
};
