// SPDX-License-Identifier: GPL-2.0-only
/*
 * ops-file.c - operations on the files of nodes
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/page.h"
#include "fuzz.h"

#define MAX_WAIT	10	/* ms */

long counted(long result)
{
	__atomic_add_fetch(&shared->calls, 1, __ATOMIC_RELAXED);
	return result < 0 ? -errno : result;
}

/**
 * file_ioctl() - call an ioctl of a node, and count it
 * @f:		the file
 * @request:	the ioctl
 * @argument:	its argument
 *
 * Return: its result, or a negative errno.
 */
long file_ioctl(const struct file *f, unsigned long request, void *argument)
{
	return counted(ioctl(f->fd, request, argument));
}

/**
 * chosen_type() - choose a buffer type
 * @f:		the file
 * @choice:	below 224: the node's own type
 *
 * Return: the type, which may be no valid one.
 */
__u32 chosen_type(const struct file *f, __u8 choice)
{
	return choice < 224 ? (__u32)f->node->type : choice - 224U;
}

/**
 * frame_size() - get the size of a node's frames
 * @f:	the file
 *
 * Return: the bytes of the first plane, or PAGE if the file is not open.
 */
size_t frame_size(const struct file *f)
{
	struct v4l2_format format = { .type = f->node->type };

	if (file_ioctl(f, VIDIOC_G_FMT, &format))
		return PAGE;
	if (format.type == V4L2_BUF_TYPE_META_CAPTURE)
		return format.fmt.meta.buffersize;
	return V4L2_TYPE_IS_MULTIPLANAR(format.type) ?
		format.fmt.pix_mp.plane_fmt[0].sizeimage : format.fmt.pix.sizeimage;
}

/**
 * chosen_file() - find the open file that an argument chooses
 * @s:		the program's files and memory
 * @choice:	the argument
 *
 * Return: the file; it may be closed.
 */
struct file *chosen_file(struct scene *s, __u8 choice)
{
	return &s->files[choice % FILES];
}

static long op_open(struct scene *s, const __u8 *a)
{
	struct file *f = chosen_file(s, a[0]);
	unsigned int n = a[1] % s->nr_nodes;
	int flags = a[2] & 1 ? 0 : O_NONBLOCK;

	if (f->fd >= 0)
		counted(close(f->fd));
	f->node = &s->nodes[n];
	__atomic_or_fetch(&shared->used, 1U << n, __ATOMIC_RELAXED);
	f->fd = counted(open(f->node->path, O_RDWR | O_CLOEXEC | flags));
	return f->fd;
}

static long op_close(struct scene *s, const __u8 *a)
{
	struct file *f = chosen_file(s, a[0]);
	int fd = f->fd;

	f->fd = -1;
	return counted(close(fd));
}

static long op_dup(struct scene *s, const __u8 *a)
{
	struct file *from = chosen_file(s, a[0]), *to = chosen_file(s, a[1]);

	if (from == to)
		return -EINVAL;
	if (to->fd >= 0)
		counted(close(to->fd));
	to->node = from->node;
	to->fd = counted(dup(from->fd));
	return to->fd;
}

static long op_poll(struct scene *s, const __u8 *a)
{
	struct pollfd fd = { .fd = chosen_file(s, a[0])->fd, .events = a[1] ?: POLLIN | POLLOUT };

	return counted(poll(&fd, 1, a[2] % MAX_WAIT));
}

static long read_or_write(struct scene *s, const __u8 *a, bool to_node)
{
	struct file *f = chosen_file(s, a[0]);
	struct memory *m = &s->memories[a[1] % MEMORIES];
	size_t size = a[2] < 128 ? frame_size(f) : (a[2] - 128U) * 64;
	void *at = m->base ? m->frame : NULL;

	return counted(to_node ? write(f->fd, at, size) : read(f->fd, at, size));
}

static long op_read(struct scene *s, const __u8 *a)
{
	return read_or_write(s, a, false);
}

static long op_write(struct scene *s, const __u8 *a)
{
	return read_or_write(s, a, true);
}

static long op_querycap(struct scene *s, const __u8 *a)
{
	struct v4l2_capability cap;

	return file_ioctl(chosen_file(s, a[0]), VIDIOC_QUERYCAP, &cap);
}

static long op_g_priority(struct scene *s, const __u8 *a)
{
	__u32 priority;

	return file_ioctl(chosen_file(s, a[0]), VIDIOC_G_PRIORITY, &priority);
}

static long op_s_priority(struct scene *s, const __u8 *a)
{
	__u32 priority = a[1] % 5;

	return file_ioctl(chosen_file(s, a[0]), VIDIOC_S_PRIORITY, &priority);
}

static long op_log_status(struct scene *s, const __u8 *a)
{
	return file_ioctl(chosen_file(s, a[0]), VIDIOC_LOG_STATUS, NULL);
}

/*
 * Call an ioctl of V4L2 with any number and a structure of a pattern. Only S_FMT is left out: its
 * frames could be so large that a program takes seconds.
 */
static long op_any_ioctl(struct scene *s, const __u8 *a)
{
	static const unsigned long requests[] = {
		VIDIOC_QUERYCAP, VIDIOC_ENUM_FMT, VIDIOC_G_FMT, VIDIOC_TRY_FMT, VIDIOC_REQBUFS,
		VIDIOC_QUERYBUF, VIDIOC_G_FBUF, VIDIOC_S_FBUF, VIDIOC_OVERLAY, VIDIOC_QBUF,
		VIDIOC_EXPBUF, VIDIOC_DQBUF, VIDIOC_STREAMON, VIDIOC_STREAMOFF, VIDIOC_G_PARM,
		VIDIOC_S_PARM, VIDIOC_G_STD, VIDIOC_S_STD, VIDIOC_ENUMSTD, VIDIOC_ENUMINPUT,
		VIDIOC_G_CTRL, VIDIOC_S_CTRL, VIDIOC_G_TUNER, VIDIOC_S_TUNER, VIDIOC_G_AUDIO,
		VIDIOC_S_AUDIO, VIDIOC_QUERYCTRL, VIDIOC_QUERYMENU, VIDIOC_G_INPUT, VIDIOC_S_INPUT,
		VIDIOC_G_EDID, VIDIOC_S_EDID, VIDIOC_G_OUTPUT, VIDIOC_S_OUTPUT, VIDIOC_ENUMOUTPUT,
		VIDIOC_G_AUDOUT, VIDIOC_S_AUDOUT, VIDIOC_G_MODULATOR, VIDIOC_S_MODULATOR,
		VIDIOC_G_FREQUENCY, VIDIOC_S_FREQUENCY, VIDIOC_CROPCAP, VIDIOC_G_CROP,
		VIDIOC_S_CROP, VIDIOC_G_JPEGCOMP, VIDIOC_S_JPEGCOMP, VIDIOC_QUERYSTD,
		VIDIOC_ENUMAUDIO, VIDIOC_ENUMAUDOUT, VIDIOC_G_PRIORITY, VIDIOC_S_PRIORITY,
		VIDIOC_G_SLICED_VBI_CAP, VIDIOC_G_EXT_CTRLS, VIDIOC_S_EXT_CTRLS,
		VIDIOC_TRY_EXT_CTRLS, VIDIOC_ENUM_FRAMESIZES, VIDIOC_ENUM_FRAMEINTERVALS,
		VIDIOC_G_ENC_INDEX, VIDIOC_ENCODER_CMD, VIDIOC_TRY_ENCODER_CMD,
		VIDIOC_DBG_S_REGISTER, VIDIOC_DBG_G_REGISTER, VIDIOC_S_HW_FREQ_SEEK,
		VIDIOC_S_DV_TIMINGS, VIDIOC_G_DV_TIMINGS, VIDIOC_DQEVENT, VIDIOC_SUBSCRIBE_EVENT,
		VIDIOC_UNSUBSCRIBE_EVENT, VIDIOC_CREATE_BUFS, VIDIOC_PREPARE_BUF,
		VIDIOC_G_SELECTION, VIDIOC_S_SELECTION, VIDIOC_DECODER_CMD,
		VIDIOC_TRY_DECODER_CMD, VIDIOC_ENUM_DV_TIMINGS, VIDIOC_QUERY_DV_TIMINGS,
		VIDIOC_DV_TIMINGS_CAP, VIDIOC_ENUM_FREQ_BANDS, VIDIOC_DBG_G_CHIP_INFO,
		VIDIOC_QUERY_EXT_CTRL,
	};
	struct file *f = chosen_file(s, a[0]);
	unsigned char argument[4096];	/* as large as any structure */
	unsigned long request = a[1] < ARRAY_SIZE(requests) ? requests[a[1]] :
		_IOC(a[2] & 3U, 'V', a[1], a[3] * 4);
	__u32 type = f->node->type;

	for (size_t i = 0; i < sizeof(argument); i++)
		argument[i] = i % 4 ? a[4] : a[5];
	/* Most structures start with a type or an index. */
	if (a[6] & 1)
		memcpy(argument, &type, sizeof(type));
	return file_ioctl(f, request, argument);
}

static const struct op ops[] = {
	{ "open", "file node blocking", op_open },
	{ "close", "file", op_close },
	{ "dup", "file to", op_dup },
	{ "poll", "file events wait", op_poll },
	{ "read", "file memory size", op_read },
	{ "write", "file memory size", op_write },
	{ "querycap", "file", op_querycap },
	{ "g-priority", "file", op_g_priority },
	{ "s-priority", "file priority", op_s_priority },
	{ "log-status", "file", op_log_status },
	{ "ioctl", "file number direction size fill first with-type", op_any_ioctl },
};

const struct op_table file_ops = { ops, ARRAY_SIZE(ops) };
