// SPDX-License-Identifier: GPL-2.0-only
/*
 * secret.c - memory that not even the kernel can see
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

const struct memory_kind memory_secret = {
	.name = "secret",
	.sentence = "memfd_secret(): no device sees what the kernel itself may not see",
	.map = secret_map,
	.unmap = memory_unmap_plain,
};

static int secret_untouched_map(struct memory *m)
{
	m->fill = 0;
	return secret_map(m);
}

const struct memory_kind memory_secret_untouched = {
	.name = "secret-untouched",
	.sentence = "secret memory is refused before anybody has touched it as well",
	.map = secret_untouched_map,
	.unmap = memory_unmap_plain,
	.untouched = true,
};
