// SPDX-License-Identifier: GPL-2.0-only
/*
 * half.c - a range that is half a driver's and half the process's own
 *
 * Whoever looks at one end of it only sees half of the truth.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "provider.h"

enum {
	DEVICE_FIRST,
	DEVICE_LAST,
	BARE_LAST,
};

static int half_map(struct memory *m)
{
	size_t half = memory_round_up(m->length / 2, PAGE) + PAGE;
	size_t device = m->kind->variant == DEVICE_FIRST ? 0 : half;
	bool bare = m->kind->variant == BARE_LAST;

	if (half > VIMAP_SIZE)
		return memory_lacks(m, "vimap maps %lu bytes, half of the frame needs more",
				    VIMAP_SIZE);

	m->fd = open("/dev/vimap", O_RDWR | O_CLOEXEC);
	if (m->fd < 0)
		return memory_lacks(m, "/dev/vimap: %s", strerror(errno));

	m->size = 2 * half;
	m->base = mmap(NULL, m->size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (m->base == MAP_FAILED) {
		m->base = NULL;
		return memory_lacks(m, "mmap: %s", strerror(errno));
	}
	m->frame = m->base + PAGE;

	/* VM_IO with struct pages behind it: what a pin is most easily let into. */
	if (mmap(m->base + device, half, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_FIXED, m->fd,
		 VIMAP_OFFSET(bare ? VIMAP_FAULT_MIXED : VIMAP_PAGE_IO)) == MAP_FAILED)
		return memory_lacks(m, "mmap of /dev/vimap: %s", strerror(errno));

	/* vimap fills its half itself. */
	memset(m->base + half - device, MEMORY_FILL, half);
	return 0;
}

const struct memory_kind memory_half_device_first = {
	.name = "half-device-first",
	.sentence = "a driver's pages, then the process's own: refused for the first half",
	.map = half_map,
	.unmap = memory_unmap_plain,
	.variant = DEVICE_FIRST,
};

const struct memory_kind memory_half_device_first_untouched = {
	.name = "half-device-first-untouched",
	.sentence = "the same before a page of the driver's half was touched",
	.map = half_map,
	.unmap = memory_unmap_plain,
	.variant = DEVICE_FIRST,
	.untouched = true,
};

const struct memory_kind memory_half_device_last = {
	.name = "half-device-last",
	.sentence = "the process's own pages, then a driver's: what was pinned before is let go",
	.map = half_map,
	.unmap = memory_unmap_plain,
	.variant = DEVICE_LAST,
};

const struct memory_kind memory_half_device_last_untouched = {
	.name = "half-device-last-untouched",
	.sentence = "the same before a page of the driver's half, the last, was touched",
	.map = half_map,
	.unmap = memory_unmap_plain,
	.variant = DEVICE_LAST,
	.untouched = true,
};

const struct memory_kind memory_half_no_struct_page_last = {
	.name = "half-no-struct-page-last",
	.sentence = "the process's own pages, then frames without one: none stays pinned",
	.map = half_map,
	.unmap = memory_unmap_plain,
	.variant = BARE_LAST,
};
