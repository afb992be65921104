/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * end.h - a process that streams until something ends it
 */
#ifndef END_H
#define END_H

#include "event.h"

void __noreturn end_stream(const struct life *l, int frames);
pid_t end_start_stream(struct life *l, int *frames, void (*joins)(void));
void end_expect_frames(int frames);
void end_expect_killed(pid_t child, int signal);
void end_check(struct life *l, long before);

#endif
