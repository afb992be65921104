/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * job.h - what a job of a memory-to-memory device has done
 */
#ifndef JOB_H
#define JOB_H

#include "device.h"
#include "memory/memory.h"

bool job_copied(const struct device *d, const struct memory *m,
		const struct v4l2_buffer *buf, char *why, size_t size);
bool job_verify(const struct device *d, const struct memory *m,
		const struct v4l2_buffer *buf, char *why, size_t size);

#endif
