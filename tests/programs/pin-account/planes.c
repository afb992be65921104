// SPDX-License-Identifier: GPL-2.0-only
/*
 * planes.c - scenarios: the pages of a frame in two planes, each with its own pointer
 */
#include <errno.h>
#include <string.h>

#include "account.h"

/* Queue a frame: its first plane is in FIRST, its second plane has one page in @second. */
static int queue(const struct actor *a, const struct node *n, enum place second)
{
	return actor_queue_planes(a, n, 0, actor_pages(FIRST, n->pages), actor_pages(second, 1));
}

static void expect_queued(const struct actor *a, const struct node *n, const char *when)
{
	int err = queue(a, n, SECOND);
	long pages = n->pages + 1;

	expect(!err, "%s, VIDIOC_QBUF: %s", when, strerror(-err));
	actor_expect_pinned(a, pages, when);
	node_expect_pinned(n, pages, when);
}

/* A frame whose second plane is refused leaves nothing. */
static void expect_refused(const struct actor *a, const struct node *n, const char *when)
{
	int err = queue(a, n, NOTHING);

	expect(err == -EFAULT, "%s, VIDIOC_QBUF: %s", when, err ? strerror(-err) : "accepted");
	actor_expect_pinned(a, 0, when);
	node_expect_pinned(n, 0, when);
}

static void queued(const struct node *n)
{
	struct actor a = actor_start(USER, n->pages + 1);

	node_request(n, 1);
	expect_queued(&a, n, "with both planes");
	node_request(n, 0);
	actor_expect_pinned(&a, 0, "after REQBUFS(0)");
	node_request(n, 1);
	expect_queued(&a, n, "after REQBUFS(0)");
	actor_end(&a);
}

static void refused(const struct node *n)
{
	struct actor a = actor_start(USER, n->pages + 1);

	node_request(n, 1);
	for (int i = 0; i < 3; i++)
		expect_refused(&a, n, "without memory for the second plane");
	expect_queued(&a, n, "after refusals");
	node_stream(n, true);
	node_dequeue(n);
	expect_refused(&a, n, "after a frame");
	actor_end(&a);
}

static void over_limit(const struct node *n)
{
	struct actor a = actor_start(USER, n->pages);
	int err;

	node_request(n, 1);
	err = queue(&a, n, SECOND);
	expect(err == -ENOMEM, "VIDIOC_QBUF: %s", err ? strerror(-err) : "accepted");
	node_expect_verdict(n, " errno=-12 reason=memlock by=limit: ");
	actor_expect_pinned(&a, 0, "over the limit");
	node_expect_pinned(n, 0, "over the limit");
	actor_limit(&a, n->pages + 1);
	expect_queued(&a, n, "with a higher limit");
	actor_end(&a);
}

/*
 * The buffer has pins of process a. Process b queues it again: its first plane is pinned, and its
 * second plane is refused. No pin of either process may be left.
 */
static void refused_to_other(const struct node *n)
{
	struct actor a = actor_start(USER, n->pages + 1), b = actor_start_root();

	node_request(n, 1);
	expect_queued(&a, n, "in the first process");
	node_stream(n, true);
	node_dequeue(n);
	expect_refused(&b, n, "in another process");
	actor_expect_pinned(&a, 0, "after another process was refused");
	expect_queued(&a, n, "in the first process again");
	actor_end(&a);
	actor_end(&b);
}

const struct scenario plane_scenarios[] = {
	{ "planes-queued", "the pages of both planes are counted until REQBUFS(0)", queued },
	{ "planes-refused", "if the second plane is refused, the first one is not counted",
	  refused },
	{ "planes-over-limit", "if the second plane exceeds the limit, neither is counted",
	  over_limit },
	{ "planes-refused-to-other",
	  "if the second plane of another process is refused, no process has pins",
	  refused_to_other },
	{ }
};
