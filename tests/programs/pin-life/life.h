/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * life.h - the functions that the scenarios of pin-life use
 *
 * A scenario runs in a process of its own, with the device open and one USERPTR buffer. It
 * returns if all is right. Otherwise life_expect() or life_skip() ends the process.
 */
#ifndef LIFE_H
#define LIFE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <linux/videodev2.h>

#include "common/macros.h"
#include "common/page.h"
#include "scenario-options.h"

#define LIFE_FILL	0x5a	/* every byte of a frame's memory before the device writes */
#define LIFE_PLANES	2	/* at most */

/**
 * struct life - the device, and the frames that go through it
 * @path:	of the node
 * @policy:	its policy
 * @fd:		the open node
 * @type:	of its buffers
 * @output:	it is an output device, and reads from memory
 * @planes:	how many planes a frame has; each begins on a page of its own
 * @size:	bytes in each plane; all but the last are a page long
 * @frame:	bytes of the frame
 * @pages:	pages that the frame occupies
 * @translated:	it is behind an IOMMU, and accepts memory that is not contiguous
 * @index:	index of the buffer for the next QBUF
 * @streaming:	STREAMON is done
 * @good:	output: the device's count of good frames when a frame was painted
 */
struct life {
	const char *path;
	enum vipin_policy policy;
	int fd;
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
 * @sentence:	what must result
 * @run:	makes it happen, and checks the result
 */
struct scenario {
	const char *name;
	const char *sentence;
	void (*run)(struct life *l);
};

/* Each table ends with a scenario without a name. */
extern const struct scenario owner_scenarios[];
extern const struct scenario prepared_scenarios[];
extern const struct scenario refusal_scenarios[];

/* The other scenarios make sense under policy kernel only if this one is not skipped. */
extern const struct scenario owner_is_known;

__printf(2, 3)
void life_expect(bool condition, const char *format, ...);
__printf(1, 2) __noreturn
void life_skip(const char *format, ...);

void life_open(struct life *l, const char *path, enum vipin_policy policy);
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
 * @go:		pipe that it reads before it starts its part
 * @done:	pipe that it writes to after its part
 */
struct other {
	pid_t pid;
	int go;
	int done;
};

struct other life_fork(struct life *l, unsigned char *memory,
		       void (*part)(struct life *l, unsigned char *memory));
void life_go(struct other *other);
void life_end(struct other *other);

#endif
