/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * device.h - the V4L2 device under test
 */
#ifndef DEVICE_H
#define DEVICE_H

#include <linux/videodev2.h>
#include <stdbool.h>
#include <stddef.h>

#include "vipin/vipin-uapi.h"

#define NR_CONTROLS	3

/**
 * enum direction - which way data goes
 * @CAPTURE:	the device writes
 * @OUTPUT:	the device reads
 * @NR_DIRECTIONS: how many there are
 */
enum direction {
	CAPTURE,
	OUTPUT,
	NR_DIRECTIONS
};

extern const char * const direction_names[NR_DIRECTIONS];

/**
 * struct frame_size - what a frame is asked to be
 * @width:	in pixels
 * @height:	in lines
 * @pixelformat: V4L2_PIX_FMT_...
 */
struct frame_size {
	unsigned int width;
	unsigned int height;
	__u32 pixelformat;
};

/**
 * struct device - a V4L2 device
 * @path:	of its node, as the user gave it
 * @node:	name of the node: "video0"
 * @driver:	its driver: "vipin"
 * @carrier:	what it sits on: "platform", "PCI+IOMMU"
 * @fd:		its open node
 * @direction:	which way data goes
 * @vipin:	it is a vipin: it has policies, knows stamps and tells why it
 *		refused a pointer
 * @translated:	an IOMMU translates what it is given
 * @reach:	the highest bus address that it can drive
 * @bounced:	a bounce buffer is put between it and memory, whatever it reaches
 * @scattered:	it takes memory that is not contiguous; see probe_scattered()
 * @takes_none:	not even memory that every device should take; see probe_depth()
 * @depth:	how many buffers make it start; see probe_depth()
 * @pix:	its format
 * @format_before:	the format it had; its type is 0 until it is known
 * @controls_before:	of vipin's controls that are set here, what they were
 * @why:	in words what went wrong
 */
struct device {
	const char *path;
	char node[32];
	char driver[16];
	char carrier[32];
	int fd;
	enum direction direction;
	bool vipin;
	bool translated;
	__u64 reach;
	bool bounced;
	bool scattered;
	bool takes_none;
	unsigned int depth;
	struct v4l2_pix_format pix;
	struct v4l2_format format_before;
	__s32 controls_before[NR_CONTROLS];
	char why[1024];
};

int device_open(struct device *d, const char *path);
void device_close(struct device *d);
int device_set_size(struct device *d, const struct frame_size *size);
int device_set_exact_size(struct device *d, const struct frame_size *size);
int device_buffers(struct device *d, enum v4l2_memory memory, unsigned int nr);
int device_queue_pointer(struct device *d, unsigned int index, void *pointer,
			 size_t length);
int device_queue_dmabuf(struct device *d, unsigned int index, int fd);
int device_stream(struct device *d, bool on);
int device_dequeue(struct device *d, struct v4l2_buffer *buf,
		   enum v4l2_memory memory, int timeout);

__u32 device_buffer_type(const struct device *d);

/* Of device-format.c: what it has to offer. */
void device_lacks_format(struct device *d, const struct frame_size *size);

/* Of device-bus.c: what is between it and memory. */
void device_look_at_bus(struct device *d, const char *sysfs);

/* In ms. An emulated machine is slow, a camera may have to wake up. */
#define FRAME_TIMEOUT	5000

/**
 * struct frame_count - what a vipin's output node has found
 * @good:	frames whose stamp and contents agree
 * @bad:	other frames
 */
struct frame_count {
	__s64 good;
	__s64 bad;
};

/* Of device-vipin.c: what only a vipin has. */
bool device_is_vipin(const char *path, enum direction *direction);
int device_open_vipin(struct device *d);
void device_close_vipin(struct device *d);
int device_set_policy(struct device *d, enum vipin_policy policy);
int device_count_frames(struct device *d, struct frame_count *count);

#endif
