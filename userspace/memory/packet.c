// SPDX-License-Identifier: GPL-2.0-only
/*
 * packet.c - the ring of a packet socket, mapped (net/packet/af_packet.c)
 */
#include <errno.h>
#include <linux/if_packet.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "provider.h"

#define SLOT	2048

/* Round up to a power of two. The kernel tries to allocate the block in one piece. */
static size_t block_size(size_t needed)
{
	size_t size = PAGE;

	while (size < needed)
		size *= 2;
	return size;
}

static int packet_map(struct memory *m)
{
	int version = TPACKET_V2;
	struct tpacket_req req;

	/* No packet is received for protocol 0, so the kernel does not write to the ring. */
	m->fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
	if (m->fd < 0)
		return memory_lacks(m, "socket(AF_PACKET): %s", strerror(errno));

	m->size = block_size(m->length + 2 * PAGE);
	req = (struct tpacket_req) {
		.tp_block_size = m->size,
		.tp_block_nr = 1,
		.tp_frame_size = SLOT,
		.tp_frame_nr = m->size / SLOT,
	};
	if (setsockopt(m->fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) ||
	    setsockopt(m->fd, SOL_PACKET, PACKET_RX_RING, &req, sizeof(req)))
		return memory_lacks(m, "PACKET_RX_RING: %s", strerror(errno));

	if (memory_mmap(m, PROT_READ | PROT_WRITE, MAP_SHARED, m->fd, 0))
		return memory_lacks(m, "mmap of a packet ring: %s", strerror(errno));
	m->frame = m->base + PAGE;
	return 0;
}

static const struct memory_kind kinds[] = {
	{
		.name = "packet-ring",
		.sentence = "the ring of a packet socket has ordinary pages, and is pinned",
		.map = packet_map,
		.unmap = memory_unmap_plain,
	},
};

const struct memory_provider packet_provider = {
	.kinds = kinds,
	.nr_kinds = ARRAY_SIZE(kinds),
};
