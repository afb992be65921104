// SPDX-License-Identifier: GPL-2.0-only
/*
 * backing.c - memory of a frame, and access to it without a fault
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/uio.h>
#include <unistd.h>

#include <linux/memfd.h>

#include "event.h"

#define DISK	"/run/ext4"

/**
 * event_mmap() - map memory, or end the scenario as wrong
 * @at:		as for mmap()
 * @size:	as for mmap()
 * @prot:	as for mmap()
 * @flags:	as for mmap()
 * @fd:		as for mmap()
 * @offset:	as for mmap()
 *
 * Return: the memory.
 */
void *event_mmap(void *at, size_t size, int prot, int flags, int fd, off_t offset)
{
	void *memory = mmap(at, size, prot, flags, fd, offset);

	life_expect(memory != MAP_FAILED, "mmap: %s", strerror(errno));
	return memory;
}

/**
 * event_memory() - map private anonymous memory, or end the scenario as wrong
 * @size:	in bytes
 *
 * Return: the memory, without pages.
 */
void *event_memory(size_t size)
{
	return event_mmap(NULL, size, READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/**
 * event_area() - map private anonymous memory in the place of a huge page
 *
 * Return: the memory, without pages.
 */
void *event_area(void)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS;
	uintptr_t at = (uintptr_t)event_mmap(NULL, 2 * THP, PROT_NONE, flags, -1, 0);

	at = (at + THP - 1) & ~(THP - 1);
	return event_mmap((void *)at, THP, READ_WRITE, flags | MAP_FIXED, -1, 0);
}

/**
 * backing_disk_file() - open a new file on a disk, or skip the scenario
 *
 * Return: the file.
 */
int backing_disk_file(void)
{
	int fd = open(DISK, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	if (fd < 0)
		life_skip("there is no ext4 in " DISK ": %s", strerror(errno));
	return fd;
}

static int open_file(struct subject *s, size_t size)
{
	int fd;

	if (s->scenario->memory != DISK_FILE) {
		fd = memfd_create("pin-life", MFD_CLOEXEC | MFD_ALLOW_SEALING);
		life_expect(fd >= 0, "memfd_create: %s", strerror(errno));
	} else {
		fd = backing_disk_file();
	}
	life_expect(!ftruncate(fd, size), "ftruncate: %s", strerror(errno));
	return fd;
}

/* Map a huge page, or small pages in its place. */
static unsigned char *map_huge(struct subject *s)
{
	unsigned char *area;

	if (s->scenario->memory == HUGETLB) {
		s->map_size = HUGE_PAGE;
		area = huge_page_map();
		if (area == MAP_FAILED)
			life_skip("no hugetlb page: %s", strerror(errno));
		return area;
	}
	s->map_size = THP;
	area = event_area();
	if (madvise(area, THP, s->scenario->memory == AREA ? MADV_NOHUGEPAGE :
								    MADV_HUGEPAGE))
		life_skip("no transparent huge pages: %s", strerror(errno));
	return area;
}

static unsigned char *attach_segment(struct subject *s)
{
	unsigned char *map;

	s->map_size = s->size + 2 * PAGE;
	s->segment = shmget(IPC_PRIVATE, s->map_size, 0600);
	life_expect(s->segment >= 0, "shmget: %s", strerror(errno));
	map = shmat(s->segment, NULL, 0);
	life_expect(map != (void *)-1, "shmat: %s", strerror(errno));
	return map;
}

static unsigned char *map_small(struct subject *s)
{
	const bool private = s->scenario->memory == ANONYMOUS ||
			     s->scenario->memory == PRIVATE_FILE;
	int flags = private ? MAP_PRIVATE : MAP_SHARED;
	unsigned char *map;

	s->map_size = s->size + 2 * PAGE;
	if (s->scenario->memory == ANONYMOUS)
		flags |= MAP_ANONYMOUS;
	else
		s->fd = open_file(s, s->map_size);
	map = event_mmap(NULL, s->map_size, READ_WRITE, flags, s->fd, 0);
	/* It fails on a kernel without huge pages, which has only small ones anyway. */
	if (s->scenario->memory == ANONYMOUS)
		madvise(map, s->map_size, MADV_NOHUGEPAGE);
	return map;
}

/**
 * backing_map() - map and fill the memory that the scenario names
 * @s:	the subject; its members that describe the memory are filled in
 */
void backing_map(struct subject *s)
{
	const enum life_memory memory = s->scenario->memory;

	s->size = s->l->pages * PAGE;
	s->fd = -1;
	s->offset = PAGE;
	s->segment = -1;
	if (memory == HUGE || memory == HUGETLB || memory == AREA)
		s->map = map_huge(s);
	else if (memory == SYSV)
		s->map = attach_segment(s);
	else
		s->map = map_small(s);
	s->frame = s->map + PAGE;
	s->guards = 1 | 2;
	s->witness[0] = -1;
	s->witness[1] = -1;
	memset(s->map, GUARD_FILL, s->map_size);
	memset(s->frame, LIFE_FILL, s->size);
}

/**
 * backing_release() - remove what would outlive the process
 * @s:	the subject
 */
void backing_release(struct subject *s)
{
	if (s->segment >= 0)
		shmctl(s->segment, IPC_RMID, NULL);
}

/**
 * backing_witness() - keep a reference to each page of the frame
 * @s:	the subject; @witness is filled in
 *
 * A pipe of vmsplice() holds the pages, not a copy of their bytes.
 */
void backing_witness(struct subject *s)
{
	const struct iovec frame = { .iov_base = s->frame, .iov_len = s->size };
	int ends[2];

	for (size_t i = 0; i < ARRAY_SIZE(s->witness); i++) {
		life_expect(!pipe2(ends, O_CLOEXEC), "pipe: %s", strerror(errno));
		life_expect(vmsplice(ends[1], &frame, 1, 0) == (ssize_t)s->size, "vmsplice: %s",
			    strerror(errno));
		s->witness[i] = ends[0];
	}
}

/**
 * backing_testify() - read the pages that were pinned first
 * @s:		the subject
 * @frame:	filled in with @s->size bytes
 *
 * Each call uses up one of the two witnesses.
 *
 * Return: false if the subject has neither a witness nor an alias.
 */
bool backing_testify(struct subject *s, unsigned char *frame)
{
	size_t done = 0;
	ssize_t got;

	if (s->alias) {
		life_expect(backing_read(s->alias, frame, s->size), "the alias is unreadable");
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(s->witness); i++) {
		if (s->witness[i] < 0)
			continue;
		for (; done < s->size; done += got) {
			got = read(s->witness[i], frame + done, s->size - done);
			life_expect(got > 0, "the witness is unreadable");
		}
		close(s->witness[i]);
		s->witness[i] = -1;
		return true;
	}
	return false;
}

/* A pipe copies bytes from and to a process as far as it may access them. */
static void open_pipe(int ends[2])
{
	life_expect(!pipe2(ends, O_CLOEXEC), "pipe: %s", strerror(errno));
}

static void close_pipe(const int ends[2])
{
	close(ends[0]);
	close(ends[1]);
}

/**
 * backing_read() - read memory that may not be there
 * @at:		the memory
 * @to:		filled in
 * @size:	in bytes, at most the size of a pipe
 *
 * Return: false if this process may not read it.
 */
bool backing_read(const unsigned char *at, unsigned char *to, size_t size)
{
	bool done;
	int ends[2];

	open_pipe(ends);
	done = write(ends[1], at, size) == (ssize_t)size &&
	       read(ends[0], to, size) == (ssize_t)size;
	close_pipe(ends);
	return done;
}

/**
 * backing_write() - write memory that may not be writable
 * @at:		the memory
 * @from:	the bytes
 * @size:	in bytes, at most the size of a pipe
 *
 * Return: false if this process may not write there.
 */
bool backing_write(unsigned char *at, const unsigned char *from, size_t size)
{
	bool done;
	int ends[2];

	open_pipe(ends);
	done = write(ends[1], from, size) == (ssize_t)size &&
	       read(ends[0], at, size) == (ssize_t)size;
	close_pipe(ends);
	return done;
}
