// SPDX-License-Identifier: GPL-2.0-only
/*
 * nowhere.c - pointers to no memory of the process
 */
#include "provider.h"

/* Where user memory ends on x86-64, but for a page; nothing is mapped there. */
#define USER_END	0x800000000000UL

/* Of the upper half, where kernels are; on x86-64 this is all of RAM. */
#define KERNEL_ADDRESS	0xffff888000000000UL

static void nothing_unmap(struct memory *m)
{
	(void)m;
}

static int null_map(struct memory *m)
{
	m->frame = NULL;
	return 0;
}

const struct memory_kind memory_null = {
	.name = "null",
	.sentence = "a NULL pointer is a pointer to nothing, not a request for a buffer",
	.map = null_map,
	.unmap = nothing_unmap,
};

static int user_end_map(struct memory *m)
{
	m->frame = (void *)(USER_END - memory_round_up(m->length / 2, PAGE));
	return 0;
}

const struct memory_kind memory_user_end = {
	.name = "user-end",
	.sentence = "no pointer reaches across the end of user memory",
	.map = user_end_map,
	.unmap = nothing_unmap,
};

static int kernel_address_map(struct memory *m)
{
	m->frame = (void *)KERNEL_ADDRESS;
	return 0;
}

const struct memory_kind memory_kernel_address = {
	.name = "kernel-address",
	.sentence = "no device is made to write to the kernel's memory",
	.map = kernel_address_map,
	.unmap = nothing_unmap,
};

static int wrap_map(struct memory *m)
{
	m->frame = (void *)-PAGE;
	return 0;
}

const struct memory_kind memory_wrap = {
	.name = "wrap",
	.sentence = "pointer plus length is beyond the last address, and small again",
	.map = wrap_map,
	.unmap = nothing_unmap,
};
