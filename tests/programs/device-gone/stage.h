/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stage.h - a node of vipin, and its memory
 */
#ifndef STAGE_H
#define STAGE_H

#include <stdatomic.h>
#include <stdbool.h>

#include <linux/videodev2.h>

#include "common/macros.h"
#include "removal.h"
#include "scenario-options.h"

#define BUFFERS		4
#define MISSING		(BUFFERS - 1)	/* the page of this buffer is missing */
#define WAKE_UP		1	/* second that a sleeping call has */
#define PATIENCE	10	/* seconds for all else */

/**
 * struct stage - a node, and the threads that make calls on it
 * @device:	its device
 * @path:	of the node
 * @fd:		the open node
 * @type:	type of its buffers
 * @page:	memory of each buffer
 * @uffd:	reports when a pin reaches the page that is missing
 * @pin_waits:	a pin waits for that page, now
 * @frames:	frames that a thread has got or sent
 * @events:	for which poll() waits
 * @why:	why the scenario ended so
 */
struct stage {
	struct device device;
	char path[64];
	int fd;
	enum v4l2_buf_type type;
	unsigned char *page[BUFFERS];
	int uffd;
	bool pin_waits;
	atomic_uint frames;
	short events;
	char why[SCENARIO_WHY];
};

void __noreturn die(const char *what);
int stage_hand_over(struct stage *s, unsigned int index, unsigned long request);
int stage_dqbuf(struct stage *s, unsigned int *index);
void stage_open(struct stage *s);
void stage_map(struct stage *s, bool missing);
void stage_unmap(struct stage *s);
void stage_provide_missing(struct stage *s);
enum outcome stage_use_old_file(struct stage *s);
enum outcome stage_one_frame(struct stage *s);

#endif
