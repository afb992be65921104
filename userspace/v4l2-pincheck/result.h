/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * result.h - the result of one row: one kind of memory, one device, one policy
 */
#ifndef RESULT_H
#define RESULT_H

#include "device.h"
#include "expect.h"
#include "memory/memory.h"
#include "variant.h"
#include "verdict.h"

#define MAX_FAULTS	8
#define MAX_NOTES	4
#define FAULT_SIZE	200

/**
 * enum outcome - the outcome of a row
 * @ROW_AS_EXPECTED:	everything is as the rules require
 * @ROW_EXPECTED_FAILURE: a kernel quirk breaks a rule, and the rest is as expected; or the row
 *			is known to fail on this device
 * @ROW_UNEXPECTED:	something is not as expected
 * @ROW_SKIPPED:	the row could not be run
 * @NR_OUTCOMES:	number of outcomes
 */
enum outcome {
	ROW_AS_EXPECTED,
	ROW_EXPECTED_FAILURE,
	ROW_UNEXPECTED,
	ROW_SKIPPED,
	NR_OUTCOMES
};

extern const char * const outcome_names[NR_OUTCOMES];
extern const char * const policy_names[NR_POLICIES];

/**
 * struct row - one row
 * @device:	the device
 * @policy:	policy of the device
 * @kind:	the kind of memory
 * @variant:	size of the frame, and its place in the memory
 * @outcome:	the outcome
 * @error:	what QBUF returned: 0, or a negative errno
 * @expected:	what was expected; without a case if the row was skipped before it was
 *		known, and then @quirk is the kernel quirk because of which it was skipped
 * @depends:	a bit for each feature of the kernel that decides; see expect_depends()
 * @contiguous_by_luck: the memory was accepted because its bounce buffers happened to be
 *		adjacent; the next pin may be refused
 * @verdict:	vipin's verdict
 * @frames:	number of frames that were verified in this memory
 * @skip:	why the row was skipped
 * @faults:	what is not as expected, a sentence each
 * @nr_faults:	number of faults
 * @notes:	what has changed in the system, perhaps by other programs; a sentence each
 * @nr_notes:	number of notes
 * @known:	why the row is known to fail on this device (--expect), or NULL
 * @nr_misjudged: number of these that are about the verdict
 * @zones_known:	the kernel showed the zone of each page before
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
	bool contiguous_by_luck;
	struct verdict verdict;
	unsigned int frames;
	char skip[160];
	char faults[MAX_FAULTS][FAULT_SIZE];
	unsigned int nr_faults;
	char notes[MAX_NOTES][FAULT_SIZE];
	unsigned int nr_notes;
	const char *known;
	unsigned int nr_misjudged;
	bool zones_known;
};

/**
 * struct total - rows, counted
 * @pointers:	rows that were run
 * @outcomes:	rows of each outcome
 * @frames:	frames verified
 * @known:	rows that failed as --expect says
 */
struct total {
	unsigned int pointers;
	unsigned int outcomes[NR_OUTCOMES];
	unsigned int frames;
	unsigned int known;
};

__printf(2, 3)
void row_fault(struct row *row, const char *format, ...);
__printf(2, 3)
void row_note(struct row *row, const char *format, ...);
__printf(2, 3)
bool row_skip(struct row *row, const char *format, ...);
bool row_may_pin_in_place(const struct row *row);
const char *error_name(int error);
void total_add(struct total *total, const struct row *row);

#endif
