/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * macros.h - macros that the kernel has, too
 */
#ifndef MACROS_H
#define MACROS_H

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define __aligned(n)	__attribute((aligned(n)))
#define __noreturn	__attribute((noreturn))
#define __printf(a, b)	__attribute((format(printf, a, b)))

#endif
