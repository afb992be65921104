// SPDX-License-Identifier: GPL-2.0-only
/*
 * counts.c - scenarios: the pages that are pinned are those that are counted, in VmPin of
 * the process that queues and in debugfs
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "binding.h"
#include "common/pins.h"

/* Queue memory that must be accepted. */
static void queue(const struct actor *a, const struct node *n, unsigned int index,
		  struct memory memory)
{
	int err = actor_queue(a, n, index, memory);

	expect(!err, "VIDIOC_QBUF: %s", strerror(-err));
}

static void expect_both(const struct actor *a, const struct node *n, long pages,
			const char *when)
{
	actor_expect_pinned(a, pages, when);
	node_expect_pinned(n, pages, when);
}

static struct actor start(const struct node *n, unsigned int buffers)
{
	node_request(n, buffers);
	return actor_start_root();
}

static void queued(const struct node *n)
{
	struct actor a = start(n, 2);

	expect_both(&a, n, 0, "before QBUF");
	queue(&a, n, 0, actor_pages(FIRST, n->pages));
	expect_both(&a, n, n->pages, "after QBUF");
	queue(&a, n, 1, actor_pages(SECOND, 1));
	expect_both(&a, n, n->pages + 1, "after a second QBUF");
	node_request(n, 0);
	expect_both(&a, n, 0, "after REQBUFS(0)");
	actor_end(&a);
}

static void queued_again(const struct node *n)
{
	struct actor a = start(n, 1);

	queue(&a, n, 0, actor_pages(FIRST, n->pages));
	node_stream(n, true);
	for (int i = 0; i < 3; i++) {
		node_dequeue(n);
		expect_both(&a, n, n->pages, "after DQBUF");
		queue(&a, n, 0, actor_pages(FIRST, n->pages));
		expect_both(&a, n, n->pages, "after QBUF of the same pointer");
	}
	actor_end(&a);
}

static void other_pointer(const struct node *n)
{
	struct actor a = start(n, 1);

	queue(&a, n, 0, actor_pages(FIRST, n->pages));
	node_stream(n, true);
	node_dequeue(n);
	queue(&a, n, 0, actor_pages(SECOND, 1));
	expect_both(&a, n, 1, "after QBUF of another pointer");
	node_dequeue(n);
	queue(&a, n, 0, actor_pages(FIRST, n->pages));
	expect_both(&a, n, n->pages, "after QBUF of the first pointer");
	actor_end(&a);
}

static void unaligned(const struct node *n)
{
	struct actor a = start(n, 1);
	struct memory memory = { FIRST, PAGE - 128, 2 * PAGE };

	if (n->pages < 3)
		skip("without an IOMMU, the pages are not contiguous");
	queue(&a, n, 0, memory);
	expect_both(&a, n, 3, "after QBUF of a page and parts of two");
	actor_end(&a);
}

static void prepared(const struct node *n)
{
	struct actor a = start(n, 1);
	int err = actor_prepare(&a, n, 0, actor_pages(FIRST, n->pages));

	expect(!err, "VIDIOC_PREPARE_BUF: %s", strerror(-err));
	expect_both(&a, n, n->pages, "after PREPARE_BUF");
	queue(&a, n, 0, actor_pages(FIRST, n->pages));
	expect_both(&a, n, n->pages, "after QBUF");
	actor_end(&a);
}

static void refused(const struct node *n)
{
	struct actor a = start(n, 1);

	for (int i = 0; i < 3; i++) {
		actor_expect_fault(&a, n);
		expect_both(&a, n, 0, "after a refusal");
	}
	queue(&a, n, 0, actor_pages(FIRST, n->pages));
	node_stream(n, true);
	node_dequeue(n);
	actor_expect_fault(&a, n);
	expect_both(&a, n, 0, "after a refusal instead of the last pointer");
	actor_end(&a);
}

static void stopped(const struct node *n)
{
	struct actor a = start(n, 1);

	queue(&a, n, 0, actor_pages(FIRST, n->pages));
	node_stream(n, true);
	node_stream(n, false);
	expect_both(&a, n, n->pages, "after STREAMOFF, which keeps the pin");
	queue(&a, n, 0, actor_pages(FIRST, n->pages));
	expect_both(&a, n, n->pages, "after QBUF of the same pointer");
	node_request(n, 0);
	expect_both(&a, n, 0, "after REQBUFS(0)");
	actor_end(&a);
}

static void closed(const struct node *n)
{
	struct actor a = start(n, 1);

	queue(&a, n, 0, actor_pages(FIRST, n->pages));
	node_stream(n, true);
	close(n->fd);
	expect_both(&a, n, 0, "after close()");
	actor_end(&a);
}

static void twice(const struct node *n)
{
	struct actor a = start(n, 2);
	const char *when = "after QBUF of one page in two buffers";

	queue(&a, n, 0, actor_pages(FIRST, 1));
	queue(&a, n, 1, actor_pages(FIRST, 1));
	expect_both(&a, n, 2, when);
	actor_end(&a);
}

static void unmapped(const struct node *n)
{
	struct actor a = start(n, 1);

	queue(&a, n, 0, actor_pages(FIRST, n->pages));
	actor_unmap(&a, FIRST);
	expect_both(&a, n, n->pages, "after munmap(), which keeps the pin");
	node_request(n, 0);
	expect_both(&a, n, 0, "after REQBUFS(0)");
	actor_end(&a);
}

static void forked(const struct node *n)
{
	struct actor a = start(n, 1);
	pid_t child;

	queue(&a, n, 0, actor_pages(FIRST, n->pages));
	child = actor_fork(&a);
	expect(!process_pinned(child), "VmPin of a child is not 0");
	expect_both(&a, n, n->pages, "after fork()");
	kill(child, SIGKILL);
	while (!kill(child, 0))
		usleep(1000);
	expect_both(&a, n, n->pages, "after the exit of a child");
	child = actor_fork(&a);
	node_request(n, 0);
	expect(!process_pinned(child), "VmPin of a child is not 0 after REQBUFS(0)");
	expect_both(&a, n, 0, "after REQBUFS(0)");
	kill(child, SIGKILL);
	actor_end(&a);
}

static void parent_gone(const struct node *n)
{
	struct actor a = start(n, 1);
	pid_t child;

	queue(&a, n, 0, actor_pages(FIRST, n->pages));
	child = actor_fork(&a);
	actor_end(&a);
	expect(!process_pinned(child), "VmPin of a child is not 0 after the exit of its parent");
	node_expect_pinned(n, n->pages, "after the exit of the process");
	node_request(n, 0);
	node_expect_pinned(n, 0, "after REQBUFS(0)");
	kill(child, SIGKILL);
}

static void owner_killed(const struct node *n)
{
	struct actor a = start(n, 2), b = actor_start_root();

	queue(&a, n, 0, actor_pages(FIRST, n->pages));
	queue(&b, n, 1, actor_pages(SECOND, 1));
	actor_expect_pinned(&a, n->pages, "after QBUF in two processes");
	actor_expect_pinned(&b, 1, "after QBUF in two processes");
	node_expect_pinned(n, n->pages + 1, "after QBUF in two processes");
	actor_end(&a);
	actor_expect_pinned(&b, 1, "after the other process was killed");
	node_expect_pinned(n, n->pages + 1, "after a process was killed");
	node_stream(n, true);
	node_dequeue(n);
	node_request(n, 0);
	expect_both(&b, n, 0, "after REQBUFS(0)");
	actor_end(&b);
}

static void executed(const struct node *n)
{
	struct actor a = start(n, 1);

	queue(&a, n, 0, actor_pages(FIRST, n->pages));
	actor_exec(&a);
	actor_expect_pinned(&a, 0, "after exec");
	node_expect_pinned(n, n->pages, "after exec");
	node_stream(n, true);
	node_dequeue(n);
	node_request(n, 0);
	expect_both(&a, n, 0, "after exec and REQBUFS(0)");
	actor_end(&a);
}

/* Policy kernel keeps the pin of the first process, unless videobuf2 knows whose it is. */
static void queued_by_other(const struct node *n)
{
	struct actor a = start(n, 1), b = actor_start_root();
	long pinned;

	queue(&a, n, 0, actor_pages(FIRST, n->pages));
	node_stream(n, true);
	node_dequeue(n);
	queue(&b, n, 0, actor_pages(FIRST, n->pages));
	if (n->policy == VIPIN_POLICY_STRICT)
		actor_expect_pinned(&a, 0, "after QBUF by another process");
	pinned = process_pinned(a.pid) + process_pinned(b.pid);
	expect(pinned == (long)n->pages, "both processes together have %ld pages instead of %zu",
	       pinned, n->pages);
	node_expect_pinned(n, n->pages, "after QBUF by another process");
	actor_end(&a);
	node_request(n, 0);
	expect_both(&b, n, 0, "after REQBUFS(0)");
	actor_end(&b);
}

static void no_limit(const struct node *n)
{
	struct actor a;

	node_skip_unless_vipin(n);
	a = actor_start(USER, 0);
	node_request(n, 1);
	queue(&a, n, 0, actor_pages(FIRST, n->pages));
	expect_both(&a, n, n->pages, "after QBUF of an ordinary user");
	actor_end(&a);
}

static void unbound(const struct node *n)
{
	struct binding binding;
	struct actor a = start(n, 1);
	long before = pins_count(-1);
	int err = binding_find(&binding, n->path);

	expect(!err, "the device of %s: %s", n->path, strerror(-err));
	queue(&a, n, 0, actor_pages(FIRST, n->pages));
	node_stream(n, true);

	err = binding_unbind(&binding);
	expect(!err, "unbind: %s", strerror(-err));
	actor_expect_pinned(&a, 0, "after unbind");
	expect(pins_count(before) == before, "after unbind, pages are pinned");
	close(n->fd);
	err = binding_bind(&binding);
	expect(!err, "bind: %s", strerror(-err));
	for (int i = 0; access(n->path, R_OK | W_OK) && i < 500; i++)
		usleep(10000);
	actor_end(&a);
}

const struct scenario count_scenarios[] = {
	{ "queued", "the pages of each QBUF are counted until REQBUFS(0)", queued },
	{ "queued-again", "QBUF of the same pointer counts its pages once", queued_again },
	{ "other-pointer", "QBUF of another pointer counts the new pages only", other_pointer },
	{ "unaligned", "partial pages are counted", unaligned },
	{ "prepared", "PREPARE_BUF counts the pages, and QBUF does not count them again",
	  prepared },
	{ "refused", "a pointer that is refused leaves nothing", refused },
	{ "stopped", "STREAMOFF keeps the pin, and REQBUFS(0) releases it", stopped },
	{ "closed", "the last close releases the pins", closed },
	{ "twice", "a page in two buffers counts twice", twice },
	{ "unmapped", "munmap() keeps the pin, and its pages are counted", unmapped },
	{ "forked", "a child has no pins, and its end changes nothing", forked },
	{ "parent-gone", "a pin outlives its process, and a child still runs", parent_gone },
	{ "killed", "each process has its own pins, which outlive it", owner_killed },
	{ "executed", "after exec the process has no pins, and the device still has them",
	  executed },
	{ "queued-by-other", "if another process queues the buffer, its pages count once",
	  queued_by_other },
	{ "no-limit", "without memlock, RLIMIT_MEMLOCK has no effect", no_limit },
	{ "unbound", "unbind releases the pins", unbound },
	{ }
};
