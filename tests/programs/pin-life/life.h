/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * life.h - the functions that the scenarios of pin-life use
 *
 * A scenario runs in a process of its own, with the device open and one USERPTR buffer. It
 * returns if all is right. Otherwise life_expect() or life_skip() ends the process.
 */
#ifndef LIFE_H
#define LIFE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <linux/videodev2.h>

#include "common/macros.h"
#include "common/page.h"
#include "scenario-options.h"
#include "vimap/vimap-uapi.h"

#define LIFE_FILL	0x5a	/* every byte of a frame's memory before the device writes */
#define LIFE_PLANES	2	/* at most */

#define SIGNAL_EVERY	2	/* ms, at first */
#define SIGNALS_AT_ONCE	200	/* signals until the time between them grows by a millisecond */

/**
 * enum life_way - in which state the device is when something happens to a pin; bits
 * @IDLE:	the buffer is queued, and the device does not stream yet
 * @STREAMING:	the device streams, and another buffer is queued, too
 * @SIGNALS:	signals keep arriving
 * @WAYS:	number of ways
 */
enum life_way {
	IDLE = 0,
	STREAMING = 1,
	SIGNALS = 2,
	WAYS = 4,
};

/**
 * struct life - the device, and the frames that go through it
 * @path:	of the node
 * @policy:	its policy
 * @way:	an enum life_way
 * @fd:		the open node
 * @type:	of its buffers
 * @output:	it is an output device, and reads from memory
 * @planes:	how many planes a frame has; each begins on a page of its own
 * @size:	bytes in each plane; all but the last are a page long
 * @frame:	bytes of the frame
 * @pages:	pages that the frame occupies
 * @translated:	it is behind an IOMMU, and accepts memory that is not contiguous
 * @index:	index of the buffer for the next QBUF
 * @streaming:	STREAMON is done
 * @trim:	output: QBUF says that the frame is shorter by this number of bytes
 * @good:	output: the device's count of good frames when a frame was painted
 */
struct life {
	const char *path;
	enum vipin_policy policy;
	unsigned int way;
	int fd;
	enum v4l2_buf_type type;
	bool output;
	unsigned int planes;
	size_t size[LIFE_PLANES];
	size_t frame;
	size_t pages;
	bool translated;
	unsigned int index;
	bool streaming;
	unsigned int trim;
	long long good;
};

/**
 * life_signal_pause() - get the time between two signals
 * @sent:	number of signals that were sent
 *
 * They become rarer: a system call that each signal restarts, as the first pin of a process, must
 * end on a slow machine, too.
 *
 * Return: the time in ms.
 */
static inline int life_signal_pause(int sent)
{
	return SIGNAL_EVERY + sent / SIGNALS_AT_ONCE;
}

struct subject;

/**
 * enum life_memory - what a frame's memory is
 * @ANONYMOUS:	a private anonymous mapping of small pages
 * @SHARED:	a shared mapping of a memfd
 * @PRIVATE_FILE:	a private mapping of a memfd, with a copy of each page
 * @DISK_FILE:	a shared mapping of a file in an ext4; a device may only read from it
 * @HUGE:	a part of a transparent huge page
 * @HUGETLB:	a part of a hugetlb page
 * @AREA:	small pages that fill the place of a huge page
 * @SYSV:	a System V segment
 */
enum life_memory {
	ANONYMOUS,
	SHARED,
	PRIVATE_FILE,
	DISK_FILE,
	HUGE,
	HUGETLB,
	AREA,
	SYSV,
};

/**
 * enum life_quirk - how some kernels break a rule; quirks.c has a sentence for each
 */
enum life_quirk {
	NO_QUIRK,
	PIN_KEPT,
	COPIED_THOUGH_PINNED,
	COPIED_WHEN_WRITTEN,
	HUGETLB_COPIED,
	READ_ONLY_OVERRIDDEN,
};

/**
 * enum life_pages - which pages a pointer leads to
 * @SAME_PAGES:	those that are pinned
 * @OTHER_PAGES:	other ones
 * @NO_PAGES:	none
 */
enum life_pages {
	SAME_PAGES,
	OTHER_PAGES,
	NO_PAGES,
};

/**
 * struct scenario - one thing that happens to a pin
 * @name:	short name
 * @sentence:	with @run: what must result; otherwise: what happens
 * @run:	makes it happen, and checks the result; NULL if the following members say what
 *		must result
 * @happens:	makes it happen while @memory is pinned
 * @memory:	what the frame's memory is
 * @leads_to:	which pages the pointer leads to afterwards
 * @capture:	name of the reason why a capture device may not have the memory at the pointer
 *		afterwards, or NULL if it may
 * @output:	the same for an output device
 * @quirk:	an enum life_quirk: how a kernel may break the rule here
 * @ways:	with @run: the scenario depends on the way
 * @alone:	it changes the whole machine for a while, or takes long: by default, it runs on
 *		one node only
 * @exclusive:	it uses swap space or a second node, so no other scenario may run meanwhile
 * @loud:	it makes the kernel log warnings: it runs only if it is named
 * @source:	where the kernel says so
 */
struct scenario {
	const char *name;
	const char *sentence;
	void (*run)(struct life *l);
	void (*happens)(struct subject *s);
	enum life_memory memory;
	enum life_pages leads_to;
	const char *capture;
	const char *output;
	enum life_quirk quirk;
	bool ways;
	bool alone;
	bool exclusive;
	bool loud;
	const char *source;
};

/* Each table ends with a scenario without a name. */
extern const struct scenario advice_scenarios[];
extern const struct scenario cgroup_scenarios[];
extern const struct scenario cow_scenarios[];
extern const struct scenario end_scenarios[];
extern const struct scenario file_scenarios[];
extern const struct scenario forked_scenarios[];
extern const struct scenario kernel_scenarios[];
extern const struct scenario mapping_scenarios[];
extern const struct scenario overlap_scenarios[];
extern const struct scenario owner_scenarios[];
extern const struct scenario prepared_scenarios[];
extern const struct scenario process_scenarios[];
extern const struct scenario protect_scenarios[];
extern const struct scenario refusal_scenarios[];
extern const struct scenario stress_scenarios[];

/* The scenarios of owner.c make sense under policy kernel only if this one is not skipped. */
extern const struct scenario owner_is_known;

__printf(2, 3)
void life_expect(bool condition, const char *format, ...);
__printf(1, 2) __noreturn
void life_skip(const char *format, ...);
__printf(1, 2) __noreturn
void life_expected_failure(const char *format, ...);

void life_open(struct life *l, const char *path, enum vipin_policy policy, unsigned int way);
void life_restore(const char *path);
void life_buffers(struct life *l, unsigned int count, enum v4l2_memory memory);

unsigned char *life_map(const struct life *l, void *at);
unsigned char *life_map_shared(const struct life *l);
unsigned char *life_map_device(void *at, size_t length, enum vimap_kind kind);
void life_fill(const struct life *l, unsigned char *memory);
void life_paint(struct life *l, unsigned char *memory);
long long life_good_frames(const struct life *l);
bool life_untouched(const struct life *l, const unsigned char *memory);

struct v4l2_buffer life_buffer(const struct life *l, unsigned char *memory,
			       struct v4l2_plane planes[LIFE_PLANES]);
unsigned char *life_pointer(const struct v4l2_buffer *buf);
int life_ioctl(const struct life *l, unsigned long request, void *argument);
int life_queue(struct life *l, unsigned char *memory);
void life_expect_queued(struct life *l, unsigned char *memory);
int life_prepare(struct life *l, unsigned char *memory);
void life_start(struct life *l);
void life_stop(struct life *l);
void life_take(struct life *l, unsigned char *memory);
void life_expect_frame(const struct life *l, const unsigned char *memory);
void life_dequeue(struct life *l, unsigned char *memory);
void life_frame(struct life *l, unsigned char *memory);

void life_count_pins(bool count);
long life_pins(long expected);
void life_expect_pins(long expected, const char *when);
unsigned long life_verdict(const struct life *l, char *line, size_t size);
void life_expect_verdict(const struct life *l, const char *keys);

/* other.c */

/**
 * struct other - another process, forked from this one
 * @pid:	its number
 * @go:		pipe that it reads before it starts its part
 * @done:	pipe that it writes to after its part
 */
struct other {
	pid_t pid;
	int go;
	int done;
};

struct other life_fork(struct life *l, unsigned char *memory,
		       void (*part)(struct life *l, unsigned char *memory));
void life_go(struct other *other);
void life_end(struct other *other);

#endif
