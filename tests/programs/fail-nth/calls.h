/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * calls.h - the system calls of a program that streams
 */
#ifndef CALLS_H
#define CALLS_H

#include "scene.h"

#define MAX_ERRORS	3

/* The calls, in the order in which a program makes them. */
enum call_number {
	OPEN,
	QUERYCAP,
	ENUM_FMT,
	S_FMT,
	S_CTRL,
	S_EXT_CTRLS,
	SUBSCRIBE_EVENT,
	FILE_POLL,
	FILE_IO,
	REQBUFS,
	CREATE_BUFS,
	QUERYBUF,
	MAP,
	EXPBUF,
	EXPBUF_AGAIN,
	PREPARE_BUF,
	QBUF,
	STREAMON,
	POLL,
	DQEVENT,
	DQBUF,
	STREAMOFF,
	CLOSE,
	CALLS,
};

/**
 * struct call - a system call
 * @name:	of the call
 * @take:	makes the call; returns 0 or a negative errno
 * @errors:	each errno that it may return if an allocation fails; none if it must succeed
 * @only_if_asked: later calls do not need it
 * @has_happened: has the call taken effect, although it has returned an errno? NULL: call it again
 */
struct call {
	const char *name;
	int (*take)(struct scene *s);
	int errors[MAX_ERRORS];
	bool only_if_asked;
	bool (*has_happened)(struct scene *s);
};

extern const struct call calls[CALLS];

#endif
