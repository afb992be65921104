/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * verdict.h - what vipin told about a pointer
 */
#ifndef VERDICT_H
#define VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "device.h"

/**
 * enum who - who decided about a pointer
 * @WHO_UNKNOWN:	the driver does not say, or says that it does not know
 * @WHO_ACCEPTED:	nobody refused
 * @WHO_VMA_CHECK:	vipin's own check of the mappings
 * @WHO_FRAME_VECTOR:	the kernel, which would not pin
 * @WHO_CONTIGUITY:	videobuf2-dma-contig, which found more than one piece
 * @WHO_DMA_MAP:	the DMA mapping
 * @WHO_RACE:		vipin, because the mapping kept changing
 * @WHO_ARGUMENT:	a check of address and length alone
 * @WHO_MEMORY:		the kernel, for want of memory for its own
 */
enum who {
	WHO_UNKNOWN,
	WHO_ACCEPTED,
	WHO_VMA_CHECK,
	WHO_FRAME_VECTOR,
	WHO_CONTIGUITY,
	WHO_DMA_MAP,
	WHO_RACE,
	WHO_ARGUMENT,
	WHO_MEMORY,
};

extern const char * const who_names[];

/**
 * struct verdict - one line of vipin's verdicts file
 * @serial:	its number; 0 where there is none
 * @error:	0, or a negative errno
 * @who:	who decided
 * @reason:	in vipin's words
 */
struct verdict {
	unsigned int serial;
	int error;
	enum who who;
	char reason[256];
};

bool verdict_may_be_read(const struct device *d);
unsigned int verdict_last_serial(const struct device *d);
bool verdict_read(const struct device *d, unsigned int after, void *pointer,
		  size_t size, struct verdict *v);

#endif
