/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * page.h - sizes of pages on x86-64 and arm64 with 4 KiB pages
 */
#ifndef PAGE_H
#define PAGE_H

#define PAGE		4096UL
#define HUGE_PAGE	(2UL << 20)

#endif
