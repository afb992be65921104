// SPDX-License-Identifier: GPL-2.0-only
/*
 * calls.c - the system calls of a program that streams, and the errors that each may return
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "calls.h"
#include "vipin/vipin-uapi.h"

#define PATIENCE	5000	/* ms, for a frame */

static int result(int ret)
{
	return ret < 0 ? -errno : 0;
}

static int take_open(struct scene *s)
{
	s->fd = open(s->path, O_RDWR | O_CLOEXEC);
	return result(s->fd);
}

static int take_querycap(struct scene *s)
{
	struct v4l2_capability capability;

	return result(ioctl(s->fd, VIDIOC_QUERYCAP, &capability));
}

static int take_enum_fmt(struct scene *s)
{
	struct v4l2_fmtdesc format = { .type = s->type };

	return result(ioctl(s->fd, VIDIOC_ENUM_FMT, &format));
}

static int take_s_fmt(struct scene *s)
{
	struct v4l2_format format;

	scene_set_format(s, &format);
	return result(ioctl(s->fd, VIDIOC_S_FMT, &format));
}

static int take_s_ctrl(struct scene *s)
{
	struct v4l2_control control = { .id = VIPIN_CID_FREE_RUN, .value = 1 };

	return result(ioctl(s->fd, VIDIOC_S_CTRL, &control));
}

/* More controls than the kernel keeps on its stack (prepare_ext_ctrls()). */
static int take_s_ext_ctrls(struct scene *s)
{
	struct v4l2_ext_control control[] = {
		{ .id = VIPIN_CID_FREE_RUN, .value = 1 },
		{ .id = VIPIN_CID_POLICY, .value = VIPIN_POLICY_STRICT },
		{ .id = VIPIN_CID_FREE_RUN, .value = 1 },
		{ .id = VIPIN_CID_POLICY, .value = VIPIN_POLICY_STRICT },
		{ .id = VIPIN_CID_FREE_RUN, .value = 1 },
	};
	struct v4l2_ext_controls controls = {
		.which = V4L2_CTRL_WHICH_CUR_VAL,
		.count = ARRAY_SIZE(control), .controls = control,
	};

	return result(ioctl(s->fd, VIDIOC_S_EXT_CTRLS, &controls));
}

static int take_subscribe_event(struct scene *s)
{
	struct v4l2_event_subscription subscription = {
		.type = V4L2_EVENT_CTRL, .id = VIPIN_CID_FREE_RUN,
		.flags = V4L2_EVENT_SUB_FL_SEND_INITIAL,
	};

	return result(ioctl(s->fd, VIDIOC_SUBSCRIBE_EVENT, &subscription));
}

/* poll() has no errno for an error of the device. */
static int wait_for(struct scene *s, short events)
{
	struct pollfd wait = { .fd = s->fd, .events = events };
	int ret = poll(&wait, 1, PATIENCE);

	if (ret < 0)
		return -errno;
	if (!ret)
		return -ETIMEDOUT;
	return wait.revents & POLLERR ? -EIO : 0;
}

/* poll() starts read() or write() if there are no buffers, and then waits. */
static int take_file_poll(struct scene *s)
{
	return wait_for(s, s->output ? POLLOUT : POLLIN);
}

static int take_file_io(struct scene *s)
{
	ssize_t done;

	if (!s->output) {
		done = read(s->fd, s->data, s->size[0]);
	} else {
		scene_paint(s);
		done = write(s->fd, s->data, s->size[0]);
		/*
		 * If the device cannot start, vb2 keeps the data. The next write() returns 0, and
		 * sends that frame.
		 */
		if (!done)
			return 0;
	}
	if (done < 0)
		return -errno;
	return (size_t)done == s->size[0] ? 0 : -EIO;
}

static int take_reqbufs(struct scene *s)
{
	struct v4l2_requestbuffers request = {
		.count = 1, .type = s->type, .memory = scene_memory(s),
	};

	return result(ioctl(s->fd, VIDIOC_REQBUFS, &request));
}

static int take_create_bufs(struct scene *s)
{
	struct v4l2_create_buffers create = { .count = 1, .memory = scene_memory(s) };

	scene_set_format(s, &create.format);
	/* vipin takes the sizes from the format that is set. */
	if (ioctl(s->fd, VIDIOC_TRY_FMT, &create.format))
		return -errno;
	return result(ioctl(s->fd, VIDIOC_CREATE_BUFS, &create));
}

static int take_querybuf(struct scene *s)
{
	scene_describe(s);
	return result(ioctl(s->fd, VIDIOC_QUERYBUF, &s->buf));
}

static int take_map(struct scene *s)
{
	unsigned int i;

	for (i = 0; i < s->planes; i++) {
		off_t offset = s->planes == 1 ? s->buf.m.offset : s->plane[i].m.mem_offset;
		void *at;

		if (s->mapped[i])
			continue;
		at = mmap(NULL, s->size[i], PROT_READ | PROT_WRITE, MAP_SHARED, s->fd, offset);
		if (at == MAP_FAILED)
			return -errno;
		s->mapped[i] = at;
	}
	return 0;
}

static int take_expbuf(struct scene *s)
{
	struct v4l2_exportbuffer export = { .type = s->type, .flags = O_RDWR | O_CLOEXEC };

	return result(ioctl(s->fd, VIDIOC_EXPBUF, &export));
}

static int take_prepare_buf(struct scene *s)
{
	scene_describe(s);
	return result(ioctl(s->fd, VIDIOC_PREPARE_BUF, &s->buf));
}

static int take_qbuf(struct scene *s)
{
	scene_describe(s);
	return result(ioctl(s->fd, VIDIOC_QBUF, &s->buf));
}

static int take_streamon(struct scene *s)
{
	return result(ioctl(s->fd, VIDIOC_STREAMON, &s->type));
}

static int take_poll(struct scene *s)
{
	return wait_for(s, s->output ? POLLOUT : POLLIN);
}

static int take_dqevent(struct scene *s)
{
	struct v4l2_event event;

	return result(ioctl(s->fd, VIDIOC_DQEVENT, &event));
}

static int take_dqbuf(struct scene *s)
{
	scene_describe(s);
	return result(ioctl(s->fd, VIDIOC_DQBUF, &s->buf));
}

static int take_streamoff(struct scene *s)
{
	return result(ioctl(s->fd, VIDIOC_STREAMOFF, &s->type));
}

static int take_close(struct scene *s)
{
	return result(close(s->fd));
}

/*
 * An ioctl that cannot copy its result to the program returns EFAULT, but its effect stays
 * (video_usercopy() in drivers/media/v4l2-core/v4l2-ioctl.c).
 */
static unsigned int flags_of(struct scene *s)
{
	return take_querybuf(s) ? 0 : s->buf.flags;
}

static bool is_handed_over(struct scene *s)
{
	return flags_of(s) & (V4L2_BUF_FLAG_QUEUED | V4L2_BUF_FLAG_DONE | V4L2_BUF_FLAG_PREPARED);
}

static bool is_dequeued(struct scene *s)
{
	return !(flags_of(s) & (V4L2_BUF_FLAG_QUEUED | V4L2_BUF_FLAG_DONE));
}

/* The queue of events is empty now. */
static bool is_event_lost(struct scene *s)
{
	struct pollfd wait = { .fd = s->fd, .events = POLLPRI };

	return poll(&wait, 1, 0) == 0;
}

const struct call calls[CALLS] = {
	[OPEN] = { "open", take_open, { ENOMEM, EFAULT } },
	[QUERYCAP] = { "QUERYCAP", take_querycap, { EFAULT } },
	[ENUM_FMT] = { "ENUM_FMT", take_enum_fmt, { EFAULT } },
	[S_FMT] = { "S_FMT", take_s_fmt, { ENOMEM, EFAULT } },
	[S_CTRL] = { "S_CTRL", take_s_ctrl, { EFAULT } },
	[S_EXT_CTRLS] = { "S_EXT_CTRLS", take_s_ext_ctrls, { ENOMEM, EFAULT } },
	[SUBSCRIBE_EVENT] = { "SUBSCRIBE_EVENT", take_subscribe_event, { ENOMEM, EFAULT } },
	/* EIO stands for POLLERR. */
	[FILE_POLL] = { "poll for read or write", take_file_poll, { ENOMEM, EFAULT, EIO } },
	[FILE_IO] = { "read or write", take_file_io, { ENOMEM, EFAULT } },
	[REQBUFS] = { "REQBUFS", take_reqbufs, { ENOMEM, EFAULT } },
	[CREATE_BUFS] = { "CREATE_BUFS", take_create_bufs, { ENOMEM, EFAULT } },
	[QUERYBUF] = { "QUERYBUF", take_querybuf, { ENOMEM, EFAULT } },
	[MAP] = { "mmap", take_map, { ENOMEM } },
	/* Without our patch, vb2_core_expbuf() replaces each error of the allocator by EINVAL. */
	[EXPBUF] = { "EXPBUF", take_expbuf, { ENOMEM, EFAULT, EINVAL } },
	[EXPBUF_AGAIN] = { "the second EXPBUF", take_expbuf, { ENOMEM, EFAULT, EINVAL } },
	/* EIO: the DMA API could not map the pages. */
	[PREPARE_BUF] = { "PREPARE_BUF", take_prepare_buf, { ENOMEM, EFAULT, EIO },
			  .only_if_asked = true, .has_happened = is_handed_over },
	[QBUF] = { "QBUF", take_qbuf, { ENOMEM, EFAULT, EIO },
		   .has_happened = is_handed_over },
	[STREAMON] = { "STREAMON", take_streamon, { ENOMEM, EFAULT } },
	[POLL] = { "poll", take_poll, { ENOMEM, EFAULT } },
	[DQEVENT] = { "DQEVENT", take_dqevent, { ENOMEM, EFAULT },
		      .has_happened = is_event_lost },
	[DQBUF] = { "DQBUF", take_dqbuf, { ENOMEM, EFAULT }, .has_happened = is_dequeued },
	[STREAMOFF] = { "STREAMOFF", take_streamoff, { EFAULT } },
	[CLOSE] = { "close", take_close, { } },
};
