/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * time-limit.h - how long a test waits for something that has to happen
 *
 * The longest scenario takes ten seconds on an emulated machine, but a host can stop the whole
 * machine for a minute.
 */
#ifndef TIME_LIMIT_H
#define TIME_LIMIT_H

/* For a frame that arrives within milliseconds. */
#define FRAME_TIMEOUT	60000	/* ms */

/* For a scenario; SIGALRM ends it then. The kernel's watchdogs wait longer (tests/vm/boot). */
#define TIME_LIMIT	120	/* s */

#endif
