// SPDX-License-Identifier: GPL-2.0-only
/*
 * vipin-test.c - register vipin's KUnit tests
 *
 * The tests are a part of vipin, so they can test functions of its private header, and
 * vipin need not export them. They run when the kernel boots or the module is loaded.
 */

#include <kunit/test.h>

#include "vipin-compat.h"
#include "vipin-test.h"

VIPIN_TEST_SUITES(&vipin_format_suite, &vipin_mplane_suite, &vipin_stamp_suite,
		  &vipin_dots_suite, &vipin_clock_suite, &vipin_userptr_suite, &vipin_movable_suite,
		  &vipin_dma_suite, &vipin_dma_bind_suite);

/**
 * vipin_test_init() - run the tests, on kernels where KUnit does not run them by itself
 *
 * The results are in the kernel log and in debugfs.
 *
 * Return: 0, or the error of KUnit.
 */
int vipin_test_init(void)
{
	return VIPIN_TEST_SUITES_INIT;
}

/**
 * vipin_test_exit() - unregister the tests, on kernels where KUnit does not do so by itself
 */
void vipin_test_exit(void)
{
	VIPIN_TEST_SUITES_EXIT;
}
