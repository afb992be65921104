// SPDX-License-Identifier: GPL-2.0-only
/*
 * limit.c - scenarios: RLIMIT_MEMLOCK of a user, with the module parameter memlock of vipin
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "account.h"

#define OTHER	1001

static void expect_accepted(const struct actor *a, const struct node *n, unsigned int index,
			    struct memory memory, const char *when)
{
	int err = actor_queue(a, n, index, memory);

	expect(!err, "%s, VIDIOC_QBUF: %s", when, strerror(-err));
}

static void expect_over_limit(const struct actor *a, const struct node *n, unsigned int index,
			      struct memory memory, const char *when)
{
	int err = actor_queue(a, n, index, memory);

	expect(err == -ENOMEM, "%s, VIDIOC_QBUF: %s", when, err ? strerror(-err) : "accepted");
	node_expect_verdict(n, " errno=-12 reason=memlock by=limit: ");
}

/* The count of the user must be @pages: exactly the rest of @limit is accepted. */
static void expect_locked(const struct node *n, long pages, long limit, const char *when)
{
	struct actor a = actor_start(USER, limit);
	unsigned int index = 8;

	for (long rest = limit - pages; rest > 0; rest--)
		expect_accepted(&a, n, index++, actor_pages(FIRST, 1), when);
	expect_over_limit(&a, n, index, actor_pages(FIRST, 1), when);
	actor_end(&a);
}

/* Start a process of the user that has pinned as many pages as its limit allows, in buffer 0. */
static struct actor start_at_limit(const struct node *n, unsigned int buffers)
{
	struct actor a = actor_start(USER, n->pages);

	node_request(n, buffers);
	expect_accepted(&a, n, 0, actor_pages(FIRST, n->pages), "at the limit");
	return a;
}

static void at_limit(const struct node *n)
{
	struct actor a = start_at_limit(n, 1);

	actor_expect_pinned(&a, n->pages, "at the limit");
	node_expect_pinned(n, n->pages, "at the limit");
	node_stream(n, true);
	node_dequeue(n);
	expect_accepted(&a, n, 0, actor_pages(FIRST, n->pages), "with the same pointer");
	node_dequeue(n);
	expect_accepted(&a, n, 0, actor_pages(SECOND, n->pages), "with another pointer");
	node_dequeue(n);
	node_request(n, 0);
	node_request(n, 1);
	expect_accepted(&a, n, 0, actor_pages(FIRST, n->pages), "after REQBUFS(0)");
	actor_end(&a);
}

static void over_limit(const struct node *n)
{
	struct actor a = actor_start(USER, n->pages - 1);

	node_request(n, 2);
	expect_over_limit(&a, n, 0, actor_pages(FIRST, n->pages), "one page over the limit");
	actor_expect_pinned(&a, 0, "over the limit");
	node_expect_pinned(n, 0, "over the limit");
	actor_limit(&a, n->pages);
	expect_accepted(&a, n, 0, actor_pages(FIRST, n->pages), "with a higher limit");
	expect_over_limit(&a, n, 1, actor_pages(SECOND, 1), "with one page more");
	actor_expect_pinned(&a, n->pages, "after the second buffer was refused");
	node_expect_pinned(n, n->pages, "after the second buffer was refused");
	actor_end(&a);
}

static void refused_gives_back(const struct node *n)
{
	struct actor a = actor_start(USER, n->pages);

	node_request(n, 1);
	for (int i = 0; i < 3; i++)
		actor_expect_fault(&a, n);
	expect_accepted(&a, n, 0, actor_pages(FIRST, n->pages), "after refusals");
	actor_end(&a);
}

static void same_user(const struct node *n)
{
	struct actor a = actor_start(USER, n->pages), b = actor_start(USER, n->pages);
	struct actor c = actor_start(OTHER, n->pages);

	node_request(n, 3);
	expect_accepted(&a, n, 0, actor_pages(FIRST, n->pages), "in the first process");
	expect_over_limit(&b, n, 1, actor_pages(FIRST, 1), "in another process of the user");
	expect_accepted(&c, n, 2, actor_pages(FIRST, n->pages), "as another user");
	node_expect_pinned(n, 2 * n->pages, "after two users have queued");
	actor_end(&a);
	actor_end(&b);
	actor_end(&c);
}

static void two_nodes(const struct node *n)
{
	struct actor a = actor_start(USER, n->pages);
	struct node other;
	char path[64];

	expect(node_find_other(n, path, sizeof(path)), "there is no other node");
	node_open(&other, path, VIPIN_POLICY_STRICT);
	node_request(n, 1);
	node_request(&other, 1);
	expect_accepted(&a, n, 0, actor_pages(FIRST, n->pages), "on the first node");
	expect_over_limit(&a, &other, 0, actor_pages(SECOND, 1), "on another node");
	node_request(n, 0);
	expect_accepted(&a, &other, 0, actor_pages(SECOND, 1), "after the first node was freed");
	close(other.fd);
	node_restore(path);
	actor_end(&a);
}

static void root_exempt(const struct node *n)
{
	struct actor a = actor_start(0, 0);

	node_request(n, 32);
	expect_accepted(&a, n, 0, actor_pages(FIRST, n->pages), "with CAP_IPC_LOCK");
	actor_expect_pinned(&a, n->pages, "with CAP_IPC_LOCK");
	/* Nor does it take anything from a user. */
	expect_locked(n, 0, 2, "after root has queued");
	actor_end(&a);
}

static void owner_killed(const struct node *n)
{
	struct actor a = start_at_limit(n, 32);

	actor_end(&a);
	expect_locked(n, n->pages, n->pages + 1, "after the process was killed");
	node_request(n, 0);
	node_request(n, 32);
	expect_locked(n, 0, n->pages, "after REQBUFS(0)");
}

static void user_changes(const struct node *n)
{
	struct actor a = start_at_limit(n, 32);

	actor_become(&a, OTHER);
	expect_accepted(&a, n, 1, actor_pages(SECOND, n->pages), "as another user");
	expect_locked(n, n->pages, n->pages + 1, "after the process has another user");
	node_request(n, 0);
	node_request(n, 32);
	expect_accepted(&a, n, 0, actor_pages(FIRST, n->pages), "after REQBUFS(0)");
	expect_over_limit(&a, n, 1, actor_pages(SECOND, 1), "with one page more");
	expect_locked(n, 0, 1, "after REQBUFS(0)");
	actor_end(&a);
}

/* A pin is given back to those that it was taken from, even if the parameter has changed. */
static void toggled(const struct node *n)
{
	struct actor a;

	node_skip_unless_vipin(n);
	a = start_at_limit(n, 32);
	node_set_memlock(false);
	expect_accepted(&a, n, 1, actor_pages(SECOND, n->pages), "without memlock");
	node_request(n, 0);
	node_set_memlock(true);
	node_request(n, 32);
	expect_locked(n, 0, n->pages, "after REQBUFS(0)");
	actor_end(&a);
}

const struct scenario limit_scenarios[] = {
	{ "limit-reached", "exactly the limit is accepted, and again when queued again", at_limit },
	{ "limit-exceeded", "one page more is refused with ENOMEM, and nothing is pinned",
	  over_limit },
	{ "limit-after-refusals", "a pointer that is refused takes nothing from the limit",
	  refused_gives_back },
	{ "limit-of-a-user", "processes of a user share the limit, other users do not", same_user },
	{ "limit-on-two-nodes", "nodes share the limit of a user", two_nodes },
	{ "limit-root", "a task with CAP_IPC_LOCK has no limit", root_exempt },
	{ "limit-killed", "the pages of a killed process count until they are unpinned",
	  owner_killed },
	{ "limit-user-changes", "a pin counts for the user that the process had then",
	  user_changes },
	{ "limit-toggled", "a pin is released as it was counted, also after memlock has changed",
	  toggled },
	{ }
};
