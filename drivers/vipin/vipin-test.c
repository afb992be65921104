// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-test.c - the KUnit tests of vipin's logic, which are a part of vipin:
 * so they test what it has in no header but its own, and nothing is exported.
 * They run when the kernel boots or when the module is loaded.
 */

#include <kunit/test.h>

#include "vipin-compat.h"
#include "vipin-test.h"

VIPIN_TEST_SUITES(&vipin_format_suite, &vipin_mplane_suite, &vipin_stamp_suite,
		  &vipin_dots_suite, &vipin_clock_suite, &vipin_userptr_suite, &vipin_movable_suite,
		  &vipin_dma_suite, &vipin_dma_bind_suite);

/**
 * vipin_test_init() - run the tests, where KUnit does not do so by itself
 *
 * Return: 0, or what KUnit returns; results are in the kernel's log and debugfs.
 */
int vipin_test_init(void)
{
	return VIPIN_TEST_SUITES_INIT;
}

/**
 * vipin_test_exit() - have KUnit forget the tests, likewise
 */
void vipin_test_exit(void)
{
	VIPIN_TEST_SUITES_EXIT;
}
