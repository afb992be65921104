// SPDX-License-Identifier: GPL-2.0-only
/*
 * stamp.c - frames with a stamp: those that vipin captured, and those that it will output
 */
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "common/metadata.h"
#include "common/stamp.h"
#include "frame.h"

#define MAX_VMAS	16

static unsigned long node_number(const struct device *d)
{
	return strtoul(d->node + strcspn(d->node, "0123456789"), NULL, 10);
}

static bool verify_stamp(const struct device *d, const struct memory *m,
			 const struct v4l2_buffer *buf, char *why, size_t size)
{
	__u64 usec = buf->timestamp.tv_sec * 1000000ULL + buf->timestamp.tv_usec;
	struct vipin_stamp stamp;

	if (!stamp_agrees(m->frame, buf->bytesused, &stamp, why, size))
		return false;
	if (le32toh(stamp.sequence) != buf->sequence) {
		snprintf(why, size, "the stamp is of frame %u, the buffer of %u",
			 le32toh(stamp.sequence), buf->sequence);
		return false;
	}
	if (le64toh(stamp.timestamp) / 1000 != usec) {
		snprintf(why, size, "the stamp says %llu us, the buffer %llu",
			 (unsigned long long)le64toh(stamp.timestamp) / 1000,
			 (unsigned long long)usec);
		return false;
	}
	if (le32toh(stamp.device) != node_number(d)) {
		snprintf(why, size, "the stamp is of video%u", le32toh(stamp.device));
		return false;
	}
	return true;
}

static bool verify_metadata(const struct memory *m, const struct v4l2_buffer *buf, char *why,
			    size_t size)
{
	struct vipin_metadata meta;

	return metadata_agree(m->frame, buf, &meta, why, size);
}

/**
 * frame_verify() - check that a captured frame has arrived, complete
 * @d:		the device
 * @m:		the memory
 * @buf:	the buffer from VIDIOC_DQBUF
 * @why:	filled in if it has not
 * @size:	room in @why
 *
 * Other devices than vipin write no stamps. For them, check only that the memory no longer
 * has its fill.
 *
 * Return: true if the frame has arrived.
 */
bool frame_verify(const struct device *d, const struct memory *m,
		  const struct v4l2_buffer *buf, char *why, size_t size)
{
	/* Metadata can be shorter than a stamp. */
	size_t least = d->vipin ? sizeof(struct vipin_stamp) : 1;
	bool whole;

	if (buf->bytesused > m->length || buf->bytesused < least) {
		snprintf(why, size, "the payload has %u bytes", buf->bytesused);
		return false;
	}

	memory_begin_access(m);
	if (d->vipin && d->content) {
		whole = verify_metadata(m, buf, why, size);
	} else if (d->vipin) {
		whole = verify_stamp(d, m, buf, why, size);
	} else {
		whole = frame_arrived(m, buf->bytesused);
		if (!whole)
			snprintf(why, size, "nothing has arrived");
	}
	memory_end_access(m);
	return whole;
}

static int protection(const struct vma *vma, bool write)
{
	return (vma->read ? PROT_READ : 0) | (write ? PROT_READ | PROT_WRITE : 0);
}

/*
 * Make read-only mappings writable for a moment. Return false if that is not allowed, for
 * example for a file that was opened read-only.
 */
static bool unlock(const struct vma *vmas, int nr)
{
	for (int i = 0; i < nr; i++) {
		if (!vmas[i].write &&
		    mprotect((void *)vmas[i].start, vmas[i].end - vmas[i].start,
			     protection(&vmas[i], true)))
			return false;
	}
	return true;
}

static void lock(const struct vma *vmas, int nr)
{
	for (int i = 0; i < nr; i++)
		if (!vmas[i].write)
			mprotect((void *)vmas[i].start, vmas[i].end - vmas[i].start,
				 protection(&vmas[i], false));
}

static bool is_drivers(const struct vma *outline)
{
	struct vma vma;

	return vma_list((void *)outline->start, outline->end - outline->start, &vma, 1) != 1 ||
	       vma.io || vma.pfnmap;
}

/*
 * List the mappings of the frame, in whole pages. List none if the frame has a hole, or if
 * this process must not make it writable: memory with a protection key, or a driver's.
 */
static int frame_vmas(const struct memory *m, struct vma *vmas)
{
	uintptr_t start = (uintptr_t)m->frame & ~(PAGE - 1);
	uintptr_t end = memory_round_up((uintptr_t)m->frame + m->length, PAGE);
	uintptr_t at = start;
	int nr;

	if (end < start)
		return 0;
	if (m->kind->has_pkey)
		return 0;
	nr = vma_outline((void *)start, end - start, vmas, MAX_VMAS);
	for (int i = 0; i < nr; i++) {
		if (vmas[i].start != at || (!vmas[i].write && is_drivers(&vmas[i])))
			return 0;
		at = vmas[i].end;
	}
	return at == end ? nr : 0;
}

/**
 * frame_paint_bytes() - make a frame with a stamp
 * @frame:	where
 * @length:	its length in bytes; a frame that is smaller than a stamp is left unchanged
 * @number:	number of the frame; each number gives a different frame
 *
 * Each page is filled differently, so that a page in the place of another one is found.
 */
void frame_paint_bytes(unsigned char *frame, size_t length, unsigned int number)
{
	if (length < sizeof(struct vipin_stamp))
		return;
	for (size_t at = sizeof(struct vipin_stamp); at < length; at += PAGE) {
		size_t left = length - at < PAGE ? length - at : PAGE;

		memset(frame + at, number + at / PAGE * 7, left);
	}
	stamp_put(frame, length, number);
}

/**
 * frame_paint() - put a frame with a stamp into the memory
 * @m:		the memory; all of it may be accessed
 * @number:	number of the frame; each number gives a different frame
 *
 * Read-only memory is made writable for this moment, if that is allowed. A frame that is smaller
 * than a stamp is not painted.
 *
 * Return: true if the frame was painted; if false, the memory is unchanged.
 */
bool frame_paint(const struct memory *m, unsigned int number)
{
	struct vma vmas[MAX_VMAS];
	int nr = frame_vmas(m, vmas);
	bool may;

	/* The metadata that vivid takes have 8 bytes. */
	if (!nr || m->length < sizeof(struct vipin_stamp))
		return false;
	may = unlock(vmas, nr);
	if (may) {
		memory_begin_access(m);
		frame_paint_bytes(m->frame, m->length, number);
		memory_end_access(m);
	}
	lock(vmas, nr);
	return may;
}

/**
 * frame_is_painted() - check that a painted frame is still complete
 * @m:		the memory
 * @why:	filled in if it is not
 * @size:	room in @why
 *
 * Return: true if it is complete; true also if the process may not read it.
 */
bool frame_is_painted(const struct memory *m, char *why, size_t size)
{
	struct vma vmas[MAX_VMAS];
	int nr = frame_vmas(m, vmas);
	struct vipin_stamp stamp;
	bool whole;

	for (int i = 0; i < nr; i++)
		if (!vmas[i].read)
			return true;
	memory_begin_access(m);
	whole = stamp_agrees(m->frame, m->length, &stamp, why, size);
	memory_end_access(m);
	return whole;
}
