// SPDX-License-Identifier: GPL-2.0-only
/*
 * overlap.c - scenarios: one piece of memory is pinned more than once
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common/stamp.h"
#include "common/video-node.h"
#include "event.h"

#define CYCLES		4
#define BUFFERS		4
#define SHIFT		64	/* bytes between two frames that overlap */

static void queue(struct life *l, unsigned int index, unsigned char *memory)
{
	int err;

	l->index = index;
	err = life_queue(l, memory);
	life_expect(!err, "QBUF of buffer %u: %s", index, strerror(-err));
}

/* A capture device writes both frames there. The memory must contain the second one. */
static void two_buffers(struct life *l)
{
	unsigned char *memory = life_map(l, NULL);
	const long before = life_pins(-1);
	long long good;

	event_renew(l, 2);
	life_paint(l, memory);
	good = l->good;
	if (l->way & STREAMING)
		life_start(l);
	queue(l, 0, memory);
	queue(l, 1, memory);
	life_expect_pins(before + 2 * l->pages, "after both QBUFs");
	life_take(l, memory);
	life_take(l, memory);
	if (l->output)
		life_expect(life_good_frames(l) == good + 2, "a frame was not read");
	else
		life_expect_frame(l, memory);
	event_renew(l, 1);
	life_expect_pins(before, "after the buffers were freed");
	life_frame(l, memory);
}

/* The second frame begins in the first one. The start of the first one must stay. */
static void overlapping(struct life *l)
{
	unsigned char *memory = huge_page_map();
	const __u32 magic = VIPIN_STAMP_MAGIC;
	const long before = life_pins(-1);

	if (V4L2_TYPE_IS_MULTIPLANAR(l->type))
		life_skip("a frame of one plane is needed");
	if (memory == MAP_FAILED)
		life_skip("no hugetlb page: %s", strerror(errno));
	event_renew(l, 2);
	memset(memory, LIFE_FILL, HUGE_PAGE);
	life_paint(l, memory + SHIFT);
	queue(l, 0, memory);
	queue(l, 1, memory + SHIFT);
	/* The second frame reaches into a second page. */
	life_expect_pins(before + 3, "after both QBUFs");
	life_take(l, memory);
	life_take(l, memory + SHIFT);
	if (l->output) {
		life_expect(life_good_frames(l) == l->good + 1, "the second frame was not read");
	} else {
		life_expect_frame(l, memory + SHIFT);
		life_expect(!memcmp(memory, &magic, sizeof(magic)), "the first frame is gone");
	}
	life_expect(memory[SHIFT + PAGE] == LIFE_FILL, "a byte after the frame has changed");
	event_renew(l, 1);
	life_expect_pins(before, "after the buffers were freed");
}

static bool is_vipin(int node)
{
	char path[64], name[32] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/sys/class/video4linux/video%d/name", node);
	f = fopen(path, "re");
	if (f && !fgets(name, sizeof(name), f))
		name[0] = 0;
	if (f)
		fclose(f);
	return !strncmp(name, "vipin", 5);
}

/* Has another node the same direction, or the other direction and the same bus? */
static bool is_wanted(const struct life *l, const char *path, bool same_direction)
{
	enum v4l2_buf_type type;
	int fd;

	if (!strcmp(path, l->path))
		return false;
	fd = video_node_open(path, &type);
	if (fd < 0)
		return false;
	close(fd);
	if (same_direction)
		return V4L2_TYPE_IS_OUTPUT(type) == l->output;
	return V4L2_TYPE_IS_OUTPUT(type) != l->output &&
	       video_node_is_translated(path) == l->translated;
}

/* Open another node of vipin: of the same direction on another bus, or the other one. */
static bool open_other(const struct life *l, struct life *other, bool same_direction)
{
	char path[64];

	for (int i = 0; i < 64; i++) {
		snprintf(path, sizeof(path), "/dev/video%d", i);
		if (!is_vipin(i) || !is_wanted(l, path, same_direction))
			continue;
		life_open(other, strdup(path), l->policy, l->way);
		life_buffers(other, 1, V4L2_MEMORY_USERPTR);
		return true;
	}
	return false;
}

/* Both have the memory pinned while each of them transfers a frame. */
static void two_devices(struct life *l)
{
	unsigned char *memory = life_map(l, NULL);
	const long before = life_pins(-1);
	struct life other;
	int err;

	if (!open_other(l, &other, true))
		life_skip("there is no other device of this direction");
	life_paint(l, memory);
	queue(l, 0, memory);
	err = life_queue(&other, memory);
	life_expect(!err, "QBUF of the other device: %s", strerror(-err));
	life_expect_pins(before + 2 * l->pages, "after both QBUFs");
	life_dequeue(l, memory);
	other.good = life_good_frames(&other);
	if (!l->output)
		life_fill(l, memory);
	life_dequeue(&other, memory);
	close(other.fd);
	life_expect_pins(before + l->pages, "after the other device was closed");
	life_frame(l, memory);
	life_restore(other.path);
}

/* A frame that was captured is a frame to send. */
static void capture_and_output(struct life *l)
{
	unsigned char *memory = life_map(l, NULL);
	const long before = life_pins(-1);
	struct life other, *capture, *output;

	if (!open_other(l, &other, false))
		life_skip("there is no other node of this device");
	capture = l->output ? &other : l;
	output = l->output ? l : &other;
	for (int i = 0; i < CYCLES; i++) {
		life_fill(l, memory);
		queue(capture, 0, memory);
		life_dequeue(capture, memory);
		output->good = life_good_frames(output);
		queue(output, 0, memory);
		life_dequeue(output, memory);
		life_expect_pins(before + 2 * l->pages, "with both nodes");
	}
	close(other.fd);
	life_expect_pins(before + l->pages, "after the other node was closed");
	life_restore(other.path);
}

static void exchange(struct life *l)
{
	unsigned char *memory[] = { life_map(l, NULL), life_map(l, NULL) };
	const long before = life_pins(-1);

	event_renew(l, 2);
	for (int i = 0; i < CYCLES; i++) {
		long long good = life_good_frames(l);

		for (unsigned int k = 0; k < 2; k++) {
			life_fill(l, memory[k]);
			life_paint(l, memory[k]);
		}
		for (unsigned int k = 0; k < 2; k++)
			queue(l, k, memory[(i + k) % 2]);
		life_expect_pins(before + 2 * l->pages, "with two buffers");
		for (unsigned int k = 0; k < 2; k++) {
			life_take(l, memory[(i + k) % 2]);
			if (!l->output)
				life_expect_frame(l, memory[(i + k) % 2]);
		}
		if (l->output)
			life_expect(life_good_frames(l) == good + 2, "a frame was not read");
	}
}

/* Under policy kernel, the same pointer may be other memory only after the buffer was freed. */
static void unmap_cycles(struct life *l)
{
	const long before = life_pins(-1);

	for (int i = 0; i < CYCLES; i++) {
		unsigned char *memory = life_map(l, NULL);

		life_frame(l, memory);
		if (l->policy == VIPIN_POLICY_KERNEL)
			event_renew(l, 1);
		must(munmap(memory, l->pages * PAGE));
	}
	event_renew(l, 1);
	life_expect_pins(before, "after the buffers were freed");
}

/* Each buffer has memory of its own, and keeps it. */
static void many_buffers(struct life *l)
{
	unsigned char *memory[BUFFERS];
	long long good;

	event_renew(l, BUFFERS);
	for (unsigned int i = 0; i < BUFFERS; i++) {
		memory[i] = life_map(l, NULL);
		life_paint(l, memory[i]);
	}
	good = life_good_frames(l);
	for (unsigned int i = 0; i < BUFFERS; i++)
		queue(l, i, memory[i]);
	for (unsigned int n = 0; n < CYCLES * BUFFERS; n++) {
		unsigned int i = n % BUFFERS;

		life_take(l, memory[i]);
		if (!l->output) {
			life_expect_frame(l, memory[i]);
			life_fill(l, memory[i]);
		}
		queue(l, i, memory[i]);
	}
	if (l->output)
		life_expect(life_good_frames(l) >= good + CYCLES * BUFFERS, "a frame was bad");
}

/* After MAP_FIXED, both buffers of the pointer are refused. */
static void two_buffers_replaced(struct life *l)
{
	unsigned char *memory = life_map(l, NULL);
	const long before = life_pins(-1);

	if (l->policy == VIPIN_POLICY_KERNEL)
		life_skip("policy kernel keeps both pins");
	event_renew(l, 2);
	queue(l, 0, memory);
	queue(l, 1, memory);
	life_take(l, memory);
	life_take(l, memory);
	must(mprotect(memory, l->pages * PAGE, PROT_NONE));
	for (l->index = 0; l->index < 2; l->index++) {
		life_expect(life_queue(l, memory) == -EFAULT, "QBUF is accepted");
		life_expect_verdict(l, l->output ? "reason=not-readable" :
						   "reason=not-writable");
	}
	life_expect_pins(before, "after both were refused");
	l->index = 0;
	life_frame(l, life_map(l, NULL));
}

const struct scenario overlap_scenarios[] = {
	{
		.name = "two-buffers",
		.sentence = "two buffers have one pointer: both frames arrive, with two pins",
		.run = two_buffers,
		.ways = true,
		.source = "Documentation/core-api/pin_user_pages.rst: each pin counts",
	}, {
		.name = "two-buffers-replaced",
		.sentence = "the memory of two buffers is protected: both are refused",
		.run = two_buffers_replaced,
		.ways = true,
		.source = "drivers/vipin/vipin-pin.c: one notifier for each pin",
	}, {
		.name = "overlapping",
		.sentence = "a frame begins in another one: no byte outside both changes",
		.run = overlapping,
		.ways = true,
		.source = "Documentation/core-api/pin_user_pages.rst: each pin counts",
	}, {
		.name = "two-devices",
		.sentence = "two devices have one pointer: both frames arrive",
		.run = two_devices,
		.ways = true,
		.exclusive = true,
		.source = "Documentation/core-api/pin_user_pages.rst: each pin counts",
	}, {
		.name = "capture-and-output",
		.sentence = "frames are captured and sent, and both nodes have one pointer",
		.run = capture_and_output,
		.ways = true,
		.exclusive = true,
		.source = "Documentation/core-api/pin_user_pages.rst: each pin counts",
	}, {
		.name = "exchange",
		.sentence = "two buffers exchange their pointers again and again",
		.run = exchange,
		.ways = true,
		.source = "videobuf2-core.c, __prepare_userptr()",
	}, {
		.name = "unmap-cycles",
		.sentence = "memory is mapped, queued and unmapped again and again",
		.run = unmap_cycles,
		.ways = true,
		.source = "videobuf2-core.c, __prepare_userptr()",
	}, {
		.name = "many-buffers",
		.sentence = "frames arrive in buffers in turn, each in its own memory",
		.run = many_buffers,
		.ways = true,
		.source = "videobuf2-core.c, __prepare_userptr()",
	},
	{ }
};
