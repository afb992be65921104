// SPDX-License-Identifier: GPL-2.0-only
/*
 * ops-task.c - operations on processes and threads
 *
 * A child process or a thread runs the next records of the program, while its parent goes on
 * after them.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fuzz.h"
#include "program.h"
#include "task.h"

#define MAX_TASKS	4	/* children or threads of one program */
#define MAX_PART	8	/* records */
#define MAX_REPEAT	16
#define STACK		(256UL << 10)

/* Count one more of the children or threads; fail if there are too many. */
static bool one_more(unsigned int *counter)
{
	return __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED) < MAX_TASKS;
}

/**
 * struct part - what a thread runs
 * @from:	the first record
 * @nr_records:	how many
 * @repeat:	how many times
 * @delay:	time before each, in us
 */
struct part {
	unsigned int from;
	unsigned int nr_records;
	unsigned int repeat;
	unsigned int delay;
};

static void *run_part(void *context)
{
	struct part part = *(struct part *)context;

	free(context);
	coverage_begin(COVERAGE_THREAD);
	while (part.repeat--) {
		usleep(part.delay);
		program_run_part(part.from, part.nr_records);
	}
	coverage_end(COVERAGE_THREAD);
	return NULL;
}

static long op_thread(struct scene *s, const __u8 *a)
{
	struct part *part = malloc(sizeof(*part));
	pthread_attr_t attributes;
	pthread_t thread;
	int ret;

	(void)s;
	if (!part || !one_more(&shared->threads)) {
		free(part);
		return -EAGAIN;
	}
	*part = (struct part){
		.from = program_next(), .nr_records = 1 + a[0] % MAX_PART,
		.repeat = 1 + a[1] % MAX_REPEAT, .delay = a[2] * 10,
	};
	program_skip(part->nr_records);
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	ret = pthread_create(&thread, &attributes, run_part, part);
	counted(0);
	return -ret;
}

static void __noreturn end(__u8 how)
{
	static const struct itimerval never;

	switch (how % 3) {
	case 0:
		_exit(0);
	case 1:
		kill(getpid(), SIGKILL);
		break;
	case 2:
		/* The timer would kill the new program. */
		setitimer(ITIMER_REAL, &never, NULL);
		execl("/bin/true", "true", NULL);
		break;
	}
	_exit(0);
}

static long op_fork(struct scene *s, const __u8 *a)
{
	unsigned int nr_records = 1 + a[0] % MAX_PART;
	pid_t child;

	(void)s;
	if (!one_more(&shared->forks))
		return -EAGAIN;
	child = counted(fork());
	if (!child) {
		task_set_up(COVERAGE_CHILD);
		program_run_part(program_next(), nr_records);
		end(a[2]);
	}
	program_skip(nr_records);
	if (a[1] & 1)
		counted(waitpid(child, NULL, 0));
	return child < 0 ? child : 0;
}

static long op_wait(struct scene *s, const __u8 *a)
{
	(void)s;
	return counted(waitpid(-1, NULL, a[0] & 1 ? WNOHANG : 0));
}

static long op_sleep(struct scene *s, const __u8 *a)
{
	(void)s;
	return counted(usleep(a[0] * 40));
}

static long op_end(struct scene *s, const __u8 *a)
{
	(void)s;
	counted(0);
	end(a[0]);
}

static const struct op ops[] = {
	{ "thread", "records repeat delay", op_thread },
	{ "fork", "records wait end", op_fork },
	{ "wait", "not", op_wait },
	{ "sleep", "time", op_sleep },
	{ "end", "how", op_end },
};

const struct op_table task_ops = { ops, ARRAY_SIZE(ops) };
