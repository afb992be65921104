// SPDX-License-Identifier: GPL-2.0-only
/*
 * guardian.c - restore devices even if the process that checks them crashes
 *
 * This process, the guardian, opens the devices. A child, the worker, checks them, and shares the
 * open files. If the worker ends in any way, the guardian still has the devices, and what they
 * were before. If the guardian is killed, the worker gets a signal and restores them.
 */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/macros.h"
#include "guardian.h"
#include "options.h"

/* The running row, in memory that both processes share. */
static char *running;
#define RUNNING_SIZE	256

static struct run *of_run;
static atomic_int worker;

/* In ns. A later signal kills a worker that hangs. */
#define PATIENCE	1000000000ULL

/*
 * In the worker: end the row. In the guardian: pass the signal on. One request to end can come as
 * several signals: timeout(1) sends one to the process and one to its group, and a terminal that
 * is closed sends SIGHUP twice. So kill the worker only if the first one was a while ago.
 */
static void on_signal(int signal)
{
	static unsigned long long first;
	int saved = errno;

	of_run->stop = true;
	if (!first)
		first = clock_ns();
	if (worker > 0)
		kill(worker, clock_ns() - first < PATIENCE ? signal : SIGKILL);
	errno = saved;
}

/**
 * guardian_catch_signals() - let signals end the run, and not this process
 * @run:	&run.stop is set by a signal
 *
 * Call this function before devices are opened: opening a vipin sets its controls. SIGPIPE and
 * SIGXFSZ are ignored. So a write to a closed pipe, or beyond RLIMIT_FSIZE, returns an error.
 */
void guardian_catch_signals(struct run *run)
{
	static const int signals[] = {
		SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGXCPU,
	};
	/* Do not set SA_RESTART: a signal must end the wait for a frame. */
	struct sigaction action = { .sa_handler = on_signal }, before;

	of_run = run;
	sigfillset(&action.sa_mask);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &action, NULL);
	/* nohup ignores it. */
	if (!sigaction(SIGHUP, NULL, &before) && before.sa_handler != SIG_IGN)
		sigaction(SIGHUP, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	/* If it was ignored when this program was started, the worker would leave no status. */
	signal(SIGCHLD, SIG_DFL);
}

/**
 * guardian_row() - note the row that is running
 * @path:	of the device
 * @kind:	name of the kind of memory
 * @suffix:	suffix of the variant
 */
void guardian_row(const char *path, const char *kind, const char *suffix)
{
	if (running)
		snprintf(running, RUNNING_SIZE, "%.180s: row %.40s%.20s", path, kind, suffix);
}

static int report_crash(int status)
{
	char why[100];

	snprintf(why, sizeof(why), "ended by a signal: %.40s; devices are restored",
		 strsignal(WTERMSIG(status)));
	return cannot_run(*running ? running : "before the first row", why);
}

/* Start the worker. Return its process, or 0 in the worker itself. */
static pid_t start(void)
{
	pid_t guardian = getpid(), child;
	sigset_t all, before;

	/* A signal before @worker is set would not be passed on. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	child = fork();
	worker = child;
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		if (getppid() != guardian)
			of_run->stop = true;
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	return child;
}

/**
 * guardian_run() - do work in a child process
 * @work:	the work; returns the exit status
 * @context:	for @work
 *
 * Call guardian_catch_signals() before. It returns in both processes: in the guardian, and in a
 * worker whose guardian is gone. The caller restores the devices.
 *
 * Return: the exit status.
 */
int guardian_run(int (*work)(void *context), void *context)
{
	pid_t guardian = getpid();
	int status, code;

	running = mmap(NULL, RUNNING_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	if (running == MAP_FAILED)
		return cannot_run("mmap", strerror(errno));
	fflush(stdout);
	if (start() < 0)
		return cannot_run("fork", strerror(errno));
	if (!worker) {
		code = work(context);
		if (getppid() == guardian)
			exit(code);
		return code;
	}
	while (waitpid(worker, &status, 0) < 0)
		if (errno != EINTR)
			return cannot_run("waitpid", strerror(errno));
	worker = 0;
	return WIFEXITED(status) ? WEXITSTATUS(status) : report_crash(status);
}
