// SPDX-License-Identifier: GPL-2.0-only
/*
 * stress.c - scenarios: memory changes all the time while frames are pinned, one after the other
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/number-file.h"
#include "common/pagemap.h"
#include "common/video-node.h"
#include "event.h"
#include "quirks.h"

#define LASTS		100000000ULL	/* ns */
#define PIECES		12	/* of memory, for BUFFERS buffers */
#define BUFFERS		3
#define ROUNDS		24
#define PROCESSES	3
#define SWAP_SIZE	(16UL << 20)

/**
 * struct helper - a thread that changes memory until it is stopped
 * @stop:	set to stop it
 * @thread:	the thread
 * @memory:	what it changes
 * @size:	bytes in @memory
 */
struct helper {
	atomic_bool stop;
	pthread_t thread;
	unsigned char *memory;
	size_t size;
};

static void start(struct helper *h, void *(*function)(void *))
{
	life_expect(!pthread_create(&h->thread, NULL, function, h), "no thread");
}

static void stop(struct helper *h)
{
	h->stop = true;
	pthread_join(h->thread, NULL);
}

static void map_and_unmap(bool purge)
{
	unsigned char *memory = event_memory(THP);

	madvise(memory, THP, MADV_HUGEPAGE);
	for (size_t i = 0; i < THP; i += 16 * PAGE)
		memory[i] = 1;
	if (purge)
		must(number_file_write("/proc/sys/vm/drop_caches", 1));
	munmap(memory, THP);
}

static void *map_all_the_time(void *data)
{
	struct helper *h = data;

	while (!h->stop)
		map_and_unmap(false);
	return NULL;
}

static void *purge_all_the_time(void *data)
{
	struct helper *h = data;

	while (!h->stop)
		map_and_unmap(true);
	return NULL;
}

static void *protect_all_the_time(void *data)
{
	struct helper *h = data;

	while (!h->stop) {
		mprotect(h->memory, h->size, READ_WRITE | PROT_EXEC);
		mprotect(h->memory, h->size, READ_WRITE);
	}
	return NULL;
}

/* Queue new buffers all the time. With @twice, two buffers have the same memory. */
static void stress(struct life *l, void *(*function)(void *), bool twice)
{
	struct helper h = { .memory = life_map(l, NULL), .size = l->pages * PAGE };
	const unsigned long long end = clock_ns() + LASTS;
	const long before = life_pins(-1);
	int err;

	start(&h, function);
	do {
		event_renew(l, 2);
		l->index = 1;
		err = twice ? life_queue(l, h.memory) : 0;
		l->index = 0;
		/* EAGAIN: the mapping changed during each try to pin it. */
		life_expect(!err || err == -EAGAIN, "QBUF: %s", strerror(-err));
		if (twice && !err)
			life_take(l, h.memory);
		life_paint(l, h.memory);
		err = life_queue(l, h.memory);
		life_expect(!err || err == -EAGAIN, "QBUF: %s", strerror(-err));
		if (!err)
			life_dequeue(l, h.memory);
	} while (clock_ns() < end);
	stop(&h);
	event_renew(l, 1);
	life_expect_pins(before, "after the buffers were freed");
	life_frame(l, h.memory);
}

static void stress_mm(struct life *l)
{
	stress(l, map_all_the_time, false);
}

static void stress_purge(struct life *l)
{
	stress(l, purge_all_the_time, false);
}

static void stress_invalidate(struct life *l)
{
	stress(l, protect_all_the_time, false);
}

static void stress_invalidate_overlap(struct life *l)
{
	stress(l, protect_all_the_time, true);
}

/**
 * enum eviction - what happens to the memory that is not pinned before each QBUF
 * @COLD:	nothing
 * @SWAPPED:	it is swapped out
 * @LOCKED:	a half of it is locked, and the rest is swapped out
 */
enum eviction {
	COLD,
	SWAPPED,
	LOCKED,
};

static void page_out(const struct life *l, unsigned char *pieces[PIECES])
{
	for (int i = 0; i < PIECES; i++)
		madvise(pieces[i], l->pages * PAGE, MADV_PAGEOUT);
}

/* There are more pieces of memory than buffers, so each QBUF pins one that may be swapped out. */
static void evict(struct life *l, enum eviction eviction)
{
	int swap = eviction == COLD ? -1 : swap_on(SWAP_SIZE);
	unsigned char *pieces[PIECES];
	size_t swapped = 0;

	event_renew(l, BUFFERS);
	for (int i = 0; i < PIECES; i++) {
		pieces[i] = life_map(l, NULL);
		if (eviction == LOCKED && i % 2)
			must(mlock(pieces[i], l->pages * PAGE));
	}
	for (int i = 0; i < ROUNDS; i++) {
		unsigned char *piece = pieces[i * 5 % PIECES];

		life_fill(l, piece);
		if (eviction != COLD)
			page_out(l, pieces);
		swapped += pagemap_swapped(piece, l->pages);
		l->index = i % BUFFERS;
		life_frame(l, piece);
	}
	event_renew(l, 1);
	if (swap >= 0) {
		swap_off(swap);
		life_expect(swapped, "nothing was swapped out");
	}
}

static void evict_cold(struct life *l)
{
	evict(l, COLD);
}

static void evict_swapped(struct life *l)
{
	evict(l, SWAPPED);
}

static void evict_locked(struct life *l)
{
	evict(l, LOCKED);
}

/**
 * enum forked - what processes do that take turns; bits
 * @FILES:	each has opened the node itself, instead of sharing one open file
 * @SWAPPING:	their memory is swapped out before each QBUF
 * @PRESSURE:	they map and unmap huge pages
 */
enum forked {
	FILES = 1,
	SWAPPING = 2,
	PRESSURE = 4,
};

/*
 * Capture or send a frame through @own, a file of this process. While that file has the buffers, no
 * other one may have any (vb2_queue_is_busy()). It gives them up by REQBUFS, or by close() if this
 * is its @last frame.
 */
static void frame_of_file(struct life *l, int own, bool last, unsigned char *memory)
{
	const int shared = l->fd;
	const long before = life_pins(-1);
	int err;

	l->fd = own;
	life_buffers(l, 1, V4L2_MEMORY_USERPTR);
	err = video_node_request(shared, l->type, V4L2_MEMORY_USERPTR, 1);
	life_expect(err == -EBUSY, "REQBUFS by another file: %s",
		    err < 0 ? strerror(-err) : "accepted");
	life_frame(l, memory);
	life_expect_pins(before + l->pages, "after a frame");
	if (last) {
		must(close(own));
		l->streaming = false;
	} else {
		life_stop(l);
		life_buffers(l, 0, V4L2_MEMORY_USERPTR);
	}
	life_expect_pins(before, "after the buffers were freed");
	l->fd = shared;
}

/* Take some turns: a byte in the pipe is the turn. */
static void take_turns(struct life *l, const int turn[2], unsigned int how, unsigned char *memory)
{
	enum v4l2_buf_type type;
	int own = -1;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (how & FILES) {
		own = video_node_open(l->path, &type);
		life_expect(own >= 0, "the node cannot be opened again: %s", strerror(errno));
	}
	for (int left = ROUNDS / PROCESSES - 1; left >= 0; left--) {
		char byte;

		life_expect(read(turn[0], &byte, 1) == 1, "no turn");
		/* Another process may have started the stream. */
		l->streaming = byte;
		if (how & PRESSURE)
			map_and_unmap(false);
		life_fill(l, memory);
		if (how & SWAPPING)
			madvise(memory, l->pages * PAGE, MADV_PAGEOUT);
		if (how & FILES)
			frame_of_file(l, own, !left, memory);
		else
			life_frame(l, memory);
		byte = l->streaming;
		life_expect(write(turn[1], &byte, 1) == 1, "no turn");
	}
}

/* Signals arrive in the children, too, until the first of them ends. */
static void interrupt(const struct life *l, const pid_t children[PROCESSES])
{
	siginfo_t ended = { };

	for (int sent = 0; l->way & SIGNALS && !ended.si_pid; sent++) {
		for (int i = 0; i < PROCESSES; i++)
			kill(children[i], SIGUSR1);
		usleep(1000 * life_signal_pause(sent));
		waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT);
	}
}

/* If one of the children finds an error, end all: the others wait for their turn. */
static void wait_for_one(void)
{
	int status = -1;

	life_expect(wait(&status) > 0 && !status, "a child ended with status %#x", status);
}

/* Processes take turns. Each has its own memory at the same address. */
static void forked(struct life *l, unsigned int how)
{
	unsigned char *memory = life_map(l, NULL);
	int swap = how & SWAPPING ? swap_on(SWAP_SIZE) : -1, turn[2];
	const long before = life_pins(-1);
	pid_t children[PROCESSES];

	if (how & FILES)
		life_buffers(l, 0, V4L2_MEMORY_USERPTR);
	must(pipe(turn));
	for (int i = 0; i < PROCESSES; i++) {
		children[i] = event_fork();
		if (children[i])
			continue;
		take_turns(l, turn, how, memory);
		_exit(0);
	}
	life_expect(write(turn[1], "", 1) == 1, "no turn");
	interrupt(l, children);
	for (int i = 0; i < PROCESSES; i++)
		wait_for_one();
	if (how & FILES)
		life_expect_pins(before, "after all processes have ended");
	if (swap >= 0)
		swap_off(swap);
}

static void forked_plain(struct life *l)
{
	forked(l, 0);
}

static void forked_swapping(struct life *l)
{
	forked(l, SWAPPING);
}

static void forked_pressure(struct life *l)
{
	forked(l, PRESSURE);
}

static void forked_both(struct life *l)
{
	forked(l, SWAPPING | PRESSURE);
}

static void forked_files(struct life *l)
{
	forked(l, FILES);
}

static void forked_files_swapping(struct life *l)
{
	forked(l, FILES | SWAPPING);
}

static void forked_files_pressure(struct life *l)
{
	forked(l, FILES | PRESSURE);
}

static void forked_files_both(struct life *l)
{
	forked(l, FILES | SWAPPING | PRESSURE);
}

static void read_only(struct life *l)
{
	unsigned char *memory = life_map(l, NULL);
	const long before = life_pins(-1);
	int err;

	life_paint(l, memory);
	must(mprotect(memory, l->pages * PAGE, PROT_READ));
	err = life_queue(l, memory);
	if (l->output) {
		life_expect(!err, "QBUF: %s", strerror(-err));
		life_dequeue(l, memory);
		return;
	}
	if (!err && l->policy == VIPIN_POLICY_KERNEL && quirk_applies(READ_ONLY_OVERRIDDEN)) {
		life_take(l, memory);
		quirk_end(READ_ONLY_OVERRIDDEN);
	}
	life_expect(err == -EFAULT, "QBUF: %s", err ? strerror(-err) : "accepted");
	life_expect_verdict(l, "reason=not-writable");
	life_expect_pins(before, "after it was refused");
	life_expect(life_untouched(l, memory), "memory was written though refused");
	life_frame(l, life_map(l, NULL));
}

static void null_pointer(struct life *l)
{
	const long before = life_pins(-1);

	life_expect(life_queue(l, NULL) == -EFAULT, "QBUF of NULL is accepted");
	life_expect_verdict(l, "reason=not-mapped");
	life_expect_pins(before, "after it was refused");
	life_frame(l, life_map(l, NULL));
}

/* A user pointer belongs to its process, so it cannot be exported. */
static void not_exported(struct life *l)
{
	struct v4l2_exportbuffer export = { .type = l->type };
	unsigned char *memory = life_map(l, NULL);

	life_frame(l, memory);
	life_expect(life_ioctl(l, VIDIOC_EXPBUF, &export) == -EINVAL,
		    "a user pointer is exported");
	life_frame(l, memory);
}

static void create_and_destroy(struct life *l)
{
	const long before = life_pins(-1);

	for (int i = 0; i < ROUNDS; i++) {
		unsigned char *memory = life_map(l, NULL);

		life_expect_queued(l, memory);
		event_renew(l, 1);
		must(munmap(memory, l->pages * PAGE));
	}
	life_expect_pins(before, "after the buffers were freed");
}

const struct scenario stress_scenarios[] = {
	{
		.name = "stress-mm",
		.sentence = "a thread maps and unmaps huge pages all the time",
		.run = stress_mm,
		.ways = true,
		.alone = true,
		.source = "mm/mmu_notifier.c",
	}, {
		.name = "stress-purge",
		.sentence = "the same, and it drops the page cache",
		.run = stress_purge,
		.ways = true,
		.alone = true,
		.source = "mm/vmscan.c, drop_slab()",
	}, {
		.name = "stress-invalidate",
		.sentence = "a thread calls mprotect() for the frame all the time",
		.run = stress_invalidate,
		.ways = true,
		.alone = true,
		.source = "mm/mmu_notifier.c, mmu_interval_read_begin()",
	}, {
		.name = "stress-invalidate-overlap",
		.sentence = "the same with two buffers of one pointer",
		.run = stress_invalidate_overlap,
		.ways = true,
		.alone = true,
		.source = "mm/mmu_notifier.c, mmu_interval_read_begin()",
	}, {
		.name = "evict",
		.sentence = "more memory than buffers: each QBUF pins another piece",
		.run = evict_cold,
		.ways = true,
		.alone = true,
		.source = "videobuf2-core.c, __prepare_userptr()",
	}, {
		.name = "evict-swapped",
		.sentence = "the same, and what is not pinned is swapped out",
		.run = evict_swapped,
		.ways = true,
		.alone = true,
		.source = "mm/vmscan.c, shrink_folio_list()",
	}, {
		.name = "evict-locked",
		.sentence = "the same, and a half of it is locked",
		.run = evict_locked,
		.ways = true,
		.alone = true,
		.source = "mm/vmscan.c, shrink_folio_list()",
	}, {
		.name = "read-only",
		.sentence = "memory that may only be read: capture is refused, output is accepted",
		.run = read_only,
		.ways = true,
		.source = "mm/gup.c, check_vma_flags()",
	}, {
		.name = "null-pointer",
		.sentence = "a null pointer is refused",
		.run = null_pointer,
		.ways = true,
		.source = "mm/gup.c, __get_user_pages()",
	}, {
		.name = "not-exported",
		.sentence = "VIDIOC_EXPBUF of a user pointer fails",
		.run = not_exported,
		.ways = true,
		.source = "videobuf2-core.c, vb2_core_expbuf()",
	}, {
		.name = "create-and-destroy",
		.sentence = "buffers are queued and freed without a frame, again and again",
		.run = create_and_destroy,
		.ways = true,
		.source = "videobuf2-core.c, __prepare_userptr()",
	}, {
		.name = "forked-files",
		.sentence = "processes open the node and take turns: only one file has buffers",
		.run = forked_files,
		.ways = true,
		.alone = true,
		.source = "videobuf2-v4l2.h, vb2_queue_is_busy()",
	}, {
		.name = "forked-files-swapping",
		.sentence = "the same, and their memory is swapped out",
		.run = forked_files_swapping,
		.ways = true,
		.alone = true,
		.source = "videobuf2-v4l2.h, vb2_queue_is_busy()",
	}, {
		.name = "forked-files-pressure",
		.sentence = "the same as forked-files, and they map and unmap huge pages",
		.run = forked_files_pressure,
		.ways = true,
		.alone = true,
		.source = "videobuf2-v4l2.h, vb2_queue_is_busy()",
	}, {
		.name = "forked-files-swapping-pressure",
		.sentence = "the same as forked-files, with both",
		.run = forked_files_both,
		.ways = true,
		.alone = true,
		.source = "videobuf2-v4l2.h, vb2_queue_is_busy()",
	},
	{ }
};

const struct scenario forked_scenarios[] = {
	{
		.name = "forked",
		.sentence = "processes share the file and take turns: each gets its own frames",
		.run = forked_plain,
		.ways = true,
		.alone = true,
		.source = "videobuf2-core.c, __prepare_userptr()",
	}, {
		.name = "forked-swapping",
		.sentence = "the same, and their memory is swapped out",
		.run = forked_swapping,
		.ways = true,
		.alone = true,
		.source = "videobuf2-core.c, __prepare_userptr()",
	}, {
		.name = "forked-pressure",
		.sentence = "the same as forked, and they map and unmap huge pages",
		.run = forked_pressure,
		.ways = true,
		.alone = true,
		.source = "videobuf2-core.c, __prepare_userptr()",
	}, {
		.name = "forked-swapping-pressure",
		.sentence = "the same as forked, with both",
		.run = forked_both,
		.ways = true,
		.alone = true,
		.source = "videobuf2-core.c, __prepare_userptr()",
	},
	{ }
};
