// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain.c - what there is to know about kinds of memory and rules
 *
 * A kind is explained by making it here and looking at it. What each kernel does
 * to it follows from that, by the same rules that rows are judged by.
 */
#include <stdio.h>
#include <string.h>

#include "explain.h"
#include "frame.h"
#include "row.h"

#define MAX_VMAS	16
#define WORDS		400
#define EXAMPLE_SIZE	(320 * 240 * 3UL)

/*
 * Two devices that do not exist: with and without a need of contiguous memory. Both reach
 * all of it.
 */
static const struct device needy = {
	.reach = ~0ULL, .pix.sizeimage = EXAMPLE_SIZE,
};

static const struct device content = {
	.reach = ~0ULL, .pix.sizeimage = EXAMPLE_SIZE, .scattered = true, .translated = true,
};

/**
 * explain_list() - list kinds of memory, variants, rules
 */
void explain_list(void)
{
	const struct memory_kind *kind;

	printf("Kinds of memory, and what each proves:\n");
	memory_for_each_kind(kind)
		printf("  %-28s %s\n", kind->name, kind->sentence);
	printf("\nRows of each kind: its name and\n");
	for (const struct variant *v = variants; v->sentence; v++)
		printf("  %-28s %s\n", *v->suffix ? v->suffix : "(nothing)", v->sentence);
	printf("\nRules, the first that applies holds:\n");
	for (const struct rule *r = rules; r->name; r++)
		printf("  %-28s law %u: %s; %s\n", r->name, r->law,
		       row_error_name(r->error), r->source);
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

static void show_pages(const struct sight *s)
{
	if (!s->pfns_known)
		printf("  not all of its pages are there, or not for this user to see\n");
	else if (s->contiguous == s->length)
		printf("  contiguous in memory\n");
	else
		printf("  contiguous for %zu of %zu bytes\n", s->contiguous, s->length);
	if (s->guarded)
		printf("  part of it is a guard region\n");
	if (s->in_cma)
		printf("  %zu pages in the CMA area\n", s->in_cma);
	if (s->in_movable)
		printf("  %zu pages in ZONE_MOVABLE\n", s->in_movable);
}

static void verdict_words(const struct kernel *k, enum direction dir,
			  const struct sight *s, char *words, size_t size)
{
	struct expectation e;

	if (!rules_expect(&e, k, VIPIN_POLICY_KERNEL, dir, s, s))
		snprintf(words, size, "depends on pages that are not there yet");
	else if (e.known)
		snprintf(words, size, "%s by rule '%s', against law %u: %s\n      (%s)",
			 row_error_name(e.error), e.error ? e.rule->name : e.known->name,
			 e.law->law, e.known->sentence, e.known->source);
	else
		snprintf(words, size, "%s by rule '%s' of law %u\n      (%s)",
			 row_error_name(e.error), e.law->name, e.law->law, e.law->source);
}

/* Kernels that say the same share a line. */
static void show_direction(enum direction dir, const struct sight *s)
{
	char words[WORDS], same[WORDS] = "";
	bool first = true;

	printf("  %s\n", direction_names[dir]);
	for (const struct kernel *k = kernel_landmarks; k->version; k++) {
		verdict_words(k, dir, s, words, sizeof(words));
		if (!first && !strcmp(words, same)) {
			printf(", %s", k->name);
			continue;
		}
		if (!first)
			printf(": %s\n", same);
		printf("    Linux %s", k->name);
		memcpy(same, words, sizeof(same));
		first = false;
	}
	printf(": %s\n", same);
}

static void show_verdicts(const struct memory *m, const struct device *d)
{
	struct sight s;

	if (sight_take(&s, d, m))
		return;
	printf("\nTo what is mapped like that, for a device that %s, kernels say\n",
	       d->scattered ? "takes scattered memory, as behind an IOMMU" :
			      "needs contiguous memory");
	for (int dir = 0; dir < NR_DIRECTIONS; dir++)
		show_direction(dir, &s);
}

static void show_instead(const struct memory *m)
{
	const char *said = NULL;
	struct expectation e;
	struct sight s;

	if (sight_take(&s, &needy, m))
		return;
	for (int dir = 0; dir < NR_DIRECTIONS; dir++) {
		if (!rules_expect(&e, kernel_at_hand(), VIPIN_POLICY_STRICT, dir, &s, &s) ||
		    !e.rule->instead || e.rule->instead == said)
			continue;
		said = e.rule->instead;
		printf("\nInstead, for %s: %s.\n", direction_names[dir], said);
	}
}

/**
 * explain() - all about one kind of memory
 * @name:	of the kind
 *
 * Return: false if there is no such kind.
 */
bool explain(const char *name)
{
	const struct memory_kind *kind = memory_find(name);
	struct memory m;
	struct sight s;

	if (!kind)
		return false;

	printf("%s: %s.\n", name, kind->sentence);
	if (memory_map(&m, kind, "/dev/video0", EXAMPLE_SIZE)) {
		printf("\nThis machine has none: %s.\n", m.why);
		return true;
	}
	if (!m.kind->untouched)
		frame_fill(&m);
	show_mappings(&m);
	if (!sight_take(&s, &content, &m))
		show_pages(&s);
	show_verdicts(&m, &needy);
	show_verdicts(&m, &content);
	show_instead(&m);
	memory_unmap(&m);
	return true;
}
