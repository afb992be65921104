// SPDX-License-Identifier: GPL-2.0-only
/*
 * aio.c - the ring of an asynchronous I/O context, mapped by io_setup(2) (fs/aio.c)
 */
#include <errno.h>
#include <linux/aio_abi.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/vma.h"
#include "provider.h"

/* The context's ID, which is also the address of the ring. */
static aio_context_t context;

/* Find the end of the mapping that starts at the address of the ring. */
static unsigned long end_of_ring(void)
{
	struct vma vma;
	unsigned long end;

	if (vma_outline((void *)context, 1, &vma, 1) != 1 ||
	    sscanf(vma.whole, "%*x-%lx", &end) != 1)
		return 0;
	return end;
}

static int aio_map(struct memory *m)
{
	size_t needed = memory_round_up(m->length, PAGE) + 3 * PAGE;
	uintptr_t end;

	/* No request is ever submitted, so the kernel neither reads nor writes any event. */
	context = 0;
	if (syscall(SYS_io_setup, needed / sizeof(struct io_event), &context))
		return memory_lacks(m, "io_setup: %s", strerror(errno));
	end = end_of_ring();
	if (end < context + needed)
		return memory_lacks(m, "the ring of io_setup() is smaller than expected");

	/* Leave out the first page: the kernel identifies the ring by its header. */
	m->base = (unsigned char *)context + PAGE;
	m->size = end - context - PAGE;
	m->frame = m->base + PAGE;
	return 0;
}

static void aio_unmap(struct memory *m)
{
	(void)m;
	if (context)
		syscall(SYS_io_destroy, context);
}

static const struct memory_kind kinds[] = {
	{
		.name = "aio-ring",
		.sentence = "the ring of io_setup() is a file that must see all writes",
		.map = aio_map,
		.unmap = aio_unmap,
	},
};

const struct memory_provider aio_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
