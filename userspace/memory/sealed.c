// SPDX-License-Identifier: GPL-2.0-only
/*
 * sealed.c - memfds that may not be written, or not through later mappings
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "provider.h"

static int make_sealed(struct memory *m)
{
	/* Fill the memfd before it is sealed. */
	if (memory_map_memfd(m, MFD_ALLOW_SEALING))
		return -1;
	munmap(m->base, m->size);
	m->base = NULL;
	if (fcntl(m->fd, F_ADD_SEALS, F_SEAL_WRITE))
		return memory_lacks(m, "F_SEAL_WRITE: %s", strerror(errno));
	return 0;
}

static int sealed_map(struct memory *m)
{
	return make_sealed(m) ||
	       memory_map_plain(m, PROT_READ, MAP_SHARED, m->fd) ? -1 : 0;
}

static int sealed_private_map(struct memory *m)
{
	return make_sealed(m) ||
	       memory_map_plain(m, PROT_READ | PROT_WRITE, MAP_PRIVATE, m->fd) ? -1 : 0;
}

static int sealed_keeps_fill(struct memory *m)
{
	unsigned char *file = mmap(NULL, m->size, PROT_READ, MAP_PRIVATE, m->fd, 0);
	bool kept;

	if (file == MAP_FAILED)
		return memory_lacks(m, "mmap: %s", strerror(errno));
	kept = memory_is_filled(file, m->size, m->fill);
	munmap(file, m->size);
	return kept ? 0 : memory_lacks(m, "the device wrote to the sealed memfd");
}

static int future_sealed_map(struct memory *m)
{
	if (memory_map_memfd(m, MFD_ALLOW_SEALING))
		return -1;
	if (fcntl(m->fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE))
		return memory_lacks(m, "F_SEAL_FUTURE_WRITE: %s", strerror(errno));
	return 0;
}

/* The memfd must not be sealed while a device may write to it. */
static int check_seal_fails(struct memory *m)
{
	if (!fcntl(m->fd, F_ADD_SEALS, F_SEAL_WRITE))
		return memory_lacks(m, "F_SEAL_WRITE succeeds while a device may still write");
	return errno == EBUSY || errno == EPERM ? 0 :
	       memory_lacks(m, "F_SEAL_WRITE: %s", strerror(errno));
}

static int future_sealed_later_map(struct memory *m)
{
	if (future_sealed_map(m))
		return -1;
	munmap(m->base, m->size);
	m->base = NULL;
	return memory_map_plain(m, PROT_READ, MAP_SHARED, m->fd);
}

static const struct memory_kind kinds[] = {
	{
		.name = "sealed",
		.sentence = "a device must not write to a memfd with F_SEAL_WRITE",
		.map = sealed_map,
		.unmap = memory_unmap_plain,
	}, {
		.name = "sealed-private",
		.sentence = "a private mapping of a sealed memfd: the frame lands in copies",
		.map = sealed_private_map,
		.unmap = memory_unmap_plain,
		.check_while_pinned = sealed_keeps_fill,
		.untouched = true,
	}, {
		.name = "future-sealed",
		.sentence = "F_SEAL_FUTURE_WRITE keeps an older mapping writable, so it is pinned",
		.map = future_sealed_map,
		.unmap = memory_unmap_plain,
		.check_while_pinned = check_seal_fails,
	}, {
		.name = "future-sealed-later",
		.sentence = "a mapping made after F_SEAL_FUTURE_WRITE is read-only",
		.map = future_sealed_later_map,
		.unmap = memory_unmap_plain,
	},
};

const struct memory_provider sealed_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
