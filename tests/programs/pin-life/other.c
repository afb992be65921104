// SPDX-License-Identifier: GPL-2.0-only
/*
 * other.c - another process that takes part in a scenario
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "life.h"

/**
 * life_fork() - start another process, which waits for life_go()
 * @l:		the device; the other process has the same file open
 * @memory:	for @part
 * @part:	what the process does after life_go()
 *
 * Return: the process.
 */
struct other life_fork(struct life *l, unsigned char *memory,
		       void (*part)(struct life *l, unsigned char *memory))
{
	struct other other;
	int go[2], done[2];
	char byte;

	life_expect(!pipe2(go, O_CLOEXEC) && !pipe2(done, O_CLOEXEC), "pipe: %s",
		    strerror(errno));
	other.pid = fork();
	life_expect(other.pid >= 0, "fork: %s", strerror(errno));
	if (!other.pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		life_expect(read(go[0], &byte, 1) == 1, "pipe: %s", strerror(errno));
		part(l, memory);
		life_expect(write(done[1], "", 1) == 1, "pipe: %s", strerror(errno));
		pause();
	}
	close(go[0]);
	close(done[1]);
	other.go = go[1];
	other.done = done[0];
	return other;
}

/**
 * life_go() - let another process do its part, and wait until it is done
 * @other:	the process; it stays until life_end()
 */
void life_go(struct other *other)
{
	int status = 0;
	char byte = 0;

	life_expect(write(other->go, &byte, 1) == 1, "pipe: %s", strerror(errno));
	if (read(other->done, &byte, 1) == 1)
		return;
	/* It ended too early, and has printed why. */
	waitpid(other->pid, &status, 0);
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : WRONG);
}

/**
 * life_end() - end another process
 * @other:	the process
 */
void life_end(struct other *other)
{
	kill(other->pid, SIGKILL);
	waitpid(other->pid, NULL, 0);
	close(other->go);
	close(other->done);
}
