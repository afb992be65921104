// SPDX-License-Identifier: GPL-2.0-only
/*
 * fork.c - memory that is or was shared with another process because of fork()
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

#define PMD_SIZE	(PAGE / sizeof(__u64) * PAGE)
#define LOST_IN_FORK	"this kernel has lost the huge page in fork()"

/* Linux 7.3 sometimes loses huge pages that consist of PTEs: docs/reports/hugetlb-fork.md. */
static bool may_be_lost_in_fork(const struct memory *m)
{
	return m->kind->variant == IN_HUGE_PAGES && HUGE_PAGE != PMD_SIZE;
}

static int map_filled(struct memory *m)
{
	if (m->kind->variant == IN_HUGE_PAGES ?
	    memory_map_huge(m, MAP_PRIVATE, -1) :
	    memory_map_plain(m, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1))
		return -1;
	memset(m->base, m->fill, m->size);
	return 0;
}

/* Answer each byte on the socket: is the memory still filled? End with the parent. */
__noreturn
static void child_main(const struct memory *m, pid_t parent, int questions)
{
	char filled;

	/* Do not outlive the parent: the device would stay open. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGINT, SIG_IGN);
	while (getppid() == parent && read(questions, &filled, 1) == 1) {
		filled = memory_is_filled(m->base, m->size, m->fill);
		if (write(questions, &filled, 1) != 1)
			break;
	}
	_exit(0);
}

static int child_keeps_fill(struct memory *m)
{
	char filled = 0;

	if (write(m->fd, &filled, 1) != 1 || read(m->fd, &filled, 1) != 1)
		return memory_lacks(m, "the child process has ended");
	return filled ? 0 : memory_lacks(m, "the child process sees the frame, too");
}

/* Fork a child that shares all pages. m->fd is the socket for questions to it. */
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
	if (may_be_lost_in_fork(m) && child_keeps_fill(m))
		return memory_lacks(m, LOST_IN_FORK);
	return 0;
}

static void child_unmap(struct memory *m)
{
	if (m->child > 0) {
		/* The child exits when the socket is shut down. */
		shutdown(m->fd, SHUT_RDWR);
		while (waitpid(m->child, NULL, 0) < 0 && errno == EINTR)
			;
	}
	memory_unmap_plain(m);
}

/* Run @work in a new child process. Returns its result, or -1 with @m->why set. */
static int run_in_child(struct memory *m, int (*work)(const struct memory *m))
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

/* Force the kernel to copy: the child writes to all pages. */
static int fork_now(struct memory *m)
{
	return run_in_child(m, write_all);
}

static int has_huge_page(struct memory *m)
{
	if (may_be_lost_in_fork(m) && !memory_is_filled(m->base, m->size, m->fill))
		return memory_lacks(m, LOST_IN_FORK);
	return 0;
}

static int wipeonfork_map(struct memory *m)
{
	if (map_filled(m))
		return -1;
	if (madvise(m->base, m->size, MADV_WIPEONFORK))
		return memory_lacks(m, "madvise(MADV_WIPEONFORK): %s", strerror(errno));
	return 0;
}

/* The kernel has wiped the memory in the child: it reads as zeroes. */
static int is_wiped(struct memory *m)
{
	m->fill = 0;
	return 0;
}

/* Replace the inherited memory by new memory of the child. */
static int map_another(struct memory *m)
{
	if (mmap(m->base, m->size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		return memory_lacks(m, "mmap: %s", strerror(errno));
	m->fill = 0;
	return 0;
}

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
	int ret = run_in_child(m, is_mapped);

	return ret > 0 ? memory_lacks(m, "a child process has inherited the memory") : ret;
}

static const struct memory_kind kinds[] = {
	{
		.name = "cow-parent",
		.sentence = "pages shared with a child (fork()): only the parent sees the frame",
		.map = shared_with_child_map,
		.unmap = child_unmap,
		.check_while_pinned = child_keeps_fill,
		.variant = IN_PAGES,
		.untouched = true,
	}, {
		.name = "cow-parent-hugetlb",
		.sentence = "a huge page shared with a child: only the parent sees the frame",
		.map = shared_with_child_map,
		.unmap = child_unmap,
		.check_while_pinned = child_keeps_fill,
		.variant = IN_HUGE_PAGES,
		.untouched = true,
	}, {
		.name = "cow-child",
		.sentence = "a child queues pages shared since fork(): only it sees the frame",
		.map = map_filled,
		.unmap = memory_unmap_plain,
		.variant = IN_PAGES,
		.untouched = true,
		.queued_by_child = true,
	}, {
		.name = "cow-child-hugetlb",
		.sentence = "a child queues a huge page shared since fork()",
		.map = map_filled,
		.unmap = memory_unmap_plain,
		.prepare_in_child = has_huge_page,
		.variant = IN_HUGE_PAGES,
		.untouched = true,
		.queued_by_child = true,
	}, {
		.name = "forked",
		.sentence = "fork() while pages are pinned: later frames still reach the parent",
		.map = map_filled,
		.unmap = memory_unmap_plain,
		.check_while_pinned = fork_now,
		.variant = IN_PAGES,
	}, {
		.name = "forked-hugetlb",
		.sentence = "fork() while a huge page is pinned: later frames reach the parent",
		.map = map_filled,
		.unmap = memory_unmap_plain,
		.check_while_pinned = fork_now,
		.variant = IN_HUGE_PAGES,
	}, {
		.name = "dontfork",
		.sentence = "MADV_DONTFORK: a child does not inherit the pinned memory",
		.map = dontfork_map,
		.unmap = memory_unmap_plain,
		.check_while_pinned = child_lacks_it,
		.variant = IN_PAGES,
	}, {
		.name = "wipeonfork",
		.sentence = "MADV_WIPEONFORK: a child gets new pages, and the frame lands in them",
		.map = wipeonfork_map,
		.unmap = memory_unmap_plain,
		.prepare_in_child = is_wiped,
		.variant = IN_PAGES,
		.untouched = true,
		.queued_by_child = true,
	}, {
		.name = "other-process",
		.sentence = "another process can queue its own memory through the same device fd",
		.map = map_filled,
		.unmap = memory_unmap_plain,
		.prepare_in_child = map_another,
		.variant = IN_PAGES,
		.queued_by_child = true,
	},
};

const struct memory_provider fork_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
