/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scenarios.h - what may change under a pointer, and when
 */
#ifndef SCENARIOS_H
#define SCENARIOS_H

#include "stage.h"

/**
 * struct scenario - one change of a mapping
 * @name:	short name
 * @sentence:	what it proves
 * @play:	plays it on a stage; why it ended so is in &stage.said
 */
struct scenario {
	const char *name;
	const char *sentence;
	enum outcome (*play)(struct stage *s);
};

extern const struct scenario scenarios[];

#endif
