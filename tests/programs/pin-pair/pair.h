/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pair.h - an open memory-to-memory node, and the frames that it copies
 */
#ifndef PAIR_H
#define PAIR_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <linux/videodev2.h>

#include "scenario-options.h"

#define BUFFERS		4

/**
 * enum direction - one of the two queues
 * @OUT:	the device reads
 * @CAP:	the device writes
 */
enum direction { OUT, CAP };

/**
 * struct pair - an open node
 * @path:	its path
 * @why:	why the scenario ended
 * @fd:		its file descriptor
 * @planes:	it has the multi-planar API
 * @page:	bytes in a frame of the scenarios: a page, which is contiguous on any bus
 * @done:	the last buffer that was dequeued
 * @plane:	its plane, with the multi-planar API
 */
struct pair {
	const char *path;
	char why[SCENARIO_WHY];
	int fd;
	bool planes;
	size_t page;
	struct v4l2_buffer done;
	struct v4l2_plane plane;
};

/**
 * struct scenario - what happens to a pair of pointers
 * @name:	of the scenario
 * @sentence:	what it proves
 * @run:	runs it on an open node with a format and without buffers
 */
struct scenario {
	const char *name;
	const char *sentence;
	enum outcome (*run)(struct pair *p);
};

/* Record that a scenario cannot go on. Returns the outcome. */
#define cannot(p) \
	ended(p, CANNOT_RUN, "%s, line %d: %s", __func__, __LINE__, strerror(errno))

extern const struct scenario scenarios_copy[];
extern const struct scenario scenarios_memory[];
extern const struct scenario scenarios_end[];

bool pair_open(struct pair *p);
void pair_close(struct pair *p);
enum v4l2_buf_type pair_type(const struct pair *p, enum direction dir);
bool pair_set_format(struct pair *p, enum direction dir, unsigned int width,
		     unsigned int height, unsigned int *bytes);
bool pair_request(struct pair *p, enum direction dir, enum v4l2_memory memory);
int pair_queue(struct pair *p, enum direction dir, unsigned int index, void *pointer);
int pair_prepare(struct pair *p, enum direction dir, unsigned int index, void *pointer);
int pair_queue_stamped(struct pair *p, unsigned int index, void *pointer,
		       unsigned int sequence);
bool pair_stream(struct pair *p, enum direction dir, bool on);
bool pair_begin(struct pair *p);
int pair_dequeue(struct pair *p, enum direction dir);
enum outcome pair_copy(struct pair *p, void *from, void *to, unsigned int sequence);
enum outcome pair_begin_and_copy(struct pair *p, void **from, void **to);
void *pair_map(struct pair *p, enum direction dir);
bool pair_arrived(struct pair *p, const void *frame, unsigned int sequence);
long pair_pinned(const struct pair *p);
bool pair_pinned_becomes(const struct pair *p, long pages);
enum outcome pair_expect_counted(struct pair *p, long pages);
enum outcome pair_expect_pinned(struct pair *p, long held, long pages);

void *page_map(const struct pair *p, void *at);
bool pages_map(const struct pair *p, void *pages[BUFFERS]);

#endif
