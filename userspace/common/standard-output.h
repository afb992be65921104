/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * standard-output.h - exit with an error if the output could not be written
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

/* The exit status of all programs here if they could not do their work. */
#define EXIT_NOT_PRINTED	2

/**
 * standard_output_close() - close the standard output, and exit if it is incomplete
 *
 * The output waits in a buffer, so without this check an error such as a full disk may go
 * unnoticed.
 */
static inline void standard_output_close(void)
{
	bool pending = __fpending(stdout), failed = ferror(stdout);
	int again = failed ? dup(STDOUT_FILENO) : -1;

	errno = 0;
	/* It is no error if the output is closed and nothing was printed. */
	if (fclose(stdout) && (pending || errno != EBADF))
		failed = true;
	if (!failed)
		return;
	/* An earlier write failed, and its errno is lost: write again to get it. */
	if (!errno && write(again, "\n", 1) == 1)
		errno = EIO;
	fprintf(stderr, "%s: standard output: %s\n", program_invocation_short_name,
		strerror(errno));
	_exit(EXIT_NOT_PRINTED);
}

/**
 * standard_output_check() - check the standard output when the program ends
 *
 * The exit status is then EXIT_NOT_PRINTED if not all of the output was written.
 */
static inline void standard_output_check(void)
{
	atexit(standard_output_close);
}

#endif
