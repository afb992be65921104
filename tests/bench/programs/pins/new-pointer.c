// SPDX-License-Identifier: GPL-2.0-only
/*
 * new-pointer.c - compare QBUF of a new pointer with a pin and an unpin alone
 *
 * vb2 checks, pins and maps the new pointer, and unpins the one before.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../pin-cost/pin-cost-uapi.h"
#include "../sample.h"
#include "common/macros.h"
#include "pins.h"

#define LARGEST	(32 * MIB)

static const size_t sizes[] = {
	4 * KIB, 16 * KIB, 64 * KIB, 256 * KIB, 2 * MIB, 8 * MIB, LARGEST,
};

static const struct {
	const char *name;
	const char *bus_info;
	bool translated;
} buses[] = {
	{ "platform", "platform:", false },
	{ "pci", "PCI:", true },
};

static void measure_pin(const char *pages, const struct range *r, size_t size)
{
	int fd = pin_open();
	char variant[64];

	snprintf(variant, sizeof(variant), "%s/%s", pages, size_name(size));
	pin_once(fd, PIN_COST_FAST, r->start, size / PAGE);
	for (int i = 0; i < SAMPLES; i++)
		sample("pin-alone", variant, CLOCK_WALL, "ns",
		       pin_once(fd, PIN_COST_FAST, r->start, size / PAGE));
	close(fd);
}

/*
 * To vb2 the same address with another length is a new pointer. So everything is measured
 * on the same memory.
 */
static void measure_qbuf(struct queue *q, const char *variant, int policy,
			 const struct range *r, size_t size)
{
	queue_begin(q, V4L2_MEMORY_USERPTR, policy, 256);
	/* The first one unpins nothing, and the second one fills the caches. */
	for (int i = -2; i < SAMPLES; i++) {
		__u64 took = queue_buffer(q, r->start, size - (i & 1 ? 64 : 0));

		queue_take_back(q);
		if (i >= 0)
			sample("qbuf-new", variant, CLOCK_WALL, "ns", took);
	}
	queue_end(q);
}

static void measure_bus(struct queue *q, size_t bus, enum pages pages,
			const struct range *r, const char *only)
{
	char variant[64];

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		/* Without an IOMMU, small pages are contiguous for one page only. */
		if (!buses[bus].translated && pages != HUGE_PAGES && sizes[i] > PAGE)
			continue;
		for (int policy = VIPIN_POLICY_KERNEL; policy <= VIPIN_POLICY_STRICT; policy++) {
			snprintf(variant, sizeof(variant), "%s/%s/%s/%s", buses[bus].name,
				 pages_names[pages], size_name(sizes[i]), policies[policy]);
			if (!only || !strcmp(only, variant))
				measure_qbuf(q, variant, policy, r, sizes[i]);
		}
	}
}

/**
 * measure_new_pointer() - measure pin-alone and qbuf-new
 * @only:	the only variant of qbuf-new to measure; NULL for all, and pin-alone
 */
void measure_new_pointer(const char *only)
{
	for (enum pages pages = SMALL_PAGES; pages <= HUGE_PAGES; pages++) {
		struct range r;

		if (only && !strstr(only, pages_names[pages]))
			continue;
		range_map(&r, LARGEST, pages);
		for (size_t i = 0; i < ARRAY_SIZE(sizes) && !only; i++)
			measure_pin(pages_names[pages], &r, sizes[i]);
		for (size_t i = 0; i < ARRAY_SIZE(buses); i++) {
			struct queue q;

			if (!queue_open(&q, buses[i].bus_info, V4L2_BUF_TYPE_VIDEO_CAPTURE))
				continue;
			measure_bus(&q, i, pages, &r, only);
			queue_close(&q);
		}
		range_unmap(&r);
	}
}
