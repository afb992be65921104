// SPDX-License-Identifier: GPL-2.0-only
/*
 * quirks.c - how some kernels break a rule about pinned memory
 */
#include "common/kernel.h"
#include "quirks.h"

/**
 * struct quirk - a kernel quirk
 * @name:	short name
 * @sentence:	what the kernel does
 * @source:	commit that ended it, or the function that does it
 * @before:	first kernel without it; 0 if event_run() observes it instead
 */
static const struct quirk {
	const char *name;
	const char *sentence;
	const char *source;
	unsigned int before;
} quirks[] = {
	[PIN_KEPT] = {
		.name = "pin-kept",
		.sentence = "videobuf2 keeps a pin though the mapping has changed",
		.source = "videobuf2-core.c, __prepare_userptr()",
	},
	[COPIED_THOUGH_PINNED] = {
		.name = "copied-though-pinned",
		.sentence = "a write to a pinned page that was write-protected copies it",
		.source = "before 6c287605fd56, remember exclusively mapped anonymous pages",
		.before = KERNEL(5, 19, 0),
	},
	[COPIED_WHEN_WRITTEN] = {
		.name = "copied-when-written",
		.sentence = "a later write to a pinned page copies it, and the pin is kept",
		.source = "before 6c287605fd56, remember exclusively mapped anonymous pages",
		.before = KERNEL(5, 19, 0),
	},
	[HUGETLB_COPIED] = {
		.name = "hugetlb-copied",
		.sentence = "after fork() a write to a pinned hugetlb page copies it",
		.source = "before 4eae4efa2c29, hugetlb: do early cow when page pinned on src mm",
		.before = KERNEL(5, 13, 0),
	},
	[READ_ONLY_OVERRIDDEN] = {
		.name = "read-only-overridden",
		.sentence = "FOLL_FORCE overrides a read-only private mapping",
		.source = "before \"mm/frame-vector: remove FOLL_FORCE usage\"",
		.before = KERNEL(6, 2, 0),
	},
};

/**
 * quirk_applies() - check whether the running kernel has a quirk
 * @quirk:	the quirk
 *
 * Return: true if it has, by its version.
 */
bool quirk_applies(enum life_quirk quirk)
{
	return kernel_at_hand()->version < quirks[quirk].before;
}

/**
 * quirk_change() - change a scenario as its quirk changes it
 * @scenario:	the scenario
 *
 * Return: the scenario that the kernel follows if it has the quirk.
 */
struct scenario quirk_change(const struct scenario *scenario)
{
	struct scenario changed = *scenario;

	/* Each quirk of a scenario that is data replaces the page under the pointer. */
	changed.leads_to = OTHER_PAGES;
	return changed;
}

/**
 * quirk_comes_late() - check when a quirk changes the scenario
 * @quirk:	the quirk
 *
 * Return: true if it does so when the program writes to the memory before the next QBUF.
 */
bool quirk_comes_late(enum life_quirk quirk)
{
	return quirk == COPIED_WHEN_WRITTEN;
}

/**
 * quirk_end() - end the scenario as an expected failure
 * @quirk:	the quirk that the kernel has shown
 */
void quirk_end(enum life_quirk quirk)
{
	life_expected_failure("%s: %s (%s)", quirks[quirk].name, quirks[quirk].sentence,
			      quirks[quirk].source);
}
