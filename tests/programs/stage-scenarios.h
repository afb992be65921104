/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stage-scenarios.h - a program that runs a table of scenarios on a stage
 */
#ifndef STAGE_SCENARIOS_H
#define STAGE_SCENARIOS_H

#include "huge-page-stage.h"

/**
 * struct scenario - a row of the table of a program
 * @name:	of the scenario
 * @sentence:	what it proves
 * @run:	runs it
 */
struct scenario {
	const char *name;
	const char *sentence;
	enum outcome (*run)(struct stage *s);
};

/**
 * struct play - a program that runs scenarios on a stage
 * @usage:	the text of --help
 * @scenarios:	its scenarios, and an empty one after them
 * @open:	prepares the stage for a scenario; returns false if that is not possible
 * @close:	cleans up, and checks what is left; returns the outcome of the scenario, or WRONG
 */
struct play {
	const char *usage;
	const struct scenario *scenarios;
	bool (*open)(struct stage *s);
	enum outcome (*close)(struct stage *s, enum outcome outcome);
};

int play_run(const struct play *play, int argc, char **argv);

#endif
