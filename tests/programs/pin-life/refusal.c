// SPDX-License-Identifier: GPL-2.0-only
/*
 * refusal.c - scenarios: buffers with wrong arguments, and lengths above sizeimage
 *
 * QBUF also leaves a verdict if it refuses a buffer without looking at its memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/memfd.h>
#include <linux/udmabuf.h>

#include "life.h"
#include "memory/memory.h"

#define DAX	"/run/dax"

/* QBUF must refuse a buffer, and leave one verdict more, with these keys. */
static void refuses(struct life *l, struct v4l2_buffer *buf, int error, const char *keys)
{
	char line[512];
	unsigned long before = life_verdict(l, line, sizeof(line));
	int err = life_ioctl(l, VIDIOC_QBUF, buf);

	life_expect(err == error, "QBUF: %s, not %s", err ? strerror(-err) : "accepted",
		    strerror(-error));
	life_expect(life_verdict(l, line, sizeof(line)) > before, "QBUF left no verdict");
	life_expect_verdict(l, keys);
}

/* Return the length field of a plane, for the single- and the multi-planar API. */
static __u32 *length_of(struct v4l2_buffer *buf, unsigned int plane)
{
	return V4L2_TYPE_IS_MULTIPLANAR(buf->type) ? &buf->m.planes[plane].length : &buf->length;
}

static __u32 *bytesused_of(struct v4l2_buffer *buf, unsigned int plane)
{
	return V4L2_TYPE_IS_MULTIPLANAR(buf->type) ? &buf->m.planes[plane].bytesused :
						     &buf->bytesused;
}

static void refuses_length(struct life *l, unsigned int plane, __u32 length)
{
	unsigned char *memory = life_map(l, NULL);
	struct v4l2_plane planes[LIFE_PLANES];
	struct v4l2_buffer buf = life_buffer(l, memory, planes);
	char keys[80];

	snprintf(keys, sizeof(keys), "length=%u errno=-22 reason=too-short by=argument", length);
	*length_of(&buf, plane) = length;
	*bytesused_of(&buf, plane) = 0;
	refuses(l, &buf, -EINVAL, keys);
	life_expect(life_untouched(l, memory), "memory was written though refused");
	life_frame(l, memory);
}

static void too_short(struct life *l)
{
	refuses_length(l, 0, l->size[0] - 1);
}

static void of_no_length(struct life *l)
{
	refuses_length(l, 0, 0);
}

static void second_plane_too_short(struct life *l)
{
	if (l->planes < 2)
		life_skip("a frame has one plane");
	refuses_length(l, 1, l->size[1] - 1);
}

static void larger_buffer(struct life *l)
{
	struct v4l2_create_buffers create = {
		.count = 1, .memory = V4L2_MEMORY_USERPTR, .format.type = l->type,
	};
	struct v4l2_plane planes[LIFE_PLANES];
	struct v4l2_buffer buf;
	int err;

	life_expect(!life_ioctl(l, VIDIOC_G_FMT, &create.format), "G_FMT fails");
	if (V4L2_TYPE_IS_MULTIPLANAR(l->type))
		create.format.fmt.pix_mp.plane_fmt[0].sizeimage = 2 * l->size[0];
	else
		create.format.fmt.pix.sizeimage = 2 * l->size[0];
	err = life_ioctl(l, VIDIOC_CREATE_BUFS, &create);
	life_expect(!err, "CREATE_BUFS: %s", strerror(-err));

	l->index = create.index;
	buf = life_buffer(l, life_map(l, NULL), planes);
	refuses(l, &buf, -EINVAL, "errno=-22 reason=buffer-larger by=argument");
	l->index = 0;
	life_frame(l, life_map(l, NULL));
}

static void too_much_used(struct life *l)
{
	struct v4l2_plane planes[LIFE_PLANES];
	struct v4l2_buffer buf = life_buffer(l, life_map(l, NULL), planes);

	if (!l->output)
		life_skip("a capture device sets bytesused itself");
	*bytesused_of(&buf, 0) = l->size[0] + 1;
	refuses(l, &buf, -EINVAL, "errno=-22 reason=bytesused by=argument");
}

/* PREPARE_BUF fails and leaves a verdict as QBUF does. */
static void prepared_too_short(struct life *l)
{
	struct v4l2_plane planes[LIFE_PLANES];
	struct v4l2_buffer buf = life_buffer(l, life_map(l, NULL), planes);

	*length_of(&buf, 0) = 1;
	*bytesused_of(&buf, 0) = 0;
	life_expect(life_ioctl(l, VIDIOC_PREPARE_BUF, &buf) == -EINVAL,
		    "PREPARE_BUF of 1 byte is accepted");
	life_expect_verdict(l, "length=1 errno=-22 reason=too-short by=argument");
}

static void refuses_fd(struct life *l, int fd, int error, const char *keys)
{
	struct v4l2_plane planes[LIFE_PLANES];
	struct v4l2_buffer buf;

	life_buffers(l, 0, V4L2_MEMORY_USERPTR);
	life_buffers(l, 1, V4L2_MEMORY_DMABUF);
	buf = life_buffer(l, NULL, planes);
	buf.memory = V4L2_MEMORY_DMABUF;
	if (V4L2_TYPE_IS_MULTIPLANAR(l->type)) {
		for (unsigned int i = 0; i < l->planes; i++) {
			planes[i].m.fd = fd;
			planes[i].length = 0;
			planes[i].bytesused = 0;
		}
	} else {
		buf.m.fd = fd;
		buf.length = 0;
		buf.bytesused = 0;
	}
	refuses(l, &buf, error, keys);
	life_buffers(l, 0, V4L2_MEMORY_DMABUF);
	life_buffers(l, 1, V4L2_MEMORY_USERPTR);
	life_frame(l, life_map(l, NULL));
}

static void fd_of_a_file(struct life *l)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	refuses_fd(l, fd, -EINVAL, "reason=not-a-dmabuf by=argument");
	life_expect_verdict(l, "reason=pinned by=accepted");
}

static void fd_not_open(struct life *l)
{
	refuses_fd(l, 999, -EINVAL,
		   "dmabuf=999 length=0 errno=-22 reason=not-a-dmabuf by=argument");
}

/* Make a dma-buf of @size bytes. With @twice it has the same bytes twice: not contiguous. */
static int dma_buf_of(size_t size, bool twice)
{
	struct {
		struct udmabuf_create_list head;
		struct udmabuf_create_item items[2];
	} create = { .head = { .flags = UDMABUF_FLAGS_CLOEXEC } };
	int dev = open("/dev/udmabuf", O_RDWR | O_CLOEXEC);
	int memfd = memfd_create("pin-life", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int fd;

	if (dev < 0)
		life_skip("/dev/udmabuf: %s", strerror(errno));
	life_expect(memfd >= 0 && !ftruncate(memfd, 4 * PAGE) &&
		    !fcntl(memfd, F_ADD_SEALS, F_SEAL_SHRINK), "memfd: %s", strerror(errno));
	create.head.count = twice ? 2 : 1;
	create.items[0] = (struct udmabuf_create_item) { .memfd = memfd, .size = size };
	create.items[1] = (struct udmabuf_create_item) { .memfd = memfd, .size = size };
	fd = ioctl(dev, UDMABUF_CREATE_LIST, &create);
	life_expect(fd >= 0, "UDMABUF_CREATE_LIST: %s", strerror(errno));
	return fd;
}

/* Set a format with frames of two pages, for which a dma-buf of one page is too short. */
static void larger_frame(struct life *l)
{
	struct v4l2_format format = { .type = l->type };

	if (V4L2_TYPE_IS_MULTIPLANAR(l->type))
		life_skip("a frame of one plane is needed");
	life_buffers(l, 0, V4L2_MEMORY_USERPTR);
	format.fmt.pix = (struct v4l2_pix_format) {
		.width = page_side(), .height = 2 * page_side(), .pixelformat = V4L2_PIX_FMT_GREY,
	};
	life_expect(!life_ioctl(l, VIDIOC_S_FMT, &format), "S_FMT fails");
	life_buffers(l, 1, V4L2_MEMORY_DMABUF);
}

static void refuses_dma_buf(struct life *l, int fd, int error, const char *keys)
{
	struct v4l2_buffer buf = {
		.type = l->type, .memory = V4L2_MEMORY_DMABUF, .m.fd = fd,
	};

	refuses(l, &buf, error, keys);
}

static void dma_buf_too_short(struct life *l)
{
	larger_frame(l);
	refuses_dma_buf(l, dma_buf_of(PAGE, false), -EINVAL,
			"reason=dmabuf-too-short by=argument");
}

static void dma_buf_scattered(struct life *l)
{
	int fd = dma_buf_of(PAGE, true);
	struct v4l2_buffer buf = {
		.type = l->type, .memory = V4L2_MEMORY_DMABUF, .m.fd = fd,
	};
	int err;

	larger_frame(l);
	err = life_ioctl(l, VIDIOC_QBUF, &buf);
	if (!err && l->translated)
		life_skip("behind an IOMMU, scattered memory is taken");
	life_expect(err == -EFAULT, "QBUF: %s", strerror(-err));
	life_expect_verdict(l, "reason=dmabuf-not-contiguous by=contiguity");
}

/* vipin(4): if the length is above sizeimage, all of it is pinned. */
static void longer(struct life *l)
{
	size_t length = 4 * PAGE;
	unsigned char *memory = mmap(NULL, length, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	struct v4l2_plane planes[LIFE_PLANES];
	struct v4l2_buffer buf = life_buffer(l, memory, planes);
	long before = life_pins(-1), held;
	int err;

	if (V4L2_TYPE_IS_MULTIPLANAR(l->type))
		life_skip("a frame of one plane is needed");
	buf.length = length;
	err = life_ioctl(l, VIDIOC_QBUF, &buf);
	if (err == -EFAULT && !l->translated)
		life_skip("without an IOMMU all of it has to be contiguous");
	life_expect(!err, "QBUF: %s", strerror(-err));
	held = life_pins(before + 4) - before;
	life_expect(held == 4, "%ld pages are pinned, instead of 4", held);
}

static void longer_into(struct life *l, enum vimap_kind kind, const char *reason)
{
	unsigned char *memory = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	struct v4l2_plane planes[LIFE_PLANES];
	struct v4l2_buffer buf;

	if (V4L2_TYPE_IS_MULTIPLANAR(l->type))
		life_skip("a frame of one plane is needed");
	life_map_device(memory + PAGE, PAGE, kind);
	buf = life_buffer(l, memory, planes);
	buf.length = 2 * PAGE;
	refuses(l, &buf, -EFAULT, "offset=0x1000");
	life_expect_verdict(l, reason);
}

static void longer_into_device(struct life *l)
{
	longer_into(l, VIMAP_PAGE_IO, "reason=vma-io");
}

static void longer_into_cma(struct life *l)
{
	longer_into(l, VIMAP_CMA_PAGE, "reason=driver-pages");
}

/*
 * A private mapping shows what is written to its file as long as it has no copies. The pin must not
 * make copies and fail later.
 */
static void dax_not_copied(struct life *l)
{
	int fd = open(DAX, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	size_t size = l->pages * PAGE;
	unsigned char *memory;
	int err;

	if (fd < 0)
		life_skip("there is no file system with DAX in " DAX ": %s", strerror(errno));
	life_expect(!ftruncate(fd, size), "ftruncate: %s", strerror(errno));
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	life_expect(memory != MAP_FAILED, "mmap: %s", strerror(errno));

	err = life_queue(l, memory);
	life_expect(err == -EOPNOTSUPP, "QBUF: %s, not %s", err ? strerror(-err) : "accepted",
		    strerror(EOPNOTSUPP));
	life_expect_verdict(l, "reason=fsdax");
	life_expect(pwrite(fd, "x", 1, 0) == 1, "pwrite: %s", strerror(errno));
	life_expect(*memory == 'x', "a page was copied though refused");
}

/*
 * Mount a tmpfs that has room for a frame, and fill it with one file. The frame's memory is a
 * mapping of another file, which is as long as a frame and has no page. It has room once the first
 * file is gone.
 */
static void no_room(struct life *l)
{
	size_t size = l->pages * PAGE;
	char path[] = "/tmp/pin-life-XXXXXX", options[32];
	int full, fd, err;
	unsigned char *memory;

	snprintf(options, sizeof(options), "size=%zu", size);
	life_expect(mkdtemp(path), "mkdtemp: %s", strerror(errno));
	err = mount("pin-life", path, "tmpfs", MS_NOSUID | MS_NODEV, options) ? errno : 0;
	full = open(path, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	fd = open(path, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (!err)
		umount2(path, MNT_DETACH);
	rmdir(path);
	life_expect(!err, "mount a tmpfs: %s", strerror(err));
	life_expect(full >= 0 && fd >= 0 && !ftruncate(fd, size), "a tmpfs: %s", strerror(errno));
	err = posix_fallocate(full, 0, size);
	life_expect(!err, "fill a tmpfs: %s", strerror(err));
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	life_expect(memory != MAP_FAILED, "mmap: %s", strerror(errno));

	err = life_queue(l, memory);
	life_expect(err == -EFAULT, "QBUF: %s", err ? strerror(-err) : "accepted");
	life_expect_verdict(l, "errno=-14 reason=sigbus by=frame-vector offset=0x0");
	close(full);
	life_frame(l, memory);
}

/* The fault handler waits, and fails after that. */
static void server_gone(struct life *l)
{
	struct memory m;

	if (memory_map(&m, memory_find("fuse-private-untouched"), l->path, l->pages * PAGE))
		life_skip("%s", m.why);
	kill(m.child, SIGKILL);
	life_expect(waitpid(m.child, NULL, 0) == m.child, "waitpid: %s", strerror(errno));
	m.child = 0;

	life_expect(life_queue(l, m.frame) == -EFAULT, "QBUF does not fail with EFAULT");
	life_expect_verdict(l, "errno=-14 reason=sigbus by=frame-vector offset=0x0");
	memory_unmap(&m);
	life_frame(l, life_map(l, NULL));
}

const struct scenario refusal_scenarios[] = {
	{
		.name = "too-short",
		.sentence = "a length below sizeimage is refused, with a verdict",
		.run = too_short,
	}, {
		.name = "no-length",
		.sentence = "a length of 0 is refused, with a verdict",
		.run = of_no_length,
	}, {
		.name = "second-plane-too-short",
		.sentence = "a second plane that is too short is refused, with a verdict",
		.run = second_plane_too_short,
	}, {
		.name = "buffer-is-larger",
		.sentence = "a buffer that CREATE_BUFS made larger needs a larger length",
		.run = larger_buffer,
	}, {
		.name = "too-much-used",
		.sentence = "a bytesused above the length is refused, with a verdict",
		.run = too_much_used,
	}, {
		.name = "prepared-too-short",
		.sentence = "PREPARE_BUF fails and leaves a verdict as QBUF does",
		.run = prepared_too_short,
	}, {
		.name = "fd-of-a-file",
		.sentence = "an fd that is not a dma-buf is refused, with a verdict",
		.run = fd_of_a_file,
	}, {
		.name = "fd-not-open",
		.sentence = "an fd that is not open is refused, with a verdict",
		.run = fd_not_open,
	}, {
		.name = "dma-buf-too-short",
		.sentence = "a dma-buf that is too short is refused, with a verdict",
		.run = dma_buf_too_short,
	}, {
		.name = "dma-buf-scattered",
		.sentence = "a dma-buf that is not contiguous is refused, with a verdict",
		.run = dma_buf_scattered,
	}, {
		.name = "longer",
		.sentence = "a length above sizeimage is accepted, and all of it is pinned",
		.run = longer,
	}, {
		.name = "longer-into-device",
		.sentence = "such a length is refused if a part after the frame is VM_IO",
		.run = longer_into_device,
	}, {
		.name = "longer-into-cma",
		.sentence = "such a length is refused if a driver's CMA page is after the frame",
		.run = longer_into_cma,
	}, {
		.name = "dax-not-copied",
		.sentence = "a private mapping of a DAX file is refused before pages are copied",
		.run = dax_not_copied,
	}, {
		.name = "no-room",
		.sentence = "a page for which a tmpfs has no room is refused, with a verdict",
		.run = no_room,
	}, {
		.name = "server-gone",
		.sentence = "a page whose FUSE server is gone is refused, with a verdict",
		.run = server_gone,
	},
	{ }
};
