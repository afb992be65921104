/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * program.h - programs as bytes and as text, and running them
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <stdio.h>

#include "fuzz.h"

/**
 * struct program - a program
 * @bytes:	its records; zero beyond @nr_records
 * @nr_records:	their number
 */
struct program {
	__u8 bytes[MAX_PROGRAM];
	unsigned int nr_records;
};

int program_read(struct program *p, const char *path, bool may_be_text);
void program_write(const struct program *p, FILE *to);
void program_print(const struct program *p, FILE *to);
void program_list_ops(void);
void program_run(const struct program *p, struct scene *s);
unsigned int program_next(void);
void program_skip(unsigned int nr_records);
void program_run_part(unsigned int from, unsigned int nr_records);

#endif
