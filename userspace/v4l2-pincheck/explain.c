// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain.c - explain kinds of memory and rules
 *
 * To explain a kind of memory, map it here and collect the facts. The answers of several
 * kernels follow from these facts, by the same rules and quirks as for rows.
 */
#include <stdio.h>
#include <string.h>

#include "explain.h"
#include "frame.h"
#include "result.h"

#define MAX_VMAS	16
#define TEXT_SIZE	600
#define EXAMPLE_SIZE	(320 * 240 * 3UL)

/* Two imaginary devices: one needs contiguous memory, one does not. Both reach all memory. */
static const struct device needs_contiguous = {
	.alignment = 1,
	.reach = ~0ULL, .pix.sizeimage = EXAMPLE_SIZE,
};

static const struct device takes_scattered = {
	.alignment = 1,
	.reach = ~0ULL, .pix.sizeimage = EXAMPLE_SIZE, .takes_scattered = true, .translated = true,
};

static void list_quirks(void)
{
	const struct kernel *k = kernel_at_hand();
	const struct quirk *q;

	printf("\nKernel quirks, known faults (*: by its version, Linux %s has it):\n", k->name);
	for (unsigned int n = 0; (q = quirk_number(n)); n++)
		printf("%c %s\n          %s\n", quirk_is_possible(q, k, CAPTURE) ||
		       quirk_is_possible(q, k, OUTPUT) ? '*' : ' ', q->name, q->sentence);
}

/**
 * explain_list() - list kinds of memory, variants, rules and kernel quirks
 */
void explain_list(void)
{
	const struct memory_kind *kind;

	printf("Kinds of memory, and what each proves (!: only with --intrusive):\n");
	memory_for_each_kind(kind)
		printf("%c %-24s %s\n", kind->intrusive ? '!' : ' ', kind->name, kind->sentence);
	printf("\nA row is named after the kind of memory, followed by\n");
	for (const struct variant *v = variants; v->sentence; v++)
		printf("  %-24s %s\n", *v->suffix ? v->suffix : "(nothing)", v->sentence);
	printf("\nCases of the rules; the first that applies decides:\n");
	for (const struct rule_case *c = rule_cases; c->name; c++)
		printf("  rule %u: %-22s %s\n          %s\n", c->rule, c->name,
		       error_name(c->error), c->source);
	list_quirks();
}

static void show_mappings(const struct memory *m)
{
	struct vma vmas[MAX_VMAS];
	int nr = vma_list(m->frame, m->queued_length, vmas, MAX_VMAS);

	printf("\nMapped on this machine as\n");
	if (nr <= 0)
		printf("  nothing at all\n");
	for (int i = 0; i < nr; i++) {
		const struct vma *vma = &vmas[i];

		printf("  %8zu bytes: %c%c%c%s%s%s\n", vma->end - vma->start,
		       vma->read ? 'r' : '-', vma->write ? 'w' : '-',
		       vma->shared ? 's' : 'p', vma->io ? ", VM_IO" : "",
		       vma->pfnmap ? ", VM_PFNMAP" : "",
		       vma->inode ? ", of a file" : "");
	}
}

static void show_pages(const struct facts *f)
{
	if (!f->pfns_known)
		printf("  some pages are not there, or this user may not see them\n");
	else if (f->contiguous == f->length)
		printf("  contiguous in memory\n");
	else
		printf("  contiguous for %zu of %zu bytes\n", f->contiguous, f->length);
	if (f->guarded)
		printf("  a part is a guard region\n");
	if (f->in_cma)
		printf("  %zu pages in the CMA area\n", f->in_cma);
	if (f->in_movable)
		printf("  %zu pages in ZONE_MOVABLE\n", f->in_movable);
}

static void describe_answer(const struct kernel *k, const struct facts *f, char *text,
			    size_t size)
{
	struct expectation e;

	if (!expect(&e, k, f, f))
		snprintf(text, size, "depends on pages that are not there yet");
	else if (e.quirk)
		snprintf(text, size,
			 "%s, against rule %u: %s\n      kernel quirk %s: %s\n      (%s)",
			 error_name(e.error), e.broken->rule, e.broken->name, e.quirk->name,
			 e.quirk->sentence, e.quirk->source);
	else
		snprintf(text, size, "%s by rule %u: %s\n      (%s)", error_name(e.error),
			 e.decides->rule, e.decides->name, e.decides->source);
}

/* Kernels that give the same answer share a line. */
static void show_direction(const struct facts *f)
{
	char text[TEXT_SIZE], same[TEXT_SIZE] = "";
	bool first = true;

	printf("  %s\n", direction_names[f->direction]);
	for (const struct kernel *k = kernel_landmarks; k->version; k++) {
		describe_answer(k, f, text, sizeof(text));
		if (!first && !strcmp(text, same)) {
			printf(", %s", k->name);
			continue;
		}
		if (!first)
			printf(": %s\n", same);
		printf("    Linux %s", k->name);
		memcpy(same, text, sizeof(same));
		first = false;
	}
	printf(": %s\n", same);
}

static void show_verdicts(const struct memory *m, const struct device *d)
{
	struct facts f;

	if (facts_collect(&f, d, m))
		return;
	printf("\nAnswers of kernels to such memory, for a device that %s\n",
	       d->takes_scattered ? "takes scattered memory (behind an IOMMU)" :
				    "needs contiguous memory");
	f.policy = VIPIN_POLICY_KERNEL;
	for (f.direction = 0; f.direction < NR_DIRECTIONS; f.direction++)
		show_direction(&f);
}

static void show_instead(const struct memory *m)
{
	const char *shown = NULL;
	struct expectation e;
	struct facts f;

	if (facts_collect(&f, &needs_contiguous, m))
		return;
	f.policy = VIPIN_POLICY_STRICT;
	for (f.direction = 0; f.direction < NR_DIRECTIONS; f.direction++) {
		if (!expect(&e, kernel_at_hand(), &f, &f) || !e.decides->instead ||
		    e.decides->instead == shown)
			continue;
		shown = e.decides->instead;
		printf("\nInstead, for %s: %s.\n", direction_names[f.direction], shown);
	}
}

/**
 * explain() - explain one kind of memory
 * @name:	name of the kind, which exists
 * @intrusive:	the kind may change the machine
 */
void explain(const char *name, bool intrusive)
{
	const struct memory_kind *kind = memory_find(name);
	struct memory m;
	struct facts f;

	printf("%s: %s.\n", name, kind->sentence);
	if (kind->intrusive && !intrusive) {
		printf("\nThis kind %s, so it is mapped only with --intrusive.\n", kind->intrusive);
		return;
	}
	if (memory_map(&m, kind, "/dev/video0", EXAMPLE_SIZE)) {
		printf("\nThis machine has none: %s.\n", m.why);
		return;
	}
	if (!m.kind->untouched)
		frame_fill(&m);
	show_mappings(&m);
	if (!facts_collect(&f, &takes_scattered, &m))
		show_pages(&f);
	show_verdicts(&m, &needs_contiguous);
	show_verdicts(&m, &takes_scattered);
	show_instead(&m);
	memory_unmap(&m);
}
