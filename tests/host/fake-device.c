// SPDX-License-Identifier: GPL-2.0-only
/*
 * fake-device.c - two cameras that exist only in the program that is linked with this file
 *
 * ioctl() of /dev/zero is that of a camera with user pointers, whose frames any memory can hold.
 * Setting a format changes its crop rectangle and its frame rate, as some drivers do. All
 * processes of the program share its state. When one exits, it appends the state to the file
 * FAKE_STATE. /dev/null is another one of the same kind, which works. FAKE_DEVICE chooses what is
 * wrong with the first camera:
 *
 *	no-userptr	it takes no user pointers
 *	crash		the process gets a SIGSEGV at the eighth frame
 *	errors		each second frame has an error
 *	only-errors	each frame has an error
 *	hangs		the first frame never comes, and no signal ends the call
 *	aligned		it refuses a start or a length that is no multiple of 64 bytes
 *	wrong-errno	it refuses memory that is not there with EINVAL instead of EFAULT
 *	slow-to-open	a signal arrives while it is opened
 *	refuses		it refuses all memory with ENOSPC
 *	no-pipeline	it cannot stream
 *	random		its answers are wrong now and then; FAKE_SEED chooses them. What restores
 *			its state always works
 *	random-later	the same, after its state was read
 *	endless		it has formats without end
 */
#include <errno.h>
#include <linux/videodev2.h>
#include <signal.h>
#include <stdbool.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <unistd.h>

#include "fake-random.h"

#define MAX_QUEUED	32
#define MAX_FRAME	(1024 * 1024)
#define STEP		4096

/* All cameras, and the one whose ioctl() is called. */
static struct camera {
	struct v4l2_pix_format pix;
	struct v4l2_rect crop;
	struct v4l2_fract rate;
	bool streaming;
	unsigned int buffers;
	unsigned int sequence;
	unsigned int queued;
	unsigned int taken;
	struct v4l2_buffer queue[MAX_QUEUED];
	unsigned char frame[MAX_FRAME];
	unsigned int random;
	bool state_read;
} *cameras, *camera;

#define NR_CAMERAS	2

__attribute__((constructor))
static void begin(void)
{
	const char *seed = getenv("FAKE_SEED");

	cameras = mmap(NULL, NR_CAMERAS * sizeof(*cameras), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (cameras == MAP_FAILED)
		abort();
	for (camera = cameras; camera < cameras + NR_CAMERAS; camera++) {
		camera->pix = (struct v4l2_pix_format) {
			.width = 640, .height = 360, .pixelformat = V4L2_PIX_FMT_YUYV,
			.field = V4L2_FIELD_NONE, .bytesperline = 1280, .sizeimage = 460800,
		};
		camera->crop = (struct v4l2_rect) { 1, 2, 600, 300 };
		camera->rate = (struct v4l2_fract) { 1, 15 };
		memset(camera->frame, 0x10, sizeof(camera->frame));
		camera->random = seed ? atoi(seed) : 0;
	}
}

__attribute__((destructor))
static void end(void)
{
	const char *path = getenv("FAKE_STATE");
	FILE *f = path ? fopen(path, "ae") : NULL;

	if (!f)
		return;
	camera = cameras;
	fprintf(f, "%ux%u %.4s crop %ux%u rate %u streaming %d buffers %u\n", camera->pix.width,
		camera->pix.height, (const char *)&camera->pix.pixelformat, camera->crop.width,
		camera->crop.height, camera->rate.denominator, camera->streaming,
		camera->buffers);
	fclose(f);
}

static bool is(const char *what)
{
	const char *fault = getenv("FAKE_DEVICE");

	return camera == cameras && fault && !strcmp(fault, what);
}

/* Choose the camera that a file is. */
static bool is_camera(int fd)
{
	static const unsigned int minors[NR_CAMERAS] = { 5, 3 };
	struct stat st;

	if (fstat(fd, &st) || !S_ISCHR(st.st_mode))
		return false;
	for (camera = cameras; camera < cameras + NR_CAMERAS; camera++)
		if (st.st_rdev == makedev(1, minors[camera - cameras]))
			return true;
	return false;
}

static int fails(int error)
{
	errno = error;
	return -1;
}

static int query(struct v4l2_capability *cap)
{
	if (is("slow-to-open"))
		raise(SIGTERM);
	*cap = (struct v4l2_capability) {
		.driver = "fake", .card = "Fake camera", .bus_info = "usb-0000:00:14.0-1",
		.device_caps = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING | V4L2_CAP_READWRITE,
	};
	return 0;
}

static int set_format(struct v4l2_pix_format *pix)
{
	bool grey = pix->pixelformat == V4L2_PIX_FMT_GREY;

	if (!grey)
		pix->pixelformat = V4L2_PIX_FMT_YUYV;
	pix->bytesperline = pix->width * (grey ? 1 : 2);
	pix->sizeimage = pix->bytesperline * pix->height;
	camera->pix = *pix;
	camera->crop = (struct v4l2_rect) { 0, 0, pix->width, pix->height };
	camera->rate.denominator = 30;
	return 0;
}

static int get_crop(struct v4l2_selection *selection)
{
	if (selection->target != V4L2_SEL_TGT_CROP)
		return fails(EINVAL);
	selection->r = camera->crop;
	return 0;
}

static int request(const struct v4l2_requestbuffers *buffers)
{
	if (buffers->memory == V4L2_MEMORY_DMABUF ||
	    (buffers->memory == V4L2_MEMORY_USERPTR && is("no-userptr")))
		return fails(EINVAL);
	if (camera->streaming)
		return fails(EBUSY);
	camera->buffers = buffers->count;
	camera->taken = camera->queued;
	return 0;
}

static int stream(bool on)
{
	if (on && is("no-pipeline"))
		return fails(EPIPE);
	camera->streaming = on;
	if (!on)
		camera->taken = camera->queued;
	return 0;
}

/* May the process read and write this byte? */
static bool is_accessible(unsigned long address)
{
	unsigned char byte;
	struct iovec here = { &byte, 1 }, there = { (void *)address, 1 };

	return process_vm_readv(getpid(), &here, 1, &there, 1, 0) == 1 &&
	       process_vm_writev(getpid(), &here, 1, &there, 1, 0) == 1;
}

static int queue(const struct v4l2_buffer *buf)
{
	int inaccessible = is("wrong-errno") ? EINVAL : EFAULT;

	if (is("refuses"))
		return fails(ENOSPC);
	if (buf->length < camera->pix.sizeimage ||
	    (is("aligned") && (buf->m.userptr | buf->length) % 64))
		return fails(EINVAL);
	for (size_t i = 0; i < buf->length; i += STEP)
		if (!is_accessible(buf->m.userptr + i))
			return fails(inaccessible);
	if (!is_accessible(buf->m.userptr + buf->length - 1))
		return fails(inaccessible);
	camera->queue[camera->queued++ % MAX_QUEUED] = *buf;
	return 0;
}

static int take(struct v4l2_buffer *buf)
{
	struct iovec here, there;

	if (camera->taken == camera->queued)
		return fails(EAGAIN);
	while (is("hangs"))
		pause();
	usleep(2000);
	*buf = camera->queue[camera->taken++ % MAX_QUEUED];
	buf->sequence = camera->sequence++;
	buf->bytesused = camera->pix.sizeimage;
	buf->flags = 0;
	if (is("crash") && camera->sequence == 8)
		raise(SIGSEGV);
	if (is("only-errors") || (is("errors") && camera->sequence % 2)) {
		buf->flags = V4L2_BUF_FLAG_ERROR;
		return 0;
	}
	here = (struct iovec) { camera->frame, buf->bytesused };
	there = (struct iovec) { (void *)buf->m.userptr, buf->bytesused };
	return process_vm_writev(getpid(), &here, 1, &there, 1, 0) == (ssize_t)buf->bytesused ?
	       0 : fails(EIO);
}

static int call(unsigned long number, void *argument)
{
	struct v4l2_streamparm *rate = argument;
	struct v4l2_format *format = argument;

	switch (number) {
	case VIDIOC_QUERYCAP:
		return query(argument);
	case VIDIOC_G_FMT:
		format->fmt.pix = camera->pix;
		return 0;
	case VIDIOC_S_FMT:
		return set_format(&format->fmt.pix);
	case VIDIOC_G_SELECTION:
		return get_crop(argument);
	case VIDIOC_S_SELECTION:
		camera->crop = ((struct v4l2_selection *)argument)->r;
		return 0;
	case VIDIOC_G_PARM:
		rate->parm.capture.timeperframe = camera->rate;
		return 0;
	case VIDIOC_S_PARM:
		camera->rate = rate->parm.capture.timeperframe;
		return 0;
	case VIDIOC_REQBUFS:
		return request(argument);
	case VIDIOC_STREAMON:
		return stream(true);
	case VIDIOC_STREAMOFF:
		return stream(false);
	case VIDIOC_QBUF:
		return queue(argument);
	case VIDIOC_DQBUF:
		return take(argument);
	}
	return fails(ENOTTY);
}

/* Does a call restore the state from before? */
static bool restores(unsigned long number, void *argument)
{
	const struct v4l2_requestbuffers *buffers = argument;
	const struct v4l2_selection *selection = argument;
	const struct v4l2_format *format = argument;

	switch (number) {
	case VIDIOC_S_FMT:
		return format->fmt.pix.width == 640;
	case VIDIOC_S_SELECTION:
		return selection->r.width == 600;
	case VIDIOC_REQBUFS:
		return !buffers->count;
	}
	return number == VIDIOC_S_PARM || number == VIDIOC_STREAMOFF;
}

static int random_call(unsigned long number, void *argument)
{
	int error, ret;

	if (fake_random_fails(&camera->random, &error))
		return fails(error);
	ret = call(number, argument);
	if (!ret)
		fake_random_answer(&camera->random, number, argument);
	return ret;
}

static int any_call(unsigned long number, void *argument)
{
	bool wrong = is("random") || (is("random-later") && camera->state_read);
	struct v4l2_fmtdesc *known = argument;

	if (is("endless") && number == VIDIOC_ENUM_FMT) {
		known->pixelformat = V4L2_PIX_FMT_YUYV;
		return 0;
	}
	/* The frame rate is the last part of the state. */
	camera->state_read |= number == VIDIOC_G_PARM;
	return wrong && !restores(number, argument) ? random_call(number, argument) :
						      call(number, argument);
}

/* This takes the place of the function of the C library. */
int ioctl(int fd, unsigned long number, ...)
{
	va_list arguments;
	void *argument;

	va_start(arguments, number);
	argument = va_arg(arguments, void *);
	va_end(arguments);
	if (!is_camera(fd))
		return syscall(SYS_ioctl, fd, number, argument);
	return any_call(number, argument);
}
