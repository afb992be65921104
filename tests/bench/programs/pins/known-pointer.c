// SPDX-License-Identifier: GPL-2.0-only
/*
 * known-pointer.c - compare QBUF of a pointer that vb2 has pinned before with QBUF of an
 * MMAP buffer, without and with a stream
 */
#include <stdio.h>
#include <unistd.h>

#include "../sample.h"
#include "pins.h"

static void measure_idle(struct queue *q, const char *variant, const void *start, size_t size)
{
	queue_buffer(q, start, size);
	queue_take_back(q);
	for (int i = 0; i < SAMPLES; i++) {
		__u64 took = queue_buffer(q, start, size);

		queue_take_back(q);
		sample("qbuf-known", variant, CLOCK_WALL, "ns", took);
	}
}

/* DQBUF may return before the driver's thread sleeps again. QBUF has to wake it up. */
static void wait_for_frame(const struct queue *q)
{
	queue_wait(q);
	usleep(1000);
}

static void measure_streaming(struct queue *q, const char *variant, const void *start,
			      size_t size)
{
	queue_buffer(q, start, size);
	queue_stream(q);
	wait_for_frame(q);
	/* The first ones fill the caches. */
	for (int i = -2; i < SAMPLES; i++) {
		__u64 took = queue_buffer(q, start, size);

		wait_for_frame(q);
		if (i >= 0)
			sample("qbuf-known", variant, CLOCK_WALL, "ns", took);
	}
}

static void measure_buffer(struct queue *q, const char *what, const void *start, size_t size)
{
	char variant[64];

	snprintf(variant, sizeof(variant), "idle/%s", what);
	measure_idle(q, variant, start, size);
	snprintf(variant, sizeof(variant), "streaming/%s", what);
	measure_streaming(q, variant, start, size);
	queue_end(q);
}

/**
 * measure_known_pointer() - measure qbuf-known
 *
 * One size is enough, since nothing is pinned.
 */
void measure_known_pointer(void)
{
	const size_t size = 2 * MIB;
	char what[32];
	struct range r;
	struct queue q;

	if (!queue_open(&q, "PCI:", V4L2_BUF_TYPE_VIDEO_CAPTURE))
		return;
	range_map(&r, size, HUGE_PAGES);
	queue_begin(&q, V4L2_MEMORY_MMAP, VIPIN_POLICY_STRICT, size);
	measure_buffer(&q, "mmap", NULL, size);
	for (int policy = VIPIN_POLICY_KERNEL; policy <= VIPIN_POLICY_STRICT; policy++) {
		queue_begin(&q, V4L2_MEMORY_USERPTR, policy, size);
		snprintf(what, sizeof(what), "userptr-%s", policies[policy]);
		measure_buffer(&q, what, r.start, size);
	}
	range_unmap(&r);
	queue_close(&q);
}
