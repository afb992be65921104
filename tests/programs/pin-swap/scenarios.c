// SPDX-License-Identifier: GPL-2.0-only
/*
 * scenarios.c - the scenarios of pin-swap: which change happens, and when
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "changer.h"
#include "common/kernel.h"
#include "scenarios.h"
#include "zap.h"

#define UNALIGNED	2048U	/* the frame starts and ends in the middle of a page */
#define MANY_FAULTS	1024	/* a driver must give up earlier */

static enum outcome refused(struct stage *s, int err)
{
	return ended(s, WRONG, "QBUF failed: %s", strerror(err));
}

/* After QBUF: wait for the frame, and verify it. */
static enum outcome arrives(struct stage *s, const void *frame)
{
	stage_dequeue(s);
	return stage_arrived(s, frame) ? RIGHT : WRONG;
}

static enum outcome frame_by_frame(struct stage *s, void *frame)
{
	int err;

	stage_fill(s, frame);
	err = stage_queue(s, frame);
	return err ? refused(s, err) : arrives(s, frame);
}

static void replace_page(unsigned char *page)
{
	if (mmap(page, PAGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_POPULATE, -1, 0) == MAP_FAILED)
		die("mmap", "%s", strerror(errno));
}

static void drop_page(unsigned char *page)
{
	if (madvise(page, PAGE, MADV_DONTNEED))
		die("madvise", "%s", strerror(errno));
}

/*
 * Capture or send a frame at an unaligned pointer, change one of its pages, then use the
 * same pointer again. Without an IOMMU only the first frame is contiguous, since it lies in
 * a huge page: the second one may be refused.
 */
static enum outcome between_frames(struct stage *s, void (*change)(unsigned char *page),
				   unsigned int page)
{
	enum outcome outcome;
	unsigned char *memory, *huge, *frame;
	int err;

	memory = mmap(NULL, 2 * THP, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		die("mmap", "%s", strerror(errno));
	huge = (unsigned char *)(((unsigned long)memory + THP - 1) & ~(THP - 1));
	frame = huge + UNALIGNED;
	/*
	 * While a single entry maps the huge page, each change invalidates all of it. So does
	 * a split of a mapping that has room for a huge page.
	 */
	mprotect(huge, s->contiguous ? THP : 4 * PAGE, PROT_READ | PROT_WRITE);
	madvise(huge, s->contiguous ? THP : 4 * PAGE, MADV_HUGEPAGE);
	*huge = 1;
	if (s->contiguous)
		drop_page(huge + THP - PAGE);

	stage_begin(s, 3);
	outcome = frame_by_frame(s, frame);
	if (outcome == RIGHT) {
		change(huge + page * PAGE);
		stage_fill(s, frame);
		err = stage_queue(s, frame);
		if (!err)
			outcome = arrives(s, frame);
		else if (!s->contiguous || err != EFAULT || !stage_verdict_has(s, "not-contiguous"))
			outcome = refused(s, err);
	} else if (s->contiguous && stage_verdict_has(s, "not-contiguous")) {
		outcome = ended(s, SKIPPED, "no huge page is free");
	}
	stage_end(s);
	munmap(memory, 2 * THP);
	return outcome;
}

static enum outcome first_page_replaced(struct stage *s)
{
	return between_frames(s, replace_page, 0);
}

static enum outcome last_page_replaced(struct stage *s)
{
	return between_frames(s, replace_page, 3);
}

static enum outcome last_page_dropped(struct stage *s)
{
	return between_frames(s, drop_page, 3);
}

/* The frame is in the page that is dropped last. The process then has another page there. */
static enum outcome being_dropped(struct stage *s)
{
	enum outcome outcome;
	struct zap zap;
	int err;

	zap_prepare(&zap);
	stage_begin(s, 1);
	/* Registering the first notifier would wait for a lock that the change holds. */
	outcome = frame_by_frame(s, zap.elsewhere);
	if (outcome == RIGHT) {
		stage_fill(s, zap.frame);
		if (zap_start(&zap)) {
			err = stage_queue(s, zap.frame);
			if (!err)
				stage_dequeue(s);
			zap_wait(&zap);
			outcome = err ? refused(s, err) :
				  stage_arrived(s, zap.frame) ? RIGHT : WRONG;
		} else {
			outcome = ended(s, CANNOT_RUN,
					"the memory was gone before it could be checked");
		}
	}
	stage_end(s);
	zap_release(&zap);
	return outcome;
}

/* The scenarios below change pages while the pin waits for another page. */

static unsigned int pages_of(const struct stage *s)
{
	return s->contiguous ? 1 : 3;
}

static void drop_other_page(struct changer *c, unsigned int page)
{
	unsigned int last = c->pages - 1;

	if (c->tries > c->spoil)
		return;
	if (page == 0)
		changer_drop(c, last);
	else if (page == last)
		changer_drop(c, 0);
}

static void unmap_first_page(struct changer *c, unsigned int page)
{
	if (page == c->pages - 1 &&
	    mmap(c->frame, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
		 -1, 0) == MAP_FAILED)
		die("mmap", "%s", strerror(errno));
}

/*
 * The first try fails, since the file is too short for the frame. It also drops the first
 * page, so that the second try waits for it; meanwhile the file gets its full size again.
 */
static void shorten_and_lengthen(struct changer *c, unsigned int page)
{
	size_t size = c->pages * PAGE;

	if (c->tries == 1 && page == 1) {
		changer_drop(c, 0);
		size -= PAGE;
	} else if (c->tries != 2 || page != 0) {
		return;
	}
	if (ftruncate(c->memory, size))
		die("ftruncate", "%s", strerror(errno));
}

static void protect_other_pages(struct changer *c, unsigned int page)
{
	if (page == 0 && mprotect(c->frame + PAGE, (c->pages - 1) * PAGE, PROT_READ))
		die("mprotect", "%s", strerror(errno));
}

/* If the frame vector takes no long-term pin, vipin first waits for all pages itself. */
static bool pin_waits(struct stage *s)
{
	if (kernel_has(kernel_at_hand(), LONG_TERM_WAITS) ||
	    !kernel_has(kernel_at_hand(), PINS_LONG_TERM))
		return true;
	ended(s, SKIPPED, "a long-term pin does not wait for userfaultfd from 5.12 to 6.1");
	return false;
}

static bool any_pages(struct stage *s)
{
	if (!s->contiguous)
		return true;
	ended(s, SKIPPED, "this device needs contiguous frames");
	return false;
}

/* Call QBUF while @c changes the mapping. It must return @expected. */
static enum outcome while_pinned(struct stage *s, struct changer *c, void *at,
				 unsigned int pages, bool shared, int expected)
{
	enum outcome outcome = RIGHT;
	int err;

	stage_begin(s, pages);
	changer_start(c, at, pages, shared);
	stage_fill(s, c->image);
	err = stage_queue(s, c->frame);
	if (err != expected)
		outcome = ended(s, WRONG, "QBUF returned \"%s\" after %u tries, not \"%s\"",
				err ? strerror(err) : "0", c->tries, strerror(expected));
	else if (!err)
		outcome = arrives(s, c->frame);
	stage_end(s);
	changer_stop(c);
	return outcome;
}

static enum outcome not_changed(struct stage *s)
{
	struct changer c = { .on_fault = drop_other_page };
	enum outcome outcome;

	if (!pin_waits(s))
		return SKIPPED;
	outcome = while_pinned(s, &c, NULL, pages_of(s), false, 0);
	if (outcome == RIGHT && c.tries != 1)
		outcome = ended(s, WRONG, "%u tries, although nothing had changed", c.tries);
	return outcome;
}

static enum outcome changed_once(struct stage *s)
{
	struct changer c = { .on_fault = drop_other_page, .spoil = 1 };

	return pin_waits(s) ? while_pinned(s, &c, NULL, pages_of(s), false, 0) : SKIPPED;
}

static enum outcome changed_thrice(struct stage *s)
{
	struct changer c = { .on_fault = drop_other_page, .spoil = 3 };

	return pin_waits(s) && any_pages(s) ? while_pinned(s, &c, NULL, 3, false, 0) : SKIPPED;
}

static enum outcome changed_for_ever(struct stage *s)
{
	struct changer c = { .on_fault = drop_other_page, .spoil = UINT_MAX };
	enum outcome outcome;

	if (!pin_waits(s) || !any_pages(s))
		return SKIPPED;
	outcome = while_pinned(s, &c, NULL, 3, false, EAGAIN);
	if (outcome == RIGHT && (c.tries < 2 || c.tries > MANY_FAULTS))
		outcome = ended(s, WRONG, "it gave up after %u faults", c.tries);
	if (outcome == RIGHT)
		outcome = stage_expect_verdict(s, "changing by=race");
	return outcome;
}

static enum outcome taken_away(struct stage *s)
{
	struct changer c = { .on_fault = unmap_first_page };
	enum outcome outcome;

	if (!pin_waits(s) || !any_pages(s))
		return SKIPPED;
	outcome = while_pinned(s, &c, NULL, 3, false, EFAULT);
	if (outcome == RIGHT)
		outcome = stage_expect_verdict(s, is_output(s) ? "not-readable" : "not-writable");
	return outcome;
}

/*
 * The first page of the frame is the last one of its page table, and the other pages have no page
 * table yet. So mprotect() changes no entry, and calls no notifier.
 */
static enum outcome protected_meanwhile(struct stage *s)
{
	struct changer c = { .on_fault = protect_other_pages };
	unsigned char *memory, *table;
	enum outcome outcome;
	int expected = is_output(s) ? 0 : EFAULT;

	if (!pin_waits(s) || !any_pages(s))
		return SKIPPED;
	memory = mmap(NULL, 2 * THP, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		die("mmap", "%s", strerror(errno));
	table = (unsigned char *)(((unsigned long)memory + THP) & ~(THP - 1));
	outcome = while_pinned(s, &c, table - PAGE, 3, false, expected);
	if (outcome == RIGHT && expected)
		outcome = stage_expect_verdict(s, "not-writable");
	munmap(memory, 2 * THP);
	return outcome;
}

static enum outcome failed_meanwhile(struct stage *s)
{
	struct changer c = { .on_fault = shorten_and_lengthen };

	return pin_waits(s) && any_pages(s) ? while_pinned(s, &c, NULL, 3, true, 0) : SKIPPED;
}

static void start_to_drop(struct changer *c, unsigned int page)
{
	if (page == 0 && c->tries == 1 && !zap_start(c->zap))
		die("MADV_DONTNEED", "the memory was gone before it could be checked");
}

/*
 * The first page of the frame is pinned, and the pin waits for the second one. Then another
 * thread starts to drop the first page, and is not done when the next try begins. All
 * threads run on one CPU, where the dropping one has the lowest priority.
 */
static enum outcome dropped_meanwhile(struct stage *s)
{
	struct changer c = { .on_fault = start_to_drop };
	unsigned char frame[2 * PAGE];
	enum outcome outcome;
	struct zap zap;
	int err;

	if (!pin_waits(s) || !any_pages(s))
		return SKIPPED;
	zap_prepare(&zap);
	stage_begin(s, 2);
	zap_first();
	c.zap = &zap;
	changer_start(&c, zap.after, 1, false);
	stage_fill(s, frame);
	memcpy(zap.frame, frame, PAGE);
	memcpy(c.image, frame + PAGE, PAGE);
	err = stage_queue(s, zap.frame);
	if (!err)
		stage_dequeue(s);
	zap_wait(&zap);
	outcome = err ? refused(s, err) : stage_arrived(s, zap.frame) ? RIGHT : WRONG;
	stage_end(s);
	changer_stop(&c);
	zap_release(&zap);
	return outcome;
}

static atomic_int signals;

static void on_signal(int signal)
{
	signals += !!signal;
}

static enum outcome signalled(struct stage *s, unsigned int spoiled, int flags, int expected)
{
	struct changer c = { .on_fault = drop_other_page, .spoil = spoiled, .signal = SIGUSR1 };
	const struct sigaction action = { .sa_handler = on_signal, .sa_flags = flags };
	enum outcome outcome;

	if (!pin_waits(s))
		return SKIPPED;
	signals = 0;
	sigaction(SIGUSR1, &action, NULL);
	outcome = while_pinned(s, &c, NULL, pages_of(s), false, expected);
	if (outcome == RIGHT && signals != 1)
		outcome = ended(s, WRONG, "the signal did not come");
	if (outcome == RIGHT && expected && c.tries != 1)
		outcome = ended(s, WRONG, "%u more tries after the signal", c.tries - 1);
	if (outcome == RIGHT && expected)
		outcome = stage_expect_verdict(s, "signal by=race");
	return outcome;
}

static enum outcome interrupted(struct stage *s)
{
	return signalled(s, UINT_MAX, 0, EINTR);
}

static enum outcome restarted(struct stage *s)
{
	return signalled(s, 1, SA_RESTART, 0);
}

/*
 * Call QBUF with an argument in a page that is missing. The kernel waits for it, and a signal comes
 * meanwhile. So the signal is pending before the first try.
 */
static int queue_with_signal(struct stage *s, void *frame)
{
	const struct sigaction action = { .sa_handler = on_signal };
	struct v4l2_buffer buf = stage_buffer(s, frame);
	struct changer c = { .signal = SIGUSR1 };
	int err;

	signals = 0;
	sigaction(SIGUSR1, &action, NULL);
	changer_start(&c, NULL, 1, false);
	memcpy(c.image, &buf, sizeof(buf));
	err = stage_queue_at(s, (struct v4l2_buffer *)c.frame);
	changer_stop(&c);
	return err;
}

static enum outcome signalled_before(struct stage *s)
{
	unsigned char *frame = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	enum outcome outcome;
	int err;

	if (frame == MAP_FAILED)
		die("mmap", "%s", strerror(errno));
	stage_begin(s, 1);
	/* This registers the first notifier of the process. */
	outcome = frame_by_frame(s, frame);
	if (outcome == RIGHT) {
		replace_page(frame);
		stage_fill(s, frame);
		err = queue_with_signal(s, frame);
		outcome = err ? refused(s, err) : arrives(s, frame);
		if (outcome == RIGHT && signals != 1)
			outcome = ended(s, WRONG, "the signal did not come");
	}
	stage_end(s);
	munmap(frame, PAGE);
	return outcome;
}

/* Any signal interrupts the registration of a process's first notifier: mm_take_all_locks(). */
static enum outcome signalled_before_first(struct stage *s)
{
	/* Many devices on 64-bit Arm need pointers that are aligned to their cache lines. */
	static unsigned char frame[PAGE_MAX] __aligned(PAGE_MAX);
	int status = EINVAL;
	pid_t child;

	stage_begin(s, 1);
	child = fork();
	if (child == 0)
		_exit(queue_with_signal(s, frame));
	if (child < 0 || waitpid(child, &status, 0) != child)
		die("fork", "%s", strerror(errno));
	stage_end(s);
	if (status != EINTR << 8)
		return ended(s, WRONG, "QBUF did not return EINTR: status 0x%x", status);
	return stage_expect_verdict(s, "signal by=race");
}

const struct scenario scenarios[] = {
	{ "not-changed", "a pin that nothing disturbs takes one try", not_changed },
	{ "changed-once", "a page changes during the pin: the next try succeeds", changed_once },
	{ "changed-thrice",
	  "the same during three tries: the fourth one succeeds", changed_thrice },
	{ "changed-for-ever", "the same during every try: QBUF gives up with EAGAIN",
	  changed_for_ever },
	{ "taken-away", "a pinned page loses its access rights: EFAULT", taken_away },
	{ "protected-meanwhile",
	  "a page that is not pinned yet becomes read-only: EFAULT for a capture device",
	  protected_meanwhile },
	{ "failed-meanwhile",
	  "the pin fails because of a change that is undone: the next try succeeds",
	  failed_meanwhile },
	{ "dropped-meanwhile",
	  "a pinned page is being dropped: the next try waits until it is gone",
	  dropped_meanwhile },
	{ "interrupted", "a signal comes during the pin: EINTR, without another try", interrupted },
	{ "restarted", "the same with SA_RESTART: QBUF starts again, and succeeds", restarted },
	{ "signalled-before", "a signal came before the pin: the first try succeeds",
	  signalled_before },
	{ "signalled-before-first", "the same for the first pin of a process: EINTR",
	  signalled_before_first },
	{ "first-page-replaced",
	  "a page changes between two frames: the second one arrives in the new page",
	  first_page_replaced },
	{ "last-page-replaced", "the same for the last page, where the frame ends within the page",
	  last_page_replaced },
	{ "last-page-dropped", "the same with MADV_DONTNEED", last_page_dropped },
	{ "being-dropped", "a page whose drop was announced before the pin is not pinned",
	  being_dropped },
	{ }
};
