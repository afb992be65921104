// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which user pointers does a driver on videobuf2-dma-contig pin?
 *
 * Queue memory of many kinds to vipin, and compare the errno of VIDIOC_QBUF with what
 * Documentation/userspace-api/media/v4l/userp.rst says. Each kind is queued to the capture
 * and to the output node, under each policy. Memory that is accepted gets a frame.
 *
 * A frame is smaller than a page, so it is contiguous without an IOMMU, too.
 */
#define _GNU_SOURCE
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/types.h>
#include <linux/videodev2.h>

#include "kselftest.h"
#include "../../../../../drivers/media/test-drivers/vipin/vipin-uapi.h"
#include "../../../../../lib/test_vimap/vimap-uapi.h"

#define MAX_NODES	64
#define HANG_SECONDS	20

enum { CAPTURE, OUTPUT, NR_DIRECTIONS };

static const char * const directions[] = { "capture", "output" };
static const char * const policies[] = { "kernel", "strict" };

struct node {
	int fd;
	unsigned int type;
	unsigned int sizeimage;
};

static struct node nodes[NR_DIRECTIONS];
static size_t page_size;

struct memory {
	void *start;
	size_t length;
};

/**
 * struct row - a kind of memory, and what QBUF has to return for it
 * @name:	shown in the results
 * @map:	maps the memory; sets @start to MAP_FAILED and errno if it is not available
 * @arg:	argument of @map
 * @touch:	read the memory before it is queued, so that it is in the page tables
 * @error:	for each direction, 0 or the errno
 */
struct row {
	const char *name;
	void (*map)(struct memory *m, int arg);
	int arg;
	bool touch;
	int error[NR_DIRECTIONS];
};

static void map_anonymous(struct memory *m, int prot)
{
	m->length = page_size;
	m->start = mmap(NULL, m->length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0);
	if (m->start == MAP_FAILED)
		return;
	memset(m->start, 1, m->length);
	mprotect(m->start, m->length, prot);
}

static void map_hugetlb(struct memory *m, int unused)
{
	m->length = 2UL << 20;
	m->start = mmap(NULL, m->length, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | (21 << MAP_HUGE_SHIFT), -1, 0);
}

static void map_file(struct memory *m, int fd)
{
	m->length = page_size;
	m->start = MAP_FAILED;
	if (fd < 0)
		return;
	if (!ftruncate(fd, m->length))
		m->start = mmap(NULL, m->length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
}

static void map_memfd(struct memory *m, int unused)
{
	map_file(m, memfd_create("vipin_userptr", 0));
}

static void map_secret(struct memory *m, int unused)
{
	map_file(m, syscall(__NR_memfd_secret, 0));
}

static void map_beyond_file(struct memory *m, int unused)
{
	int fd = memfd_create("vipin_userptr", 0);

	m->length = page_size;
	m->start = mmap(NULL, m->length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
}

static void map_nothing(struct memory *m, int unused)
{
	map_anonymous(m, PROT_READ | PROT_WRITE);
	if (m->start != MAP_FAILED)
		munmap(m->start, m->length);
}

static void map_device(struct memory *m, int kind)
{
	int fd = open("/dev/vimap", O_RDWR);

	m->length = VIMAP_SIZE;
	m->start = mmap(NULL, m->length, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
			VIMAP_OFFSET(kind));
	if (fd >= 0)
		close(fd);
}

#define RW		(PROT_READ | PROT_WRITE)
#define ACCEPTED	{ 0, 0 }
#define REFUSED		{ EFAULT, EFAULT }

static const struct row rows[] = {
	{ "anonymous memory", map_anonymous, RW, false, ACCEPTED },
	{ "hugetlb", map_hugetlb, 0, false, ACCEPTED },
	{ "memfd", map_memfd, 0, false, ACCEPTED },
	{ "memfd, touched", map_memfd, 0, true, ACCEPTED },
	{ "read-only memory", map_anonymous, PROT_READ, true, { EFAULT, 0 } },
	{ "PROT_NONE", map_anonymous, PROT_NONE, false, REFUSED },
	{ "nothing mapped", map_nothing, 0, false, REFUSED },
	{ "beyond the end of a file", map_beyond_file, 0, false, REFUSED },
	{ "secret memory", map_secret, 0, true, REFUSED },
	/* Memory of a driver. GUP-fast does not see VMA flags, so touch it as well. */
	{ "VM_PFNMAP", map_device, VIMAP_PFN_RAM, false, REFUSED },
	{ "VM_PFNMAP, touched", map_device, VIMAP_PFN_RAM, true, REFUSED },
	{ "VM_PFNMAP by fault, touched", map_device, VIMAP_FAULT_PFN, true, REFUSED },
	{ "VM_PFNMAP by PMD, touched", map_device, VIMAP_PFN_PMD, true, REFUSED },
	{ "VM_IO with struct pages", map_device, VIMAP_PAGE_IO, false, REFUSED },
	{ "VM_IO with struct pages, touched", map_device, VIMAP_PAGE_IO, true, REFUSED },
	{ "VM_IO with a folio, touched", map_device, VIMAP_FOLIO_IO, true, REFUSED },
	{ "VM_IO with shmem pages, touched", map_device, VIMAP_SHMEM_IO, true, REFUSED },
	{ "coherent CMA memory, touched", map_device, VIMAP_CMA, true, REFUSED },
	{ "a driver's CMA pages, touched", map_device, VIMAP_CMA_PAGE, true, REFUSED },
	{ "no struct page", map_device, VIMAP_FAULT_MIXED, false, { EEXIST, EEXIST } },
	{ "no struct page, touched", map_device, VIMAP_FAULT_MIXED, true, { EEXIST, EEXIST } },
	{ "a driver's pages", map_device, VIMAP_PAGE, true, ACCEPTED },
	{ "a driver's pages by fault", map_device, VIMAP_FAULT_PAGE, false, ACCEPTED },
	{ "a vmalloc area", map_device, VIMAP_VMALLOC, true, ACCEPTED },
};

static int xioctl(struct node *n, unsigned long request, void *arg)
{
	int ret;

	do
		ret = ioctl(n->fd, request, arg);
	while (ret && errno == EINTR);
	return ret ? errno : 0;
}

static int request_buffers(struct node *n, unsigned int count)
{
	struct v4l2_requestbuffers req = {
		.count = count, .type = n->type, .memory = V4L2_MEMORY_USERPTR,
	};

	return xioctl(n, VIDIOC_REQBUFS, &req);
}

static int set_policy(struct node *n, enum vipin_policy policy)
{
	struct v4l2_control control = { .id = VIPIN_CID_POLICY, .value = policy };

	return xioctl(n, VIDIOC_S_CTRL, &control);
}

static int queue(struct node *n, const struct memory *m)
{
	struct v4l2_buffer buf = {
		.type = n->type, .memory = V4L2_MEMORY_USERPTR,
		.m.userptr = (unsigned long)m->start, .length = page_size,
		.bytesused = n->type == V4L2_BUF_TYPE_VIDEO_OUTPUT ? n->sizeimage : 0,
	};
	int err;

	alarm(HANG_SECONDS);
	err = xioctl(n, VIDIOC_QBUF, &buf);
	alarm(0);
	return err;
}

/* Transfer the queued frame. Return 0 or an errno. */
static int transfer(struct node *n)
{
	struct v4l2_buffer buf = { .type = n->type, .memory = V4L2_MEMORY_USERPTR };
	int err;

	err = xioctl(n, VIDIOC_STREAMON, &n->type);
	if (!err)
		err = xioctl(n, VIDIOC_DQBUF, &buf);
	if (!err && buf.flags & V4L2_BUF_FLAG_ERROR)
		err = EIO;
	xioctl(n, VIDIOC_STREAMOFF, &n->type);
	return err;
}

/* Is there a frame of a capture node? */
static bool has_frame(const struct memory *m)
{
	const struct vipin_stamp *stamp = m->start;

	return le32toh(stamp->magic) == VIPIN_STAMP_MAGIC;
}

static void test_row(const struct row *row, int direction, enum vipin_policy policy)
{
	struct node *n = &nodes[direction];
	const int expected = row->error[direction];
	struct memory m = { };
	int err, sent = 0;

	row->map(&m, row->arg);
	if (m.start == MAP_FAILED) {
		ksft_test_result_skip("%s, %s, %s: %s\n", row->name, directions[direction],
				      policies[policy], strerror(errno));
		return;
	}
	if (row->touch)
		asm volatile("" : : "r" (*(char *)m.start));

	err = request_buffers(n, 0) ?: set_policy(n, policy) ?: request_buffers(n, 1);
	if (err)
		ksft_exit_fail_msg("cannot prepare the node: %s\n", strerror(err));
	err = queue(n, &m);
	if (!err && !expected) {
		sent = transfer(n);
		if (!sent && direction == CAPTURE && !has_frame(&m))
			sent = ENODATA;
	}
	if (err != expected)
		ksft_print_msg("QBUF: %s, not: %s\n", strerror(err), strerror(expected));
	if (sent)
		ksft_print_msg("the frame: %s\n", strerror(sent));
	ksft_test_result(err == expected && !sent, "%s, %s, %s\n", row->name,
			 directions[direction], policies[policy]);
	request_buffers(n, 0);
	munmap(m.start, m.length);
}

/* Policy strict: queue a pointer again after other memory was mapped there. */
static void test_changed_mapping(void)
{
	struct node *n = &nodes[CAPTURE];
	struct memory m = { };
	bool first, second;
	int err;

	map_anonymous(&m, RW);
	err = request_buffers(n, 0) ?: set_policy(n, VIPIN_POLICY_STRICT) ?: request_buffers(n, 1);
	err = err ?: queue(n, &m) ?: transfer(n);
	first = !err && has_frame(&m);

	mmap(m.start, m.length, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	err = err ?: queue(n, &m) ?: transfer(n);
	second = !err && has_frame(&m);
	if (err)
		ksft_print_msg("%s\n", strerror(err));
	ksft_test_result(first && second, "a frame follows a changed mapping, strict\n");
	request_buffers(n, 0);
	munmap(m.start, m.length);
}

/* Open the first capture node and the first output node of a platform device of vipin. */
static void open_nodes(void)
{
	struct v4l2_format format = { };
	struct v4l2_capability cap;
	int fd, direction;
	unsigned int i;
	char path[32];

	for (i = 0; i < MAX_NODES; i++) {
		snprintf(path, sizeof(path), "/dev/video%u", i);
		fd = open(path, O_RDWR);
		if (fd < 0)
			continue;
		if (ioctl(fd, VIDIOC_QUERYCAP, &cap) || strcmp((char *)cap.driver, "vipin") ||
		    strncmp((char *)cap.bus_info, "platform:", strlen("platform:")) ||
		    !(cap.device_caps & (V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_VIDEO_OUTPUT))) {
			close(fd);
			continue;
		}
		direction = cap.device_caps & V4L2_CAP_VIDEO_CAPTURE ? CAPTURE : OUTPUT;
		if (nodes[direction].type) {
			close(fd);
			continue;
		}
		nodes[direction].fd = fd;
		nodes[direction].type = direction == CAPTURE ? V4L2_BUF_TYPE_VIDEO_CAPTURE :
							       V4L2_BUF_TYPE_VIDEO_OUTPUT;
		format.type = nodes[direction].type;
		format.fmt.pix.width = 32;
		format.fmt.pix.height = 32;
		format.fmt.pix.pixelformat = V4L2_PIX_FMT_YUYV;
		if (ioctl(fd, VIDIOC_S_FMT, &format) || format.fmt.pix.sizeimage > page_size)
			ksft_exit_fail_msg("%s has no frame of 32x32\n", path);
		nodes[direction].sizeimage = format.fmt.pix.sizeimage;
	}
}

int main(void)
{
	unsigned int i;
	int direction;

	page_size = sysconf(_SC_PAGESIZE);
	ksft_print_header();
	if (geteuid())
		ksft_exit_skip("needs root, to set the policy\n");
	open_nodes();
	if (!nodes[CAPTURE].type || !nodes[OUTPUT].type)
		ksft_exit_skip("no device of vipin: load the module\n");

	ksft_set_plan(ARRAY_SIZE(rows) * NR_DIRECTIONS * ARRAY_SIZE(policies) + 1);
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		for (direction = 0; direction < NR_DIRECTIONS; direction++) {
			test_row(&rows[i], direction, VIPIN_POLICY_KERNEL);
			test_row(&rows[i], direction, VIPIN_POLICY_STRICT);
		}
	test_changed_mapping();
	ksft_finished();
}
