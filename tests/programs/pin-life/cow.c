// SPDX-License-Identifier: GPL-2.0-only
/*
 * cow.c - scenarios: a page is pinned before the program writes to it, or while it is shared
 *
 * The pinned page must become, and stay, the one that the process has: the rule "shown" of
 * event.c. So the program paints the frame after QBUF, and the device must see it.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/memfd.h>

#include "event.h"
#include "quirks.h"

static void paint_and_dequeue(struct life *l, unsigned char *memory)
{
	life_fill(l, memory);
	life_paint(l, memory);
	life_dequeue(l, memory);
}

static void untouched(struct life *l)
{
	unsigned char *memory = event_memory(l->pages * PAGE);

	life_expect_queued(l, memory);
	paint_and_dequeue(l, memory);
}

/* Reading maps the zero page, which all processes share. */
static void zero_page(struct life *l)
{
	unsigned char *memory = event_memory(l->pages * PAGE);

	for (size_t i = 0; i < l->pages; i++)
		life_expect(!memory[i * PAGE], "new memory is not empty");
	life_expect_queued(l, memory);
	paint_and_dequeue(l, memory);
}

static void private_file(struct life *l)
{
	const size_t size = l->pages * PAGE;
	int fd = memfd_create("pin-life", MFD_CLOEXEC);
	unsigned char *memory, *file;

	life_expect(fd >= 0 && !ftruncate(fd, size), "memfd: %s", strerror(errno));
	file = event_mmap(NULL, size, READ_WRITE, MAP_SHARED, fd, 0);
	life_fill(l, file);
	memory = event_mmap(NULL, size, READ_WRITE, MAP_PRIVATE, fd, 0);
	life_expect_queued(l, memory);
	paint_and_dequeue(l, memory);
	life_expect(life_untouched(l, file), "the file has changed");
}

static void shared_at_qbuf(struct life *l)
{
	unsigned char *memory = life_map(l, NULL);
	pid_t child = event_share();

	life_expect_queued(l, memory);
	paint_and_dequeue(l, memory);
	event_unshare(child);
	life_frame(l, memory);
}

static void shared_before(struct life *l)
{
	unsigned char *memory = life_map(l, NULL);
	pid_t child = event_share();

	event_unshare(child);
	life_expect_queued(l, memory);
	paint_and_dequeue(l, memory);
}

/* Only an output device may have memory that may only be read. */
static void writable_later(struct life *l)
{
	unsigned char *memory = life_map(l, NULL);

	if (!l->output)
		life_skip("a capture device may not have read-only memory");
	must(mprotect(memory, l->pages * PAGE, PROT_READ));
	life_expect_queued(l, memory);
	must(mprotect(memory, l->pages * PAGE, READ_WRITE));
	if (!quirk_applies(COPIED_THOUGH_PINNED)) {
		paint_and_dequeue(l, memory);
		return;
	}
	life_paint(l, memory);
	life_take(l, memory);
	life_expect(life_good_frames(l) == l->good, "the device sees what was written");
	quirk_end(COPIED_THOUGH_PINNED);
}

const struct scenario cow_scenarios[] = {
	{
		.name = "untouched-then-write",
		.sentence = "untouched memory is queued and then written: the device sees it",
		.run = untouched,
		.source = "mm/gup.c, gup_must_unshare()",
	}, {
		.name = "zero-page-then-write",
		.sentence = "the same, if the memory was read before",
		.run = zero_page,
		.source = "mm/gup.c, gup_must_unshare()",
	}, {
		.name = "file-page-then-write",
		.sentence = "the same with a private mapping of a file, which does not change",
		.run = private_file,
		.source = "mm/gup.c, gup_must_unshare()",
	}, {
		.name = "shared-then-write",
		.sentence = "the same, while a child shares the page",
		.run = shared_at_qbuf,
		.source = "mm/gup.c, gup_must_unshare()",
	}, {
		.name = "unshared-then-write",
		.sentence = "the same, if a child has shared it",
		.run = shared_before,
		.source = "mm/gup.c, gup_must_unshare()",
	}, {
		.name = "read-only-then-write",
		.sentence = "the same, if mprotect() allows writing only after QBUF",
		.run = writable_later,
		.source = "mm/memory.c, do_wp_page(): an exclusive page is not copied",
	},
	{ }
};
