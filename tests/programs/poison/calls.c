// SPDX-License-Identifier: GPL-2.0-only
/*
 * calls.c - the structures of all ioctls of a node
 *
 * Each ioctl is called twice with the same arguments, and all other bytes of the structure have
 * another value the second time. So has the kernel's stack, and so have its free objects. A byte is
 * right if it is the same both times, or if the ioctl left it alone. Any other byte depends on what
 * the kernel's memory contained before.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "calls.h"
#include "common/video-node.h"

#define MOST_BYTES	512
#define MOST_PLANES	2

/* One value of the program's bytes and of the kernel's for each of two calls. */
static const unsigned char given[] = { 0xa5, 0x5a };
static const unsigned char soil[] = { 0xd7, 0x3c };

/* Arguments that point to an array, and the array. */
struct controls {
	struct v4l2_ext_controls head;
	struct v4l2_ext_control control[2];
};

struct buffer {
	struct v4l2_buffer head;
	struct v4l2_plane planes[MOST_PLANES];
};

/* The format of a node before the first call. */
static struct v4l2_format format;

/* Without an argument that the program sets. */
void ask_nothing(struct node *n, void *argument)
{
	(void)n;
	(void)argument;
}

static void ask_type(struct node *n, void *argument)
{
	*(__u32 *)argument = n->type;
}

/* About the first object. */
void ask_index(struct node *n, void *argument)
{
	(void)n;
	*(__u32 *)argument = 0;
}

/* About an object that does not exist. */
void ask_wrong_index(struct node *n, void *argument)
{
	(void)n;
	*(__u32 *)argument = 1000;
}

static void ask_enum_fmt(struct node *n, void *argument)
{
	struct v4l2_fmtdesc *desc = argument;

	desc->index = 0;
	desc->type = n->type;
	desc->mbus_code = 0;
}

static void ask_frame_size(struct node *n, void *argument)
{
	struct v4l2_frmsizeenum *size = argument;

	(void)n;
	size->index = 0;
	size->pixel_format = V4L2_PIX_FMT_GREY;
}

/* An input can have one size only. */
static void ask_frame_interval(struct node *n, void *argument)
{
	struct v4l2_frmivalenum *interval = argument;

	(void)n;
	interval->index = 0;
	interval->pixel_format = V4L2_PIX_FMT_GREY;
	/* The first fields of both structures are the same. */
	interval->width = format.fmt.pix.width;
	interval->height = format.fmt.pix.height;
}

/* The other fields have to be adjusted, whatever they contain. */
static void ask_format(struct node *n, void *argument)
{
	((struct v4l2_format *)argument)->type = n->type;
}

static void ask_two_planes(struct node *n, void *argument)
{
	struct v4l2_format *f = argument;

	f->type = n->type;
	if (V4L2_TYPE_IS_MULTIPLANAR(n->type))
		f->fmt.pix_mp.pixelformat = V4L2_PIX_FMT_NV12M;
}

static void ask_old_format(struct node *n, void *argument)
{
	(void)n;
	*(struct v4l2_format *)argument = format;
}

/* Its bits are kept, as far as the device has them. */
static void ask_interval(struct node *n, void *argument)
{
	struct v4l2_streamparm *parm = argument;

	parm->type = n->type;
	parm->parm.capture.capturemode = 0;
}

static void ask_control(struct node *n, void *argument)
{
	(void)n;
	*(__u32 *)argument = VIPIN_CID_POLICY;
}

static void ask_free_run(struct node *n, void *argument)
{
	struct v4l2_control *control = argument;

	(void)n;
	control->id = VIPIN_CID_FREE_RUN;
	control->value = 1;
}

static void ask_menu(struct node *n, void *argument)
{
	struct v4l2_querymenu *menu = argument;

	(void)n;
	menu->id = VIPIN_CID_POLICY;
	menu->index = 1;
}

static void ask_controls(struct node *n, void *argument)
{
	struct controls *controls = argument;

	(void)n;
	controls->head.which = V4L2_CTRL_WHICH_CUR_VAL;
	controls->head.count = ARRAY_SIZE(controls->control);
	controls->head.controls = controls->control;
	memset(controls->head.reserved, 0, sizeof(controls->head.reserved));
	controls->control[0].id = VIPIN_CID_FREE_RUN;
	controls->control[1].id = VIPIN_CID_POLICY;
	for (size_t i = 0; i < ARRAY_SIZE(controls->control); i++) {
		controls->control[i].size = 0;
		controls->control[i].value = 1;
	}
}

/* The value of a counter has 64 bits, the other one 32. */
static void ask_counter(struct node *n, void *argument)
{
	struct controls *controls = argument;

	ask_controls(n, argument);
	if (V4L2_TYPE_IS_OUTPUT(n->type))
		controls->control[0].id = VIPIN_CID_GOOD_FRAMES;
}

static void ask_subscription(struct node *n, void *argument)
{
	struct v4l2_event_subscription *sub = argument;

	(void)n;
	sub->type = V4L2_EVENT_CTRL;
	sub->id = VIPIN_CID_POLICY;
	sub->flags = V4L2_EVENT_SUB_FL_SEND_INITIAL;
}

/* Subscribe again: each subscription sends one event. */
static void ask_event(struct node *n, void *argument)
{
	struct v4l2_event_subscription sub = { };

	(void)argument;
	ask_subscription(n, &sub);
	ioctl(n->fd, VIDIOC_UNSUBSCRIBE_EVENT, &sub);
	ioctl(n->fd, VIDIOC_SUBSCRIBE_EVENT, &sub);
}

static void free_buffers(struct node *n)
{
	video_node_stream(n->fd, n->type, false);
	video_node_request(n->fd, n->type, V4L2_MEMORY_MMAP, 0);
}

static void ask_request(struct node *n, void *argument)
{
	struct v4l2_requestbuffers *request = argument;

	request->count = 2;
	request->type = n->type;
	request->memory = V4L2_MEMORY_MMAP;
}

static void ask_create(struct node *n, void *argument)
{
	struct v4l2_create_buffers *create = argument;

	video_node_request(n->fd, n->type, V4L2_MEMORY_MMAP, 1);
	create->count = 1;
	create->memory = V4L2_MEMORY_MMAP;
	create->format = format;
}

static void ask_buffer(struct node *n, void *argument)
{
	struct buffer *buffer = argument;
	struct v4l2_buffer *b = &buffer->head;
	bool output = V4L2_TYPE_IS_OUTPUT(n->type);

	b->index = 0;
	b->type = n->type;
	b->memory = V4L2_MEMORY_MMAP;
	b->flags = 0;
	b->field = V4L2_FIELD_ANY;
	b->bytesused = output ? 64 : 0;
	memset(&b->timestamp, 0, sizeof(b->timestamp));
	if (!V4L2_TYPE_IS_MULTIPLANAR(n->type))
		return;
	b->m.planes = buffer->planes;
	b->length = ARRAY_SIZE(buffer->planes);
	for (size_t i = 0; i < ARRAY_SIZE(buffer->planes); i++) {
		buffer->planes[i].bytesused = output ? 64 : 0;
		buffer->planes[i].data_offset = 0;
	}
}

static void ask_new_buffer(struct node *n, void *argument)
{
	free_buffers(n);
	video_node_request(n->fd, n->type, V4L2_MEMORY_MMAP, 2);
	ask_buffer(n, argument);
}

static void ask_done_buffer(struct node *n, void *argument)
{
	struct buffer buffer = { };

	ask_new_buffer(n, &buffer);
	ioctl(n->fd, VIDIOC_QBUF, &buffer.head);
	video_node_stream(n->fd, n->type, true);
	ask_buffer(n, argument);
}

static void ask_export(struct node *n, void *argument)
{
	struct v4l2_exportbuffer *export = argument;

	free_buffers(n);
	video_node_request(n->fd, n->type, V4L2_MEMORY_MMAP, 1);
	export->type = n->type;
	export->index = 0;
	export->plane = 0;
	export->flags = 0;
}

#ifdef VIDIOC_REMOVE_BUFS
static void ask_remove(struct node *n, void *argument)
{
	struct v4l2_remove_buffers *remove = argument;

	free_buffers(n);
	video_node_request(n->fd, n->type, V4L2_MEMORY_MMAP, 1);
	remove->index = 0;
	remove->count = 1;
	remove->type = n->type;
}
#endif

/* Planes that no format of vipin has. */
#define NO_PLANES {								\
	offsetof(struct v4l2_format, fmt.pix_mp.plane_fmt[MOST_PLANES]),	\
	(VIDEO_MAX_PLANES - MOST_PLANES) * sizeof(struct v4l2_plane_pix_format)	\
}

#define RESERVED_OF_TWO_PLANES {						\
	PART(IN(struct v4l2_format)->fmt.pix_mp.plane_fmt[0].reserved),		\
	PART(IN(struct v4l2_format)->fmt.pix_mp.plane_fmt[1].reserved),		\
	PART(IN(struct v4l2_format)->fmt.pix_mp.reserved), NO_PLANES,		\
}

static const struct call calls[] = {
	{
		.name = "QUERYCAP", .request = VIDIOC_QUERYCAP,
		.size = sizeof(struct v4l2_capability), .ask = ask_nothing,
		.zero = { PART(IN(struct v4l2_capability)->reserved) },
	}, {
		.name = "ENUM_FMT", .request = VIDIOC_ENUM_FMT,
		.size = sizeof(struct v4l2_fmtdesc), .ask = ask_enum_fmt,
		.zero = { PART(IN(struct v4l2_fmtdesc)->reserved) },
	}, {
		.name = "ENUM_FMT of no format", .request = VIDIOC_ENUM_FMT,
		.size = sizeof(struct v4l2_fmtdesc), .ask = ask_wrong_index, .err = EINVAL,
	}, {
		.name = "ENUM_FRAMESIZES", .request = VIDIOC_ENUM_FRAMESIZES, .video = true,
		.size = sizeof(struct v4l2_frmsizeenum), .ask = ask_frame_size,
		.zero = { PART(IN(struct v4l2_frmsizeenum)->reserved) },
	}, {
		.name = "ENUM_FRAMEINTERVALS", .request = VIDIOC_ENUM_FRAMEINTERVALS, .video = true,
		.size = sizeof(struct v4l2_frmivalenum), .ask = ask_frame_interval,
		.zero = { PART(IN(struct v4l2_frmivalenum)->reserved) },
	}, {
		.name = "ENUMOUTPUT", .request = VIDIOC_ENUMOUTPUT, .output = true,
		.size = sizeof(struct v4l2_output), .ask = ask_index,
		.zero = { PART(IN(struct v4l2_output)->reserved) },
	}, {
		.name = "ENUMOUTPUT of no output", .request = VIDIOC_ENUMOUTPUT, .output = true,
		.size = sizeof(struct v4l2_output), .ask = ask_wrong_index, .err = EINVAL,
	}, {
		.name = "G_OUTPUT", .request = VIDIOC_G_OUTPUT, .output = true,
		.size = sizeof(int), .ask = ask_nothing, .zero = { { 0, sizeof(int) } },
	}, {
		.name = "G_PRIORITY", .request = VIDIOC_G_PRIORITY,
		.size = sizeof(__u32), .ask = ask_nothing,
	}, {
		.name = "G_FMT", .request = VIDIOC_G_FMT,
		.size = sizeof(struct v4l2_format), .ask = ask_format,
	}, {
		.name = "TRY_FMT", .request = VIDIOC_TRY_FMT,
		.size = sizeof(struct v4l2_format), .ask = ask_format,
	}, {
		.name = "TRY_FMT of two planes", .request = VIDIOC_TRY_FMT, .mplane = true,
		.size = sizeof(struct v4l2_format), .ask = ask_two_planes,
		.zero = RESERVED_OF_TWO_PLANES,
	}, {
		.name = "S_FMT", .request = VIDIOC_S_FMT,
		.size = sizeof(struct v4l2_format), .ask = ask_format,
	}, {
		.name = "S_FMT of two planes", .request = VIDIOC_S_FMT, .mplane = true,
		.size = sizeof(struct v4l2_format), .ask = ask_two_planes,
	}, {
		.name = "G_FMT of two planes", .request = VIDIOC_G_FMT, .mplane = true,
		.size = sizeof(struct v4l2_format), .ask = ask_format,
		.zero = RESERVED_OF_TWO_PLANES,
	}, {
		.name = "S_FMT as before", .request = VIDIOC_S_FMT,
		.size = sizeof(struct v4l2_format), .ask = ask_old_format,
	}, {
		.name = "G_PARM", .request = VIDIOC_G_PARM, .video = true,
		.size = sizeof(struct v4l2_streamparm), .ask = ask_type,
		.zero = { PART(IN(struct v4l2_streamparm)->parm.capture.reserved) },
	}, {
		.name = "S_PARM", .request = VIDIOC_S_PARM, .video = true,
		.size = sizeof(struct v4l2_streamparm), .ask = ask_interval,
		.zero = { PART(IN(struct v4l2_streamparm)->parm.capture.reserved) },
	}, {
		.name = "QUERYCTRL", .request = VIDIOC_QUERYCTRL,
		.size = sizeof(struct v4l2_queryctrl), .ask = ask_control,
		.zero = { PART(IN(struct v4l2_queryctrl)->reserved) },
	}, {
		.name = "QUERY_EXT_CTRL", .request = VIDIOC_QUERY_EXT_CTRL,
		.size = sizeof(struct v4l2_query_ext_ctrl), .ask = ask_control,
		.zero = { PART(IN(struct v4l2_query_ext_ctrl)->reserved) },
	}, {
		.name = "QUERYMENU", .request = VIDIOC_QUERYMENU,
		.size = sizeof(struct v4l2_querymenu), .ask = ask_menu,
		.zero = { PART(IN(struct v4l2_querymenu)->reserved) },
	}, {
		.name = "G_CTRL", .request = VIDIOC_G_CTRL,
		.size = sizeof(struct v4l2_control), .ask = ask_control,
	}, {
		.name = "S_CTRL", .request = VIDIOC_S_CTRL,
		.size = sizeof(struct v4l2_control), .ask = ask_free_run,
	}, {
		.name = "G_EXT_CTRLS", .request = VIDIOC_G_EXT_CTRLS,
		.size = sizeof(struct controls), .ask = ask_counter,
	}, {
		.name = "TRY_EXT_CTRLS", .request = VIDIOC_TRY_EXT_CTRLS,
		.size = sizeof(struct controls), .ask = ask_controls,
	}, {
		.name = "S_EXT_CTRLS", .request = VIDIOC_S_EXT_CTRLS,
		.size = sizeof(struct controls), .ask = ask_controls,
	}, {
		.name = "SUBSCRIBE_EVENT", .request = VIDIOC_SUBSCRIBE_EVENT,
		.size = sizeof(struct v4l2_event_subscription), .ask = ask_subscription,
	}, {
		.name = "DQEVENT", .request = VIDIOC_DQEVENT,
		.size = sizeof(struct v4l2_event), .ask = ask_event,
		.zero = { PART(IN(struct v4l2_event)->reserved) },
		.varies = {
			PART(IN(struct v4l2_event)->timestamp),
			PART(IN(struct v4l2_event)->sequence),
		},
	}, {
		.name = "UNSUBSCRIBE_EVENT", .request = VIDIOC_UNSUBSCRIBE_EVENT,
		.size = sizeof(struct v4l2_event_subscription), .ask = ask_subscription,
	}, {
		.name = "REQBUFS", .request = VIDIOC_REQBUFS,
		.size = sizeof(struct v4l2_requestbuffers), .ask = ask_request,
		.zero = { PART(IN(struct v4l2_requestbuffers)->reserved) },
	}, {
		.name = "CREATE_BUFS", .request = VIDIOC_CREATE_BUFS,
		.size = sizeof(struct v4l2_create_buffers), .ask = ask_create,
		.zero = { PART(IN(struct v4l2_create_buffers)->reserved) },
	}, {
		.name = "QUERYBUF", .request = VIDIOC_QUERYBUF,
		.size = sizeof(struct buffer), .ask = ask_new_buffer,
		.zero = {
			PART(IN(struct buffer)->head.reserved2),
			PART(IN(struct buffer)->head.timecode),
		},
	}, {
		.name = "PREPARE_BUF", .request = VIDIOC_PREPARE_BUF,
		.size = sizeof(struct buffer), .ask = ask_new_buffer,
		.zero = { PART(IN(struct buffer)->head.reserved2) },
	}, {
		.name = "QBUF", .request = VIDIOC_QBUF,
		.size = sizeof(struct buffer), .ask = ask_new_buffer,
		.zero = { PART(IN(struct buffer)->head.reserved2) },
	}, {
		.name = "DQBUF", .request = VIDIOC_DQBUF,
		.size = sizeof(struct buffer), .ask = ask_done_buffer,
		.zero = {
			PART(IN(struct buffer)->head.reserved2),
			PART(IN(struct buffer)->head.timecode),
		},
		.varies = {
			PART(IN(struct buffer)->head.timestamp),
			PART(IN(struct buffer)->head.sequence),
		},
	}, {
		.name = "QUERYBUF of planes", .request = VIDIOC_QUERYBUF, .mplane = true,
		.size = sizeof(struct buffer), .ask = ask_new_buffer,
		.zero = { PART(IN(struct buffer)->planes[0].reserved) },
	}, {
		.name = "EXPBUF", .request = VIDIOC_EXPBUF,
		.size = sizeof(struct v4l2_exportbuffer), .ask = ask_export,
		.zero = { PART(IN(struct v4l2_exportbuffer)->reserved) },
		.varies = { PART(IN(struct v4l2_exportbuffer)->fd) },
#ifdef VIDIOC_REMOVE_BUFS
	}, {
		.name = "REMOVE_BUFS", .request = VIDIOC_REMOVE_BUFS, .optional = true,
		.size = sizeof(struct v4l2_remove_buffers), .ask = ask_remove,
		.zero = { PART(IN(struct v4l2_remove_buffers)->reserved) },
#endif
	}, { }
};

static bool is_in(const struct range *ranges, size_t byte)
{
	for (; ranges->size; ranges++)
		if (byte >= ranges->start && byte - ranges->start < ranges->size)
			return true;
	return false;
}

static bool judge(struct node *n, const struct call *call, unsigned char (*result)[MOST_BYTES])
{
	for (size_t i = 0; i < call->size; i++) {
		unsigned char a = result[0][i], b = result[1][i];

		if (is_in(call->zero, i) && (a || b))
			ended(n, WRONG, "%s: byte %zu is 0x%02x and not 0", call->name, i,
			      a ? a : b);
		else if (a != b && !(a == given[0] && b == given[1]) && !is_in(call->varies, i))
			ended(n, WRONG, "%s: byte %zu is 0x%02x once, and then 0x%02x",
			      call->name, i, a, b);
		else
			continue;
		return false;
	}
	return true;
}

/* Call an ioctl twice. Return false if something is wrong. */
static bool run(struct node *n, const struct call *call)
{
	static unsigned char argument[MOST_BYTES] __aligned(16), result[2][MOST_BYTES];

	for (size_t i = 0; i < ARRAY_SIZE(given); i++) {
		int err;

		memset(argument, given[i], sizeof(argument));
		call->ask(n, argument);
		soil_objects(n, soil[i]);
		err = ioctl(n->fd, call->request, argument) ? errno : 0;
		if (call->optional && err == ENOTTY)
			return true;
		if (err != call->err) {
			ended(n, WRONG, "%s: %s", call->name, strerror(err));
			return false;
		}
		if (call->request == VIDIOC_EXPBUF)
			close(((struct v4l2_exportbuffer *)argument)->fd);
		memcpy(result[i], argument, sizeof(argument));
	}
	return judge(n, call, result);
}

static bool suits(const struct node *n, const struct call *call)
{
	bool output = V4L2_TYPE_IS_OUTPUT(n->type);
	bool video = n->type != V4L2_BUF_TYPE_META_CAPTURE;

	return !(call->video && !video) && !(call->input && (output || !video)) &&
	       !(call->output && !output) &&
	       !(call->mplane && !V4L2_TYPE_IS_MULTIPLANAR(n->type)) &&
	       (call->needs & n->capabilities) == call->needs &&
	       !(call->whole && n->capabilities & V4L2_IN_CAP_STD);
}

/* Make all calls of a table. Return false if something is wrong. */
static bool run_table(struct node *n, const struct call *call, unsigned int *tested)
{
	for (; call->name; call++) {
		if (!suits(n, call))
			continue;
		++*tested;
		if (!run(n, call))
			return false;
	}
	return true;
}

/* Make all calls with the current input, or with a node without inputs. */
static bool run_all(struct node *n, unsigned int *tested)
{
	bool right;

	format = (struct v4l2_format) { .type = n->type };
	if (ioctl(n->fd, VIDIOC_G_FMT, &format)) {
		ended(n, WRONG, "G_FMT: %s", strerror(errno));
		return false;
	}
	right = run_table(n, calls, tested);
	free_buffers(n);
	right = right && run_table(n, input_calls, tested);
	ioctl(n->fd, VIDIOC_S_FMT, &format);
	return right;
}

/**
 * calls_fill_structures() - check the structures of all ioctls that a node has
 * @n:	the node
 *
 * Return: the outcome
 */
enum outcome calls_fill_structures(struct node *n)
{
	struct v4l2_input input = { };
	unsigned int tested = 0;
	bool right = true;

	if (ioctl(n->fd, VIDIOC_ENUMINPUT, &input)) {
		n->capabilities = 0;
		right = run_all(n, &tested);
	}
	for (; right && !ioctl(n->fd, VIDIOC_ENUMINPUT, &input); input.index++) {
		n->input = input.index;
		n->capabilities = input.capabilities;
		right = !ioctl(n->fd, VIDIOC_S_INPUT, &n->input) && run_all(n, &tested);
	}
	n->input = 0;
	ioctl(n->fd, VIDIOC_S_INPUT, &n->input);
	if (!right)
		return *n->why ? WRONG : ended(n, WRONG, "S_INPUT: %s", strerror(errno));
	snprintf(n->why, sizeof(n->why), "%u ioctls", tested);
	return RIGHT;
}
