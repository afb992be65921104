/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * row.h - one kind of memory, one device, one policy: one row of the table
 */
#ifndef ROW_H
#define ROW_H

#include <stdatomic.h>

#include "device.h"
#include "health.h"
#include "memory/memory.h"
#include "rules.h"
#include "variant.h"
#include "verdict.h"

#define MAX_FAULTS	8
#define FAULT_SIZE	200

enum outcome {
	ROW_AS_RULED,
	ROW_AS_KNOWN,
	ROW_SURPRISE,
	ROW_SKIPPED,
	NR_OUTCOMES
};

extern const char * const outcome_names[NR_OUTCOMES];

/**
 * struct row - what came of it
 * @device:	the device
 * @policy:	its policy
 * @kind:	the memory
 * @variant:	how large the frame is, and where it lies
 * @outcome:	as the rules say or not
 * @error:	what QBUF returned: 0, or a negative errno
 * @expected:	the rule that holds, and what is known of this kernel; no rule
 *		where the row was skipped before one was found, be it for what is known
 * @by_luck:	it was accepted since bounce buffers happen to lie side by side; when
 *		it is pinned anew, they may not
 * @depends:	a bit for each feature of the kernel that decides; see rules_depend()
 * @told:	what vipin told
 * @frames:	how many frames were verified in this memory
 * @skip:	why it was skipped
 * @faults:	what was not as it should be, each in words
 * @nr_faults:	how many of them
 * @nr_misjudged: how many of these are about the verdict
 * @zones_told:	the kernel said in which zone each page was before
 */
struct row {
	const struct device *device;
	enum vipin_policy policy;
	const struct memory_kind *kind;
	const struct variant *variant;
	enum outcome outcome;
	int error;
	struct expectation expected;
	unsigned int depends;
	bool by_luck;
	struct verdict told;
	unsigned int frames;
	char skip[160];
	char faults[MAX_FAULTS][FAULT_SIZE];
	unsigned int nr_faults;
	unsigned int nr_misjudged;
	bool zones_told;
};

/**
 * struct run - what all rows share
 * @frames:	how many are to go into memory that was accepted, or out of it;
 *		0 for as many as is usual
 * @png:	where to write the first frame, or NULL; NULL again once written
 * @png_error:	why it could not be written: a negative errno, or 0
 * @good:	memory that every device takes
 * @spare:	more of it, for drivers that want more buffers than one
 * @pins:	how many pages are pinned in the whole system, by whoever else
 * @footprint:	what this process has of memory, as the last row has left it
 * @stop:	set by a signal: end the row that runs, and begin no other
 */
struct run {
	unsigned int frames;
	const char *png;
	int png_error;
	struct memory good;
	struct memory spare;
	long pins;
	struct footprint footprint;
	atomic_bool stop;
};

extern const char * const policy_names[NR_POLICIES];

void row_run(struct row *row, struct run *run, struct device *d,
	     enum vipin_policy policy, const struct memory_kind *kind,
	     const struct variant *variant);
__printf(2, 3)
void row_fault(struct row *row, const char *format, ...);
bool row_pins_in_place(const struct row *row);
const char *row_error_name(int error);

/* Of child.c: what another process has to do with it. */
bool child_run(struct row *row, struct run *run, struct device *d, struct memory *m,
	       bool (*work)(struct row *row, struct run *run, struct device *d,
			    struct memory *m));
int child_killed_in_queue(struct row *row, struct device *d, struct memory *m);
int child_queue(struct row *row, struct device *d, struct memory *m);

/* Of stream.c: frames through memory that was accepted. */
enum v4l2_memory memory_type(const struct memory *m);
int stream_queue(struct device *d, unsigned int index, const struct memory *m);
unsigned int stream_frames(struct row *row, struct run *run, struct device *d,
			   struct memory *m, bool *painted, unsigned int nr);

#endif
