// SPDX-License-Identifier: GPL-2.0-only
/*
 * prepared.c - scenarios: PREPARE_BUF comes before QBUF
 *
 * A frame must arrive in the memory that its pointer points to when QBUF is called.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "life.h"

static unsigned char *prepare(struct life *l)
{
	unsigned char *memory = life_map(l, NULL);
	int err;

	life_paint(l, memory);
	err = life_prepare(l, memory);
	life_expect(!err, "PREPARE_BUF: %s", strerror(-err));
	return memory;
}

static unsigned long serial(const struct life *l)
{
	char line[512];

	return life_verdict(l, line, sizeof(line));
}

/* Queue the prepared buffer, and verify its frame. QBUF must make @pins new pins. */
static void queue_prepared(struct life *l, unsigned char *memory, unsigned int pins)
{
	unsigned long before = serial(l);
	int err = life_queue(l, memory);

	life_expect(!err, "QBUF of the prepared buffer: %s", strerror(-err));
	life_expect(serial(l) == before + pins, "QBUF took %lu pins, not %u",
		    serial(l) - before, pins);
	life_dequeue(l, memory);
}

static void unchanged(struct life *l)
{
	queue_prepared(l, prepare(l), 0);
}

static void fork_once(void)
{
	pid_t child = fork();

	if (!child)
		_exit(0);
	waitpid(child, NULL, 0);
}

static void forked(struct life *l)
{
	unsigned char *memory = prepare(l);

	fork_once();
	queue_prepared(l, memory, l->planes);
}

static void protected(struct life *l)
{
	unsigned char *memory = prepare(l);

	mprotect(memory, l->pages * PAGE, PROT_READ);
	mprotect(memory, l->pages * PAGE, PROT_READ | PROT_WRITE);
	queue_prepared(l, memory, l->planes);
}

static void replaced(struct life *l)
{
	unsigned char *memory = prepare(l);

	life_map(l, memory);
	life_paint(l, memory);
	queue_prepared(l, memory, l->planes);
}

/* A buffer that QBUF refused is no longer prepared, and accepts another pointer. */
static void refuses(struct life *l, unsigned char *memory, const char *keys)
{
	int err = life_queue(l, memory);

	life_expect(err == -EFAULT, "QBUF: %s", err ? strerror(-err) : "accepted");
	life_expect_verdict(l, keys);
	life_frame(l, life_map(l, NULL));
}

static void unmapped(struct life *l)
{
	unsigned char *memory = prepare(l);

	munmap(memory, l->pages * PAGE);
	refuses(l, memory, "reason=not-mapped");
}

static void mapped_by_device(struct life *l)
{
	unsigned char *memory = prepare(l), *device;

	device = life_map_device(memory, l->pages * PAGE, VIMAP_PAGE_IO);
	refuses(l, memory, "reason=vma-io");
	life_expect(life_untouched(l, device), "a device's memory was written");
}

static void capture_elsewhere(struct life *l, unsigned char *memory)
{
	life_map(l, memory);
	life_paint(l, memory);
	queue_prepared(l, memory, l->planes);
}

static void queued_by_other(struct life *l)
{
	unsigned char *memory = life_map(l, NULL);
	struct other other = life_fork(l, memory, capture_elsewhere);
	int err = life_prepare(l, memory);

	life_expect(!err, "PREPARE_BUF: %s", strerror(-err));
	life_go(&other);
	life_expect(life_untouched(l, memory), "another process's frame is in this one's memory");
	life_end(&other);
}

/* Another process prepared its pointer, so QBUF must use the one that it gets. */
static void capture_into_other_pointer(struct life *l, unsigned char *memory)
{
	unsigned char *other = life_map(l, NULL);

	life_fill(l, memory);
	life_frame(l, other);
	life_expect(life_untouched(l, memory), "the frame is at the pointer that was not queued");
}

static void queued_by_other_elsewhere(struct life *l)
{
	unsigned char *memory = life_map(l, NULL);
	struct other other = life_fork(l, memory, capture_into_other_pointer);
	int err = life_prepare(l, memory);

	life_expect(!err, "PREPARE_BUF: %s", strerror(-err));
	life_go(&other);
	life_expect(life_untouched(l, memory), "another process's frame is in this one's memory");
	life_end(&other);
}

/* vb2 ignores the pointer of a prepared buffer, so programs may leave it out. */
static void without_pointer(struct life *l)
{
	unsigned char *memory = prepare(l);
	struct v4l2_plane planes[LIFE_PLANES];
	struct v4l2_buffer buf = life_buffer(l, NULL, planes);
	int err;

	fork_once();
	if (!V4L2_TYPE_IS_MULTIPLANAR(l->type)) {
		buf.length = 0;
		buf.bytesused = 0;
	}
	memset(planes, 0, sizeof(planes));
	err = life_ioctl(l, VIDIOC_QBUF, &buf);
	life_expect(!err, "QBUF by index alone: %s", strerror(-err));
	life_expect(life_pointer(&buf) == memory, "QBUF returns another pointer");
	life_dequeue(l, memory);
}

static void twice(struct life *l)
{
	unsigned char *memory = prepare(l);
	unsigned long before = serial(l);

	fork_once();
	life_expect(life_prepare(l, memory) == -EINVAL, "a prepared buffer is prepared again");
	life_expect(serial(l) == before, "PREPARE_BUF of a prepared buffer leaves a verdict");
	queue_prepared(l, memory, l->planes);
}

/* PREPARE_BUF pins again if the memory has changed since the last frame. */
static void prepared_after_change(struct life *l)
{
	unsigned char *memory = life_map(l, NULL);
	int err;

	life_frame(l, memory);
	life_map(l, memory);
	life_paint(l, memory);
	err = life_prepare(l, memory);
	life_expect(!err, "PREPARE_BUF: %s", strerror(-err));
	queue_prepared(l, memory, 0);
}

static unsigned char *queried(const struct life *l, struct v4l2_plane planes[LIFE_PLANES])
{
	struct v4l2_buffer buf = life_buffer(l, NULL, planes);

	life_expect(!life_ioctl(l, VIDIOC_QUERYBUF, &buf), "QUERYBUF fails");
	return life_pointer(&buf);
}

/* A QBUF that is invalid for another reason does not change the buffer. */
static void changed_then_wrong(struct life *l)
{
	unsigned char *memory = life_map(l, NULL);
	struct v4l2_plane planes[LIFE_PLANES];
	struct v4l2_buffer buf;

	life_frame(l, memory);
	fork_once();
	buf = life_buffer(l, memory, planes);
	buf.field = V4L2_FIELD_ALTERNATE;
	buf.bytesused = 2 * l->size[0];
	planes[0].bytesused = 2 * l->size[0];
	if (!l->output)
		buf.memory = V4L2_MEMORY_MMAP;
	life_expect(life_ioctl(l, VIDIOC_QBUF, &buf) == -EINVAL, "a wrong QBUF is accepted");
	life_expect(queried(l, planes) == memory, "QUERYBUF has lost the pointer");
	life_frame(l, memory);
}

const struct scenario prepared_scenarios[] = {
	{
		.name = "prepared",
		.sentence = "QBUF keeps the pin of PREPARE_BUF",
		.run = unchanged,
	}, {
		.name = "prepared-then-fork",
		.sentence = "QBUF pins again, and returns the pointer",
		.run = forked,
	}, {
		.name = "prepared-then-mprotect",
		.sentence = "the same after mprotect()",
		.run = protected,
	}, {
		.name = "prepared-then-replaced",
		.sentence = "the frame arrives in the memory that is mapped at QBUF",
		.run = replaced,
	}, {
		.name = "prepared-then-unmapped",
		.sentence = "QBUF is refused, and the buffer accepts another pointer",
		.run = unmapped,
	}, {
		.name = "prepared-then-device",
		.sentence = "the same if a VM_IO mapping has replaced the memory",
		.run = mapped_by_device,
	}, {
		.name = "prepared-then-other-process",
		.sentence = "the frame arrives in the process that queues",
		.run = queued_by_other,
	}, {
		.name = "prepared-then-other-pointer",
		.sentence = "another process queues its own pointer, which is used",
		.run = queued_by_other_elsewhere,
	}, {
		.name = "prepared-then-no-pointer",
		.sentence = "QBUF by index alone uses the prepared pointer",
		.run = without_pointer,
	}, {
		.name = "prepared-twice",
		.sentence = "the second PREPARE_BUF fails, and changes nothing",
		.run = twice,
	}, {
		.name = "changed-then-prepared",
		.sentence = "PREPARE_BUF pins again if the memory changed since the last frame",
		.run = prepared_after_change,
	}, {
		.name = "changed-then-wrong-qbuf",
		.sentence = "an invalid QBUF does not change the pointer",
		.run = changed_then_wrong,
	},
	{ }
};
