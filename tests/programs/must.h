/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * must.h - for a call without which a program cannot go on
 */
#ifndef MUST_H
#define MUST_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* End the program with status 2 if a call has failed. */
static inline void must(const char *what, int ret)
{
	if (ret >= 0)
		return;
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(errno));
	exit(2);
}

#endif
