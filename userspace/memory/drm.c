// SPDX-License-Identifier: GPL-2.0-only
/*
 * drm.c - a dumb buffer of a virtual DRM device, mapped, or exported as a dma-buf
 *
 * Only vgem and vkms are used. A process that opens the card of a real screen may become
 * its DRM master.
 */
#include <drm.h>
#include <drm_mode.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "provider.h"

#define BYTES_PER_PIXEL	4

/* Read the driver from sysfs, because the node must not be opened to find out. */
static bool is_virtual(const char *card)
{
	char link[64], target[128];
	const char *device;
	ssize_t length;

	snprintf(link, sizeof(link), "/sys/class/drm/%.31s/device", card);
	length = readlink(link, target, sizeof(target) - 1);
	if (length < 0)
		return false;
	target[length] = 0;
	device = strrchr(target, '/');
	return device && (!strcmp(device, "/vgem") || !strcmp(device, "/vkms"));
}

static int open_card(void)
{
	int card = -1;
	glob_t nodes;

	if (glob("/dev/dri/card*", 0, NULL, &nodes))
		return -1;
	for (size_t i = 0; i < nodes.gl_pathc && card < 0; i++)
		if (is_virtual(strrchr(nodes.gl_pathv[i], '/') + 1))
			card = open(nodes.gl_pathv[i], O_RDWR | O_CLOEXEC);
	globfree(&nodes);
	return card;
}

static int drm_map(struct memory *m)
{
	struct drm_mode_create_dumb create = {
		.width = PAGE / BYTES_PER_PIXEL,
		.height = memory_round_up(m->length, PAGE) / PAGE + 2,
		.bpp = 8 * BYTES_PER_PIXEL,
	};
	struct drm_prime_handle prime = { .flags = DRM_RDWR | DRM_CLOEXEC };
	struct drm_mode_map_dumb map = {};

	m->fd = open_card();
	if (m->fd < 0)
		return memory_lacks(m, "no DRM device of the driver vgem or vkms");
	if (ioctl(m->fd, DRM_IOCTL_MODE_CREATE_DUMB, &create))
		return memory_lacks(m, "DRM_IOCTL_MODE_CREATE_DUMB: %s", strerror(errno));

	m->size = create.size;
	map.handle = create.handle;
	if (ioctl(m->fd, DRM_IOCTL_MODE_MAP_DUMB, &map))
		return memory_lacks(m, "DRM_IOCTL_MODE_MAP_DUMB: %s", strerror(errno));
	prime.handle = create.handle;
	if (m->kind->by_fd && ioctl(m->fd, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime))
		return memory_lacks(m, "DRM_IOCTL_PRIME_HANDLE_TO_FD: %s", strerror(errno));
	if (m->kind->by_fd)
		m->dmabuf = prime.fd;
	return memory_map_shared(m, m->fd, map.offset);
}

static const struct memory_kind kinds[] = {
	{
		.name = "drm-dumb",
		.sentence = "a mapped dumb buffer belongs to its DRM device, and is refused",
		.map = drm_map,
		.unmap = memory_unmap_plain,
		.migration_may_fail = true,	/* rmap does not find the mapping */
	}, {
		.name = "drm-dumb-fd",
		.sentence = "two devices can share a dumb buffer that is exported as a dma-buf",
		.map = drm_map,
		.unmap = memory_unmap_plain,
		.by_fd = true,
	},
};

const struct memory_provider drm_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
