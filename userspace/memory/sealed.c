// SPDX-License-Identifier: GPL-2.0-only
/*
 * sealed.c - memfds that may not be written, or not by those who come later
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "provider.h"

static int make_sealed(struct memory *m)
{
	/* Mapped and filled while it may be. */
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

const struct memory_kind memory_sealed = {
	.name = "sealed",
	.sentence = "F_SEAL_WRITE: what nobody may write any more, no device may write either",
	.map = sealed_map,
	.unmap = memory_unmap_plain,
};

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
	return kept ? 0 : memory_lacks(m, "the sealed memfd was written by the device");
}

const struct memory_kind memory_sealed_private = {
	.name = "sealed-private",
	.sentence = "private memory of a sealed memfd: the frame lands in copies, the seal holds",
	.map = sealed_private_map,
	.unmap = memory_unmap_plain,
	.check_while_pinned = sealed_keeps_fill,
	.untouched = true,
};

static int future_sealed_map(struct memory *m)
{
	if (memory_map_memfd(m, MFD_ALLOW_SEALING))
		return -1;
	if (fcntl(m->fd, F_ADD_SEALS, F_SEAL_FUTURE_WRITE))
		return memory_lacks(m, "F_SEAL_FUTURE_WRITE: %s", strerror(errno));
	return 0;
}

/* Else the seal is put on a memfd that a device still writes to. */
static int seal_fails(struct memory *m)
{
	if (!fcntl(m->fd, F_ADD_SEALS, F_SEAL_WRITE))
		return memory_lacks(m, "F_SEAL_WRITE succeeds while a device may write");
	return errno == EBUSY || errno == EPERM ? 0 :
	       memory_lacks(m, "F_SEAL_WRITE: %s", strerror(errno));
}

const struct memory_kind memory_future_sealed = {
	.name = "future-sealed",
	.sentence = "F_SEAL_FUTURE_WRITE leaves an older mapping as it is: writable, and pinned",
	.map = future_sealed_map,
	.unmap = memory_unmap_plain,
	.check_while_pinned = seal_fails,
};

static int future_sealed_later_map(struct memory *m)
{
	if (future_sealed_map(m))
		return -1;
	munmap(m->base, m->size);
	m->base = NULL;
	return memory_map_plain(m, PROT_READ, MAP_SHARED, m->fd);
}

const struct memory_kind memory_future_sealed_later = {
	.name = "future-sealed-later",
	.sentence = "a mapping made after F_SEAL_FUTURE_WRITE is for reading only",
	.map = future_sealed_later_map,
	.unmap = memory_unmap_plain,
};
