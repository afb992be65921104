/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pins.h - shared by the files of bench-pins
 */
#ifndef PINS_H
#define PINS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/videodev2.h>

#include "common/macros.h"
#include "common/pagemap.h"
#include "vipin/vipin-uapi.h"

#define KIB		((size_t)1024)
#define MIB		(1024 * KIB)

/* Number of samples of each variant; the report uses their median. */
#define SAMPLES		7

/**
 * enum pages - the kind of pages that memory has
 * @SMALL_PAGES: anonymous memory in pages of 4 KiB
 * @SHARED_PAGES: a memfd in pages of 4 KiB
 * @HUGE_PAGES:	a memfd in adjacent huge pages: contiguous memory
 */
enum pages {
	SMALL_PAGES,
	SHARED_PAGES,
	HUGE_PAGES,
};

/**
 * struct range - memory to pin, with all its pages
 * @start:	first address
 * @size:	in bytes
 */
struct range {
	unsigned char *start;
	size_t size;
};

/**
 * struct queue - a vipin node with one buffer
 * @fd:		the node
 * @type:	its direction
 * @memory:	of the buffer
 */
struct queue {
	int fd;
	enum v4l2_buf_type type;
	enum v4l2_memory memory;
};

extern const char * const policies[];

/* size-name.c */
const char *size_name(size_t size);

/* range.c */
extern const char * const pages_names[];
void range_map(struct range *r, size_t size, enum pages pages);
void range_unmap(struct range *r);

/* queue.c */
bool queue_open(struct queue *q, const char *bus, enum v4l2_buf_type type);
void queue_begin(struct queue *q, enum v4l2_memory memory, int policy, size_t frame);
__u64 queue_buffer(const struct queue *q, const void *start, size_t length);
void queue_stream(const struct queue *q);
void queue_wait(const struct queue *q);
void queue_take_back(const struct queue *q);
void queue_end(const struct queue *q);
void queue_close(struct queue *q);

/* pin.c */
int pin_open(void);
__u64 pin_once(int fd, int way, const void *start, size_t nr_pages);
__u64 hold_mmap_lock(int fd, bool write, unsigned int hold_us, unsigned int pause_us);

/* The groups of measures, each in the file of that name. */
void measure_new_pointer(const char *only);
void measure_known_pointer(void);
void measure_ways(void);

#endif /* PINS_H */
