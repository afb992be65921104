// SPDX-License-Identifier: GPL-2.0-only
/*
 * planes.c - memory that every device should take
 */
#include "common/page.h"
#include "frame.h"
#include "planes.h"

/* Memory for good pointers, best first: contiguous memory, if there is some. */
static const char * const good_kinds[] = { "hugetlb", "thp", "malloc" };

/**
 * good_map() - map memory that every device should take
 * @whole:	filled in, for memory_unmap()
 * @m:		filled in: the same memory. In a huge page, later checks look only at the frame
 *		and the page after it. It is queued as whole pages, which suits every alignment
 * @d:		the device
 * @length:	bytes of the frame
 *
 * Return: 0, or -1 with @whole->why set.
 */
int good_map(struct memory *whole, struct memory *m, const struct device *d, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(good_kinds); i++) {
		if (memory_map(whole, memory_find(good_kinds[i]), d->path, length))
			continue;
		/* Fault its pages in now, not during the first row. */
		frame_fill(whole);
		*m = *whole;
		m->queued_length = memory_round_up(length, PAGE);
		if (m->frame + m->length + PAGE < m->base + m->size)
			m->size = m->frame + m->length + PAGE - m->base;
		return 0;
	}
	return -1;
}

/**
 * planes_map() - map memory for the planes that are not checked
 * @d:		the device; &device.others is set
 * @others:	filled in, for planes_unmap()
 *
 * Return: 0, or -1 with nothing left mapped.
 */
int planes_map(struct device *d, struct memory others[VIDEO_MAX_PLANES])
{
	struct memory m;

	for (unsigned int i = 0; i < VIDEO_MAX_PLANES; i++) {
		others[i].kind = NULL;
		d->others[i] = NULL;
	}
	for (unsigned int i = 0; i < d->nr_planes; i++) {
		if (i == d->plane)
			continue;
		if (good_map(&others[i], &m, d, d->plane_sizes[i])) {
			others[i].kind = NULL;
			planes_unmap(d, others);
			return -1;
		}
		d->others[i] = m.frame;
	}
	return 0;
}

/**
 * planes_unmap() - unmap the memory of planes_map()
 * @d:		the device, without buffers
 * @others:	what planes_map() has filled in
 */
void planes_unmap(struct device *d, struct memory others[VIDEO_MAX_PLANES])
{
	for (unsigned int i = 0; i < VIDEO_MAX_PLANES; i++) {
		if (others[i].kind)
			memory_unmap(&others[i]);
		d->others[i] = NULL;
	}
}
