// SPDX-License-Identifier: GPL-2.0-only
/*
 * zap.c - memory that a thread drops slowly, page by page
 *
 * MADV_DONTNEED calls the MMU notifiers for the whole range before it starts, and holds the
 * mmap lock for reading only. So another thread can check its progress. If the first page
 * is gone and the last one is still there, the change of the last page has been announced
 * but not yet done.
 *
 * Both threads run on one CPU, where the checking one has priority. So it sees the change
 * begin within the time between two checks, on any machine.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/types.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "zap.h"

#define SIZE		(64UL << 20)
#define TRIES		5	/* to see the memory half dropped */
#define CHECK_EVERY	200000	/* ns */

/* Documentation/admin-guide/mm/pagemap.rst */
#define PAGEMAP_PRESENT	0x8000000000000000ULL

static void *map(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (memory == MAP_FAILED)
		die("mmap", "%s", strerror(errno));
	return memory;
}

/**
 * zap_prepare() - map memory in small pages, which are dropped one by one
 * @z:	filled in
 */
void zap_prepare(struct zap *z)
{
	*z = (struct zap) { };
	prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
	z->memory = map(SIZE + PAGE);
	z->frame = z->memory + SIZE - PAGE;
	z->after = z->frame + PAGE;
	z->elsewhere = map(PAGE);
	prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0);
	z->pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	if (z->pagemap < 0)
		die("/proc/self/pagemap", "%s", strerror(errno));
}

/**
 * zap_release() - unmap the memory of zap_prepare()
 * @z:	the memory
 */
void zap_release(struct zap *z)
{
	close(z->pagemap);
	munmap(z->memory, SIZE + PAGE);
	munmap(z->elsewhere, PAGE);
}

static bool is_there(const struct zap *z, const unsigned char *page)
{
	__u64 entry = 0;

	if (pread(z->pagemap, &entry, sizeof(entry),
		  (uintptr_t)page / PAGE * sizeof(entry)) != sizeof(entry))
		die("/proc/self/pagemap", "%s", strerror(errno));
	return entry & PAGEMAP_PRESENT;
}

static void *drop(void *data)
{
	struct zap *z = data;

	if (madvise(z->memory, SIZE, MADV_DONTNEED))
		die("MADV_DONTNEED", "%s", strerror(errno));
	return NULL;
}

/**
 * zap_first() - give this thread priority on this CPU
 *
 * This thread and those that it starts later stay on this CPU.
 */
void zap_first(void)
{
	const struct sched_param first = { .sched_priority = 1 };
	cpu_set_t cpu;

	CPU_ZERO(&cpu);
	CPU_SET(sched_getcpu(), &cpu);
	if (sched_setaffinity(0, sizeof(cpu), &cpu))
		die("sched_setaffinity", "%s", strerror(errno));
	if (sched_setscheduler(0, SCHED_FIFO, &first))
		die("SCHED_FIFO", "%s", strerror(errno));
}

/* Start the dropping thread on this CPU, with a lower priority than this one. */
static void start(struct zap *z)
{
	struct sched_param priority = { .sched_priority = 0 };
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
	pthread_attr_setschedpolicy(&attr, SCHED_OTHER);
	pthread_attr_setschedparam(&attr, &priority);
	errno = pthread_create(&z->thread, &attr, drop, z);
	if (errno)
		die("pthread_create", "%s", strerror(errno));
	pthread_attr_destroy(&attr);
}

/**
 * zap_start() - start to drop the memory, and return before that is done
 * @z:	the memory
 *
 * Return: true if the first page is gone and the last one is still there; false if all was
 * dropped too fast, in each try.
 */
bool zap_start(struct zap *z)
{
	const struct timespec pause = { .tv_nsec = CHECK_EVERY };
	static unsigned char last[PAGE_MAX];
	unsigned int i;

	memcpy(last, z->frame, PAGE);
	zap_first();
	for (i = 0; i < TRIES; i++) {
		start(z);
		while (is_there(z, z->memory))
			nanosleep(&pause, NULL);
		if (is_there(z, z->frame))
			return true;
		zap_wait(z);
		memset(z->memory, 1, SIZE);
		memcpy(z->frame, last, PAGE);
		zap_first();
	}
	return false;
}

/**
 * zap_wait() - wait until all the memory is dropped
 * @z:	the memory
 */
void zap_wait(struct zap *z)
{
	const struct sched_param usual = { .sched_priority = 0 };
	cpu_set_t all;

	if (z->thread)
		pthread_join(z->thread, NULL);
	z->thread = 0;
	memset(&all, 0xff, sizeof(all));
	sched_setaffinity(0, sizeof(all), &all);
	sched_setscheduler(0, SCHED_OTHER, &usual);
}
