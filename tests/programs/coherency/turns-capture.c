// SPDX-License-Identifier: GPL-2.0-only
/*
 * turns-capture.c - the device writes frames, and the program looks at them
 */
#include <endian.h>
#include <errno.h>
#include <string.h>

#include "common/stamp.h"
#include "memory/memory.h"
#include "turns.h"

#define TURNS		3

/**
 * struct turn - one transfer
 * @hints:	V4L2_BUF_FLAG_NO_CACHE_*
 * @before:	the byte that the program has written before the device got the buffer
 * @meanwhile:	the byte that it has written while the device owned the buffer
 */
struct turn {
	__u32 hints;
	unsigned char before;
	unsigned char meanwhile;
};

static bool wrong(struct buffer *b, const char *what)
{
	ended(b, WRONG, "%s", what);
	return false;
}

static bool is_filled(const unsigned char *from, const unsigned char *to, unsigned char fill)
{
	return memory_is_filled(from, to - from, fill);
}

static bool has_new_frame(const struct buffer *b)
{
	struct vipin_stamp stamp;
	char why[100];

	return stamp_agrees(b->start, FRAME_SIZE, &stamp, why, sizeof(why)) &&
	       le32toh(stamp.sequence) == b->sequence;
}

/* Which byte did the program write to the buffer last? */
static unsigned char last_fill(const struct buffer *b, const struct turn *t)
{
	return b->s->writes ? t->meanwhile : t->before;
}

/* A new frame must be there, unless the CPU's old cache lines hide it. */
static bool frame_is_right(struct buffer *b, const struct turn *t)
{
	if (!rules_cached(b->s) || rules_invalidated(b->s, t->hints))
		return has_new_frame(b) || wrong(b, "the frame has not arrived");
	return is_filled(b->start, b->start + FRAME_SIZE, last_fill(b, t)) ||
	       wrong(b, "the frame has arrived, but the cache must hide it");
}

/*
 * The device does not write to the rest of the buffer. When the cache lines are dropped, the CPU
 * sees what was written to memory before, if anything was.
 */
static bool rest_is_right(struct buffer *b, const struct turn *t)
{
	const unsigned char *from = b->start + FRAME_SIZE, *to = b->start + b->length;

	if (from == to)
		return true;
	if (!rules_invalidated(b->s, t->hints))
		return is_filled(from, to, last_fill(b, t)) ||
		       wrong(b, "the rest of the buffer has changed");
	if (rules_cleaned(b->s, t->hints))
		return is_filled(from, to, t->before) ||
		       wrong(b, "the rest of the buffer is not what was in memory");
	return (!is_filled(from, to, t->before) && !is_filled(from, to, t->meanwhile)) ||
	       wrong(b, "the rest of the buffer was not lost");
}

/* Bytes beside the buffer are lost if a part of their cache line belongs to it. */
static bool neighbours_are_right(struct buffer *b, const struct turn *t)
{
	const unsigned char *first_line = b->start - b->s->lead;
	const unsigned char *end = b->start + b->length, *last_line_end = end + b->s->tail;

	if (b->s->memory != V4L2_MEMORY_USERPTR)
		return true;
	if (!is_filled(first_line, b->start, t->before))
		return wrong(b, "the bytes before it in its cache line were not lost");
	if (!is_filled(end, last_line_end, t->before))
		return wrong(b, "the bytes after it in its cache line were not lost");
	if (!is_filled(b->page, first_line, t->meanwhile) ||
	    !is_filled(last_line_end, b->page + b->size, t->meanwhile))
		return wrong(b, "bytes in other cache lines were lost");
	return true;
}

/* Write to all other bytes of the page, and to the buffer itself if the scenario says so. */
static void write_meanwhile(struct buffer *b, unsigned char fill)
{
	if (b->s->memory == V4L2_MEMORY_USERPTR) {
		memset(b->page, fill, b->start - b->page);
		memset(b->start + b->length, fill, b->page + b->size - (b->start + b->length));
	}
	if (b->s->writes)
		memset(b->start, fill, b->length);
}

/**
 * turns_capture() - let the device write frames, and compare what the program sees
 * @b:	the buffer
 *
 * Return: %RIGHT, or another outcome; then @b->why is set.
 */
enum outcome turns_capture(struct buffer *b)
{
	for (unsigned int i = 0; i < TURNS; i++) {
		const struct turn t = {
			.hints = i && b->s->hint_ends ? 0 : b->s->hints,
			.before = 0x10 + i, .meanwhile = 0x80 + i,
		};

		memset(b->page, t.before, b->size);
		if (!buffer_prepare(b, t.hints)) {
			if (errno == EINVAL && (b->s->lead || b->s->tail))
				return ended(b, SKIPPED, "this kernel refuses such a buffer");
			return ended(b, CANNOT_RUN, "VIDIOC_PREPARE_BUF: %s", strerror(errno));
		}
		write_meanwhile(b, t.meanwhile);
		if (!buffer_transfer(b))
			return ended(b, CANNOT_RUN, "no frame: %s", strerror(errno));
		if (!frame_is_right(b, &t) || !rest_is_right(b, &t) || !neighbours_are_right(b, &t))
			return WRONG;
	}
	return RIGHT;
}
