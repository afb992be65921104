/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * standard-output.h - whether all that a program printed was written
 */
#ifndef STANDARD_OUTPUT_H
#define STANDARD_OUTPUT_H

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* All programs here exit with this status if they could not do their work. */
#define EXIT_NOT_PRINTED	2

/**
 * standard_output_close() - close the standard output, and end if something is missing
 *
 * What is printed waits in a buffer, so a full disk may show when the program ends, or
 * not at all.
 */
static inline void standard_output_close(void)
{
	bool pending = __fpending(stdout), failed = ferror(stdout);
	int again = failed ? dup(STDOUT_FILENO) : -1;

	errno = 0;
	/* A program that prints nothing may be run with its output closed. */
	if (fclose(stdout) && (pending || errno != EBADF))
		failed = true;
	if (!failed)
		return;
	/* Of what failed some time ago the reason is lost: meet it again. */
	if (!errno && write(again, "\n", 1) == 1)
		errno = EIO;
	fprintf(stderr, "%s: standard output: %s\n", program_invocation_short_name,
		strerror(errno));
	_exit(EXIT_NOT_PRINTED);
}

/**
 * standard_output_check() - have the standard output checked when the program ends
 *
 * The program's exit status is then EXIT_NOT_PRINTED if not all of it was written.
 */
static inline void standard_output_check(void)
{
	atexit(standard_output_close);
}

#endif
