/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * text-file.h - write a text to a file of the kernel
 */
#ifndef TEXT_FILE_H
#define TEXT_FILE_H

int text_file_write(const char *path, const char *text);

#endif
