// SPDX-License-Identifier: GPL-2.0-only
/*
 * owner.c - scenarios: several processes share one open file
 *
 * vb2 keeps a pin as long as index, pointer and length stay the same. But in another
 * process the same pointer is other memory, or not mapped.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "life.h"

#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK	18
#endif

static void queue_nothing(struct life *l, unsigned char *memory)
{
	int err = life_queue(l, memory);

	life_expect(err == -EFAULT, "QBUF of a pointer that is not mapped here: %s",
		    err ? strerror(-err) : "accepted");
	life_expect_verdict(l, "reason=not-mapped");
}

static void unmap_and_queue(struct life *l, unsigned char *memory)
{
	munmap(memory, l->pages * PAGE);
	queue_nothing(l, memory);
}

static void replace_and_capture(struct life *l, unsigned char *memory)
{
	life_frame(l, life_map(l, memory));
}

/* Replace the last page. The pages before it are shared since fork(). */
static void replace_last_page_and_capture(struct life *l, unsigned char *memory)
{
	size_t before = (l->pages - 1) * PAGE;
	void *page = mmap(memory + before, PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	life_expect(page != MAP_FAILED, "mmap: %s", strerror(errno));
	memset(page, LIFE_FILL, PAGE);
	life_frame(l, memory);
}

/*
 * The first process pins, then another process does @part, then the first one continues.
 * The other process is forked before the pin, so that fork() does not invalidate the pin.
 */
static void first_then_other(struct life *l, unsigned char *memory,
			     void (*part)(struct life *l, unsigned char *memory))
{
	struct other other = life_fork(l, memory, part);

	life_frame(l, memory);
	life_fill(l, memory);
	life_go(&other);
	life_expect(life_untouched(l, memory), "another process's frame is in this one's memory");
	life_end(&other);
	life_frame(l, memory);
}

static void unmapped_in_other(struct life *l)
{
	first_then_other(l, life_map(l, NULL), unmap_and_queue);
}

static void replaced_in_other(struct life *l)
{
	first_then_other(l, life_map(l, NULL), replace_and_capture);
}

static void last_page_replaced_in_other(struct life *l)
{
	first_then_other(l, life_map(l, NULL), replace_last_page_and_capture);
}

static void copied_in_other(struct life *l)
{
	first_then_other(l, life_map(l, NULL), life_frame);
}

/* Fork the child after the pin. fork() changes the mapping of the first process. */
static void copied_after_pin(struct life *l)
{
	unsigned char *memory = life_map(l, NULL);
	struct other other;

	life_frame(l, memory);
	life_fill(l, memory);
	other = life_fork(l, memory, life_frame);
	life_go(&other);
	life_expect(life_untouched(l, memory), "another process's frame is in this one's memory");
	life_end(&other);
	life_frame(l, memory);
}

static void wiped_in_other(struct life *l)
{
	unsigned char *memory = life_map(l, NULL);

	life_expect(!madvise(memory, l->pages * PAGE, MADV_WIPEONFORK), "MADV_WIPEONFORK: %s",
		    strerror(errno));
	first_then_other(l, memory, life_frame);
}

static void missing_in_other(struct life *l)
{
	unsigned char *memory = life_map(l, NULL);

	life_expect(!madvise(memory, l->pages * PAGE, MADV_DONTFORK), "MADV_DONTFORK: %s",
		    strerror(errno));
	first_then_other(l, memory, queue_nothing);
}

static void shared_replaced_in_other(struct life *l)
{
	first_then_other(l, life_map_shared(l), replace_and_capture);
}

/* A shared mapping is the same memory in both processes. */
static void shared_with_other(struct life *l)
{
	unsigned char *memory = life_map_shared(l);
	struct other other = life_fork(l, memory, life_frame);

	life_frame(l, memory);
	life_fill(l, memory);
	life_go(&other);
	life_expect(!life_untouched(l, memory),
		    "the other process's frame is not in the shared memory");
	life_end(&other);
	life_frame(l, memory);
}

/* The other process still runs, and has pinned last. */
static void first_after_other(struct life *l)
{
	unsigned char *memory = life_map(l, NULL);
	struct other other;

	life_frame(l, memory);
	other = life_fork(l, memory, life_frame);
	life_go(&other);
	life_fill(l, memory);
	life_frame(l, memory);
	life_end(&other);
}

static void first_after_other_is_gone(struct life *l)
{
	unsigned char *memory = life_map(l, NULL);
	struct other other = life_fork(l, memory, life_frame);

	life_go(&other);
	life_end(&other);
	life_fill(l, memory);
	life_frame(l, memory);
}

static int sockets[2];

static void send_node(int node)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 }, byte = 0;
	struct iovec data = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&message);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &node, sizeof(int));
	life_expect(sendmsg(sockets[0], &message, 0) == 1, "sendmsg: %s", strerror(errno));
}

static int receive_node(void)
{
	char control[CMSG_SPACE(sizeof(int))], byte;
	struct iovec data = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	int node;

	life_expect(recvmsg(sockets[1], &message, 0) == 1 && CMSG_FIRSTHDR(&message),
		    "recvmsg: %s", strerror(errno));
	memcpy(&node, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(int));
	return node;
}

static void receive_and_capture(struct life *l, unsigned char *memory)
{
	close(l->fd);
	l->fd = receive_node();
	replace_and_capture(l, memory);
}

static void node_is_sent(struct life *l)
{
	life_expect(!socketpair(AF_UNIX, SOCK_DGRAM, 0, sockets), "socketpair: %s",
		    strerror(errno));
	send_node(l->fd);
	first_then_other(l, life_map(l, NULL), receive_and_capture);
}

static struct life *life_of_thread;
static unsigned char *memory_of_thread;

static void *capture(void *unused)
{
	life_frame(life_of_thread, memory_of_thread);
	return unused;
}

/* A thread has the same memory, so the pin is kept and there is no new verdict. */
static void pin_is_a_threads(struct life *l)
{
	unsigned char *memory = life_map(l, NULL);
	unsigned long serial;
	pthread_t thread;
	char line[512];

	life_frame(l, memory);
	serial = life_verdict(l, line, sizeof(line));
	life_of_thread = l;
	memory_of_thread = memory;
	life_expect(!pthread_create(&thread, NULL, capture, NULL), "no thread");
	pthread_join(thread, NULL);
	life_expect(life_verdict(l, line, sizeof(line)) == serial,
		    "another thread's QBUF pinned anew: %s", line);
}

/*
 * Does the driver pin again for another process? Use memory that both processes share, where
 * the frame arrives in any case.
 */
static void owner_asked(struct life *l)
{
	unsigned char *memory = life_map_shared(l);
	struct other other = life_fork(l, memory, life_frame);
	unsigned long serial;
	char line[512];

	life_frame(l, memory);
	serial = life_verdict(l, line, sizeof(line));
	life_go(&other);
	life_end(&other);
	if (life_verdict(l, line, sizeof(line)) == serial)
		life_skip("this kernel keeps the pin of another process");
}

const struct scenario owner_is_known = {
	.name = "owner-is-known",
	.sentence = "another process queues memory that it shares: it is pinned anew",
	.run = owner_asked,
};

const struct scenario owner_scenarios[] = {
	{
		.name = "unmapped-in-other",
		.sentence = "another process has unmapped the memory: its QBUF is refused",
		.run = unmapped_in_other,
	}, {
		.name = "replaced-in-other",
		.sentence = "another process has other memory there: its frame arrives in that",
		.run = replaced_in_other,
	}, {
		.name = "last-page-replaced-in-other",
		.sentence = "the same, if only the last page is another one",
		.run = last_page_replaced_in_other,
	}, {
		.name = "copied-in-other",
		.sentence = "a child has a copy since fork(): its frame arrives in the copy",
		.run = copied_in_other,
	}, {
		.name = "copied-after-pin",
		.sentence = "the same, if the child is forked after the pin",
		.run = copied_after_pin,
	}, {
		.name = "wiped-in-other",
		.sentence = "MADV_WIPEONFORK emptied a child's memory: its frame arrives there",
		.run = wiped_in_other,
	}, {
		.name = "missing-in-other",
		.sentence = "a child lacks the memory after MADV_DONTFORK: its QBUF is refused",
		.run = missing_in_other,
	}, {
		.name = "shared-replaced-in-other",
		.sentence = "a child replaces a shared mapping: its frame arrives in the new one",
		.run = shared_replaced_in_other,
	}, {
		.name = "shared-with-other",
		.sentence = "a child has the same shared mapping: both see its frame",
		.run = shared_with_other,
	}, {
		.name = "first-after-other",
		.sentence = "the first process captures again while another one holds the pin",
		.run = first_after_other,
	}, {
		.name = "first-after-other-is-gone",
		.sentence = "the first process captures after another one has pinned and ended",
		.run = first_after_other_is_gone,
	}, {
		.name = "node-is-sent",
		.sentence = "a process got the open file by SCM_RIGHTS: its frame arrives there",
		.run = node_is_sent,
	}, {
		.name = "pin-is-a-threads",
		.sentence = "another thread of the same process queues: the pin is kept",
		.run = pin_is_a_threads,
	},
	{ }
};
