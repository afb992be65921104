/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * life.h - what the scenarios of pin-life are made of
 *
 * A scenario runs in a process of its own, with the device open and without buffers. It
 * returns if all is right. life_expect() and life_skip() end the process if not.
 */
#ifndef LIFE_H
#define LIFE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <linux/videodev2.h>

#include "common/macros.h"

#define PAGE		4096UL
#define LIFE_FILL	0x5a	/* every byte of a frame's memory before a device wrote */
#define LIFE_PLANES	2	/* at most */

enum {
	LIFE_RIGHT = 0,
	LIFE_WRONG = 1,
	LIFE_CANNOT_RUN = 2,
	LIFE_SKIPPED = 4,
};

/**
 * struct life - the device, and the frames that go through it
 * @fd:		the node, open
 * @name:	its name in /dev and in debugfs
 * @type:	of its buffers
 * @output:	it reads from memory
 * @planes:	how many planes a frame has; each begins on a page of its own
 * @size:	bytes in each plane; all but the last are a page long
 * @frame:	bytes of the frame
 * @pages:	pages that it touches
 * @translated:	it is behind an IOMMU, and takes memory that is not contiguous
 * @index:	of the buffer that is handed over next
 * @streaming:	STREAMON is done
 * @good:	output: good frames that the device had counted when a frame was painted
 */
struct life {
	int fd;
	char name[32];
	enum v4l2_buf_type type;
	bool output;
	unsigned int planes;
	size_t size[LIFE_PLANES];
	size_t frame;
	size_t pages;
	bool translated;
	unsigned int index;
	bool streaming;
	long long good;
};

/**
 * struct scenario - one thing that happens to a pin
 * @name:	short name
 * @sentence:	what must come of it
 * @run:	makes it happen, and sees what comes of it
 */
struct scenario {
	const char *name;
	const char *sentence;
	void (*run)(struct life *l);
};

/* Each ends with a scenario of no name. */
extern const struct scenario owner_scenarios[];
extern const struct scenario prepared_scenarios[];
extern const struct scenario refusal_scenarios[];

__printf(2, 3)
void life_expect(bool is_so, const char *format, ...);
__printf(1, 2) __noreturn
void life_skip(const char *format, ...);

void life_open(struct life *l, const char *path);
void life_buffers(struct life *l, unsigned int count, enum v4l2_memory memory);

unsigned char *life_map(const struct life *l, void *at);
void life_fill(const struct life *l, unsigned char *memory);
void life_paint(struct life *l, unsigned char *memory);
bool life_untouched(const struct life *l, const unsigned char *memory);

struct v4l2_buffer life_buffer(const struct life *l, unsigned char *memory,
			       struct v4l2_plane planes[LIFE_PLANES]);
unsigned char *life_pointer(const struct v4l2_buffer *buf);
int life_ioctl(const struct life *l, unsigned long request, void *argument);
int life_queue(struct life *l, unsigned char *memory);
int life_prepare(struct life *l, unsigned char *memory);
void life_dequeue(struct life *l, unsigned char *memory);
void life_frame(struct life *l, unsigned char *memory);

unsigned long life_verdict(const struct life *l, char *line, size_t size);
void life_expect_verdict(const struct life *l, const char *keys);

/**
 * struct other - another process, forked from this one
 * @pid:	its number
 * @go:		what it waits for
 * @said:	what it writes to when it has done its part
 */
struct other {
	pid_t pid;
	int go;
	int said;
};

struct other life_fork(struct life *l, unsigned char *memory,
		       void (*part)(struct life *l, unsigned char *memory));
void life_go(struct other *other);
void life_end(struct other *other);

#endif
