/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * inject.h - the functions that the scenarios of inject share
 */
#ifndef INJECT_H
#define INJECT_H

#include "stage-scenarios.h"

/* calls.c */
enum outcome calls_reqbufs(struct stage *s);
enum outcome calls_qbuf(struct stage *s);
enum outcome calls_qbuf_pinned(struct stage *s);
enum outcome calls_streamon(struct stage *s);
enum outcome calls_pin(struct stage *s);
enum outcome calls_pin_disarmed(struct stage *s);
enum outcome calls_fatal(struct stage *s);
enum outcome calls_fatal_while_stopped(struct stage *s);
enum outcome calls_disconnect(struct stage *s);

/* frames.c */
enum outcome frames_error_flag(struct stage *s);
enum outcome frames_fault_while_stopped(struct stage *s);
enum outcome frames_fault_at(struct stage *s);
enum outcome frames_fault_beyond(struct stage *s);
enum outcome frames_dropped(struct stage *s);
enum outcome frames_half_dropped(struct stage *s);
enum outcome frames_late(struct stage *s);
enum outcome frames_late_and_stopped(struct stage *s);
enum outcome frames_torn(struct stage *s);
enum outcome frames_sequence(struct stage *s);
enum outcome frames_time(struct stage *s);

#endif
