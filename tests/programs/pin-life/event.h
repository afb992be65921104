/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * event.h - scenarios in which something happens to memory that is pinned
 *
 * Such a scenario is data: the memory, the event, and what the pointer leads to afterwards.
 * event_run() derives from that where each frame must arrive.
 */
#ifndef EVENT_H
#define EVENT_H

#include <errno.h>
#include <string.h>

#include "life.h"

#define GUARD_FILL	0xa5	/* every byte of the pages around a frame */

#define READ_WRITE	(PROT_READ | PROT_WRITE)

/**
 * struct subject - a frame's memory, to which something happens
 * @l:		the device
 * @scenario:	the scenario
 * @map:	start of the mapping: a guard page, the frame, and another guard page
 * @map_size:	bytes in @map
 * @frame:	memory of the frame, page-aligned
 * @size:	bytes in @frame, whole pages
 * @fd:		file that is mapped, or -1
 * @offset:	of @frame in the file
 * @segment:	number of the System V segment that is mapped, or -1
 * @alias:	where the pinned pages are still mapped, if the event has moved them or if they
 *		have a second mapping; otherwise NULL
 * @witness:	pipes that hold references to the pinned pages, so that their bytes can be read
 *		after the event has removed them from all mappings; -1 if there are none
 * @filled:	what the pointer leads to has been filled since the event
 * @guards:	which of the guard pages must be unchanged: 1 the first, 2 the second
 */
struct subject {
	struct life *l;
	const struct scenario *scenario;
	unsigned char *map;
	size_t map_size;
	unsigned char *frame;
	size_t size;
	int fd;
	off_t offset;
	int segment;
	unsigned char *alias;
	int witness[2];
	bool filled;
	unsigned int guards;
};

void event_run(struct life *l, const struct scenario *scenario);
const char *event_sentence(const struct scenario *scenario);

/* backing.c */
int backing_disk_file(void);
void backing_map(struct subject *s);
void backing_release(struct subject *s);
void backing_witness(struct subject *s);
bool backing_testify(struct subject *s, unsigned char *frame);
bool backing_read(const unsigned char *at, unsigned char *to, size_t size);
bool backing_write(unsigned char *at, const unsigned char *from, size_t size);

/* swap.c */
int swap_on(size_t size);
void swap_off(int swap);
bool swap_off_all(void);

/* What several families use. */
#define must(call) \
	life_expect((call) == 0, "%s: %s", #call, strerror(errno))
void *event_mmap(void *at, size_t size, int prot, int flags, int fd, off_t offset);
void *event_memory(size_t size);
void *event_area(void);
void event_renew(struct life *l, unsigned int buffers);
void event_touch(struct subject *s);
pid_t event_fork(void);
pid_t event_share(void);
void event_unshare(pid_t child);
void event_wait(pid_t child);
int event_exit_code(pid_t child);
void event_fork_and_exit(void);
void __noreturn event_exec(void);

#endif
