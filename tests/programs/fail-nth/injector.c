// SPDX-License-Identifier: GPL-2.0-only
/*
 * injector.c - let one allocation of this task fail
 *
 * Copies from and to the user count as allocations, too. See
 * Documentation/fault-injection/fault-injection.rst: /proc/<pid>/fail-nth.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "injector.h"
#include "scenario-options.h"

static int injector;

static void die(void)
{
	fprintf(stderr, "fail-nth: fault injection: %s\n", strerror(errno));
	exit(CANNOT_RUN);
}

/**
 * injector_open() - prepare to inject faults
 *
 * Ends the program if the kernel has no fault injection.
 */
void injector_open(void)
{
	injector = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (injector < 0)
		die();
}

/**
 * injector_arm() - let an allocation fail
 * @nth:	1 for the next allocation of this task
 */
void injector_arm(unsigned int nth)
{
	char text[12];
	int length = snprintf(text, sizeof(text), "%u", nth);

	if (pwrite(injector, text, length, 0) != length)
		die();
}

/**
 * injector_disarm() - let no further allocation fail
 *
 * Return: true if the allocation of injector_arm() was reached, and has failed.
 */
bool injector_disarm(void)
{
	char text[12] = "";
	/* If one of these calls fails, it had the nth allocation. */
	bool reached = pread(injector, text, sizeof(text) - 1, 0) > 0 && !atoi(text);

	if (pwrite(injector, "0", 1, 0) != 1 && pwrite(injector, "0", 1, 0) != 1)
		die();
	return reached;
}
