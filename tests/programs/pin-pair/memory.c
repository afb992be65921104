// SPDX-License-Identifier: GPL-2.0-only
/*
 * memory.c - scenarios: which memory each direction accepts, and what happens to it
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/pins.h"
#include "common/stamp.h"
#include "common/vipin-node.h"
#include "pair.h"
#include "vimap/vimap-uapi.h"

/* Queue a pointer that must be refused, and look at the verdict. Nothing more is pinned. */
static enum outcome refused(struct pair *p, enum direction dir, void *pointer,
			    const char *reason)
{
	long held = pins_count(-1), counted = pair_pinned(p);
	char line[512], wanted[64];
	int err = pair_queue(p, dir, 0, pointer);

	if (err != -EFAULT)
		return ended(p, WRONG, "VIDIOC_QBUF: %s", err ? strerror(-err) : "accepted");
	if (vipin_node_verdict(p->path, line, sizeof(line)) <= 0)
		return ended(p, CANNOT_RUN, "no verdict");
	snprintf(wanted, sizeof(wanted), " reason=%s ", reason);
	if (!strstr(line, wanted))
		return ended(p, WRONG, "the verdict is %.200s", line);
	snprintf(wanted, sizeof(wanted), " direction=%s ",
		 dir == OUT ? "output" : "capture");
	if (!strstr(line, wanted))
		return ended(p, WRONG, "the verdict is %.200s", line);
	if (pair_pinned(p) != counted || pins_count(held) != held)
		return ended(p, WRONG, "%ld pages are pinned, %ld are counted",
			     pins_count(-1) - held, pair_pinned(p) - counted);
	return RIGHT;
}

/* The process revokes its right to write after it has written the frame. */
static enum outcome run_output_read_only(struct pair *p)
{
	void *from = page_map(p, NULL), *to = page_map(p, NULL);
	int err;

	if (!from || !to || !pair_begin(p))
		return cannot(p);
	memset(from, 0x40, p->page);
	stamp_put(from, p->page, 0);
	if (mprotect(from, p->page, PROT_READ))
		return cannot(p);
	err = pair_queue(p, OUT, 0, from);
	if (err)
		return ended(p, WRONG, "VIDIOC_QBUF: %s", strerror(-err));
	err = pair_queue(p, CAP, 0, to) ?: pair_dequeue(p, CAP);
	if (err)
		return ended(p, WRONG, "%s", strerror(-err));
	if (memcmp(from, to, p->page))
		return ended(p, WRONG, "another frame arrived");
	return RIGHT;
}

/* The queued output frame is copied to the next capture pointer. */
static enum outcome run_capture_read_only(struct pair *p)
{
	void *from = page_map(p, NULL), *to = page_map(p, NULL), *bad = page_map(p, NULL);
	enum outcome outcome;
	int err;

	if (!from || !to || !bad || !pair_begin(p))
		return cannot(p);
	if (mprotect(bad, p->page, PROT_READ))
		return cannot(p);
	if (pair_queue_stamped(p, 0, from, 0))
		return cannot(p);
	outcome = refused(p, CAP, bad, "not-writable");
	if (outcome != RIGHT)
		return outcome;
	err = pair_queue(p, CAP, 0, to) ?: pair_dequeue(p, CAP);
	if (err)
		return ended(p, WRONG, "the next pointer: %s", strerror(-err));
	return pair_arrived(p, to, 0) ? RIGHT : WRONG;
}

static enum outcome unmapped(struct pair *p, enum direction dir)
{
	void *page = page_map(p, NULL);

	if (!page || !pair_begin(p))
		return cannot(p);
	munmap(page, p->page);
	return refused(p, dir, page, "not-mapped");
}

static enum outcome run_output_unmapped(struct pair *p)
{
	return unmapped(p, OUT);
}

static enum outcome run_capture_unmapped(struct pair *p)
{
	return unmapped(p, CAP);
}

static enum outcome device_memory(struct pair *p, enum direction dir)
{
	int fd = open("/dev/vimap", O_RDWR | O_CLOEXEC);
	unsigned char *page;

	if (fd < 0)
		return ended(p, SKIPPED, "/dev/vimap: %s", strerror(errno));
	page = mmap(NULL, p->page, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		    VIMAP_OFFSET(VIMAP_PAGE_IO));
	close(fd);
	if (page == MAP_FAILED)
		return cannot(p);
	page[0] = 1;
	if (!pair_begin(p))
		return cannot(p);
	return refused(p, dir, page, "vma-io");
}

static enum outcome run_output_device(struct pair *p)
{
	return device_memory(p, OUT);
}

static enum outcome run_capture_device(struct pair *p)
{
	return device_memory(p, CAP);
}

/* The device reads a page while it writes to it: each byte is replaced by itself. */
static enum outcome run_same_memory(struct pair *p)
{
	void *page = page_map(p, NULL);
	long held = pins_count(-1);
	enum outcome outcome;

	if (!page || !pair_begin(p))
		return cannot(p);
	outcome = pair_copy(p, page, page, 0);
	if (outcome != RIGHT)
		return outcome;
	return pair_expect_pinned(p, held, 2);
}

/*
 * Queue the same pointer again after other memory was mapped there. If the buffer was prepared
 * before that, its page has to be pinned again, too, and its time stamp is that of QBUF.
 */
static enum outcome replaced(struct pair *p, enum direction dir, bool prepared)
{
	void *from, *to;
	enum outcome outcome = pair_begin_and_copy(p, &from, &to);
	void *page = dir == OUT ? from : to;
	int err;

	if (outcome != RIGHT)
		return outcome;
	err = prepared ? pair_prepare(p, dir, 0, page) : 0;
	if (err)
		return ended(p, WRONG, "VIDIOC_PREPARE_BUF: %s", strerror(-err));
	if (!page_map(p, page))
		return cannot(p);
	outcome = pair_copy(p, from, to, 1);
	return outcome == RIGHT ? pair_expect_counted(p, 2) : outcome;
}

static enum outcome run_output_replaced(struct pair *p)
{
	return replaced(p, OUT, false);
}

static enum outcome run_capture_replaced(struct pair *p)
{
	return replaced(p, CAP, false);
}

static enum outcome run_prepared_replaced(struct pair *p)
{
	return replaced(p, OUT, true);
}

/* The pinned page still has the frame. */
static enum outcome run_output_dropped(struct pair *p)
{
	void *from = page_map(p, NULL), *to = page_map(p, NULL);
	int err;

	if (!from || !to || !pair_begin(p))
		return cannot(p);
	if (pair_queue_stamped(p, 0, from, 0))
		return cannot(p);
	munmap(from, p->page);
	err = pair_queue(p, CAP, 0, to) ?: pair_dequeue(p, CAP);
	if (err)
		return ended(p, WRONG, "%s", strerror(-err));
	return pair_arrived(p, to, 0) ? RIGHT : WRONG;
}

/* The frame goes to the page that was pinned, and not to the one that is mapped now. */
static enum outcome run_capture_dropped(struct pair *p)
{
	void *from = page_map(p, NULL), *to = page_map(p, NULL);
	const unsigned char *byte = to;
	int err;

	if (!from || !to || !pair_begin(p))
		return cannot(p);
	if (pair_queue(p, CAP, 0, to))
		return cannot(p);
	if (!page_map(p, to))
		return cannot(p);
	err = pair_queue_stamped(p, 0, from, 0) ?: pair_dequeue(p, CAP);
	if (err)
		return ended(p, WRONG, "%s", strerror(-err));
	for (size_t i = 0; i < p->page; i++)
		if (byte[i])
			return ended(p, WRONG, "byte %zu of the new memory is %#x", i, byte[i]);
	return RIGHT;
}

/* A process that shares the file queues the same pointers, which lead to its own memory. */
static enum outcome run_other_process(struct pair *p)
{
	void *from, *to;
	enum outcome outcome = pair_begin_and_copy(p, &from, &to);
	int status;
	pid_t child;

	if (outcome != RIGHT)
		return outcome;
	child = fork();
	if (!child)
		_exit(pair_copy(p, from, to, 1));
	if (child <= 0 || waitpid(child, &status, 0) != child)
		return cannot(p);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != RIGHT)
		return ended(p, WRONG, "the other process did not get its frame");
	if (!pair_arrived(p, to, 0))
		return WRONG;
	return pair_copy(p, from, to, 2);
}

const struct scenario scenarios_memory[] = {
	{
		.name = "output-read-only", .run = run_output_read_only,
		.sentence = "the device may read memory that the process may not write",
	}, {
		.name = "capture-read-only", .run = run_capture_read_only,
		.sentence = "it may not write there, and the queued output frame is not lost",
	}, {
		.name = "output-unmapped", .run = run_output_unmapped,
		.sentence = "an output pointer to nothing is refused",
	}, {
		.name = "capture-unmapped", .run = run_capture_unmapped,
		.sentence = "a capture pointer to nothing is refused",
	}, {
		.name = "output-device", .run = run_output_device,
		.sentence = "an output pointer to a VM_IO mapping is refused",
	}, {
		.name = "capture-device", .run = run_capture_device,
		.sentence = "a capture pointer to a VM_IO mapping is refused",
	}, {
		.name = "same-memory", .run = run_same_memory,
		.sentence = "one page can be pinned in both directions at the same time",
	}, {
		.name = "output-replaced", .run = run_output_replaced,
		.sentence = "the frame comes from the memory that is mapped at QBUF",
	}, {
		.name = "capture-replaced", .run = run_capture_replaced,
		.sentence = "the frame arrives in the memory that is mapped at QBUF",
	}, {
		.name = "prepared-replaced", .run = run_prepared_replaced,
		.sentence = "a prepared frame has the memory and the time stamp of QBUF",
	}, {
		.name = "output-dropped", .run = run_output_dropped,
		.sentence = "munmap() after QBUF does not change the frame",
	}, {
		.name = "capture-dropped", .run = run_capture_dropped,
		.sentence = "memory that is mapped after QBUF does not get the frame",
	}, {
		.name = "other-process", .run = run_other_process,
		.sentence = "the pointers of another process lead to its own memory",
	}, { }
};
