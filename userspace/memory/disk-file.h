/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * disk-file.h - files of a file system that has to know which pages are dirty
 */
#ifndef DISK_FILE_H
#define DISK_FILE_H

#include "provider.h"

int disk_file_map(struct memory *m, bool dax);

#endif
