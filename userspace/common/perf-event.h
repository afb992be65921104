/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * perf-event.h - a perf event that counts nothing
 */
#ifndef PERF_EVENT_H
#define PERF_EVENT_H

int perf_event_open_dummy(void);

#endif
