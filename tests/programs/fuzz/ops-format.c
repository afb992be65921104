// SPDX-License-Identifier: GPL-2.0-only
/*
 * ops-format.c - operations on formats, frame rates, inputs and outputs
 */
#include "fuzz.h"

/* The largest frame that S_FMT sets. Larger ones would take most of the time. */
#define MAX_WIDTH	512
#define MAX_HEIGHT	256

static __u32 chosen_pixelformat(__u8 choice)
{
	static const __u32 formats[] = {
		V4L2_PIX_FMT_YUYV, V4L2_PIX_FMT_UYVY, V4L2_PIX_FMT_NV12, V4L2_PIX_FMT_NV12M,
		V4L2_PIX_FMT_YUV420, V4L2_PIX_FMT_YUV420M, V4L2_PIX_FMT_NV16, V4L2_PIX_FMT_NV16M,
		V4L2_PIX_FMT_RGB24, V4L2_PIX_FMT_BGR24, V4L2_PIX_FMT_XRGB32, V4L2_PIX_FMT_XBGR32,
		V4L2_PIX_FMT_RGB565, V4L2_PIX_FMT_GREY, V4L2_PIX_FMT_SRGGB8, V4L2_PIX_FMT_MJPEG,
	};

	return choice < 240 ? formats[choice % ARRAY_SIZE(formats)] : choice * 0x01010101U;
}

/**
 * chosen_size() - choose a size or a place in a frame
 * @choice:	below 224: in steps of 4 pixels
 *
 * Return: the pixels, which may be extreme. They may stand for a negative number.
 */
__u32 chosen_size(__u8 choice)
{
	return choice < 224 ? choice * 4 : choice < 240 ? choice * 257 : 0U - (choice - 239);
}

static __u32 at_most(__u32 value, __u32 max)
{
	return value < max ? value : max;
}

static void fill_format(const __u8 *a, __u32 type, struct v4l2_format *format)
{
	*format = (struct v4l2_format){ .type = type };
	if (V4L2_TYPE_IS_MULTIPLANAR(type)) {
		struct v4l2_pix_format_mplane *pix = &format->fmt.pix_mp;

		pix->pixelformat = chosen_pixelformat(a[2]);
		pix->width = chosen_size(a[3]);
		pix->height = chosen_size(a[4]);
		pix->plane_fmt[0].bytesperline = chosen_size(a[5]);
		pix->plane_fmt[0].sizeimage = a[6] * 1024;
		pix->field = a[6] & 7;
		pix->num_planes = a[6];
		return;
	}
	format->fmt.pix.pixelformat = chosen_pixelformat(a[2]);
	format->fmt.pix.width = chosen_size(a[3]);
	format->fmt.pix.height = chosen_size(a[4]);
	format->fmt.pix.bytesperline = chosen_size(a[5]);
	format->fmt.pix.sizeimage = a[6] * 1024;
	format->fmt.pix.field = a[6] & 7;
	format->fmt.pix.colorspace = a[6] / 8;
	format->fmt.pix.priv = V4L2_PIX_FMT_PRIV_MAGIC;
	format->fmt.pix.xfer_func = a[6] / 16;
}

static long op_g_fmt(struct scene *s, const __u8 *a)
{
	struct file *f = chosen_file(s, a[0]);
	struct v4l2_format format = { .type = chosen_type(f, a[1]) };

	return file_ioctl(f, VIDIOC_G_FMT, &format);
}

static long op_try_fmt(struct scene *s, const __u8 *a)
{
	struct file *f = chosen_file(s, a[0]);
	struct v4l2_format format;

	fill_format(a, chosen_type(f, a[1]), &format);
	return file_ioctl(f, VIDIOC_TRY_FMT, &format);
}

static long op_s_fmt(struct scene *s, const __u8 *a)
{
	struct file *f = chosen_file(s, a[0]);
	struct v4l2_format format;

	fill_format(a, chosen_type(f, a[1]), &format);
	/* Width and height are at the same place with both APIs. The length of a line is not. */
	format.fmt.pix.width = at_most(format.fmt.pix.width, MAX_WIDTH);
	format.fmt.pix.height = at_most(format.fmt.pix.height, MAX_HEIGHT);
	if (V4L2_TYPE_IS_MULTIPLANAR(format.type))
		format.fmt.pix_mp.plane_fmt[0].bytesperline =
			at_most(format.fmt.pix_mp.plane_fmt[0].bytesperline, 4 * MAX_WIDTH);
	else
		format.fmt.pix.bytesperline = at_most(format.fmt.pix.bytesperline, 4 * MAX_WIDTH);
	return file_ioctl(f, VIDIOC_S_FMT, &format);
}

static long op_enum_fmt(struct scene *s, const __u8 *a)
{
	struct file *f = chosen_file(s, a[0]);
	struct v4l2_fmtdesc desc = {
		.index = a[1] < 200 ? a[1] % 32 : 0U - a[1], .type = chosen_type(f, a[2]),
		.mbus_code = a[3],
	};

	return file_ioctl(f, VIDIOC_ENUM_FMT, &desc);
}

static long op_enum_framesizes(struct scene *s, const __u8 *a)
{
	struct v4l2_frmsizeenum size = {
		.index = a[1] % 4, .pixel_format = chosen_pixelformat(a[2]),
	};

	return file_ioctl(chosen_file(s, a[0]), VIDIOC_ENUM_FRAMESIZES, &size);
}

static long op_enum_frameintervals(struct scene *s, const __u8 *a)
{
	struct v4l2_frmivalenum interval = {
		.index = a[1] % 4, .pixel_format = chosen_pixelformat(a[2]),
		.width = chosen_size(a[3]), .height = chosen_size(a[4]),
	};

	return file_ioctl(chosen_file(s, a[0]), VIDIOC_ENUM_FRAMEINTERVALS, &interval);
}

static long op_g_parm(struct scene *s, const __u8 *a)
{
	struct file *f = chosen_file(s, a[0]);
	struct v4l2_streamparm parm = { .type = chosen_type(f, a[1]) };

	return file_ioctl(f, VIDIOC_G_PARM, &parm);
}

static long op_s_parm(struct scene *s, const __u8 *a)
{
	struct file *f = chosen_file(s, a[0]);
	struct v4l2_streamparm parm = { .type = chosen_type(f, a[1]) };
	struct v4l2_fract interval = {
		.numerator = a[2] < 200 ? a[2] : chosen_size(a[2]),
		.denominator = a[3] < 200 ? a[3] : chosen_size(a[3]),
	};

	if (V4L2_TYPE_IS_OUTPUT(parm.type))
		parm.parm.output.timeperframe = interval;
	else
		parm.parm.capture.timeperframe = interval;
	return file_ioctl(f, VIDIOC_S_PARM, &parm);
}

static long op_enum_input(struct scene *s, const __u8 *a)
{
	struct v4l2_input input = { .index = a[1] };

	return file_ioctl(chosen_file(s, a[0]), VIDIOC_ENUMINPUT, &input);
}

static long op_enum_output(struct scene *s, const __u8 *a)
{
	struct v4l2_output output = { .index = a[1] };

	return file_ioctl(chosen_file(s, a[0]), VIDIOC_ENUMOUTPUT, &output);
}

static long op_input(struct scene *s, const __u8 *a)
{
	static const unsigned long requests[] = {
		VIDIOC_G_INPUT, VIDIOC_S_INPUT, VIDIOC_G_OUTPUT, VIDIOC_S_OUTPUT,
	};
	int index = a[2];

	return file_ioctl(chosen_file(s, a[0]), requests[a[1] % ARRAY_SIZE(requests)], &index);
}

#define FORMAT	"file type pixelformat width height line size"

static const struct op ops[] = {
	{ "g-fmt", "file type", op_g_fmt },
	{ "try-fmt", FORMAT, op_try_fmt },
	{ "s-fmt", FORMAT, op_s_fmt },
	{ "enum-fmt", "file index type code", op_enum_fmt },
	{ "enum-framesizes", "file index pixelformat", op_enum_framesizes },
	{ "enum-frameintervals", "file index pixelformat width height", op_enum_frameintervals },
	{ "g-parm", "file type", op_g_parm },
	{ "s-parm", "file type numerator denominator", op_s_parm },
	{ "enum-input", "file index", op_enum_input },
	{ "enum-output", "file index", op_enum_output },
	{ "input", "file call index", op_input },
};

const struct op_table format_ops = { ops, ARRAY_SIZE(ops) };
