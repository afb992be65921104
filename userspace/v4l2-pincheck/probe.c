// SPDX-License-Identifier: GPL-2.0-only
/*
 * probe.c - find out, by a test, what a device needs but does not report
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "common/kernel.h"
#include "common/vma-order.h"
#include "facts.h"
#include "frame.h"
#include "job.h"
#include "probe.h"
#include "verdict.h"

/*
 * In ms. A device that needs longer is given one more buffer, with which it works as well.
 */
#define SHORT_WAIT	500

/* The kernel allocates pages in rising order, so touch them in falling order. */
static unsigned char *map_scattered(size_t size)
{
	unsigned char *all, *page;

	all = mmap(NULL, size, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (all == MAP_FAILED)
		return NULL;
	madvise(all, size, MADV_NOHUGEPAGE);
	for (page = all + size - PAGE; page >= all; page -= PAGE)
		*page = MEMORY_FILL;
	return all;
}

/**
 * probe_scattered() - find out whether a device takes memory that is not contiguous
 * @d:	the device, without buffers
 *
 * vipin uses videobuf2-dma-contig, so rule 5 holds: it takes scattered memory only behind an
 * IOMMU. The needs of other drivers depend on their allocator and hardware, so hand over
 * scattered memory and see.
 *
 * Return: true if it does.
 */
bool probe_scattered(struct device *d)
{
	size_t size = memory_round_up(d->pix.sizeimage, PAGE);
	bool scattered = d->translated;
	unsigned char *all;

	if (d->vipin)
		return scattered;

	all = map_scattered(size);
	if (!all)
		return scattered;
	if (device_buffers(d, V4L2_MEMORY_USERPTR, 1) > 0)
		scattered = !device_queue_pointer(d, 0, all, size);
	device_buffers(d, V4L2_MEMORY_USERPTR, 0);
	munmap(all, size);
	return scattered;
}

/**
 * probe_alignment() - find out the alignment that a device requires for a frame
 * @d:		the device, without buffers; &device.alignment and &device.alignment_known are set
 * @good:	memory that it takes
 *
 * videobuf2-dma-contig asks for dma_get_cache_alignment(): 1 if all DMA of the architecture is
 * coherent, and 64 or 128 on arm64, also for a coherent device. Programs cannot read that
 * number: the cache line that the CPU reports can be smaller. So hand over a pointer and a
 * length that are multiples of 1, 2, 4 ... bytes, until the device takes them.
 */
void probe_alignment(struct device *d, const struct memory *good)
{
	d->alignment = 1;
	for (size_t align = 1; align <= PAGE; align *= 2) {
		unsigned char *frame = good->frame + align;
		int ret;

		if (device_buffers(d, V4L2_MEMORY_USERPTR, 1) <= 0)
			break;
		ret = device_queue_pointer(d, 0, frame, memory_round_up(d->pix.sizeimage, align));
		device_buffers(d, V4L2_MEMORY_USERPTR, 0);
		if (ret == -EINVAL)
			continue;
		d->alignment = align;
		d->alignment_known = !ret;
		break;
	}
}

/* What may be missing if no frame comes? */
static const char *hint(const struct device *d, int ret)
{
	if (ret == -EPIPE)
		return "; set up its pipeline (media-ctl)";
	if (d->content)
		return "; does the video stream that it belongs to run?";
	return "";
}

/* Find out whether a job has copied its frame. vipin has to. */
static void see_copy(struct device *d, const struct memory *good, const struct v4l2_buffer *buf)
{
	char why[100];

	d->copies = d->vipin || (!buf->index && job_copied(d, good, buf, why, sizeof(why)));
}

/*
 * Queue one buffer more each time, until a frame comes. Set @frames to 0, or to the negative errno
 * of STREAMON or DQBUF. Return 0, or the negative errno of a buffer that is refused.
 */
static int queue_until_frame(struct device *d, const struct memory *good, int granted, int *frames)
{
	struct v4l2_buffer buf;
	int ret;

	for (int i = 0; i < granted; i++) {
		ret = device_queue_pointer(d, i, good->frame, good->queued_length);
		if (ret || *d->no_frames)
			return ret;
		*frames = i ? 0 : device_stream(d, true);
		if (!*frames)
			*frames = device_dequeue(d, &buf, V4L2_MEMORY_USERPTR,
						 i + 1 < granted ? SHORT_WAIT : FRAME_TIMEOUT);
		d->depth = i + 1;
		if (!*frames && d->m2m)
			see_copy(d, good, &buf);
		if (*frames != -ETIMEDOUT)
			return 0;
	}
	return 0;
}

/**
 * probe_depth() - find out with how many buffers a device starts
 * @d:		the device, without buffers; &device.depth, &device.copies and &device.no_frames are
 *		set
 * @good:	memory that it takes; the frames in it are not checked
 *
 * If a frame is larger than a bounce buffer or RLIMIT_MEMLOCK, a device may refuse all memory:
 * then &device.takes_none is set.
 *
 * Return: 0, or -1 with @d->why set: the device refuses @good, or with &device.no_frames, it takes
 * it but no frame comes.
 */
int probe_depth(struct device *d, const struct memory *good)
{
	int granted = device_buffers(d, V4L2_MEMORY_USERPTR, 1), frames = 0, ret;

	d->depth = 1;
	d->takes_none = limit_is_exceeded(d, good->frame, good->queued_length);
	if (d->m2m && d->direction == OUTPUT)
		frame_paint(good, 0);
	ret = granted < 0 ? granted : queue_until_frame(d, good, granted, &frames);
	d->takes_none |= ret == -EIO;
	device_stream(d, false);
	device_buffers(d, V4L2_MEMORY_USERPTR, 0);
	/* A signal ends the run. */
	if (d->takes_none || (!ret && (!frames || frames == -EINTR)))
		return 0;
	if (ret) {
		snprintf(d->why, sizeof(d->why), "refuses good memory: %s", strerror(-ret));
		return -1;
	}
	d->depth = 1;
	snprintf(d->no_frames, sizeof(d->no_frames), "%s%s", strerror(-frames), hint(d, frames));
	snprintf(d->why, sizeof(d->why), "%ss no frame: %s: only answers to pointers are checked",
		 direction_names[d->direction], d->no_frames);
	return -1;
}

static int queue_pointer(void *context, void *pointer, size_t size)
{
	struct device *d = context;
	int ret = device_buffers(d, V4L2_MEMORY_USERPTR, 1);

	if (ret > 0)
		ret = device_queue_pointer(d, 0, pointer, size);
	device_buffers(d, V4L2_MEMORY_USERPTR, 0);
	return ret;
}

/**
 * probe_kernel() - find out what the version does not say about the running kernel
 * @d:	a device that leaves decisions to the kernel, without buffers
 *
 * Return: whether this device could show it.
 */
bool probe_kernel(struct device *d)
{
	int first = vmas_come_first(memory_round_up(d->pix.sizeimage, PAGE), queue_pointer, d);

	if (first < 0)
		return false;
	kernel_observe(LOOKS_AT_VMAS, first);
	return true;
}

/**
 * probe_check() - find out whether the driver checks VMAs itself
 * @d:	a device with policy strict, without buffers; &device.checks_vmas is set
 *
 * Hand over an address where nothing is mapped. The verdict says what refused it. If this user may
 * not read verdicts, assume that the driver checks VMAs.
 */
void probe_check(struct device *d)
{
	size_t size = memory_round_up(d->pix.sizeimage, PAGE);
	unsigned int serial = verdict_last_serial(d);
	struct verdict v;
	void *hole;

	d->checks_vmas = true;
	hole = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (hole == MAP_FAILED)
		return;
	munmap(hole, size);
	queue_pointer(d, hole, size);
	if (verdict_read(d, serial, hole, size, &v))
		d->checks_vmas = v.decided_by == VIPIN_BY_VMA_CHECK;
}
