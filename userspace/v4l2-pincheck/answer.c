// SPDX-License-Identifier: GPL-2.0-only
/*
 * answer.c - what a device takes, in plain words
 *
 * For one device these are at most nine lines, so that they fit on a screen with the total. For
 * a memory-to-memory device these are twice as many, since it has two directions.
 */
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "common/page.h"

#define MAX_ANSWERS	128
#define MAX_INSTEAD	16
#define MAX_QUIRKS	16
#define SHOWN		2
#define SHOWN_QUIRKS	3

/**
 * struct answer - what the rows of a device show
 * @device:	the device
 * @frame_size:	bytes of a whole frame; those of one page if no other rows were run
 * @takes_scattered: for such frames, see &device.takes_scattered
 * @takes_none:	for such frames, see &device.takes_none
 * @accepted:	number of pointers that it accepted
 * @refused:	number of pointers that it refused
 * @dmabufs:	number of dma-bufs that it accepted
 * @refused_dmabufs: number of dma-bufs that it refused
 * @unexpected:	number of rows that are unexpected
 * @instead:	what to use instead of memory that it refused
 * @rows:	number of rows for each of them
 */
static struct answer {
	const struct device *device;
	size_t frame_size;
	bool takes_scattered;
	bool takes_none;
	unsigned int accepted;
	unsigned int refused;
	unsigned int dmabufs;
	unsigned int refused_dmabufs;
	unsigned int unexpected;
	const char *instead[MAX_INSTEAD];
	unsigned int rows[MAX_INSTEAD];
} answers[MAX_ANSWERS];

static const struct quirk *quirks[MAX_QUIRKS];

static struct answer *answer_of(const struct device *d)
{
	int i = 0;

	while (i < MAX_ANSWERS - 1 && answers[i].device && answers[i].device != d)
		i++;
	answers[i].device = d;
	return &answers[i];
}

static void add_instead(struct answer *a, const char *instead)
{
	for (int i = 0; instead && i < MAX_INSTEAD; i++) {
		if (a->instead[i] && strcmp(a->instead[i], instead))
			continue;
		a->instead[i] = instead;
		a->rows[i]++;
		return;
	}
}

static void add_quirk(const struct quirk *quirk)
{
	for (int i = 0; quirk && i < MAX_QUIRKS; i++) {
		if (quirks[i] && quirks[i] != quirk)
			continue;
		quirks[i] = quirk;
		return;
	}
}

/* The device changes: other rows use frames of one page. */
static void note_device(struct answer *a, const struct row *row)
{
	const struct device *d = row->device;

	if (row->variant->one_page && a->frame_size)
		return;
	a->frame_size = d->pix.sizeimage;
	a->takes_scattered = d->takes_scattered;
	a->takes_none = d->takes_none;
}

/**
 * answer_add() - take a row into account
 * @row:	the row, done
 */
void answer_add(const struct row *row)
{
	struct answer *a = answer_of(row->device);

	note_device(a, row);
	if (row->outcome == ROW_SKIPPED)
		return;
	a->unexpected += row->outcome == ROW_UNEXPECTED;
	if (row->kind->by_fd && row->error)
		a->refused_dmabufs++;
	else if (row->kind->by_fd)
		a->dmabufs++;
	else if (row->error)
		a->refused++;
	else
		a->accepted++;
	if (row->error && row->expected.decides)
		add_instead(a, row->expected.decides->instead);
	if (row->outcome == ROW_EXPECTED_FAILURE && !row->known)
		add_quirk(row->expected.quirk);
}

static void print_memory(const struct answer *a)
{
	if (a->device->m2m)
		printf("%s, %s, takes ", a->device->path, direction_names[a->device->direction]);
	else
		printf("%s takes ", a->device->path);
	if (!a->accepted)
		printf("only its own buffers (MMAP): it has accepted no pointer\n");
	else if (a->takes_none)
		printf("only its own buffers (MMAP) for a frame of this size\n");
	else if (a->takes_scattered && a->device->translated)
		printf("any memory: an IOMMU makes it contiguous for the device\n");
	else if (a->takes_scattered)
		printf("any memory, contiguous or not\n");
	else if (a->frame_size <= PAGE)
		printf("contiguous memory; a frame fits into one page\n");
	else if (a->frame_size <= HUGE_PAGE)
		printf("contiguous memory: a frame fits into a huge page\n");
	else
		printf("contiguous memory: a frame exceeds a huge page (%zu MiB): use a dma-buf\n",
		       (size_t)(HUGE_PAGE >> 20));
}

static void print_alignment(const struct answer *a)
{
	const struct device *d = a->device;

	if (d->alignment > 1)
		printf("  alignment: start and length must be multiples of %zu bytes\n",
		       d->alignment);
	else if (d->alignment_known)
		printf("  alignment: a frame may start at any byte\n");
}

static void print_dmabufs(const struct answer *a)
{
	if (a->dmabufs && a->refused_dmabufs)
		printf("  dma-bufs: accepted if contiguous\n");
	else if (a->dmabufs)
		printf("  dma-bufs: accepted\n");
	else if (a->refused_dmabufs)
		printf("  dma-bufs: all refused\n");
}

/* Print what helps for most of the refused rows. */
static void print_instead(struct answer *a)
{
	for (int shown = 0; shown < SHOWN; shown++) {
		int most = 0;

		for (int i = 1; i < MAX_INSTEAD; i++)
			if (a->rows[i] > a->rows[most])
				most = i;
		if (!a->rows[most])
			return;
		printf("  instead of what it refuses: %s\n", a->instead[most]);
		a->rows[most] = 0;
	}
}

static bool is_met(const struct quirk *quirk)
{
	for (int i = 0; i < MAX_QUIRKS; i++)
		if (quirks[i] == quirk)
			return true;
	return false;
}

/* Can a quirk of the running kernel concern one of the devices? */
static bool concerns(const struct quirk *quirk)
{
	for (int i = 0; i < MAX_ANSWERS && answers[i].device; i++)
		if (quirk_is_possible(quirk, kernel_at_hand(), answers[i].device->direction))
			return true;
	return false;
}

/* Print names of the quirks that this run has met, or has not met. Return their number. */
static unsigned int print_names(const char *before, bool met)
{
	const struct quirk *quirk;
	unsigned int nr = 0;

	for (unsigned int n = 0; (quirk = quirk_number(n)); n++) {
		if (is_met(quirk) != met || (!met && !concerns(quirk)))
			continue;
		if (nr < SHOWN_QUIRKS)
			printf("%s%s", nr ? ", " : before, quirk->name);
		nr++;
	}
	if (nr > SHOWN_QUIRKS)
		printf(" and %u more", nr - SHOWN_QUIRKS);
	if (nr)
		printf("\n");
	return nr;
}

static void print_quirks(void)
{
	if (!print_names("  known kernel faults: this run has met ", true))
		printf("  known kernel faults: this run has met none\n");
	print_names("    this kernel also has ", false);
}

static void print_lack_of_frames(const struct device *d)
{
	if (*d->no_frames)
		printf("  frames: none: %s\n", d->no_frames);
}

/* Print how the frames of a memory-to-memory device were compared. */
static void print_comparison(const struct device *d)
{
	if (!d->m2m || *d->no_frames)
		return;
	if (d->copies)
		printf("  frames: copies, compared byte by byte\n");
	else
		printf("  frames: converted; each must change the buffer that it is written to\n");
}

/* Are all answers about one node? */
static bool is_one_node(void)
{
	for (int i = 1; i < MAX_ANSWERS && answers[i].device; i++)
		if (strcmp(answers[i].device->path, answers[0].device->path))
			return false;
	return true;
}

/* One answer is printed whole. Of several, each says only what is most important. */
static void print_answer(struct answer *a, bool whole)
{
	if (!a->accepted && !a->refused) {
		printf("%s: no pointer was tried\n", a->device->path);
		return;
	}
	print_memory(a);
	if (!whole) {
		print_lack_of_frames(a->device);
		return;
	}
	print_alignment(a);
	print_dmabufs(a);
	print_lack_of_frames(a->device);
	print_comparison(a->device);
	print_instead(a);
	if (a->unexpected)
		printf("  faults: %u of its rows differ from a correct kernel and driver\n",
		       a->unexpected);
}

/**
 * answer_print() - print what the devices take
 */
void answer_print(void)
{
	bool one = is_one_node();

	if (!answers[0].device)
		return;
	printf("\n");
	for (int i = 0; i < MAX_ANSWERS && answers[i].device; i++)
		print_answer(&answers[i], one);
	print_quirks();
}
