/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * calls.h - threads that make calls on a node while its device is removed
 */
#ifndef CALLS_H
#define CALLS_H

#include <pthread.h>
#include <stdbool.h>

#include "stage.h"

/* The calls, in the order in which they are started: QBUF keeps the lock of the node. */
enum call_number { FRAMES, FILE_IO, DQBUF, POLL, DQEVENT, QBUF, CALLS };

#define BIT(n)	(1U << (n))

/**
 * struct sleeper - a thread, and its call
 * @stage:	what it is about
 * @call:	the call; NULL for no thread
 * @thread:	the thread
 * @tid:	its number, as soon as it runs
 * @error:	errno of the call, or 0
 */
struct sleeper {
	struct stage *stage;
	const struct call *call;
	pthread_t thread;
	atomic_int tid;
	int error;
};

pthread_t thread_start(void *(*function)(void *), void *data);
bool thread_ends_within(pthread_t thread, int seconds);
enum outcome calls_start(struct stage *s, unsigned int mask, struct sleeper *sleepers);
enum outcome calls_end(struct stage *s, struct sleeper *sleepers);

#endif
