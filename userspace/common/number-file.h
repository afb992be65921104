/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * number-file.h - files of sysfs that contain one number
 */
#ifndef NUMBER_FILE_H
#define NUMBER_FILE_H

long number_file_read(const char *path);
int number_file_write(const char *path, long number);

#endif
