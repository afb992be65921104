// SPDX-License-Identifier: GPL-2.0-only
/*
 * victim.c - a process whose memory is pinned, and which is stopped most of the time
 *
 * While it is stopped, only a device can change its memory.
 */
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/mman.h>

#include "common/macros.h"
#include "common/page.h"
#include "victim.h"

#define SMALL	(64 * PAGE)

/* Fill memory so that all pages differ. */
static void fill(unsigned char *at, size_t size)
{
	for (size_t i = 0; i < size; i += sizeof(__u64))
		*(__u64 *)(at + i) = ((uintptr_t)at + i) * 0x9e3779b97f4a7c15ULL;
}

static unsigned char *map_memfd(int flags)
{
	int fd = memfd_create("neighbours", MFD_CLOEXEC);
	unsigned char *at = MAP_FAILED;

	if (fd >= 0 && !ftruncate(fd, SMALL))
		at = mmap(NULL, SMALL, PROT_READ | PROT_WRITE, flags, fd, 0);
	close(fd);
	return at;
}

static unsigned char *map_anonymous(size_t size, int protection, int flags)
{
	return mmap(NULL, size, protection, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
}

static void map_region(struct place *region, unsigned char *at, size_t size)
{
	*region = (struct place) { .start = at, .size = at == MAP_FAILED ? 0 : size };
}

/* Map two huge pages' worth of addresses, of which the aligned part is used. */
static void map_huge(struct place *region)
{
	unsigned char *at = map_anonymous(2 * THP, PROT_READ | PROT_WRITE, 0);
	unsigned char *aligned;

	if (at == MAP_FAILED) {
		map_region(region, at, 0);
		return;
	}
	aligned = (unsigned char *)(((uintptr_t)at + THP - 1) & -THP);
	if (aligned > at)
		munmap(at, aligned - at);
	munmap(aligned + THP, at + THP - aligned);
	madvise(aligned, THP, MADV_HUGEPAGE);
	map_region(region, aligned, THP);
}

/**
 * victim_map() - unmap all regions, and map and fill them anew
 * @order:	the order
 */
void victim_map(struct order *order)
{
	struct place *region = order->region;

	for (size_t i = 0; i < REGIONS; i++)
		if (region[i].size)
			munmap(region[i].start, region[i].size);
	map_region(&region[ANONYMOUS], map_anonymous(SMALL, PROT_READ | PROT_WRITE, 0), SMALL);
	map_region(&region[SHARED], map_memfd(MAP_SHARED), SMALL);
	map_region(&region[PRIVATE], map_memfd(MAP_PRIVATE), SMALL);
	map_huge(&region[HUGE]);
	map_region(&region[HUGETLB],
		   map_anonymous(HUGE_PAGE, PROT_READ | PROT_WRITE, MAP_HUGETLB | MAP_HUGE_2MB),
		   HUGE_PAGE);
	map_region(&region[RESERVED], map_anonymous(SMALL, PROT_NONE, 0), SMALL);
	for (size_t i = 0; i < RESERVED; i++) {
		if (!region[i].size && i != HUGETLB)
			order->err = -ENOMEM;
		fill(region[i].start, region[i].size);
	}
}

/**
 * victim_queue() - queue a buffer
 * @order:	the order
 */
void victim_queue(struct order *order)
{
	if (ioctl(order->fd, VIDIOC_QBUF, &order->buffer))
		order->err = -errno;
}

static int fork_and_write(const struct place *at)
{
	pid_t child = fork();
	int status;

	if (!child) {
		memset(at->start, 0x11, at->size);
		_exit(0);
	}
	return waitpid(child, &status, 0) == child && !status ? 0 : -1;
}

static int replace(const struct place *at)
{
	if (mmap(at->start, at->size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
		return -1;
	fill(at->start, at->size);
	return 0;
}

static int act(struct order *order)
{
	const struct place *at = &order->at;

	switch (order->action) {
	case UNMAP:
		return munmap(at->start, at->size);
	case REPLACE:
		return replace(at);
	case MOVE:
		return mremap(at->start, at->size, at->size, MREMAP_MAYMOVE | MREMAP_FIXED,
			      order->region[RESERVED].start) == MAP_FAILED ? -1 : 0;
	case DROP:
		return madvise(at->start, at->size, MADV_DONTNEED);
	case FORK:
		return fork_and_write(at);
	case PROTECT:
		return mprotect(at->start, at->size, PROT_READ) ||
		       mprotect(at->start, at->size, PROT_READ | PROT_WRITE) ? -1 : 0;
	default:
		return 0;
	}
}

/**
 * victim_act() - do something with pinned pages
 * @order:	the order
 */
void victim_act(struct order *order)
{
	if (act(order))
		order->err = -errno;
}

static void __noreturn obey(struct order *order, int go, int done)
{
	char byte;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (read(go, &byte, 1) == 1) {
		order->work(order);
		if (write(done, &byte, 1) != 1)
			break;
	}
	_exit(0);
}

static void stop(const struct victim *v)
{
	int status;

	kill(v->pid, SIGSTOP);
	waitpid(v->pid, &status, WUNTRACED);
}

/**
 * victim_start() - start a process, and stop it
 * @v:	filled in; @v->order is used again
 *
 * Return: 0, or -1 with errno set.
 */
int victim_start(struct victim *v)
{
	int go[2], done[2];

	if (!v->order)
		v->order = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
				0);
	if (v->order == MAP_FAILED || pipe(go) || pipe(done))
		return -1;
	memset(v->order->region, 0, sizeof(v->order->region));
	v->pid = fork();
	if (!v->pid) {
		close(go[1]);
		close(done[0]);
		obey(v->order, go[0], done[1]);
	}
	close(go[0]);
	close(done[1]);
	v->go = go[1];
	v->done = done[0];
	if (v->pid < 0)
		return -1;
	stop(v);
	return 0;
}

/**
 * victim_end() - end the process
 * @v:	the process
 */
void victim_end(struct victim *v)
{
	kill(v->pid, SIGKILL);
	waitpid(v->pid, NULL, 0);
	close(v->go);
	close(v->done);
}

/**
 * victim_do() - let the process do one thing, and stop it again
 * @v:		the process; @v->order is set
 * @work:	what it does
 *
 * Return: 0, or a negative errno.
 */
int victim_do(struct victim *v, void (*work)(struct order *order))
{
	char byte = 0;

	v->order->work = work;
	v->order->err = 0;
	kill(v->pid, SIGCONT);
	if (write(v->go, &byte, 1) != 1 || read(v->done, &byte, 1) != 1)
		return -EPIPE;
	stop(v);
	return v->order->err;
}
