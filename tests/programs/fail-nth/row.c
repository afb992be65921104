// SPDX-License-Identifier: GPL-2.0-only
/*
 * row.c - the calls with each kind of memory, and the faults of each
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"
#include "common/page.h"
#include "common/pins.h"
#include "common/video-node.h"
#include "common/vipin-node.h"
#include "injector.h"
#include "row.h"
#include "scenario-options.h"
#include "tally.h"
#include "vipin/vipin-uapi.h"

#define BIT(n)	(1U << (n))

#define SETUP	(BIT(OPEN) | BIT(QUERYCAP) | BIT(ENUM_FMT) | BIT(S_FMT) | BIT(S_CTRL) | \
		 BIT(S_EXT_CTRLS) | BIT(SUBSCRIBE_EVENT))
#define STREAM	(BIT(QUERYBUF) | BIT(PREPARE_BUF) | BIT(QBUF) | BIT(STREAMON) | BIT(POLL) | \
		 BIT(DQEVENT) | BIT(DQBUF) | BIT(STREAMOFF) | BIT(CLOSE))
#define POINTER	(SETUP | BIT(REQBUFS) | STREAM)
#define BUFFER	(SETUP | BIT(REQBUFS) | BIT(MAP) | BIT(EXPBUF) | \
		 BIT(EXPBUF_AGAIN) | STREAM)
#define CREATED	(SETUP | BIT(CREATE_BUFS) | BIT(MAP) | STREAM)
#define FILE_WAY (SETUP | BIT(FILE_IO) | BIT(CLOSE))
#define HANDOVER (BIT(PREPARE_BUF) | BIT(QBUF))

/* Room for the text of a verdict. */
#define VERDICT	512

/**
 * struct row - calls, and those of them whose allocations fail
 * @with:	name of the row
 * @memory:	kind of memory that is handed over; NULL: the device's own buffers, or none
 * @length:	bytes of the pointer; 0: those of a frame
 * @pages:	the same as a number of pages
 * @calls:	the calls that are made
 * @faults:	the calls whose allocations fail, one after the other
 * @patched:	further ones, on a kernel with our patches
 * @also:	a further errno that these calls may return
 * @one_plane:	the single-planar API only
 * @scattered:	the memory is not contiguous, so an IOMMU is needed
 * @must:	an errno that each of these calls must return for some of the faults
 * @times:	for at least this number of them
 * @own_process:	each try is made by a new process, which has not pinned anything before
 * @no_memory:	at least this number of verdicts must say that vipin itself had no memory
 */
struct row {
	const char *with;
	const char *memory;
	size_t length;
	size_t pages;
	unsigned int calls;
	unsigned int faults;
	unsigned int patched;
	int also;
	bool one_plane;
	bool scattered;
	int must;
	unsigned int times;
	bool own_process;
	unsigned int no_memory;
};

static const struct row rows[] = {
	{ .with = "anonymous", .memory = "shared", .calls = POINTER, .faults = POINTER },
	/*
	 * The first MMU notifier of a process allocates memory, besides the record of the pin
	 * (__mmu_notifier_register()).
	 */
	{ .with = "first pointer of a process", .memory = "shared", .calls = POINTER,
	  .faults = BIT(QBUF), .own_process = true, .no_memory = 2 },
	{ .with = "malloc", .memory = "malloc", .calls = POINTER, .faults = HANDOVER,
	  .scattered = true },
	/* A pin fails at each of its pages: EFAULT, unless it is the first one. */
	{ .with = "16 untouched pages", .memory = "untouched", .pages = 16,
	  .calls = POINTER, .faults = HANDOVER, .scattered = true, .must = EFAULT, .times = 15 },
	{ .with = "untouched page", .memory = "untouched", .calls = POINTER, .faults = HANDOVER },
	{ .with = "huge page", .memory = "hugetlb", .calls = POINTER, .faults = HANDOVER },
	{ .with = "shared file", .memory = "memfd", .calls = POINTER, .faults = HANDOVER },
	{ .with = "untouched file", .memory = "memfd-untouched", .calls = POINTER,
	  .faults = HANDOVER },
	/* vb2_dc_map_dmabuf() replaces each error of the exporter by EINVAL. */
	{ .with = "exported buffer", .memory = "v4l2-export-fd", .calls = POINTER,
	  .faults = HANDOVER, .also = EINVAL, .one_plane = true, .scattered = true },
	/*
	 * Without our patches, a dma-buf that cannot be attached is leaked, and an output device
	 * refuses the next QBUF (__prepare_dmabuf(), __verify_length()).
	 */
	{ .with = "udmabuf", .memory = "udmabuf-fd", .calls = POINTER,
	  .patched = HANDOVER, .also = EINVAL },
	/*
	 * The first EXPBUF of a buffer makes a scatter table. If there is no memory for it,
	 * vb2_dc_get_dmabuf() warns without our patch.
	 */
	{ .with = "device's buffer", .calls = BUFFER, .patched = BIT(EXPBUF),
	  .faults = BIT(REQBUFS) | BIT(MAP) | BIT(EXPBUF_AGAIN) | HANDOVER },
	{ .with = "created buffer", .calls = CREATED, .faults = BIT(CREATE_BUFS) },
	/* vb2 has no read() and write() in the multi-planar API. */
	{ .with = "file", .calls = FILE_WAY, .faults = BIT(FILE_IO) | BIT(CLOSE),
	  .one_plane = true },
	{ .with = "file, poll first", .calls = FILE_WAY | BIT(FILE_POLL),
	  .faults = BIT(FILE_POLL), .one_plane = true },
};

/*
 * An IOMMU needs a page table for each 2 MiB. vb2_dc_get_userptr() replaces each error of the DMA
 * API by EIO.
 */
static const struct row large_rows[] = {
	{ .with = "16 MiB", .memory = "malloc", .length = 16 << 20, .calls = POINTER,
	  .faults = HANDOVER, .one_plane = true, .scattered = true,
	  .must = EIO, .times = 5 },
};

static bool is_handover(const struct call *call)
{
	return BIT(call - calls) & HANDOVER;
}

static bool is_allowed(const struct scene *s, const struct call *call, int also, int error)
{
	unsigned int i;

	/* Without an IOMMU, the DMA API needs no memory. */
	if (error == -EIO && is_handover(call) && !s->translated)
		return false;
	for (i = 0; i < MAX_ERRORS && call->errors[i]; i++)
		if (error == -call->errors[i])
			return true;
	return also && error == -also;
}

/* Read the newest verdict, and return its number. Return 0 if the call leaves none. */
static long newest_verdict(const struct scene *s, const struct call *call, char line[VERDICT])
{
	return is_handover(call) ? vipin_node_verdict(s->path, line, VERDICT) : 0;
}

/*
 * If vipin had no memory for its record or its notifier, the verdict must say so, and both the
 * verdict and the call must have ENOMEM.
 */
static void check_verdict(const struct scene *s, const struct call *call, struct tally *t,
			  long before, int error)
{
	char line[VERDICT];

	if (newest_verdict(s, call, line) <= before || !strstr(line, " by=memory: "))
		return;
	t->no_memory++;
	if (error != -ENOMEM || !strstr(line, " errno=-12 reason=no-memory "))
		tally_complain(t, line, error);
}

/* Make the call with a fault. Return false if the following calls make no sense. */
static bool take_with_fault(struct scene *s, const struct row *row, const struct call *call,
			    struct tally *t, bool *reached)
{
	char line[VERDICT];
	long newest = newest_verdict(s, call, line);
	int error;

	injector_arm(t->faults + 1);
	error = call->take(s);
	*reached = injector_disarm();
	if (*reached)
		tally_add(t, error);
	if (!error)
		return true;
	check_verdict(s, call, t, newest, error);
	if (!*reached || !is_allowed(s, call, row->also, error))
		tally_complain(t, "it returns", error);
	if (call->has_happened && call->has_happened(s))
		return true;
	error = call->take(s);
	if (error)
		tally_complain(t, "the same call no longer works", error);
	return !error;
}

/*
 * A capture device allocates hundreds of lines for its picture when it starts. That takes long on a
 * kernel with KASAN, so let it start after every fourth fault only.
 */
static bool can_stop_here(const struct scene *s, const struct row *row, const struct tally *t)
{
	return !s->output && !row->own_process && t->faults % 4;
}

/* Make all calls of a row. @target has a fault. Return true if one was reached. */
static bool make_calls(struct scene *s, const struct row *row, unsigned int target,
		       struct tally *t)
{
	bool reached = false;
	unsigned int i;
	char why[100];
	int error;

	scene_begin(s);
	for (i = 0; i < CALLS; i++) {
		if (!(row->calls & BIT(i)))
			continue;
		if (i == PREPARE_BUF)
			scene_paint(s);
		if (calls[i].only_if_asked && i != target)
			continue;
		if (i == STREAMON && target < STREAMON && reached && can_stop_here(s, row, t))
			break;
		if (i == CLOSE && !scene_verify(s, why, sizeof(why)))
			tally_complain(t, why, 0);
		if (i == target) {
			if (!take_with_fault(s, row, &calls[i], t, &reached))
				break;
			continue;
		}
		error = calls[i].take(s);
		if (error) {
			tally_complain(t, calls[i].name, error);
			break;
		}
	}
	scene_end(s);
	return reached;
}

/* Do the same in a child process. @t is shared memory. */
static bool make_calls_in_child(struct scene *s, const struct row *row, unsigned int target,
				struct tally *t)
{
	pid_t child = fork();
	int status;

	if (!child) {
		injector_open();
		_exit(make_calls(s, row, target, t));
	}
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) ||
	    WEXITSTATUS(status) > 1) {
		fputs("fail-nth: the child process did not end as it should\n", stderr);
		exit(CANNOT_RUN);
	}
	return WEXITSTATUS(status);
}

static void try_all_faults(struct scene *s, const struct row *row, unsigned int target,
			   const struct memory_kind *kind, struct tally *t)
{
	bool reached = true;

	*t = (struct tally) { .name = calls[target].name, .with = row->with };
	while (reached && tally_has_room(t)) {
		/* Each try needs memory without pages. */
		if (kind && kind->untouched && !scene_map(s, kind))
			break;
		reached = row->own_process ? make_calls_in_child(s, row, target, t) :
					     make_calls(s, row, target, t);
		if (kind && kind->untouched)
			scene_unmap(s);
	}
	if (reached)
		t->wrong++;
}

/*
 * A debug kernel allocates now and then for itself, for example for debug objects. Then the numbers
 * of all later allocations change from one try to the next, and a fault may miss one.
 */
static bool call_all_faults(struct scene *s, const struct row *row, unsigned int target,
			    const struct memory_kind *kind, struct tally *t)
{
	unsigned int rounds = 3;

	do {
		try_all_faults(s, row, target, kind, t);
	} while (!t->wrong && t->no_memory < row->no_memory && --rounds);
	if (row->must && tally_times(t, -row->must) < row->times)
		tally_complain(t, "no more of these errors", -row->must);
	if (t->no_memory < row->no_memory)
		tally_complain(t, "too few verdicts say that vipin had no memory", 0);
	return tally_print(t);
}

/*
 * Touch every other page first, so that pages that follow each other do not lie in one huge page:
 * an IOMMU would need no page table for that.
 */
static void scatter(struct scene *s)
{
	size_t first, at;

	for (first = 0; first <= PAGE; first += PAGE)
		for (at = first; at < s->length; at += 2 * PAGE)
			s->memory[0].frame[at] = 0;
}

static bool row_all_faults(struct scene *s, const struct row *row, bool patched,
			   struct tally *t)
{
	const struct memory_kind *kind = row->memory ? memory_find(row->memory) : NULL;
	long held = pins_count(-1), held_after;
	unsigned int faults = row->faults | (patched ? row->patched : 0), i;
	bool well = true;

	s->length = row->pages ? row->pages * PAGE : row->length;
	if (!faults || (row->one_plane && s->planes > 1) ||
	    (row->scattered && !s->translated))
		return true;
	if (kind && !scene_map(s, kind)) {
		printf("skipped: %s: %s\n", row->with, s->memory[0].why);
		return true;
	}
	if (kind && kind->untouched)
		scene_unmap(s);
	else if (s->length)
		scatter(s);
	/* A capture device starts in the same way on each bus. */
	if (s->translated && !s->output)
		faults &= ~(BIT(STREAMON) | BIT(FILE_IO));
	/* poll() starts read() in the same way as read() does. */
	if (!s->output)
		faults &= ~BIT(FILE_POLL);
	for (i = 0; i < CALLS; i++)
		if (faults & BIT(i))
			well &= call_all_faults(s, row, i, kind, t);
	scene_unmap(s);
	held_after = pins_count(held);
	if (held_after == held)
		return well;
	printf("wrong: %s: %ld pages are pinned, %ld were before\n", row->with, held_after, held);
	return false;
}

/**
 * rows_all_faults() - let all allocations of all calls fail
 * @path:	of the node
 * @large:	only with large pointers
 * @patched:	the kernel has our patches
 *
 * Return: true if all failures were handled.
 */
bool rows_all_faults(const char *path, bool large, bool patched)
{
	const struct row *row = large ? large_rows : rows;
	size_t n = large ? ARRAY_SIZE(large_rows) : ARRAY_SIZE(rows);
	static struct scene s;
	struct tally *t = mmap(NULL, sizeof(*t), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	bool well = true;

	if (t == MAP_FAILED) {
		perror("fail-nth: mmap");
		exit(CANNOT_RUN);
	}
	/* A huge page needs no page table. */
	if (large)
		prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	scene_open(&s, path);
	for (; n; n--, row++)
		well &= row_all_faults(&s, row, patched, t);
	video_node_set_control(s.watch, VIPIN_CID_FREE_RUN, 0);
	close(s.watch);
	return well;
}

/**
 * row_one_frame() - capture or send a frame, without a fault
 * @path:	of the node
 *
 * Return: true if it arrived.
 */
bool row_one_frame(const char *path)
{
	static const struct row row = { .with = "one frame", .calls = BUFFER };
	struct tally t = { .name = "all calls", .with = "after the fault" };
	static struct scene s;

	scene_open(&s, path);
	make_calls(&s, &row, CALLS, &t);
	video_node_set_control(s.watch, VIPIN_CID_FREE_RUN, 0);
	close(s.watch);
	return !t.wrong;
}
