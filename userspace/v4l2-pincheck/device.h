/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * device.h - the V4L2 capture device under test
 */
#ifndef DEVICE_H
#define DEVICE_H

#include <linux/videodev2.h>
#include <stdbool.h>

#include "vipin/vipin-uapi.h"

#define NR_CONTROLS	3

/**
 * struct device - a V4L2 capture device
 * @path:	of its node, as the user gave it
 * @node:	name of the node: "video0"
 * @carrier:	what it sits on: "platform", "PCI+IOMMU"
 * @fd:		its open node
 * @vipin:	it is a vipin: it has policies, stamps its frames and tells why
 *		it refused a pointer
 * @translated:	an IOMMU translates what it is given
 * @scattered:	it takes memory that is not contiguous; see probe_scattered()
 * @depth:	how many buffers make it start; see probe_depth()
 * @pix:	its format
 * @format_before:	the format it had; its type is 0 until it is known
 * @controls_before:	of vipin's controls that are set here, what they were
 * @why:	in words what went wrong
 */
struct device {
	const char *path;
	char node[32];
	char carrier[32];
	int fd;
	bool vipin;
	bool translated;
	bool scattered;
	unsigned int depth;
	struct v4l2_pix_format pix;
	struct v4l2_format format_before;
	__s32 controls_before[NR_CONTROLS];
	char why[160];
};

bool device_is_vipin(const char *path);

int device_open(struct device *d, const char *path);
void device_close(struct device *d);
int device_set_policy(struct device *d, enum vipin_policy policy);
int device_buffers(struct device *d, enum v4l2_memory memory, unsigned int nr);
int device_queue_pointer(struct device *d, unsigned int index, void *pointer,
			 size_t length);
int device_queue_dmabuf(struct device *d, unsigned int index, int fd);
int device_stream(struct device *d, bool on);
int device_dequeue(struct device *d, struct v4l2_buffer *buf,
		   enum v4l2_memory memory);

#endif
