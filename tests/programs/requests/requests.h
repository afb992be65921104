/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * requests.h - the functions that the scenarios of requests share
 */
#ifndef REQUESTS_H
#define REQUESTS_H

#include <stdbool.h>

#include "stage-scenarios.h"

#define FRAME_PAGES	((long)(FRAME / PAGE))

/* scene.c */
bool scene_open(struct stage *s);
int scene_open_other(struct stage *s, enum v4l2_buf_type *type);
enum outcome scene_close(struct stage *s, enum outcome outcome);
bool scene_expect(struct stage *s, const char *what, int wanted, int got);
bool scene_buffers(struct stage *s);
bool scene_begin(struct stage *s);
bool scene_rate(struct stage *s, unsigned int rate);
int scene_allocate(struct stage *s);
bool scene_put(struct stage *s, int request, unsigned int index);
int scene_queue(int request);
bool scene_reinit(struct stage *s, int request);
bool scene_completes(struct stage *s, int request);
bool scene_frame(struct stage *s, int request, unsigned int index, long long good);
bool scene_plays(struct stage *s, int request, unsigned int index);
bool scene_waiting(struct stage *s, int requests[], unsigned int count);
bool scene_all_complete(struct stage *s, const int requests[], unsigned int count);
int scene_set_control(struct stage *s, int request, __u32 id, int value);
bool scene_replace(struct stage *s, unsigned int index);

/* frames.c */
enum outcome frames_complete(struct stage *s);
enum outcome frames_controls(struct stage *s);
enum outcome frames_restart(struct stage *s);
enum outcome frames_mixed(struct stage *s);
enum outcome frames_refused(struct stage *s);
enum outcome frames_required(struct stage *s);

/* memory.c */
enum outcome memory_replaced(struct stage *s);
enum outcome memory_stale(struct stage *s);
enum outcome memory_prepared(struct stage *s);
enum outcome memory_other_process(struct stage *s);
enum outcome memory_prepared_by_other(struct stage *s);
enum outcome memory_unmapped(struct stage *s);
enum outcome memory_beside_refused(struct stage *s);
enum outcome memory_too_short(struct stage *s);
enum outcome memory_refused_twice(struct stage *s);

/* ends.c */
enum outcome ends_streamoff(struct stage *s);
enum outcome ends_streamoff_before(struct stage *s);
enum outcome ends_close(struct stage *s);
enum outcome ends_never_queued(struct stage *s);
enum outcome ends_killed(struct stage *s);
enum outcome ends_fault(struct stage *s);
enum outcome ends_fatal(struct stage *s);
enum outcome ends_disconnect(struct stage *s);
enum outcome ends_unbind(struct stage *s);

#endif
