/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * verdict.h - the verdicts that vipin records
 */
#ifndef VERDICT_H
#define VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "device.h"
#include "vipin/vipin-uapi.h"

/* A set of reasons has a bit for each enum vipin_reason. */
#define REASON(name)	(1ULL << VIPIN_REASON_##name)

extern const char * const decider_names[VIPIN_DECIDERS];
extern const char * const reason_names[VIPIN_REASONS];

/**
 * struct verdict - one line of vipin's verdicts file
 * @serial:	its number; 0 if there is no verdict
 * @error:	0, or a negative errno
 * @decided_by:	what decided
 * @reason:	why
 * @offset:	bytes from the pointer to the first byte that was refused
 * @offset_known: @offset is set
 * @pinned_for_writing: it was refused because this kernel pins output buffers for
 *		writing, too
 * @sentence:	the reason in words
 */
struct verdict {
	unsigned int serial;
	int error;
	enum vipin_decider decided_by;
	enum vipin_reason reason;
	size_t offset;
	bool offset_known;
	bool pinned_for_writing;
	char sentence[256];
};

bool verdict_may_be_read(const struct device *d);
unsigned int verdict_last_serial(const struct device *d);
bool verdict_read(const struct device *d, unsigned int after, void *pointer,
		  size_t size, struct verdict *v);

#endif
