// SPDX-License-Identifier: GPL-2.0-only
/*
 * fake-random.c - answers of a driver that is full of faults
 *
 * Most answers stay right, so that a program gets far.
 */
#include <errno.h>
#include <linux/videodev2.h>
#include <stdlib.h>
#include <string.h>

#include "common/macros.h"
#include "fake-random.h"

#define RARE	12	/* one answer of so many is wrong */

static unsigned int below(unsigned int *seed, unsigned int limit)
{
	return rand_r(seed) % limit;
}

/* A number that a program might not expect. */
static __u32 odd_number(unsigned int *seed)
{
	static const __u32 numbers[] = { 0, 1, 2, 7, 33, 255, 4095, 4097, 1 << 20, 1U << 31, ~0U };

	return numbers[below(seed, ARRAY_SIZE(numbers))];
}

/**
 * fake_random_fails() - choose whether a call fails
 * @seed:	of the random numbers
 * @error:	set to an errno then
 *
 * Return: true if it does.
 */
bool fake_random_fails(unsigned int *seed, int *error)
{
	static const int errors[] = {
		EPERM, EINTR, EIO, ENXIO, EAGAIN, ENOMEM, EFAULT, EBUSY, ENODEV, EINVAL, ENOSPC,
		EPIPE, ERANGE, ENOTTY, EBADR, EOVERFLOW, EOPNOTSUPP, ETIMEDOUT, 512,
	};

	if (below(seed, RARE))
		return false;
	*error = errors[below(seed, ARRAY_SIZE(errors))];
	return true;
}

/* All formats begin with numbers. */
static void change_format(unsigned int *seed, struct v4l2_format *format)
{
	__u32 number = odd_number(seed);

	memcpy(format->fmt.raw_data + sizeof(number) * below(seed, 8), &number, sizeof(number));
}

static void change_capability(unsigned int *seed, struct v4l2_capability *cap)
{
	static const __u32 kinds[] = {
		V4L2_CAP_VIDEO_OUTPUT, V4L2_CAP_VIDEO_CAPTURE_MPLANE, V4L2_CAP_VIDEO_OUTPUT_MPLANE,
		V4L2_CAP_VIDEO_M2M, V4L2_CAP_VIDEO_M2M_MPLANE, V4L2_CAP_VBI_CAPTURE,
		V4L2_CAP_SLICED_VBI_OUTPUT, V4L2_CAP_SDR_CAPTURE, V4L2_CAP_META_CAPTURE,
	};

	memset(cap->driver, 'd', sizeof(cap->driver));
	memset(cap->card, 0xff, sizeof(cap->card));
	memset(cap->bus_info, ':', sizeof(cap->bus_info));
	cap->device_caps = V4L2_CAP_STREAMING | kinds[below(seed, ARRAY_SIZE(kinds))];
}

static void change_buffer(unsigned int *seed, struct v4l2_buffer *buf)
{
	switch (below(seed, 5)) {
	case 0:
		buf->index = odd_number(seed);
		break;
	case 1:
		buf->bytesused = odd_number(seed);
		break;
	case 2:
		buf->flags = odd_number(seed);
		break;
	case 3:
		buf->sequence = odd_number(seed);
		break;
	default:
		buf->length = odd_number(seed);
		break;
	}
}

/**
 * fake_random_answer() - change the answer to a call now and then
 * @seed:	of the random numbers
 * @number:	of the ioctl
 * @argument:	its argument; it has the right answer
 */
void fake_random_answer(unsigned int *seed, unsigned long number, void *argument)
{
	struct v4l2_requestbuffers *buffers = argument;

	/* Half of the devices are no cameras. */
	if (below(seed, number == VIDIOC_QUERYCAP ? 2 : RARE))
		return;
	switch (number) {
	case VIDIOC_QUERYCAP:
		change_capability(seed, argument);
		break;
	case VIDIOC_G_FMT:
	case VIDIOC_S_FMT:
		change_format(seed, argument);
		break;
	case VIDIOC_REQBUFS:
		buffers->count = odd_number(seed);
		buffers->capabilities = odd_number(seed);
		break;
	case VIDIOC_QUERYBUF:
	case VIDIOC_DQBUF:
		change_buffer(seed, argument);
		break;
	}
}
