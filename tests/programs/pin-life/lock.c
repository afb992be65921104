// SPDX-License-Identifier: GPL-2.0-only
/*
 * lock.c - several pin-life run on different nodes at the same time
 *
 * Pinned pages are counted for the whole machine, and swap space belongs to all processes. So a
 * scenario holds a lock while it runs. An exclusive lock lets it run alone, and then its pins are
 * counted. Under a shared lock they are not.
 *
 * New shared locks could follow each other for ever, while a process waits for the exclusive one.
 * So a process that waits holds a second lock, the gate, and the next one waits for that.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>

#include "lock.h"
#include "scenario-options.h"

static int gate = -1, lock = -1;

static int open_file(const char *path, const char *suffix)
{
	char name[512];
	int fd;

	snprintf(name, sizeof(name), "%s%s", path, suffix);
	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd >= 0)
		return fd;
	fprintf(stderr, "pin-life: %s: %s\n", name, strerror(errno));
	exit(CANNOT_RUN);
}

static void set(int fd, int operation)
{
	if (!flock(fd, operation))
		return;
	fprintf(stderr, "pin-life: flock: %s\n", strerror(errno));
	exit(CANNOT_RUN);
}

/**
 * lock_open() - open the files of the lock, or end the program
 * @path:	of the lock; the gate is PATH.gate
 */
void lock_open(const char *path)
{
	gate = open_file(path, ".gate");
	lock = open_file(path, "");
}

/**
 * lock_take() - wait for the lock
 * @exclusive:	let no other scenario run meanwhile
 *
 * Return: true if no other scenario runs meanwhile, also if there is no lock.
 */
bool lock_take(bool exclusive)
{
	if (lock < 0)
		return true;
	set(gate, LOCK_EX);
	set(lock, exclusive ? LOCK_EX : LOCK_SH);
	set(gate, LOCK_UN);
	return exclusive;
}

/**
 * lock_release() - release the lock, also if a child still has the file open
 */
void lock_release(void)
{
	if (lock >= 0)
		set(lock, LOCK_UN);
}
