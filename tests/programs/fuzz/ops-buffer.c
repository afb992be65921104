// SPDX-License-Identifier: GPL-2.0-only
/*
 * ops-buffer.c - operations on the buffers of a queue
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "common/page.h"
#include "fuzz.h"

/* The most buffers that a program asks for. */
#define MAX_BUFFERS	12

/* Linux 5.16 gave these structures flags. */
#ifdef V4L2_MEMORY_FLAG_NON_COHERENT
#define SET_FLAGS(structure, choice)	((structure).flags = (choice) & 3)
#else
#define SET_FLAGS(structure, choice)	((void)(structure), (void)(choice))
#endif

/* enum v4l2_memory of a choice; most are valid. */
static __u32 chosen_memory(__u8 choice)
{
	static const __u32 memories[] = {
		V4L2_MEMORY_USERPTR, V4L2_MEMORY_MMAP, V4L2_MEMORY_DMABUF,
	};

	return choice < 240 ? memories[choice % ARRAY_SIZE(memories)] : choice - 240U;
}

static long op_reqbufs(struct scene *s, const __u8 *a)
{
	struct file *f = chosen_file(s, a[0]);
	struct v4l2_requestbuffers request = {
		.count = a[1] % MAX_BUFFERS, .memory = chosen_memory(a[2]),
		.type = chosen_type(f, a[3]),
	};
	long ret;

	SET_FLAGS(request, a[4]);
	ret = file_ioctl(f, VIDIOC_REQBUFS, &request);

	return ret ?: (long)request.count;
}

/* The size is that of the format of the node, changed by @size in different ways. */
static long op_create_bufs(struct scene *s, const __u8 *a)
{
	struct file *f = chosen_file(s, a[0]);
	struct v4l2_create_buffers create = {
		.count = a[1] % MAX_BUFFERS, .memory = chosen_memory(a[2]),
		.format.type = f->node->type,
	};
	bool planes = V4L2_TYPE_IS_MULTIPLANAR(f->node->type);
	__u8 change = a[5];
	__u32 size;
	long ret;

	SET_FLAGS(create, a[4]);
	file_ioctl(f, VIDIOC_G_FMT, &create.format);
	size = planes ? create.format.fmt.pix_mp.plane_fmt[0].sizeimage :
			create.format.fmt.pix.sizeimage;
	create.format.type = chosen_type(f, a[3]);
	if (change >= 250)
		size = 0U - (change - 249);
	else if (change >= 200)
		size = (change - 200) * 256;
	else
		size += change * 128;
	if (planes)
		create.format.fmt.pix_mp.plane_fmt[0].sizeimage = size;
	else
		create.format.fmt.pix.sizeimage = size;
	ret = file_ioctl(f, VIDIOC_CREATE_BUFS, &create);
	return ret ?: (long)create.index;
}

static long op_remove_bufs(struct scene *s, const __u8 *a)
{
	struct file *f = chosen_file(s, a[0]);
#ifdef VIDIOC_REMOVE_BUFS
	struct v4l2_remove_buffers remove = {
		.index = a[1], .count = a[2], .type = chosen_type(f, a[3]),
	};

	return file_ioctl(f, VIDIOC_REMOVE_BUFS, &remove);
#else
	(void)f;
	return -ENOTTY;
#endif
}

/* The start of a frame: where the memory's kind says, beside it, or a certain address. */
static unsigned long chosen_pointer(const struct memory *m, __u8 choice)
{
	const __u64 addresses[] = {
		0, 1, PAGE, 0x7fffffffe000, 0x7ffffffff000, 0x800000000000, 0xffff888000000000,
		0xffffffff81000000, -PAGE, -1,
	};
	unsigned long at = m->base ? (unsigned long)m->frame : 0;

	if (choice < 64)
		return at + (choice & 7) * 8 + choice / 8 * PAGE;
	if (choice >= 256 - ARRAY_SIZE(addresses))
		return addresses[256 - 1 - choice];
	return at + choice * 64;
}

/* The length of a frame: its size, or a little more or less, or any other. */
static __u32 chosen_length(const struct file *f, const struct memory *m, __u8 choice)
{
	size_t size = frame_size(f);

	if (choice < 100)
		return size + choice / 4 * PAGE - (choice & 3) * 8;
	if (choice < 200)
		return m->base ? m->queued_length : size;
	if (choice < 250)
		return (choice - 200) * 512;
	return -(__u32)(choice - 249);
}

/**
 * struct plan - a buffer of VIDIOC_QBUF or VIDIOC_PREPARE_BUF
 * @buffer:	the buffer
 * @planes:	its planes, with the multi-planar API
 */
struct plan {
	struct v4l2_buffer buffer;
	struct v4l2_plane planes[VIDEO_MAX_PLANES];
};

static void plan_plane(struct scene *s, const __u8 *a, struct v4l2_plane *plane)
{
	const struct memory *m = &s->memories[a[3] % MEMORIES];
	const struct file *f = chosen_file(s, a[0]);
	__u32 memory = chosen_memory(a[2]);

	plane->length = chosen_length(f, m, a[5]);
	if (memory == V4L2_MEMORY_USERPTR) {
		plane->m.userptr = chosen_pointer(m, a[4]);
	} else if (memory == V4L2_MEMORY_DMABUF) {
		if (a[4] < 128)
			plane->m.fd = s->dmabufs[a[3] % DMABUFS];
		else if (a[4] < 192)
			plane->m.fd = m->base ? m->dmabuf : -1;
		else
			plane->m.fd = chosen_file(s, a[4])->fd;
		if (a[5] < 100)
			plane->length = 0;
	}
	if (a[6] & 1)
		plane->bytesused = plane->length;
	if (a[6] & 2)
		plane->bytesused = a[6] * 64;
	if (a[6] & 4)
		plane->data_offset = a[6];
}

static void plan_buffer(struct scene *s, const __u8 *a, struct plan *plan)
{
	struct v4l2_buffer *b = &plan->buffer;
	const struct file *f = chosen_file(s, a[0]);

	*plan = (struct plan){};
	b->index = a[1] % (MAX_BUFFERS + 4);
	b->memory = chosen_memory(a[2]);
	b->type = chosen_type(f, a[1] & 0x80 ? a[1] : 0);
	b->field = a[6] & 8 ? a[6] >> 4 : V4L2_FIELD_NONE;
	if (a[6] & 0x10)
		b->flags = V4L2_BUF_FLAG_NO_CACHE_INVALIDATE | V4L2_BUF_FLAG_NO_CACHE_CLEAN;
	if (a[6] & 0x20)
		b->flags |= V4L2_BUF_FLAG_LAST | V4L2_BUF_FLAG_TIMESTAMP_COPY;
	if (a[6] & 0x40) {
		b->flags |= V4L2_BUF_FLAG_REQUEST_FD;
		b->request_fd = f->fd;
	}
	plan_plane(s, a, &plan->planes[0]);
	if (V4L2_TYPE_IS_MULTIPLANAR(f->node->type)) {
		b->m.planes = plan->planes;
		b->length = a[6] & 0x80 ? 1 : 2;
		plan->planes[1] = plan->planes[0];
		return;
	}
	b->bytesused = plan->planes[0].bytesused;
	b->length = plan->planes[0].length;
	if (b->memory == V4L2_MEMORY_DMABUF)
		b->m.fd = plan->planes[0].m.fd;
	else
		b->m.userptr = plan->planes[0].m.userptr;
}

/* Make a call with a buffer; @plan is filled in. */
static long call_with_buffer(struct scene *s, const __u8 *a, unsigned long request,
			     struct plan *plan)
{
	plan_buffer(s, a, plan);
	return file_ioctl(chosen_file(s, a[0]), request, &plan->buffer);
}

static long op_qbuf(struct scene *s, const __u8 *a)
{
	struct plan plan;

	return call_with_buffer(s, a, VIDIOC_QBUF, &plan);
}

static long op_prepare(struct scene *s, const __u8 *a)
{
	struct plan plan;

	return call_with_buffer(s, a, VIDIOC_PREPARE_BUF, &plan);
}

static long op_querybuf(struct scene *s, const __u8 *a)
{
	struct plan plan;
	long ret = call_with_buffer(s, a, VIDIOC_QUERYBUF, &plan);

	return ret ?: (long)plan.buffer.flags;
}

static long op_dqbuf(struct scene *s, const __u8 *a)
{
	struct plan plan;
	long ret = call_with_buffer(s, a, VIDIOC_DQBUF, &plan);

	return ret ?: (long)plan.buffer.index;
}

static long op_expbuf(struct scene *s, const __u8 *a)
{
	static const __u32 flags[] = { O_RDWR, O_RDONLY, O_RDWR | O_CLOEXEC, O_WRONLY, ~0U };
	struct file *f = chosen_file(s, a[0]);
	int *dmabuf = &s->dmabufs[a[2] % DMABUFS];
	struct v4l2_exportbuffer export = {
		.type = chosen_type(f, a[4]), .index = a[1] % (MAX_BUFFERS + 4),
		.plane = a[5], .flags = flags[a[3] % ARRAY_SIZE(flags)],
	};
	long ret = file_ioctl(f, VIDIOC_EXPBUF, &export);

	if (ret)
		return ret;
	if (*dmabuf >= 0)
		counted(close(*dmabuf));
	*dmabuf = export.fd;
	return export.fd;
}

static long op_close_dmabuf(struct scene *s, const __u8 *a)
{
	int *dmabuf = &s->dmabufs[a[0] % DMABUFS], fd = *dmabuf;

	*dmabuf = -1;
	return counted(close(fd));
}

static long op_streamon(struct scene *s, const __u8 *a)
{
	struct file *f = chosen_file(s, a[0]);
	__u32 type = chosen_type(f, a[1]);

	return file_ioctl(f, VIDIOC_STREAMON, &type);
}

static long op_streamoff(struct scene *s, const __u8 *a)
{
	struct file *f = chosen_file(s, a[0]);
	__u32 type = chosen_type(f, a[1]);

	return file_ioctl(f, VIDIOC_STREAMOFF, &type);
}

#define BUFFER	"file index memory slot at length flags"

static const struct op ops[] = {
	{ "reqbufs", "file count memory type flags", op_reqbufs },
	{ "create-bufs", "file count memory type flags size", op_create_bufs },
	{ "remove-bufs", "file index count type", op_remove_bufs },
	{ "qbuf", BUFFER, op_qbuf },
	{ "prepare", BUFFER, op_prepare },
	{ "querybuf", BUFFER, op_querybuf },
	{ "dqbuf", BUFFER, op_dqbuf },
	{ "expbuf", "file index dmabuf flags type plane", op_expbuf },
	{ "close-dmabuf", "dmabuf", op_close_dmabuf },
	{ "streamon", "file type", op_streamon },
	{ "streamoff", "file type", op_streamoff },
};

const struct op_table buffer_ops = { ops, ARRAY_SIZE(ops) };
