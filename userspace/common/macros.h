/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * macros.h - macros that the kernel has, too
 */
#ifndef MACROS_H
#define MACROS_H

/* A 32-bit process, of a 64-bit kernel too. */
#define IS_32_BIT	(sizeof(void *) == 4)

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define __aligned(n)	__attribute((aligned(n)))
#define __noreturn	__attribute((noreturn))
#define __packed	__attribute((packed))
#define __printf(a, b)	__attribute((format(printf, a, b)))

#endif
