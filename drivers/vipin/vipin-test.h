/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vipin-test.h - the KUnit test suites
 */
#ifndef _VIPIN_TEST_H
#define _VIPIN_TEST_H

struct kunit_suite;

/* vipin-test.c */
int vipin_test_init(void);
void vipin_test_exit(void);

extern struct kunit_suite vipin_format_suite;
extern struct kunit_suite vipin_mplane_suite;
extern struct kunit_suite vipin_stamp_suite;
extern struct kunit_suite vipin_dots_suite;
extern struct kunit_suite vipin_clock_suite;
extern struct kunit_suite vipin_userptr_suite;
extern struct kunit_suite vipin_movable_suite;
extern struct kunit_suite vipin_dma_suite;
extern struct kunit_suite vipin_dma_bind_suite;

#endif /* _VIPIN_TEST_H */
