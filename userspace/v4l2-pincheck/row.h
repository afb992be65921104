/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * row.h - one kind of memory, one device, one policy: one row of the table
 */
#ifndef ROW_H
#define ROW_H

#include <stdatomic.h>

#include "device.h"
#include "memory/memory.h"
#include "rules.h"
#include "verdict.h"

#define MAX_FAULTS	8
#define FAULT_SIZE	200

enum outcome {
	ROW_AS_RULED,
	ROW_SURPRISE,
	ROW_SKIPPED,
};

/**
 * struct row - what came of it
 * @device:	the device
 * @policy:	its policy
 * @kind:	the memory
 * @outcome:	as the rules say or not
 * @error:	what QBUF returned: 0, or a negative errno
 * @rule:	the rule that holds
 * @told:	what vipin told
 * @frames:	how many frames were verified in this memory
 * @skip:	why it was skipped
 * @faults:	what was not as it should be, each in words
 * @nr_faults:	how many of them
 */
struct row {
	const struct device *device;
	enum vipin_policy policy;
	const struct memory_kind *kind;
	enum outcome outcome;
	int error;
	const struct rule *rule;
	struct verdict told;
	unsigned int frames;
	char skip[160];
	char faults[MAX_FAULTS][FAULT_SIZE];
	unsigned int nr_faults;
};

/**
 * struct run - what all rows share
 * @frames:	how many to capture into memory that was accepted
 * @png:	where to write the first frame, or NULL; NULL again once written
 * @good:	memory that every device takes
 * @spare:	more of it, for drivers that want more buffers than one
 * @stop:	set by a signal: end the row that runs, and begin no other
 */
struct run {
	unsigned int frames;
	const char *png;
	struct memory good;
	struct memory spare;
	atomic_bool stop;
};

extern const char * const policy_names[];

void row_run(struct row *row, struct run *run, struct device *d,
	     enum vipin_policy policy, const struct memory_kind *kind);

#endif
