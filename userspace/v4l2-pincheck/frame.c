// SPDX-License-Identifier: GPL-2.0-only
/*
 * frame.c - what lies in the memory, seen through its own mapping
 */
#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "frame.h"

#define MAX_VMAS	16

/**
 * frame_fill() - fill the frame and the guard bytes around it
 * @m:	the memory; where it may not be written, its provider filled it
 */
void frame_fill(const struct memory *m)
{
	struct vma vmas[MAX_VMAS];
	int nr = vma_list(m->base, m->size, vmas, MAX_VMAS);

	memory_begin_access(m);
	for (int i = 0; i < nr; i++)
		if (vmas[i].write)
			memset((void *)vmas[i].start, m->fill,
			       vmas[i].end - vmas[i].start);
	memory_end_access(m);
}

/**
 * frame_clear() - fill the frame again, and no guard bytes
 * @m:	the memory; it was accepted, so it can be written
 *
 * Pictures repeat: without this, a byte that did not arrive might be the one that
 * the frame before has left there.
 */
void frame_clear(const struct memory *m)
{
	memory_begin_access(m);
	memset(m->frame, m->fill, m->length);
	memory_end_access(m);
}

/* The first byte from @at to @end that is not @fill any more, or @end. */
static const unsigned char *first_other(unsigned char fill,
					const unsigned char *at,
					const unsigned char *end)
{
	if (at == end)
		return end;
	if (at[0] == fill && !memcmp(at, at + 1, end - at - 1))
		return end;
	while (*at == fill)
		at++;
	return at;
}

/* Whether @from to @to keeps its fill, as far as it is mapped. */
static bool keeps_fill(const struct memory *m, uintptr_t from, uintptr_t to,
		       const char *what, char *why, size_t size)
{
	struct vma vmas[MAX_VMAS];
	int nr = from < to ? vma_list((void *)from, to - from, vmas, MAX_VMAS) : 0;
	bool intact = true;

	memory_begin_access(m);
	for (int i = 0; i < nr && intact; i++) {
		const unsigned char *end = (unsigned char *)vmas[i].end, *at;

		if (!vmas[i].read)
			continue;
		at = first_other(m->fill, (unsigned char *)vmas[i].start, end);
		intact = at == end;
		if (!intact)
			snprintf(why, size, "%s, at frame%+td: %#x instead of %#x",
				 what, at - m->frame, *at, m->fill);
	}
	memory_end_access(m);
	return intact;
}

/**
 * frame_guards_intact() - nothing was written before and behind the frame
 * @m:		the memory
 * @why:	filled in if something was: where
 * @size:	room in @why
 *
 * Return: whether that is so.
 */
bool frame_guards_intact(const struct memory *m, char *why, size_t size)
{
	uintptr_t base = (uintptr_t)m->base, frame = (uintptr_t)m->frame;

	return keeps_fill(m, base, frame, "written before the frame", why, size) &&
	       keeps_fill(m, frame + m->length, base + m->size,
			  "written behind the frame", why, size);
}

/**
 * frame_untouched() - nothing was written at all
 * @m:		the memory
 * @why:	filled in if something was: where
 * @size:	room in @why
 *
 * Return: whether that is so.
 */
bool frame_untouched(const struct memory *m, char *why, size_t size)
{
	uintptr_t base = (uintptr_t)m->base;

	return keeps_fill(m, base, base + m->size, "written though refused",
			  why, size);
}

static bool verify_stamp(const struct device *d, const struct memory *m,
			 const struct v4l2_buffer *buf, char *why, size_t size)
{
	__u64 usec = buf->timestamp.tv_sec * 1000000ULL + buf->timestamp.tv_usec;
	const unsigned char *rest = m->frame + sizeof(struct vipin_stamp);
	struct vipin_stamp stamp;
	__u32 crc;

	memcpy(&stamp, m->frame, sizeof(stamp));
	if (le32toh(stamp.magic) != VIPIN_STAMP_MAGIC) {
		snprintf(why, size, "no stamp, but %#x", le32toh(stamp.magic));
		return false;
	}
	crc = crc32(0, (void *)&stamp, offsetof(struct vipin_stamp, stamp_crc));
	if (le32toh(stamp.stamp_crc) != crc) {
		snprintf(why, size, "the stamp's CRC is %08x, it says %08x", crc,
			 le32toh(stamp.stamp_crc));
		return false;
	}
	if (le32toh(stamp.sequence) != buf->sequence) {
		snprintf(why, size, "the stamp is of frame %u, the buffer of %u",
			 le32toh(stamp.sequence), buf->sequence);
		return false;
	}
	if (le32toh(stamp.length) != buf->bytesused) {
		snprintf(why, size, "the stamp says %u bytes, the buffer %u",
			 le32toh(stamp.length), buf->bytesused);
		return false;
	}
	if (le64toh(stamp.timestamp) / 1000 != usec) {
		snprintf(why, size, "the stamp says %llu us, the buffer %llu",
			 (unsigned long long)le64toh(stamp.timestamp) / 1000,
			 (unsigned long long)usec);
		return false;
	}
	if (le32toh(stamp.device) != strtoul(d->node + strcspn(d->node, "0123456789"), NULL, 10)) {
		snprintf(why, size, "the stamp is of video%u", le32toh(stamp.device));
		return false;
	}
	crc = crc32(0, rest, buf->bytesused - sizeof(stamp));
	if (le32toh(stamp.crc) != crc) {
		snprintf(why, size, "the frame's CRC is %08x, its stamp says %08x",
			 crc, le32toh(stamp.crc));
		return false;
	}
	return true;
}

/**
 * frame_verify() - the frame that was captured has arrived, whole
 * @d:		the device
 * @m:		the memory
 * @buf:	what VIDIOC_DQBUF said
 * @why:	filled in if it has not
 * @size:	room in @why
 *
 * A device that is no vipin stamps nothing: there, only that something else
 * than the fill has arrived is known.
 *
 * Return: whether that is so.
 */
bool frame_verify(const struct device *d, const struct memory *m,
		  const struct v4l2_buffer *buf, char *why, size_t size)
{
	bool whole;

	if (buf->flags & V4L2_BUF_FLAG_ERROR) {
		snprintf(why, size, "the device says that the frame is spoilt");
		return false;
	}
	if (buf->bytesused > m->length || buf->bytesused < sizeof(struct vipin_stamp)) {
		snprintf(why, size, "%u bytes of payload", buf->bytesused);
		return false;
	}

	memory_begin_access(m);
	if (d->vipin) {
		whole = verify_stamp(d, m, buf, why, size);
	} else {
		const unsigned char *end = m->frame + buf->bytesused;

		whole = first_other(m->fill, m->frame, end) != end;
		if (!whole)
			snprintf(why, size, "nothing has arrived");
	}
	memory_end_access(m);
	return whole;
}
