/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scenarios.h - the scenarios of pin-swap
 */
#ifndef SCENARIOS_H
#define SCENARIOS_H

#include "stage.h"

/**
 * struct scenario - one change of a mapping
 * @name:	short name
 * @sentence:	what it proves
 * @run:	runs it; why it ended so is in &stage.why
 */
struct scenario {
	const char *name;
	const char *sentence;
	enum outcome (*run)(struct stage *s);
};

extern const struct scenario scenarios[];

#endif
