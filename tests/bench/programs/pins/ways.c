// SPDX-License-Identifier: GPL-2.0-only
/*
 * ways.c - compare ways of pinning: is a check of the VMAs plus GUP-fast faster than slow GUP?
 *
 * Each way is measured alone, while another thread pins too, and while another thread
 * repeatedly takes the mmap lock and sleeps while it holds it, as if that thread worked on
 * another CPU. All threads run on one CPU, so that the result does not depend on chance.
 */
#include <err.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "../../pin-cost/pin-cost-uapi.h"
#include "../sample.h"
#include "common/clock.h"
#include "common/macros.h"
#include "pins.h"

#define MOST_PAGES	8192UL

/* A sample next to another thread is the mean over this time, since single pins vary. */
#define SAMPLE_NS	20000000ULL
#define MEANS		3

/* The mmap lock is held for this time, and then free for the same time. */
#define HOLD_US		100

/* Two more ways, after those of pin-cost: QBUF with each of vipin's policies. */
enum {
	QBUF_KERNEL = PIN_COST_WAYS,
	QBUF_STRICT,
	WAYS,
};

static const char * const ways[] = {
	[PIN_COST_FAST] = "fast",
	[PIN_COST_SLOW] = "slow",
	[PIN_COST_CHECKED] = "vma-check+fast",
	[QBUF_KERNEL] = "qbuf-kernel",
	[QBUF_STRICT] = "qbuf-strict",
};

enum other {
	NONE,
	SAME,
	READER,
	WRITER,
	OTHERS,
};

static const char * const others[] = {
	[NONE] = "alone",
	[SAME] = "two-threads",
	[READER] = "reader",
	[WRITER] = "writer",
};

/**
 * struct actor - a thread that pins
 * @way:	the way of pinning
 * @nr_pages:	number of pages
 * @r:		its memory
 * @fd:		device of pin-cost
 * @q:		a capture or output node
 * @count:	number of pins
 */
struct actor {
	int way;
	size_t nr_pages;
	struct range r;
	int fd;
	struct queue q;
	unsigned long count;
};

/**
 * struct company - another thread, which runs during the measurement
 * @what:	what the thread does
 * @second:	the pins that the thread makes, if @what is SAME
 * @waited:	time it waited for the mmap lock, in nanoseconds
 * @count:	number of times it took the lock
 * @stop:	ends the thread
 * @thread:	the thread
 */
struct company {
	enum other what;
	struct actor *second;
	__u64 waited;
	unsigned long count;
	atomic_bool stop;
	pthread_t thread;
};

static void stay_on_one_cpu(void)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		err(1, "sched_setaffinity");
}

static void actor_open(struct actor *a, enum v4l2_buf_type type)
{
	a->fd = pin_open();
	if (!queue_open(&a->q, "PCI:", type))
		errx(1, "no vipin node on PCI");
	range_map(&a->r, MOST_PAGES * PAGE, SMALL_PAGES);
}

static void actor_begin(struct actor *a, int way, size_t nr_pages)
{
	a->way = way;
	a->nr_pages = nr_pages;
	if (way >= PIN_COST_WAYS)
		queue_begin(&a->q, V4L2_MEMORY_USERPTR,
			    way == QBUF_STRICT ? VIPIN_POLICY_STRICT : VIPIN_POLICY_KERNEL, 256);
}

static __u64 act(struct actor *a)
{
	__u64 took;

	if (a->way < PIN_COST_WAYS)
		return pin_once(a->fd, a->way, a->r.start, a->nr_pages);
	took = queue_buffer(&a->q, a->r.start, a->nr_pages * PAGE - (a->count++ & 1 ? 64 : 0));
	queue_take_back(&a->q);
	return took;
}

static void actor_end(struct actor *a)
{
	if (a->way >= PIN_COST_WAYS)
		queue_end(&a->q);
}

static void actor_close(struct actor *a)
{
	range_unmap(&a->r);
	queue_close(&a->q);
	close(a->fd);
}

static void *keep_company(void *data)
{
	const struct sched_param first = { .sched_priority = 1 };
	struct company *c = data;

	/* With priority it does not wait for this CPU, as if it had its own. */
	if (c->what != SAME && sched_setscheduler(0, SCHED_FIFO, &first))
		err(1, "SCHED_FIFO");
	for (c->count = 0, c->waited = 0; !c->stop; c->count++) {
		if (c->what == SAME)
			act(c->second);
		else
			c->waited += hold_mmap_lock(c->second->fd, c->what == WRITER, HOLD_US,
						    HOLD_US);
	}
	return NULL;
}

static void measure_alone(struct actor *a, const char *variant)
{
	act(a);
	for (int i = 0; i < SAMPLES; i++)
		sample("pin-way", variant, CLOCK_WALL, "ns", act(a));
}

/* If two threads share the CPU, the time of one is its own CPU time. */
static double mean(struct actor *a, bool own)
{
	__u64 begin = clock_ns(), own_begin = sample_own_ns(), sum = 0;
	unsigned long nr;

	for (nr = 0; nr < 4 || clock_ns() - begin < SAMPLE_NS; nr++)
		sum += act(a);
	return (double)(own ? sample_own_ns() - own_begin : sum) / nr;
}

static void measure_in_company(struct actor *a, struct company *c, const char *variant)
{
	c->stop = false;
	if (pthread_create(&c->thread, NULL, keep_company, c))
		errx(1, "no thread");
	for (int i = 0; i < MEANS; i++)
		sample("pin-way", variant, c->what == SAME ? CLOCK_CALLER : CLOCK_WALL, "ns",
		       mean(a, c->what == SAME));
	c->stop = true;
	pthread_join(c->thread, NULL);
	/* With few pages, the lock is held too briefly for the other thread to wait often. */
	if (c->what != SAME && a->nr_pages >= 512)
		sample("mmap-lock", variant, CLOCK_WALL, "ns", (double)c->waited / c->count);
}

/**
 * measure_ways() - measure pin-way, and mmap-lock: the wait of others for that lock
 */
void measure_ways(void)
{
	static const size_t counts[] = { 1, 8, 64, 512, 4096, MOST_PAGES };
	struct actor first = { }, second = { };
	struct company c = { .second = &second };
	char variant[64];

	stay_on_one_cpu();
	actor_open(&first, V4L2_BUF_TYPE_VIDEO_CAPTURE);
	/* The second thread needs its own queue. */
	actor_open(&second, V4L2_BUF_TYPE_VIDEO_OUTPUT);
	for (c.what = NONE; c.what < OTHERS; c.what++) {
		for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
			/* With another thread it takes long, so skip every other size. */
			if (c.what != NONE && i % 2 == 0 && counts[i] > 1)
				continue;
			for (int way = 0; way < WAYS; way++) {
				actor_begin(&first, way, counts[i]);
				actor_begin(&second, way, counts[i]);
				snprintf(variant, sizeof(variant), "%s/%zu-pages/%s",
					 others[c.what], counts[i], ways[way]);
				if (c.what == NONE)
					measure_alone(&first, variant);
				else
					measure_in_company(&first, &c, variant);
				actor_end(&second);
				actor_end(&first);
			}
		}
	}
	actor_close(&second);
	actor_close(&first);
}
