// SPDX-License-Identifier: GPL-2.0-only
/*
 * turns-output.c - the program writes frames, and the device reads them
 */
#include <errno.h>
#include <string.h>

#include "common/macros.h"
#include "common/stamp.h"
#include "common/vipin-node.h"
#include "turns.h"

/* Write a frame with a correct stamp, or without one. */
static void paint(struct buffer *b, bool good, unsigned int sequence)
{
	memset(b->start, 0x10 + sequence, b->length);
	if (good)
		stamp_put(b->start, FRAME_SIZE, sequence);
}

/* Find out whether the device has read a good frame. Return false if it has read none. */
static bool device_saw(struct buffer *b, bool *saw_good)
{
	long long good = b->good, bad = b->bad;

	if (vipin_node_count_frames(b->fd, &b->good, &b->bad))
		return false;
	*saw_good = b->good == good + 1;
	return b->good + b->bad == good + bad + 1;
}

/* Let the device read one frame. @in_memory is what it must see if the cache is not cleaned. */
static enum outcome turn(struct buffer *b, unsigned int sequence, bool good, __u32 hints,
			 bool *in_memory)
{
	bool saw_good;

	paint(b, good, sequence);
	if (!buffer_prepare(b, hints))
		return ended(b, CANNOT_RUN, "VIDIOC_PREPARE_BUF: %s", strerror(errno));
	if (rules_cleaned(b->s, hints))
		*in_memory = good;
	if (b->s->writes)
		paint(b, !good, sequence);
	if (!rules_cached(b->s))
		*in_memory = good != b->s->writes;
	if (!buffer_transfer(b))
		return ended(b, CANNOT_RUN, "no frame: %s", strerror(errno));
	if (!device_saw(b, &saw_good))
		return ended(b, WRONG, "frame %u: it was not counted", sequence);
	if (saw_good != *in_memory)
		return ended(b, WRONG, "frame %u: the device must see a %s one, and sees a %s one",
			     sequence, *in_memory ? "good" : "bad", saw_good ? "good" : "bad");
	return RIGHT;
}

/**
 * turns_output() - let the device read frames, and compare what it has seen
 * @b:	the buffer
 *
 * The first frame is without hints. So it is known what is in memory when the second one comes.
 *
 * Return: %RIGHT, or another outcome; then @b->why is set.
 */
enum outcome turns_output(struct buffer *b)
{
	const __u32 hints = b->s->hints, later = b->s->hint_ends ? 0 : hints;
	const struct {
		bool good;
		__u32 hints;
	} turns[] = { { true, 0 }, { false, hints }, { false, later }, { true, later } };
	enum outcome outcome = RIGHT;
	bool in_memory = false;

	for (unsigned int i = 0; i < ARRAY_SIZE(turns) && outcome == RIGHT; i++)
		outcome = turn(b, i, turns[i].good, turns[i].hints, &in_memory);
	return outcome;
}
