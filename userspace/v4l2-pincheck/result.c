// SPDX-License-Identifier: GPL-2.0-only
/*
 * result.c - the result of one row: one kind of memory, one device, one policy
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "result.h"

const char * const policy_names[NR_POLICIES] = {
	[VIPIN_POLICY_KERNEL] = "kernel",
	[VIPIN_POLICY_STRICT] = "strict",
};

const char * const outcome_names[NR_OUTCOMES] = {
	[ROW_AS_EXPECTED] = "as-expected",
	[ROW_EXPECTED_FAILURE] = "expected-failure",
	[ROW_UNEXPECTED] = "unexpected",
	[ROW_SKIPPED] = "skipped",
};

/**
 * row_fault() - note something that is not as expected
 * @row:	the row; faults are dropped when it has MAX_FAULTS
 * @format:	as for printf()
 */
void row_fault(struct row *row, const char *format, ...)
{
	va_list args;

	if (row->nr_faults == MAX_FAULTS)
		return;
	va_start(args, format);
	vsnprintf(row->faults[row->nr_faults++], FAULT_SIZE, format, args);
	va_end(args);
}

/**
 * row_note() - note something that may have another cause than the device
 * @row:	the row; notes are dropped when it has MAX_NOTES
 * @format:	as for printf()
 */
void row_note(struct row *row, const char *format, ...)
{
	va_list args;

	if (row->nr_notes == MAX_NOTES)
		return;
	va_start(args, format);
	vsnprintf(row->notes[row->nr_notes++], FAULT_SIZE, format, args);
	va_end(args);
}

/**
 * row_skip() - skip the row
 * @row:	the row
 * @format:	why, as for printf()
 *
 * Return: false, for a caller that returns whether the row was run.
 */
bool row_skip(struct row *row, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(row->skip, sizeof(row->skip), format, args);
	va_end(args);
	row->outcome = ROW_SKIPPED;
	return false;
}

/**
 * row_may_pin_in_place() - check whether pages may be pinned where they should not stay
 * @row:	the row; its expectation is known
 *
 * Return: true if a kernel quirk allows it.
 */
bool row_may_pin_in_place(const struct row *row)
{
	return row->expected.quirk && row->expected.quirk->in_place;
}

/**
 * error_name() - name an error
 * @error:	0, or a negative errno
 *
 * glibc has strerrorname_np() only since 2.32.
 *
 * Return: its name, or "accepted" for 0.
 */
const char *error_name(int error)
{
#define NAMED(name) { name, #name }
	static const struct {
		int number;
		const char *name;
	} names[] = {
		{ 0, "accepted" }, NAMED(EPERM), NAMED(ENOENT), NAMED(EINTR), NAMED(EIO),
		NAMED(ENXIO), NAMED(EAGAIN), NAMED(ENOMEM), NAMED(EACCES), NAMED(EFAULT),
		NAMED(EBUSY), NAMED(EEXIST), NAMED(ENODEV), NAMED(EINVAL), NAMED(ENOTTY),
		NAMED(EFBIG), NAMED(ENOSPC), NAMED(ERANGE), NAMED(EOVERFLOW),
		NAMED(EOPNOTSUPP), NAMED(ETIMEDOUT), NAMED(EHWPOISON),
	};
#undef NAMED

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].number == -error)
			return names[i].name;
	return strerror(-error);
}

/**
 * total_add() - count a row
 * @total:	the total so far
 * @row:	the row, done
 */
void total_add(struct total *total, const struct row *row)
{
	total->pointers += row->outcome != ROW_SKIPPED;
	total->outcomes[row->outcome]++;
	total->frames += row->frames;
	total->known += row->known && row->outcome == ROW_EXPECTED_FAILURE;
}
