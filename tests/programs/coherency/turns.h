/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * turns.h - a program and devices use a buffer in turn
 */
#ifndef TURNS_H
#define TURNS_H

#include "buffer.h"

enum outcome turns_capture(struct buffer *b);
enum outcome turns_output(struct buffer *b);
enum outcome turns_pass_on(struct buffer *b);

#endif
