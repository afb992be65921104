/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * node.h - an open metadata node of vipin
 */
#ifndef NODE_H
#define NODE_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/videodev2.h>

#include "layout.h"
#include "scenario-options.h"

#define META_SIZE	sizeof(struct vipin_metadata)

/**
 * struct node - an open metadata node
 * @path:	its path
 * @capture:	path of the capture node of its device, which has its verdicts and pins
 * @why:	why the scenario ended
 * @fd:		its file descriptor
 * @type:	V4L2_BUF_TYPE_META_CAPTURE
 * @policy:	the policy of the scenarios
 * @translated:	the device is behind an IOMMU
 * @gone:	the device was unbound
 * @alignment:	what a start and a length have to be multiples of: dma_get_cache_alignment()
 * @length:	of a buffer: that of metadata, rounded up to @alignment
 * @held:	pages that were pinned in the whole system before the scenario
 * @done:	the last buffer that was dequeued
 * @meta:	its metadata
 */
struct node {
	const char *path;
	char capture[32];
	char why[SCENARIO_WHY];
	int fd;
	enum v4l2_buf_type type;
	enum vipin_policy policy;
	bool translated;
	bool gone;
	size_t alignment;
	size_t length;
	long held;
	struct v4l2_buffer done;
	struct vipin_metadata meta;
};

/**
 * struct scenario - what happens to metadata buffers
 * @name:	of the scenario
 * @sentence:	what it proves
 * @run:	runs it on an open node without buffers
 */
struct scenario {
	const char *name;
	const char *sentence;
	enum outcome (*run)(struct node *n);
};

extern const struct scenario scenarios_places[];
extern const struct scenario scenarios_memory[];
extern const struct scenario scenarios_frames[];
extern const struct scenario scenarios_device[];

/* Record that a scenario cannot go on. Returns the outcome. */
#define cannot(n) \
	ended(n, CANNOT_RUN, "%s, line %d: %s", __func__, __LINE__, strerror(errno))

bool node_open(struct node *n);
enum outcome node_close(struct node *n, enum outcome outcome);
bool node_begin(struct node *n, enum v4l2_memory memory, unsigned int count);
enum outcome node_begin_at(struct node *n, unsigned char *start);
void node_end(struct node *n);
int node_call(struct node *n, unsigned long call, unsigned int index, const void *pointer,
	      size_t length);
int node_queue(struct node *n, unsigned int index, const void *pointer);
int node_dequeue(struct node *n);
bool node_arrived(struct node *n, const void *memory);
enum outcome node_take(struct node *n, unsigned int index, const void *pointer);
enum outcome node_refuses(struct node *n, const void *pointer, size_t length, int error,
			  const char *keys);
enum outcome node_expect_pinned(struct node *n, long pages);

unsigned char *page_map(void *at);

#endif
