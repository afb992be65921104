/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * quirks.h - how some kernels break a rule about pinned memory
 */
#ifndef QUIRKS_H
#define QUIRKS_H

#include "life.h"

bool quirk_applies(enum life_quirk quirk);
bool quirk_comes_late(enum life_quirk quirk);
struct scenario quirk_change(const struct scenario *scenario);
void __noreturn quirk_end(enum life_quirk quirk);

#endif
