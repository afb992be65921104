// SPDX-License-Identifier: GPL-2.0-only
/*
 * memory.c - scenarios: which memory metadata may be written to
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/udmabuf.h>

#include "common/kernel.h"
#include "common/page.h"
#include "common/vipin-node.h"
#include "node.h"

/* In the middle of a page, and not aligned if that is allowed. */
static size_t middle(const struct node *n)
{
	return n->alignment > 1 ? PAGE / 2 : PAGE / 2 - 5;
}

static enum outcome run_mmap(struct node *n)
{
	struct v4l2_buffer buf = { .type = n->type, .memory = V4L2_MEMORY_MMAP };
	enum outcome outcome = RIGHT;
	void *memory;
	int err;

	if (!node_begin(n, V4L2_MEMORY_MMAP, 2) || ioctl(n->fd, VIDIOC_QUERYBUF, &buf))
		return cannot(n);
	if (buf.length < META_SIZE)
		return ended(n, WRONG, "a buffer has %u bytes", buf.length);
	memory = mmap(NULL, buf.length, PROT_READ | PROT_WRITE, MAP_SHARED, n->fd, buf.m.offset);
	if (memory == MAP_FAILED || ioctl(n->fd, VIDIOC_QBUF, &buf))
		return cannot(n);
	err = node_dequeue(n);
	if (err)
		outcome = ended(n, WRONG, "%s", strerror(-err));
	else if (!node_arrived(n, memory))
		outcome = WRONG;
	munmap(memory, buf.length);
	return outcome == RIGHT ? node_expect_pinned(n, 0) : outcome;
}

/* Export one page of a memfd. */
static int export_page(struct node *n, void **memory)
{
	struct udmabuf_create create = { .size = PAGE, .flags = UDMABUF_FLAGS_CLOEXEC };
	int exporter = open("/dev/udmabuf", O_RDWR | O_CLOEXEC), fd = -1;

	if (exporter < 0) {
		ended(n, SKIPPED, "/dev/udmabuf: %s", strerror(errno));
		return -1;
	}
	create.memfd = memfd_create("metadata", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (!ftruncate(create.memfd, PAGE) && !fcntl(create.memfd, F_ADD_SEALS, F_SEAL_SHRINK)) {
		*memory = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, create.memfd, 0);
		fd = *memory == MAP_FAILED ? -1 : ioctl(exporter, UDMABUF_CREATE, &create);
	}
	if (fd < 0)
		ended(n, SKIPPED, "a dma-buf of udmabuf: %s", strerror(errno));
	close(create.memfd);
	close(exporter);
	return fd;
}

static enum outcome run_dma_buf(struct node *n)
{
	struct v4l2_buffer buf = {
		.type = n->type, .memory = V4L2_MEMORY_DMABUF, .length = META_SIZE,
	};
	enum outcome outcome = RIGHT;
	unsigned char *byte;
	void *memory;
	int err;

	buf.m.fd = export_page(n, &memory);
	if (buf.m.fd < 0)
		return SKIPPED;
	byte = memset(memory, FILL, PAGE);
	if (!node_begin(n, V4L2_MEMORY_DMABUF, 1))
		return cannot(n);
	err = ioctl(n->fd, VIDIOC_QBUF, &buf) ? -errno : node_dequeue(n);
	/* Unmapping the dma-buf copies a bounce buffer back. */
	node_end(n);
	if (err)
		outcome = ended(n, WRONG, "%s", strerror(-err));
	else if (!node_arrived(n, memory))
		outcome = WRONG;
	else if (!is_filled(byte + META_SIZE, byte + PAGE))
		outcome = ended(n, WRONG, "bytes after the metadata have changed");
	munmap(memory, PAGE);
	close(buf.m.fd);
	return outcome;
}

static enum outcome run_too_short(struct node *n)
{
	unsigned char *page = page_map(NULL);
	char line[512];
	int err;

	if (!page || !node_begin(n, V4L2_MEMORY_USERPTR, 1))
		return cannot(n);
	err = node_refuses(n, page, META_SIZE - 1, EINVAL, " reason=too-short by=argument: ");
	if (err)
		return err;
	/* The reason has to be the verdict of this node: a picture is longer. */
	if (vipin_node_verdict(n->capture, line, sizeof(line)) <= 0 ||
	    !strstr(line, "plane 0 has 52 bytes, and a frame needs 53"))
		return ended(n, WRONG, "the verdict is %.200s", line);
	return node_take(n, 0, page + middle(n));
}

static enum outcome run_read_only(struct node *n)
{
	unsigned char *page = page_map(NULL);
	enum outcome outcome;

	if (!page || !node_begin(n, V4L2_MEMORY_USERPTR, 1) || mprotect(page, PAGE, PROT_READ))
		return cannot(n);
	outcome = node_refuses(n, page + middle(n), n->length, EFAULT, " reason=not-writable ");
	if (outcome == WRONG && n->policy == VIPIN_POLICY_KERNEL &&
	    !kernel_has(kernel_at_hand(), PINS_WITHOUT_FORCE))
		return ended(n, EXPECTED_FAILURE, "forced-pin: a pin ignores permissions (< 6.2)");
	if (outcome == RIGHT && !is_filled(page, page + PAGE))
		return ended(n, WRONG, "the page was written");
	return outcome;
}

/* Metadata begin in a page, and the next page is not mapped. */
static enum outcome run_hole(struct node *n)
{
	unsigned char *page = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	size_t before = META_SIZE / 2, length = n->length;
	char keys[64];

	if (n->alignment > 1) {
		before = n->alignment;
		length = 2 * n->alignment;
	}
	if (page == MAP_FAILED || munmap(page + PAGE, PAGE) ||
	    !node_begin(n, V4L2_MEMORY_USERPTR, 1))
		return cannot(n);
	snprintf(keys, sizeof(keys), " reason=not-mapped by=%s offset=0x%zx: ",
		 n->policy == VIPIN_POLICY_STRICT ? "vma-check" : "frame-vector", before);
	return node_refuses(n, page + PAGE - before, length, EFAULT, keys);
}

/* Other memory is mapped under the pointer after DQBUF, or after PREPARE_BUF. */
static enum outcome replaced(struct node *n, bool prepared)
{
	unsigned char *page = page_map(NULL), *start = page + middle(n);
	enum outcome outcome;

	if (n->policy == VIPIN_POLICY_KERNEL)
		return ended(n, SKIPPED, "with policy kernel, videobuf2 keeps the old pin");
	if (!page)
		return cannot(n);
	outcome = node_begin_at(n, start);
	if (outcome != RIGHT)
		return outcome;
	if (prepared && node_call(n, VIDIOC_PREPARE_BUF, 0, start, n->length))
		return cannot(n);
	if (!page_map(page))
		return cannot(n);
	outcome = node_take(n, 0, start);
	if (outcome == RIGHT && !is_filled(page, start))
		return ended(n, WRONG, "bytes before the metadata have changed");
	return outcome == RIGHT ? node_expect_pinned(n, 1) : outcome;
}

static enum outcome run_replaced(struct node *n)
{
	return replaced(n, false);
}

static enum outcome run_prepared_replaced(struct node *n)
{
	return replaced(n, true);
}

/* A process that shares the file queues the same pointer, which leads to its own memory. */
static enum outcome run_other_process(struct node *n)
{
	unsigned char *page = page_map(NULL), *start = page + middle(n);
	struct vipin_metadata before;
	enum outcome outcome;
	int status;
	pid_t child;

	if (n->policy == VIPIN_POLICY_KERNEL)
		return ended(n, SKIPPED, "with policy kernel, videobuf2 keeps the old pin");
	if (!page)
		return cannot(n);
	outcome = node_begin_at(n, start);
	if (outcome != RIGHT)
		return outcome;
	memcpy(&before, start, META_SIZE);
	child = fork();
	if (!child)
		_exit(node_take(n, 0, start));
	if (child <= 0 || waitpid(child, &status, 0) != child)
		return cannot(n);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != RIGHT)
		return ended(n, WRONG, "the other process did not get its metadata");
	if (memcmp(&before, start, META_SIZE))
		return ended(n, WRONG, "the metadata of the other process came here");
	return node_take(n, 0, start);
}

const struct scenario scenarios_memory[] = {
	{
		.name = "mmap", .run = run_mmap,
		.sentence = "the memory of the device gets metadata, and nothing is pinned",
	}, {
		.name = "dma-buf", .run = run_dma_buf,
		.sentence = "a dma-buf gets metadata, and its rest stays as it is",
	}, {
		.name = "too-short", .run = run_too_short,
		.sentence = "one byte too few is refused, and the verdict says how many are needed",
	}, {
		.name = "read-only", .run = run_read_only,
		.sentence = "a page that may not be written is refused",
	}, {
		.name = "hole", .run = run_hole,
		.sentence = "memory that ends within metadata is refused, with the offset",
	}, {
		.name = "replaced", .run = run_replaced,
		.sentence = "metadata arrive in the memory that is mapped at QBUF",
	}, {
		.name = "prepared-replaced", .run = run_prepared_replaced,
		.sentence = "so they do if the buffer was prepared before that",
	}, {
		.name = "other-process", .run = run_other_process,
		.sentence = "the pointer of another process leads to its own memory",
	}, { }
};
