// SPDX-License-Identifier: GPL-2.0-only
/*
 * counters.c - numbers from a file of labelled lines, such as /proc/vmstat
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "counters.h"

/**
 * counters_read() - read some of the numbers in a file
 * @path:	the file
 * @labels:	the start of each line to look for, up to its number
 * @nr:		how many labels there are
 * @numbers:	filled in, one number for each label; -1 where the line or the file is missing
 */
void counters_read(const char *path, const char * const *labels, int nr, long *numbers)
{
	FILE *f = fopen(path, "re");
	char line[128];

	for (int i = 0; i < nr; i++)
		numbers[i] = -1;
	if (!f)
		return;
	while (fgets(line, sizeof(line), f)) {
		for (int i = 0; i < nr; i++) {
			size_t length = strlen(labels[i]);

			if (!strncmp(line, labels[i], length))
				numbers[i] = strtol(line + length, NULL, 10);
		}
	}
	fclose(f);
}
