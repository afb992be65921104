// SPDX-License-Identifier: GPL-2.0-only
/*
 * memory.c - the kinds of memory of all providers
 */
#include <linux/dma-buf.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "providers.h"

/**
 * memory_kind_at() - get one of all kinds of memory
 * @index:	0 for the first kind
 *
 * Return: the kind, or NULL after the last kind.
 */
const struct memory_kind *memory_kind_at(size_t index)
{
	for (size_t i = 0; i < ARRAY_SIZE(providers); i++) {
		if (index < providers[i]->nr_kinds)
			return &providers[i]->kinds[index];
		index -= providers[i]->nr_kinds;
	}
	return NULL;
}

/**
 * memory_find() - find a kind of memory
 * @name:	its name
 *
 * Return: the kind, or NULL if no kind has that name.
 */
const struct memory_kind *memory_find(const char *name)
{
	const struct memory_kind *kind;

	memory_for_each_kind(kind)
		if (!strcmp(kind->name, name))
			return kind;
	return NULL;
}

static void prepare_providers(void)
{
	static bool prepared;

	if (prepared)
		return;
	prepared = true;
	for (size_t i = 0; i < ARRAY_SIZE(providers); i++)
		if (providers[i]->prepare)
			providers[i]->prepare();
}

/**
 * memory_map() - map memory of one kind
 * @m:		filled in
 * @kind:	the kind
 * @node:	path of the device under test
 * @length:	bytes of the frame that must fit
 *
 * Return: 0, or -1 with @m->why set, and nothing left mapped.
 */
int memory_map(struct memory *m, const struct memory_kind *kind,
	       const char *node, size_t length)
{
	*m = (struct memory) {
		.kind = kind, .node = node, .length = length,
		.queued_length = length, .fill = MEMORY_FILL,
		.fd = -1, .dmabuf = -1, .holder = -1,
	};

	prepare_providers();
	if (!kind->map(m))
		return 0;
	memory_unmap(m);
	return -1;
}

/**
 * memory_unmap() - release all that memory_map() took
 * @m:	the memory, completely or partly mapped
 */
void memory_unmap(struct memory *m)
{
	m->kind->unmap(m);
	if (m->dmabuf >= 0)
		close(m->dmabuf);
	if (m->fd >= 0)
		close(m->fd);
	if (m->holder >= 0)
		close(m->holder);
	m->base = NULL;
	m->dmabuf = -1;
	m->fd = -1;
	m->holder = -1;
}

/**
 * memory_round_up() - round up to a multiple
 * @size:	in bytes
 * @to:		a power of two
 *
 * Return: the smallest multiple of @to that is not below @size.
 */
size_t memory_round_up(size_t size, size_t to)
{
	return (size + to - 1) & ~(to - 1);
}

/**
 * memory_is_filled() - check that all bytes have one value
 * @at:		the first byte
 * @size:	number of bytes
 * @fill:	the value
 *
 * Return: true if all bytes are @fill.
 */
bool memory_is_filled(const unsigned char *at, size_t size, unsigned char fill)
{
	return !size || (*at == fill && !memcmp(at, at + 1, size - 1));
}

static int memory_sync(const struct memory *m, __u64 flags)
{
	struct dma_buf_sync sync = { .flags = flags | DMA_BUF_SYNC_RW };

	if (m->dmabuf < 0)
		return 0;
	return ioctl(m->dmabuf, DMA_BUF_IOCTL_SYNC, &sync);
}

/**
 * memory_begin_access() - prepare memory for access by the CPU
 * @m:	the memory
 *
 * Return: 0, or -1 with errno set.
 */
int memory_begin_access(const struct memory *m)
{
	return memory_sync(m, DMA_BUF_SYNC_START);
}

/**
 * memory_end_access() - end the access that memory_begin_access() began
 * @m:	the memory
 *
 * Return: 0, or -1 with errno set.
 */
int memory_end_access(const struct memory *m)
{
	return memory_sync(m, DMA_BUF_SYNC_END);
}
