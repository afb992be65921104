/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * metadata.h - the metadata of a frame, as struct vipin_metadata defines them
 */
#ifndef METADATA_H
#define METADATA_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/videodev2.h>

#include "vipin/vipin-uapi.h"

bool metadata_agree(const void *memory, const struct v4l2_buffer *buf,
		    struct vipin_metadata *meta, char *why, size_t size);

#endif
