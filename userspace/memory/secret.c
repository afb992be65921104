// SPDX-License-Identifier: GPL-2.0-only
/*
 * secret.c - memory that is not mapped in the kernel (memfd_secret(2))
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "provider.h"

#ifndef SYS_memfd_secret /* of 5.14 */
#define SYS_memfd_secret 447
#endif

static int secret_map(struct memory *m)
{
	m->fd = syscall(SYS_memfd_secret, O_CLOEXEC);
	if (m->fd < 0)
		return memory_lacks(m, "memfd_secret (before 6.5: secretmem.enable=1): %s",
				    strerror(errno));
	if (ftruncate(m->fd, memory_round_up(m->length, PAGE) + 2 * PAGE))
		return memory_lacks(m, "ftruncate: %s", strerror(errno));
	return memory_map_plain(m, PROT_READ | PROT_WRITE, MAP_SHARED, m->fd);
}

static int secret_untouched_map(struct memory *m)
{
	m->fill = 0;
	return secret_map(m);
}

static const struct memory_kind kinds[] = {
	{
		.name = "secret",
		.sentence = "memfd_secret() pages, which the kernel cannot see, are refused",
		.map = secret_map,
		.unmap = memory_unmap_plain,
	}, {
		.name = "secret-untouched",
		.sentence = "memfd_secret() memory is refused before it has pages, too",
		.map = secret_untouched_map,
		.unmap = memory_unmap_plain,
		.untouched = true,
	},
};

const struct memory_provider secret_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
