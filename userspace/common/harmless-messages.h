/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * harmless-messages.h - kernel messages that do not make a test fail
 */
#ifndef HARMLESS_MESSAGES_H
#define HARMLESS_MESSAGES_H

#include <stdbool.h>

bool message_is_harmless(const char *text);

#endif
